package reports

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/sim/des"
)

// Difference is a fact on which two runs of the same scenario, seed and replication do not agree.
type Difference struct {
	Key         Key    `json:"fact"`
	Kind        Kind   `json:"kind"`
	Replication uint64 `json:"replication"`
	A           string `json:"a"` // the values, or "not observed"
	B           string `json:"b"`
}

const notObserved = "not observed"

// String is "job a: failed is 3 in sim and 2 in kind".
func (d *Difference) text(a, b string) string {
	return fmt.Sprintf("replication %d: %s is %s in %s and %s in %s", d.Replication, d.Key, d.A, a, d.B, b)
}

// agreement is what comes of holding the facts of two runs against each other.
type agreement struct {
	exact, timed, raced int // facts compared
	differences         []Difference
	unforeseen          []Difference // raced ones
	late                []Difference // timed ones
	largest             des.Duration // of the differences of timed facts that both observed
	seen                []bool       // by named fact: it was compared
}

// align holds the facts of two runs against each other, by Job, index and attempt, which are in the keys. Those that
// are decided by a race are held against all that was foreseen.
func align(a, b *Run, o *Options, open raced) agreement {
	out := agreement{seen: make([]bool, len(o.Named))}
	inB := map[Key]*Fact{}
	factsB := b.Facts(o.Lockstep)
	for i := range factsB {
		inB[factsB[i].Key] = &factsB[i]
	}
	factsA := a.Facts(o.Lockstep)
	for i := range factsA {
		f := &factsA[i]
		out.add(f, inB[f.Key], a.Trace.Header.Replication, o, open)
		delete(inB, f.Key)
	}
	for i := range factsB {
		if f := &factsB[i]; inB[f.Key] != nil {
			out.add(nil, f, a.Trace.Header.Replication, o, open)
		}
	}
	return out
}

// add compares one fact; one of a and b may be nil.
func (out *agreement) add(a, b *Fact, replication uint64, o *Options, open raced) {
	either := a
	if a == nil {
		either = b
	}
	if !o.wants(either.Key, out.seen) {
		return
	}
	if values := open[either.Key]; values != nil {
		out.race(either.Key, b, values, replication)
		return
	}
	if either.Kind == Timed {
		out.timed++
	} else {
		out.exact++
	}
	if a != nil && b != nil && a.Text == b.Text && a.Span == b.Span {
		return
	}
	d := Difference{Key: either.Key, Kind: either.Kind, Replication: replication, A: notObserved, B: notObserved}
	switch {
	case a != nil && b != nil && either.Kind == Timed:
		d.A, d.B = a.Value(), b.Value()
		out.largest = max(out.largest, a.Span-b.Span, b.Span-a.Span)
	case a != nil && b != nil && either.Kind == Story:
		d.A, d.B = firstDifferentLine(a.Text, b.Text)
	case a != nil && b != nil:
		d.A, d.B = a.Value(), b.Value()
	case a != nil:
		d.A = oneLine(a.Value())
	default:
		d.B = oneLine(b.Value())
	}
	if d.Kind == Timed {
		out.late = append(out.late, d)
		return
	}
	out.differences = append(out.differences, d)
}

// race compares a fact that is decided by a race with the values that were foreseen.
func (out *agreement) race(key Key, b *Fact, values map[string]int, replication uint64) {
	got := notObserved
	if b != nil {
		got = b.Text
	}
	out.raced++
	if values[got] == 0 {
		out.unforeseen = append(out.unforeseen, Difference{Key: key, Kind: Exact, Replication: replication,
			A: "one of " + strings.Join(slices.Sorted(maps.Keys(values)), " | "), B: oneLine(got)})
	}
}

// wants says whether a fact is compared: all are if none is named. It notes which names were seen.
func (o *Options) wants(k Key, seen []bool) bool {
	wanted := len(o.Named) == 0
	for i, pattern := range o.Named {
		if ok, _ := path.Match(pattern, k.Name); ok {
			seen[i], wanted = true, true
		}
	}
	return wanted
}

func firstDifferentLine(a, b string) (string, string) {
	linesA, linesB := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := 0; ; i++ {
		x, y := "at its end", "at its end"
		if i < len(linesA)-1 {
			x = linesA[i]
		}
		if i < len(linesB)-1 {
			y = linesB[i]
		}
		if x != y || i >= len(linesA) || i >= len(linesB) {
			return fmt.Sprintf("%q (%d.)", x, i+1), fmt.Sprintf("%q", y)
		}
	}
}

func oneLine(text string) string {
	line, _, more := strings.Cut(text, "\n")
	if more {
		line += " ..."
	}
	return line
}
