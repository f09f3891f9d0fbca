package closedform

import (
	"math"
	"testing"
)

// The values of the field study, which were computed as exact sums in another language, and of textbooks.
func TestKnownValues(t *testing.T) {
	for _, tc := range []struct {
		name      string
		got, want float64
		digits    int
	}{
		{"Never 1/.1/0", Never(1, 0, 0.1), 0.9, 6},
		{"Never 10/.1/3", Never(10, 3, 0.1), 0.965839, 6},
		{"Never 100/.05/6", Never(100, 6, 0.05), 0.719965, 6},
		{"Never 1000/.01/6", Never(1000, 6, 0.01), 0.125150, 6},
		{"Never 1000/.01/20", Never(1000, 20, 0.01), 0.998109, 6},
		{"Never 100/.1/20", Never(100, 20, 0.1), 0.992059, 6},
		{"PerIndex 1000/.05/1", PerIndex(1000, 1, 0, 0.05), 0.081828, 6},
		{"PerIndex 10000/.01/2", PerIndex(10000, 2, 0, 0.01), 0.990050, 6},
		{"OnFailure 100/.1/3", OnFailure(100, 3, 0.1), 0.904792, 6},
		{"OnFailure 10/.05/0", OnFailure(10, 0, 0.05), math.Pow(0.95, 10), 12},
		{"SuccessPolicy all", SuccessPolicy(10, 10, 0.1), math.Pow(0.9, 10), 12},
		{"SuccessPolicy one of two", SuccessPolicy(2, 1, 0.1), 0.9, 12},
		{"MeanBackoff .05", MeanBackoff(0.05, 10, 600), 0.5556, 4},
		{"MeanBackoff .1", MeanBackoff(0.1, 10, 600), 1.25, 4},
		{"MeanBackoff .3", MeanBackoff(0.3, 10, 600), 7.3375, 4},
		{"MeanBackoff .5", MeanBackoff(0.5, 10, 600), 39.375, 4},
		{"BackoffSum 7", BackoffSum(7, 10, 600), 1230, 9},
		{"Harmonic 100", Harmonic(100), 5.187378, 6},
		{"Makespan 100/10", Makespan(100, 10), 11.9290, 4},
		{"Makespan 1000/100", Makespan(1000, 100), 14.1874, 4},
		{"ErlangC 1/.9", ErlangC(1, 0.9), 0.9, 6},
		{"ErlangC 4/3.2", ErlangC(4, 3.2), 0.596432, 6},
		{"ErlangC 100/95", ErlangC(100, 95), 0.506457, 6},
		{"WaitMMc 4/3.2", WaitMMc(4, 3.2), 0.745541, 6},
		{"WaitMMc 10/9", WaitMMc(10, 9), 0.668732, 6},
		{"WaitMG1 .8/2", WaitMG1(0.8, 2), 10, 9},
		{"WaitMG1 .9/3", WaitMG1(0.9, 3), 45, 9},
		{"Restarted", Restarted(3, 1) / 3, 6.362, 3},
		{"Young", Young(60, 86400), 3219.9, 1},
		{"Daly", Daly(60, 86400), 3180.1, 1},
		{"Daly, dear", Daly(300, 10631), 2329.5, 1},
	} {
		if math.Abs(tc.got-tc.want) > 0.51*math.Pow(10, -float64(tc.digits)) {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

func TestNeverLimit(t *testing.T) {
	for _, tc := range []struct {
		completions int
		p, target   float64
		want        int
	}{{100, 0.05, 0.99, 11}, {100, 0.05, 0.999, 14}, {1000, 0.01, 0.99, 18}, {1, 0.1, 0.99, 1}, {1000, 0.1, 0.999, 147}} {
		if got, ok := NeverLimit(tc.completions, tc.p, tc.target, 1000); !ok || got != tc.want {
			t.Errorf("%+v: %d, %v", tc, got, ok)
		}
	}
	if _, ok := NeverLimit(10, 0.9, 0.999, 20); ok {
		t.Error("a limit of at most 20 is enough for 10 completions at 90 %")
	}
}

func TestNever_Tails(t *testing.T) {
	if got, want := NeverFails(1, 8, 0.1), 1e-9; math.Abs(got-want) > 1e-20 {
		t.Errorf("nine failures in a row: %v, want %v", got, want)
	}
	if Never(0, 0, 0.5) != 1 || Never(5, 3, 0) != 1 || Never(5, 3, 1) != 0 {
		t.Error("the ends of the range")
	}
}

// The formula for breakdowns is that of the chain of states, whose distribution is found by iteration.
func TestTurnaroundBreakdowns(t *testing.T) {
	const load, breaks, repairs, most, step = 0.4, 1.0 / 3, 2.0, 150, 0.2
	p := [most + 1][2]float64{{0, 1}} // by customers, and whether the server is up
	for range 20_000 {
		next := p
		for n := range p {
			move := func(up int, rate float64, toN, toUp int) {
				next[n][up] -= float64(step * rate * p[n][up])
				next[toN][toUp] += float64(step * rate * p[n][up])
			}
			if n < most {
				move(0, load, n+1, 0)
				move(1, load, n+1, 1)
			}
			if n > 0 {
				move(1, 1, n-1, 1)
			}
			move(1, breaks, n, 0)
			move(0, repairs, n, 1)
		}
		p = next
	}
	customers := 0.0
	for n := range p {
		customers += float64(n) * (p[n][0] + p[n][1])
	}
	if got, want := TurnaroundBreakdowns(load, breaks, repairs), customers/load; math.Abs(got-want) > 1e-6 {
		t.Errorf("%v, want %v", got, want)
	}
}
