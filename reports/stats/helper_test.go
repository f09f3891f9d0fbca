package stats

import (
	"math"
	"testing"
)

// near fails unless got is want up to a relative error, or an absolute one for a want of 0.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	scale := math.Abs(want)
	if want == 0 {
		scale = 1
	}
	if diff := math.Abs(got - want); !(diff <= tolerance*scale) {
		t.Errorf("%s: want %.15g, got %.15g, which is %.1e off", what, want, got, diff)
	}
}

// splitMix is SplitMix64 (Steele, Lea and Flood 2014): a Source for tests.
type splitMix uint64

func (s *splitMix) Uint64() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform is in (0, 1).
func (s *splitMix) uniform() float64 { return (float64(s.Uint64()>>11) + 0.5) / (1 << 53) }

func (s *splitMix) normal() float64 { return normalQuantile(s.uniform()) }

// draws is n values that f draws.
func draws(n int, f func() float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = f()
	}
	return values
}
