package des_test

import (
	"math"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
)

const earliest = des.Time(math.MinInt64)

func TestTimeAdd_Saturates(t *testing.T) {
	for _, tc := range []struct {
		t    des.Time
		d    des.Duration
		want des.Time
	}{
		{0, 0, 0},
		{5, 7, 12},
		{5, -7, -2},
		{0, des.Forever, des.Never},
		{1, des.Forever, des.Never},
		{des.Never - 1, 1, des.Never},
		{des.Never - 1, 2, des.Never},
		{des.Never, des.Forever, des.Never},
		{des.Never, -1, des.Never - 1},
		{earliest, -1, earliest},
		{-2, math.MinInt64, earliest},
		{0, math.MinInt64, earliest},
	} {
		if got := tc.t.Add(tc.d); got != tc.want {
			t.Errorf("Time(%d).Add(%d) = %d, want %d", int64(tc.t), int64(tc.d), int64(got), int64(tc.want))
		}
	}
}

func TestTimeSub_IsTheInverseOfAdd(t *testing.T) {
	for _, d := range []des.Duration{0, 1, des.Second, 90 * des.Minute, des.Forever} {
		if got := des.Time(0).Add(d).Sub(0); got != d {
			t.Errorf("0 + %v - 0 = %v", d, got)
		}
	}
}

func TestTimeTruncate_CutsToTheSecondBefore(t *testing.T) {
	for _, tc := range []struct{ t, want des.Time }{
		{0, 0},
		{1, 0},
		{999_999_999, 0},
		{1_000_000_000, 1_000_000_000},
		{5_400_000_000, 5_000_000_000},
		{-1, -1_000_000_000},
		{-1_000_000_000, -1_000_000_000},
		{des.Never, des.Never},
		{des.Never - 1, 9_223_372_036_000_000_000},
	} {
		if got := tc.t.Truncate(); got != tc.want {
			t.Errorf("Time(%d).Truncate() = %d, want %d", int64(tc.t), int64(got), int64(tc.want))
		}
	}
}

func TestTimeString(t *testing.T) {
	for _, tc := range []struct {
		t    des.Time
		want string
	}{
		{0, "0.000s"},
		{1, "0.000000001s"},
		{12_500_000_000, "12.500s"},
		{12_500_100_000, "12.5001s"},
		{-1_500_000_000, "-1.500s"},
		{des.Never, "never"},
		{des.Never - 1, "9223372036.854775806s"},
		{earliest, "-9223372036.854775808s"},
	} {
		if got := tc.t.String(); got != tc.want {
			t.Errorf("Time(%d).String() = %q, want %q", int64(tc.t), got, tc.want)
		}
	}
}

func TestDurationString(t *testing.T) {
	for _, tc := range []struct {
		d    des.Duration
		want string
	}{
		{0, "0s"},
		{des.Nanosecond, "0.000000001s"},
		{500 * des.Millisecond, "0.5s"},
		{10 * des.Second, "10s"},
		{des.Hour + des.Microsecond, "3600.000001s"},
		{-des.Second / 4, "-0.25s"},
		{des.Forever, "forever"},
	} {
		if got := tc.d.String(); got != tc.want {
			t.Errorf("Duration(%d).String() = %q, want %q", int64(tc.d), got, tc.want)
		}
	}
}

func TestSeconds(t *testing.T) {
	if got := des.Time(2_500_000_000).Seconds(); got != 2.5 {
		t.Errorf("Time.Seconds() = %v, want 2.5", got)
	}
	if got := (-250 * des.Millisecond).Seconds(); got != -0.25 {
		t.Errorf("Duration.Seconds() = %v, want -0.25", got)
	}
}
