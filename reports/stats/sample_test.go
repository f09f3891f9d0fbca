package stats

import (
	"math"
	"slices"
	"testing"
)

// The samples of the example of ?ad.test of R's kSamples.
var (
	scholzA = []float64{1.0066, -0.9587, 0.3462, -0.2653, -1.3872}
	scholzB = []float64{0.1005, 0.2252, 0.4810, 0.6992, 1.9289}
	scholzC = []float64{-0.7019, -0.4083, -0.9936, -0.5439, -0.3921}
)

func linear(from, to float64, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = from + (to-from)*float64(i)/float64(n-1)
	}
	return values
}

// TestKS_AsInR: ks.test(x, y) of R 4.2.2, exact, which minds ties since R 4.2 (sleep has three); the last asymptotic.
func TestKS_AsInR(t *testing.T) {
	x := []float64{0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64, -0.82, 0.37, 1.77,
		1.09, -1.28, 2.36, 1.31, 1.05, -0.32}
	y := []float64{-0.40, 1.06, -2.47, 0.71, 1.32, -0.33, 0.15}
	for _, tc := range []struct {
		name        string
		x, y        []float64
		wantD, want float64
	}{
		{"no ties", x, y, 0.2012987013, 0.950358154256205},
		{"ties", sleep[0], sleep[1], 0.4, 0.39682608413258},
		{"apart", linear(1, 30, 30), linear(101, 130, 30), 1, 2 / 118264581564861424.0}, // 2 of choose(60, 30)
		{"the same", x, x, 0, 1},
	} {
		got, err := KS(tc.x, tc.y)
		if err != nil || got.Warnings != nil {
			t.Fatal(got, err)
		}
		near(t, tc.name+": D", got.Statistic, tc.wantD, 1e-9)
		near(t, tc.name+": p", got.P, tc.want, 1e-12)
		if back, _ := KS(tc.y, tc.x); back.Statistic != got.Statistic || math.Abs(back.P-got.P) > 1e-14 {
			t.Errorf("%s: swapped samples: want %v, got %v", tc.name, got, back)
		}
	}
	near(t, "asymptotic p", smirnovTail(0.0965*math.Sqrt(400*500/900.0)), 0.0318845201383159, 1e-10)
}

// TestKS_IsThePermutationTest has the count of paths agree with random permutations of samples full of ties.
func TestKS_IsThePermutationTest(t *testing.T) {
	rng := splitMix(5)
	a := []float64{1, 1, 1, 2, 2, 3, 3, 5, 8, 8}
	b := []float64{2, 3, 3, 3, 5, 5, 8, 8, 8}
	exact, err := KS(a, b)
	if err != nil {
		t.Fatal(err)
	}
	p, err := poolOf(a, b)
	if err != nil {
		t.Fatal(err)
	}
	random, err := p.permute(Resampling{&rng, 200_000}, func() float64 {
		i, j, furthest, end := 0, 0, 0, 0
		for k, from := range p.from {
			if from == 0 {
				i++
			} else {
				j++
			}
			if k+1 == p.ends[end] {
				end++
				furthest = max(furthest, i*9-j*10, j*10-i*9)
			}
		}
		return float64(furthest) / 90
	})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "D", exact.Statistic, random.Statistic, 1e-12)
	near(t, "p", exact.P, random.P, 0.01)
}

func TestKS_LargeSamplesAreAsymptotic(t *testing.T) {
	rng := splitMix(9)
	a, b := draws(20_000, rng.uniform), draws(15_000, rng.uniform)
	got, err := KS(a, b)
	if err != nil || got.P < 0.001 || got.Warnings != nil {
		t.Errorf("two samples of one distribution: %+v, %v", got, err)
	}
	a[0] = b[0]
	if got, err = KS(a, b); err != nil || len(got.Warnings) != 1 {
		t.Errorf("want a warning for ties, got %+v, %v", got, err)
	}
}

// TestAndersonDarling_AsInR: ad.test of R's kSamples 1.2-9, version 2: the example of ?ad.test with p-values of
// 1,000,000 simulations, and sleep with the exact p-value.
func TestAndersonDarling_AsInR(t *testing.T) {
	for _, tc := range []struct {
		name         string
		samples      [][]float64
		wantT, wantP float64
	}{
		{"three samples", [][]float64{scholzA, scholzB, scholzC}, 2.2659, 0.038837},
		{"ties", sleep[:], 1.6464766703937608, 0.075851}, // the statistic is that of SciPy 1.10.1's anderson_ksamp
	} {
		rng := splitMix(1)
		got, err := AndersonDarling(Resampling{&rng, 100_000}, tc.samples...)
		if err != nil {
			t.Fatal(err)
		}
		tolerance := 1e-12
		if tc.name == "three samples" {
			tolerance = 3e-5 // four decimals are printed
		}
		near(t, tc.name+": statistic", got.Statistic, tc.wantT, tolerance)
		near(t, tc.name+": p", got.P, tc.wantP, 0.04)
	}
}

// TestDistance_AsInSciPy: wasserstein_distance and energy_distance of SciPy 1.10.1, the examples of their documentation
// among them; the square of the latter.
func TestDistance_AsInSciPy(t *testing.T) {
	for _, tc := range []struct {
		a, b                   []float64
		wasserstein, rootOfTwo float64
	}{
		{[]float64{0, 1, 3}, []float64{5, 6, 8}, 5, 0},
		{[]float64{0}, []float64{2}, 2, 2},
		{[]float64{3.4, 3.9, 7.5, 7.8}, []float64{4.5, 1.4}, 2.7, 0},
		{[]float64{0.7, 7.4, 2.4, 6.8}, []float64{1.4, 8.0}, 0, 0.7664854858377946},
		{sleep[0], sleep[1], 1.58, 0.896660470858396},
		{sleep[0], sleep[0], 0, 0},
	} {
		w, err := Wasserstein(tc.a, tc.b)
		if err != nil {
			t.Fatal(err)
		}
		if tc.wasserstein != 0 || slices.Equal(tc.a, tc.b) {
			near(t, "Wasserstein", w, tc.wasserstein, 1e-12)
		}
		e, err := EnergyDistance(tc.a, tc.b)
		if err != nil {
			t.Fatal(err)
		}
		if tc.rootOfTwo != 0 || slices.Equal(tc.a, tc.b) {
			near(t, "energy", math.Sqrt(e), tc.rootOfTwo, 1e-12)
		}
		if back, _ := EnergyDistance(tc.b, tc.a); math.Abs(back-e) > 1e-14 {
			t.Errorf("energy distance of swapped samples: want %v, got %v", e, back)
		}
	}
}

// TestEnergyDistance_IsItsDefinition compares the area with the means over all pairs.
func TestEnergyDistance_IsItsDefinition(t *testing.T) {
	mean := func(a, b []float64) float64 {
		sum := 0.0
		for _, x := range a {
			for _, y := range b {
				sum += math.Abs(x - y)
			}
		}
		return sum / float64(len(a)*len(b))
	}
	rng := splitMix(2)
	a, b := draws(17, rng.normal), draws(11, rng.normal)
	got, err := EnergyDistance(a, b)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "energy distance", got, 2*mean(a, b)-mean(a, a)-mean(b, b), 1e-12)
}

// TestEnergyTest_AsInR: eqdist.etest(c(s1, s2), sizes = c(10, 10), R = 199999) of R's energy 1.7-11 for sleep.
func TestEnergyTest_AsInR(t *testing.T) {
	rng := splitMix(1)
	got, err := EnergyTest(Resampling{&rng, 100_000}, sleep[0], sleep[1])
	if err != nil {
		t.Fatal(err)
	}
	near(t, "statistic", got.Statistic, 4.02, 1e-12)
	near(t, "p", got.P, 0.14694, 0.03)
}

// TestTests_HoldTheirLevel: of 400 pairs of samples of one distribution, each test rejects about 5 % at 0.05; of pairs
// of different ones, most.
func TestTests_HoldTheirLevel(t *testing.T) {
	rng := splitMix(11)
	r := Resampling{&rng, 199}
	tests := []struct {
		name string
		f    func(a, b []float64) (Test, error)
	}{
		{"KS", KS},
		{"Anderson-Darling", func(a, b []float64) (Test, error) { return AndersonDarling(r, a, b) }},
		{"energy", func(a, b []float64) (Test, error) { return EnergyTest(r, a, b) }},
	}
	for _, tc := range tests {
		same, different := 0, 0
		for range 400 {
			a, b := draws(30, rng.normal), draws(25, rng.normal)
			if got, err := tc.f(a, b); err != nil || got.P <= 0.05 {
				same++
			}
			for i := range b {
				b[i] = 3*b[i] + 1
			}
			if got, err := tc.f(a, b); err == nil && got.P <= 0.05 {
				different++
			}
		}
		if same < 8 || same > 34 {
			t.Errorf("%s: of 400 equal pairs want about 20 rejected, got %d", tc.name, same)
		}
		if different < 300 {
			t.Errorf("%s: of 400 different pairs want most rejected, got %d", tc.name, different)
		}
	}
}

func TestPermute_LeavesTheSamplesAlone(t *testing.T) {
	rng := splitMix(1)
	a, b := slices.Clone(sleep[0]), slices.Clone(sleep[1])
	first, err := EnergyTest(Resampling{&rng, 100}, a, b)
	if err != nil || !slices.Equal(a, sleep[0]) || !slices.Equal(b, sleep[1]) {
		t.Errorf("the caller's slices were changed: %v, %v, %v", a, b, err)
	}
	rng = 1
	again, err := EnergyTest(Resampling{&rng, 100}, a, b)
	if err != nil || again.P != first.P {
		t.Errorf("same source, want %v again, got %v, %v", first, again, err)
	}
}

func TestBelow_IsUniform(t *testing.T) {
	rng := splitMix(1)
	var counts [7]int
	for range 70_000 {
		counts[below(&rng, 7)]++
	}
	for i, c := range counts {
		if c < 9_600 || c > 10_400 { // 4 standard deviations
			t.Errorf("%d: want about 10000, got %d", i, c)
		}
	}
	if got := below(&rng, 1); got != 0 {
		t.Errorf("below 1: want 0, got %d", got)
	}
}
