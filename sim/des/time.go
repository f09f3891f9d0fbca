package des

import (
	"math"
	"strconv"
	"strings"
)

// Time is an instant: nanoseconds since the scenario started. The zero value is the start.
type Time int64

// Duration is a span of virtual time in nanoseconds. It is a type of its own, so that two instants cannot be added.
type Duration int64

// Units of Duration.
const (
	Nanosecond  Duration = 1
	Microsecond          = 1000 * Nanosecond
	Millisecond          = 1000 * Microsecond
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
)

const (
	// Never is later than every instant that can be reached.
	Never Time = math.MaxInt64
	// Forever is longer than every span that can pass.
	Forever Duration = math.MaxInt64
)

// Add is t plus d. It saturates at Never and at the earliest instant, so that Forever may be added to anything.
func (t Time) Add(d Duration) Time {
	s := t + Time(d)
	switch {
	case d > 0 && s < t:
		return Never
	case d < 0 && s > t:
		return math.MinInt64
	}
	return s
}

// Sub is the span from u to t.
func (t Time) Sub(u Time) Duration { return Duration(t - u) }

// Truncate is t cut to whole seconds: the resolution of metav1.Time on the wire.
func (t Time) Truncate() Time {
	if t == Never {
		return t
	}
	r := t % Time(Second)
	if r < 0 {
		r += Time(Second)
	}
	return t - r
}

// Seconds is t as a number for people. Nothing may be decided by it.
func (t Time) Seconds() float64 { return float64(t) / float64(Second) }

// Seconds is d as a number for people. Nothing may be decided by it.
func (d Duration) Seconds() float64 { return float64(d) / float64(Second) }

// String prints seconds with no more decimals than needed, at least three: "12.500s"; Never is "never".
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	return formatSeconds(int64(t), 3)
}

// String prints seconds with no more decimals than needed: "10s", "0.5s"; Forever is "forever".
func (d Duration) String() string {
	if d == Forever {
		return "forever"
	}
	return formatSeconds(int64(d), 0)
}

func formatSeconds(n int64, decimals int) string {
	sign := ""
	u := uint64(n)
	if n < 0 {
		sign, u = "-", -u
	}
	frac := strconv.FormatUint(u%uint64(Second), 10)
	frac = strings.Repeat("0", 9-len(frac)) + frac
	for len(frac) > decimals && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	if frac != "" {
		frac = "." + frac
	}
	return sign + strconv.FormatUint(u/uint64(Second), 10) + frac + "s"
}
