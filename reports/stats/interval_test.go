package stats

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// sleep is the data set of R's package datasets (Student 1908): extra hours of sleep under two drugs.
var sleep = [2][]float64{
	{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0},
	{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4},
}

// TestProportion_AsInR: binom.test(x, n) and prop.test(x, n, correct = FALSE) of R 4.2.2. The first line is the example
// of ?binom.test (Conover 1971, p. 97); 7 of 50 is that of SciPy's BinomTestResult.proportion_ci.
func TestProportion_AsInR(t *testing.T) {
	type interval struct{ lo, hi float64 }
	for _, tc := range []struct {
		successes, n  int
		confidence    float64
		exact, wilson interval
	}{
		{682, 925, 0.95, interval{0.707668264079039, 0.765406558241525}, interval{0.70799598761962, 0.764635800971489}},
		{7, 50, 0.95, interval{0.058191700340372, 0.267396002497009}, interval{0.069508334270163, 0.261861937105855}},
		{0, 20, 0.95, interval{0, 0.168433470983085}, interval{0, 0.161125158052819}},
		{20, 20, 0.99, interval{0.767270499010925, 1}, interval{0.750894598901247, 1}},
	} {
		for _, m := range []struct {
			name string
			f    func(int, int, float64) (Summary, error)
			want interval
		}{{"exact", ClopperPearson, tc.exact}, {"Wilson", Wilson, tc.wilson}} {
			got, err := m.f(tc.successes, tc.n, tc.confidence)
			if err != nil {
				t.Fatal(err)
			}
			near(t, m.name+" lo", got.Lo, m.want.lo, 1e-9)
			near(t, m.name+" hi", got.Hi, m.want.hi, 1e-9)
			near(t, m.name+" center", got.Center, float64(tc.successes)/float64(tc.n), 0)
		}
	}
}

// TestProportion_Covers sums, over all outcomes of n trials, the chance that the interval holds the truth. The exact
// interval never covers less than it says; Wilson's does so on average (Brown, Cai and DasGupta 2001,
// https://doi.org/10.1214/ss/1009213286).
func TestProportion_Covers(t *testing.T) {
	const n = 50
	mean, steps := 0.0, 0
	for p := 0.01; p < 0.995; p += 0.01 {
		var exact, wilson float64
		for k := 0; k <= n; k++ {
			chance := binomialCDF(k, n, p) - binomialCDF(k-1, n, p)
			if s, _ := ClopperPearson(k, n, 0.95); s.Lo <= p && p <= s.Hi {
				exact += chance
			}
			if s, _ := Wilson(k, n, 0.95); s.Lo <= p && p <= s.Hi {
				wilson += chance
			}
		}
		if exact < 0.95 {
			t.Errorf("p %.2f: the exact interval covers %.4f", p, exact)
		}
		mean, steps = mean+wilson, steps+1
	}
	if mean /= float64(steps); mean < 0.945 || mean > 0.96 {
		t.Errorf("mean coverage of Wilson's interval: want about 0.95, got %.4f", mean)
	}
}

// TestMean_AsInR: t.test(sleep$extra[sleep$group == 1]) of R 4.2.2.
func TestMean_AsInR(t *testing.T) {
	got, err := Mean(sleep[0], 0.95)
	if err != nil || got.Warnings != nil || got.N != 10 {
		t.Fatal(got, err)
	}
	near(t, "mean", got.Center, 0.75, 1e-14)
	near(t, "lo", got.Lo, -0.529780413526232, 1e-12)
	near(t, "hi", got.Hi, 2.029780413526232, 1e-12)
}

func TestMean_LargeOffsetLosesNoPrecision(t *testing.T) {
	got, err := Mean([]float64{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 0.95) // the textbook case: variance 30
	if err != nil {
		t.Fatal(err)
	}
	near(t, "half width", (got.Hi-got.Lo)/2, 3.182446305284263*math.Sqrt(30.0/4), 1e-7) // qt(0.975, 3) in R
}

func TestMean_OfOneValueHasNoInterval(t *testing.T) {
	got, err := Mean([]float64{7}, 0.95)
	if err != nil || got.Lo != 7 || got.Hi != 7 || got.Confidence != 0 || len(got.Warnings) != 1 {
		t.Fatalf("want 7 without interval and one warning, got %+v, %v", got, err)
	}
	if !errors.Is(got.Warnings[0], ErrFew) {
		t.Errorf("want ErrFew, got %v", got.Warnings[0])
	}
}

// TestQuantile_AsInR: quantile(x, q), x[qbinom(a, 100, q)] and x[qbinom(1-a, 100, q) + 1] of R 4.2.2 for x = (1:100)^2
// and a = (1-confidence)/2. SciPy's quantile_test takes the same ranks.
func TestQuantile_AsInR(t *testing.T) {
	var squares []float64
	for i := 100; i > 0; i-- {
		squares = append(squares, float64(i*i))
	}
	before := slices.Clone(squares)
	for _, tc := range []struct{ q, confidence, want, wantLo, wantHi, wantConfidence float64 }{
		{0.5, 0.95, 2550.5, 1600, 3721, 0.964799799782295},
		{0.95, 0.95, 9034.55, 8100, 10000, 0.982607060712181},
		{0.95, 0.8, 9034.55, 8464, 9801, 0.899829200045196},
		{0.1, 0.8, 118.9, 36, 225, 0.869850148248085},
	} {
		got, err := Quantile(squares, tc.q, tc.confidence)
		if err != nil || got.Warnings != nil {
			t.Fatal(got, err)
		}
		near(t, "center", got.Center, tc.want, 1e-12)
		near(t, "lo", got.Lo, tc.wantLo, 0)
		near(t, "hi", got.Hi, tc.wantHi, 0)
		near(t, "confidence", got.Confidence, tc.wantConfidence, 1e-12)
	}
	if !slices.Equal(before, squares) {
		t.Error("the caller's slice was changed")
	}
}

func TestQuantile_TooFewValues(t *testing.T) {
	for _, tc := range []struct {
		n           int
		q           float64
		wantWarning string // "" is none
	}{
		{1, 0.5, "too few values: 1, a 95 % interval of the 0.5-quantile needs 6"},
		{5, 0.5, "too few values: 5, a 95 % interval of the 0.5-quantile needs 6"},
		{6, 0.5, ""},
		{58, 0.95, "too few values: 58, a 95 % interval of the 0.95-quantile needs 59"},
		{59, 0.95, ""},
		{59, 0.05, ""},
		{70, 0.05, ""},
		{298, 0.99, "too few values: 298, a 95 % interval of the 0.99-quantile needs 299"},
		{299, 0.99, ""},
		{100_000, 0.99, ""},
	} {
		got, err := Quantile(draws(tc.n, new(splitMix).uniform), tc.q, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		var text string
		for _, w := range got.Warnings {
			text += w.Error()
		}
		if text != tc.wantWarning {
			t.Errorf("n %d, q %v: want warning %q, got %q", tc.n, tc.q, tc.wantWarning, text)
		}
		if !(got.Lo <= got.Center && got.Center <= got.Hi) || math.IsInf(got.Hi-got.Lo, 0) {
			t.Errorf("n %d, q %v: no finite interval around the center: %+v", tc.n, tc.q, got)
		}
		if enough := got.Confidence >= 0.95; enough != (tc.wantWarning == "") {
			t.Errorf("n %d, q %v: confidence %v does not fit the warning %q", tc.n, tc.q, got.Confidence, text)
		}
	}
}

// TestInterval_Covers95Percent: over 2,000 synthetic samples of normal values the 95 % intervals of the mean and of
// Welch's difference cover 94 to 96 %, that of the median as much as it says. The chance that a right interval fails
// here is below 4 %; the seeds are fixed.
func TestInterval_Covers95Percent(t *testing.T) {
	const samples = 2000
	rng := splitMix(1)
	covered := map[string]float64{}
	want := map[string]float64{"mean": 0.95, "difference": 0.95}
	count := func(what string, truth float64, s Summary, err error) {
		if err != nil || s.Warnings != nil {
			t.Fatal(what, s, err)
		}
		if s.Lo <= truth && truth <= s.Hi {
			covered[what] += 1.0 / samples
		}
	}
	for range samples {
		x := draws(30, func() float64 { return 5 + 2*rng.normal() })
		y := draws(20, func() float64 { return 3 + 5*rng.normal() })
		s, err := Mean(x, 0.95)
		count("mean", 5, s, err)
		d, err := Welch(x, y, 0.95)
		count("difference", 2, d.Difference, err)
		s, err = Quantile(x, 0.5, 0.95)
		count("median", 5, s, err)
		want["median"] = s.Confidence
	}
	for what, w := range want {
		if c := covered[what]; math.Abs(c-w) > 0.01 {
			t.Errorf("%s: want %.3f covered, got %.3f", what, w, c)
		}
	}
}

// TestBCa_Covers95Percent: of 2,000 samples of 100 skewed values (gamma, shape 4) the 95 % interval of the mean covers 94
// to 96 %. Of fewer or more skewed values it covers less: its error is of the order of 1/n (Efron and Tibshirani 1993,
// section 14.3).
func TestBCa_Covers95Percent(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds: run without -short")
	}
	rng := splitMix(4)
	covered := 0
	for range 2000 {
		x := draws(100, func() float64 { return -math.Log(rng.uniform() * rng.uniform() * rng.uniform() * rng.uniform()) })
		s, err := BCa(Resampling{&rng, 1000}, x, func(x []float64) float64 {
			m, _ := momentsOf("x", x)
			return m.mean
		}, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if s.Lo <= 4 && 4 <= s.Hi {
			covered++
		}
	}
	c := float64(covered) / 2000
	t.Logf("covered: %.4f", c)
	if c < 0.94 || c > 0.96 {
		t.Errorf("want 0.94 to 0.96 covered, got %v", c)
	}
}

// TestProportion_Covers95Percent: of 2,000 counts of successes among 200 trials, of any probability, Wilson's interval
// covers 94 to 96 %. For one probability it may be a little outside of that, since counts are whole.
func TestProportion_Covers95Percent(t *testing.T) {
	rng := splitMix(12)
	covered := 0
	for range 2000 {
		successes, truth := 0, rng.uniform()
		for range 200 {
			if rng.uniform() < truth {
				successes++
			}
		}
		s, err := Wilson(successes, 200, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if s.Lo <= truth && truth <= s.Hi {
			covered++
		}
	}
	c := float64(covered) / 2000
	t.Logf("covered: %.4f", c)
	if c < 0.94 || c > 0.96 {
		t.Errorf("want 0.94 to 0.96 covered, got %v", c)
	}
}

// TestDKW_AsPublished: Massart 1990 at 95 %: 1.3581/sqrt(n), which is the asymptotic critical value of Kolmogorov (Smirnov
// 1948); and over 2,000 samples the band holds all of the distribution function in 95 % or more, not much more.
func TestDKW_AsPublished(t *testing.T) {
	got, err := DKW(make([]float64, 100), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "n 100", got, 0.13581, 1e-4)
	rng := splitMix(6)
	held := 0
	for range 2000 {
		x := sorted(draws(50, rng.uniform))
		half, err := DKW(x, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		furthest := 0.0
		for i, v := range x {
			furthest = max(furthest, float64(i+1)/50-v, v-float64(i)/50)
		}
		if furthest <= half {
			held++
		}
	}
	if c := float64(held) / 2000; c < 0.945 || c > 0.97 {
		t.Errorf("want 0.95 or a little more of the bands to hold, got %v", c)
	}
}

func TestInterval_RefusesBadInput(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	type outcome struct {
		s   Summary
		err error
	}
	of := func(s Summary, err error) outcome { return outcome{s, err} }
	err := func(_ float64, err error) error { return err }
	for _, tc := range []struct {
		name string
		got  outcome
		want error
		text string
	}{
		{"no trials", of(Wilson(0, 0, 0.95)), ErrEmpty, "trials: no values"},
		{"more successes than trials", of(Wilson(3, 2, 0.95)), ErrRange, "3 successes in 2"},
		{"negative", of(ClopperPearson(-1, 2, 0.95)), ErrRange, "-1 successes"},
		{"confidence 1", of(Wilson(1, 2, 1)), ErrConfidence, "confidence 1:"},
		{"confidence NaN", of(Mean([]float64{1}, nan)), ErrConfidence, "NaN"},
		{"no values", of(Mean(nil, 0.95)), ErrEmpty, "values: no values"},
		{"NaN", of(Mean([]float64{1, nan}, 0.95)), ErrNotFinite, "values[1]"},
		{"infinite", of(Quantile([]float64{inf}, 0.5, 0.95)), ErrNotFinite, "values[0]"},
		{"squares overflow", of(Mean([]float64{1e300, -1e300}, 0.95)), ErrRange, "overflow"},
		{"band of none", of(Summary{}, err(DKW(nil, 0.95))), ErrEmpty, "values"},
		{"band at 1", of(Summary{}, err(DKW([]float64{1}, 1))), ErrConfidence, "confidence 1"},
		{"quantile 1", of(Quantile([]float64{1}, 1, 0.95)), ErrRange, "quantile 1"},
		{"quantile NaN", of(Quantile([]float64{1}, nan, 0.95)), ErrRange, "NaN"},
	} {
		if err := tc.got.err; !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.text) || tc.got.s.N != 0 {
			t.Errorf("%s: want error %v with %q, got %+v", tc.name, tc.want, tc.text, tc.got)
		}
	}
}

// TestSpecial_AsInR: qt, pt and pbinom of R 4.2.2.
func TestSpecial_AsInR(t *testing.T) {
	for _, tc := range []struct{ p, nu, want float64 }{
		{0.975, 1, 12.70620473617469}, {0.975, 2, 4.30265272974946}, {0.975, 9, 2.26215716279820},
		{0.975, 30, 2.04227245630124}, {0.975, 1000, 1.96233908082641}, {0.975, 1e6, 1.95996635681411},
		{0.9995, 1, 636.61924876878970}, {0.9995, 2.5, 18.27789352813151}, {0.9995, 9, 4.78091258593122},
		{0.6, 1, 0.324919696232906}, {0.6, 17.776, 0.257171003992093}, {0.025, 9, -2.26215716279820},
	} {
		near(t, "qt", tQuantile(tc.p, tc.nu), tc.want, 1e-9)
		near(t, "pt(qt)", tCDF(tQuantile(tc.p, tc.nu), tc.nu), tc.p, 1e-12)
	}
	for _, tc := range []struct{ t, want float64 }{
		{-3, 0.0150496239487313}, {-1, 0.1816087338245613}, {-0.1, 0.4621150705773302}, {0.5, 0.6808505641795355},
		{2, 0.9490302605850709}, {40, 0.9999999079401891}, {0, 0.5},
	} {
		near(t, "pt", tCDF(tc.t, 5), tc.want, 1e-12)
	}
	near(t, "pbinom", binomialCDF(3, 10, 0.3), 0.6496107184, 1e-12)
	near(t, "t with infinite nu", tQuantile(0.975, math.Inf(1)), 1.959963984540054, 1e-12)
}
