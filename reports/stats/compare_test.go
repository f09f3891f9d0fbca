package stats

import (
	"errors"
	"math"
	"slices"
	"testing"
)

// TestWelch_AsInR: t.test(extra ~ group, data = sleep) of R 4.2.2, the example of ?t.test.
func TestWelch_AsInR(t *testing.T) {
	got, err := Welch(sleep[0], sleep[1], 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "t", got.T, -1.860813467487, 1e-11)
	near(t, "df", got.DF, 17.77647351618, 1e-11)
	near(t, "p", got.P, 0.0793941401874, 1e-10)
	near(t, "difference", got.Difference.Center, -1.58, 1e-12)
	near(t, "lo", got.Difference.Lo, -3.36548323071171, 1e-11)
	near(t, "hi", got.Difference.Hi, 0.20548323071171, 1e-10)
}

// TestPaired_AsInR: t.test(sleep$extra[1:10], sleep$extra[11:20], paired = TRUE) of R 4.2.2.
func TestPaired_AsInR(t *testing.T) {
	got, err := Paired(sleep[0], sleep[1], 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "t", got.T, -4.062127683, 1e-9)
	near(t, "df", got.DF, 9, 0)
	near(t, "p", got.P, 0.0028328902, 1e-7)
	near(t, "lo", got.Difference.Lo, -2.459885763277, 1e-11)
	near(t, "hi", got.Difference.Hi, -0.700114236723, 1e-11)
}

func TestTTest_WithoutSpreadIsCertain(t *testing.T) {
	for _, tc := range []struct {
		a, b  []float64
		wantP float64
	}{{[]float64{2, 2}, []float64{2, 2, 2}, 1}, {[]float64{2, 2}, []float64{3, 3}, 0}} {
		got, err := Welch(tc.a, tc.b, 0.95)
		if d := got.Difference; err != nil || got.P != tc.wantP || d.Lo != d.Center || d.Hi != d.Center {
			t.Errorf("%v and %v: want P %v and a point, got %+v, %v", tc.a, tc.b, tc.wantP, got, err)
		}
	}
}

var (
	ratioA = []float64{101.2, 99.8, 100.5, 102.1, 98.7, 100.9}
	ratioB = []float64{99.9, 100.4, 101.3, 98.2, 100.1, 99.5, 100.8}
)

// TestRatioTOST_AsInR: t.test(log(a), log(b), mu = log(0.95), alternative = "greater"), the same with log(1.05) and
// "less", and exp of t.test(log(a), log(b), conf.level = 0.9)$conf.int of R 4.2.2; the same with paired = TRUE.
func TestRatioTOST_AsInR(t *testing.T) {
	got, err := RatioTOST(ratioA, ratioB, Margins{0.95, 1.05}, 0.05)
	if err != nil || !got.Equivalent || got.P != got.Above {
		t.Fatalf("want equivalence, got %+v, %v", got, err)
	}
	near(t, "ratio", got.Ratio.Center, 1.00503177499, 1e-11)
	near(t, "lo", got.Ratio.Lo, 0.993963362721, 1e-11)
	near(t, "hi", got.Ratio.Hi, 1.01622344105, 1e-11)
	near(t, "below", got.Below, 1.70945928861e-06, 1e-8)
	near(t, "above", got.Above, 1.55228027671e-05, 1e-8)

	got, err = PairedRatioTOST(ratioA, ratioB[:6], Margins{0.99, 1.01}, 0.05)
	if err != nil || got.Equivalent {
		t.Fatalf("want no equivalence, got %+v, %v", got, err)
	}
	near(t, "ratio", got.Ratio.Center, 1.00632666544, 1e-11)
	near(t, "lo", got.Ratio.Lo, 0.990160777018, 1e-11)
	near(t, "hi", got.Ratio.Hi, 1.0227564867, 1e-10)
	near(t, "below", got.Below, 0.048728191199, 1e-9)
	near(t, "above", got.Above, 0.334643344902, 1e-9)
}

func TestRatioTOST_EqualsTheIntervalWithinTheMargins(t *testing.T) {
	rng := splitMix(7)
	for range 500 {
		x := draws(8, func() float64 { return 100 + 5*rng.normal() })
		y := draws(9, func() float64 { return 101 + 5*rng.normal() })
		got, err := RatioTOST(x, y, Margins{0.95, 1.05}, 0.05)
		if err != nil {
			t.Fatal(err)
		}
		if within := got.Ratio.Lo > 0.95 && got.Ratio.Hi < 1.05; within != got.Equivalent {
			t.Fatalf("interval within the margins: %v, equivalent: %v: %+v", within, got.Equivalent, got)
		}
	}
}

// TestRatioTOST_FalseEquivalence: where the truth is beyond the margin at most 5 % of the data sets are called
// equivalent; where it is the margin, as near to 5 % as 50,000 sets can tell (three standard errors are 0.3 %), or it
// would be a test without power. The paired test, which a comparison uses, is held to the same.
func TestRatioTOST_FalseEquivalence(t *testing.T) {
	const samples = 50_000
	for _, tc := range []struct {
		name        string
		test        func(a, b []float64, m Margins, alpha float64) (Equivalence, error)
		ratio       float64
		least, most float64
	}{
		{"at the margin", RatioTOST, 1.05, 0.047, 0.053},
		{"at the lower margin", RatioTOST, 0.95, 0.047, 0.053},
		{"beyond the margin", RatioTOST, 1.055, 0, 0.05},
		{"in pairs, at the margin", PairedRatioTOST, 1.05, 0.047, 0.053},
		{"in pairs, beyond the margin", PairedRatioTOST, 1.055, 0, 0.05},
		{"the same", RatioTOST, 1, 0.8, 1},
	} {
		rng := splitMix(3)
		wrong := 0
		for range samples {
			x := draws(20, func() float64 { return 100 * tc.ratio * math.Exp(0.05*rng.normal()) })
			y := draws(20, func() float64 { return 100 * math.Exp(0.05*rng.normal()) })
			got, err := tc.test(x, y, Margins{0.95, 1.05}, 0.05)
			if err != nil {
				t.Fatal(err)
			}
			if got.Equivalent {
				wrong++
			}
		}
		rate := float64(wrong) / samples
		t.Logf("%s: %.4f called equivalent", tc.name, rate)
		if rate < tc.least || rate > tc.most {
			t.Errorf("%s: want %v to %v called equivalent, got %v", tc.name, tc.least, tc.most, rate)
		}
	}
}

func TestRatioTOST_OfTheSameIsCertain(t *testing.T) {
	got, err := PairedRatioTOST(ratioA, ratioA, Margins{0.95, 1.05}, 0.05)
	if err != nil || !got.Equivalent || got.P != 0 || got.Ratio.Lo != 1 || got.Ratio.Hi != 1 {
		t.Errorf("want certain equivalence, got %+v, %v", got, err)
	}
	double := make([]float64, len(ratioA))
	for i := range double {
		double[i] = 2 * ratioA[i]
	}
	if got, err = PairedRatioTOST(double, ratioA, Margins{0.95, 1.05}, 0.05); err != nil || got.Equivalent {
		t.Errorf("want certain difference, got %+v, %v", got, err)
	}
}

// TestHolm_AsInR: p.adjust(p, "holm") of R 4.2.2.
func TestHolm_AsInR(t *testing.T) {
	for _, tc := range []struct{ p, want []float64 }{
		{[]float64{0.01, 0.02, 0.03, 0.04, 0.05}, []float64{0.05, 0.08, 0.09, 0.09, 0.09}},
		{[]float64{0.01, 0.04, 0.03, 0.005, 0.9}, []float64{0.040, 0.090, 0.090, 0.025, 0.900}},
		{[]float64{0.7}, []float64{0.7}},
		{[]float64{0.6, 0.7, 1}, []float64{1, 1, 1}},
	} {
		before := slices.Clone(tc.p)
		got, err := Holm(tc.p)
		if err != nil || len(got) != len(tc.want) {
			t.Fatal(got, err)
		}
		for i := range got {
			near(t, "adjusted p", got[i], tc.want[i], 1e-12)
		}
		if !slices.Equal(before, tc.p) {
			t.Error("the caller's slice was changed")
		}
	}
}

// spatial is the data A of Efron and Tibshirani 1993, table 14.1.
var spatial = []float64{48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30,
	41}

func plugInVariance(x []float64) float64 {
	m, _ := momentsOf("x", x)
	return m.variance * (m.n - 1) / m.n
}

// TestBCa_AsInR: the 90 % interval of the variance of spatial, with 1,000,000 replicates of R 4.2.2's boot 1.3-28.1:
// (115.716, 261.149). Efron and Tibshirani have (115.8, 259.6) with 2,000, and an acceleration of 0.061.
func TestBCa_AsInR(t *testing.T) {
	rng := splitMix(1)
	before := slices.Clone(spatial)
	got, err := BCa(Resampling{&rng, 100_000}, spatial, plugInVariance, 0.9)
	if err != nil || got.Warnings != nil {
		t.Fatal(got, err)
	}
	near(t, "estimate", got.Center, plugInVariance(spatial), 0)
	near(t, "lo", got.Lo, 115.716, 0.01)
	near(t, "hi", got.Hi, 261.149, 0.01)
	near(t, "acceleration", acceleration(leaveOneOut(spatial, plugInVariance)), 0.06124012, 1e-6)
	if !slices.Equal(before, spatial) {
		t.Error("the caller's slice was changed")
	}
}

func TestBCa_SaysWhenItCannot(t *testing.T) {
	rng := splitMix(1)
	largest := func(x []float64) float64 { return slices.Max(x) }
	for _, tc := range []struct {
		name           string
		values         []float64
		wantConfidence float64
	}{
		{"one value", []float64{3}, 0},
		{"no spread", []float64{3, 3, 3}, 0},
		{"the largest", []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.95},
	} {
		got, err := BCa(Resampling{&rng, 1000}, tc.values, largest, 0.95)
		warned := len(got.Warnings) > 0
		if err != nil || got.Confidence != tc.wantConfidence || warned != (tc.wantConfidence == 0) {
			t.Errorf("%s: want confidence %v, got %+v, %v", tc.name, tc.wantConfidence, got, err)
		}
		if !(got.Lo <= got.Center && got.Center <= got.Hi) {
			t.Errorf("%s: the interval is not around the center: %+v", tc.name, got)
		}
	}
	got, err := BCa(Resampling{&rng, 1000}, spatial[:10], sameness, 0.95)
	if err != nil || len(got.Warnings) != 1 {
		t.Errorf("resamples on one side: want a warning, got %+v, %v", got, err)
	}
}

// sameness is 0 for the beginning of spatial, and below 0 for resamples of it.
func sameness(x []float64) float64 {
	n := 0.0
	for i := range x {
		if x[i] != spatial[i] {
			n--
		}
	}
	return n
}

func TestComparison_RefusesBadInput(t *testing.T) {
	nan := math.NaN()
	two, one, bad := []float64{1, 2}, []float64{1}, []float64{1, nan}
	rng := new(splitMix)
	r := Resampling{Source: rng, Replicates: 10}
	isNaN := func([]float64) float64 { return nan }
	err := func(_ any, err error) error { return err }
	for _, tc := range []struct {
		name      string
		got, want error
	}{
		{"Welch of one", err(Welch(two, one, 0.95)), ErrFew},
		{"Welch of none", err(Welch(nil, two, 0.95)), ErrEmpty},
		{"Welch of NaN", err(Welch(two, bad, 0.95)), ErrNotFinite},
		{"Welch at 0", err(Welch(two, two, 0)), ErrConfidence},
		{"pairs that do not match", err(Paired(two, one, 0.95)), ErrRange},
		{"one pair", err(Paired(one, one, 0.95)), ErrFew},
		{"logarithm of 0", err(RatioTOST(two, []float64{0, 1}, Margins{0.9, 1.1}, 0.05)), ErrRange},
		{"logarithm of NaN", err(RatioTOST(bad, two, Margins{0.9, 1.1}, 0.05)), ErrNotFinite},
		{"margins upside down", err(RatioTOST(two, two, Margins{1.1, 0.9}, 0.05)), ErrRange},
		{"alpha too large", err(RatioTOST(two, two, Margins{0.9, 1.1}, 0.5)), ErrRange},
		{"no p-values", err(Holm(nil)), ErrEmpty},
		{"p above 1", err(Holm([]float64{0.5, 1.5})), ErrRange},
		{"p NaN", err(Holm([]float64{nan})), ErrRange},
		{"bootstrap of none", err(BCa(r, nil, plugInVariance, 0.95)), ErrEmpty},
		{"bootstrap without source", err(BCa(Resampling{}, two, plugInVariance, 0.95)), ErrRange},
		{"negative replicates", err(BCa(Resampling{rng, -1}, two, plugInVariance, 0.95)), ErrRange},
		{"statistic NaN", err(BCa(r, two, isNaN, 0.95)), ErrNotFinite},
		{"KS of none", err(KS(two, nil)), ErrEmpty},
		{"KS of NaN", err(KS(bad, two)), ErrNotFinite},
		{"Anderson-Darling of one sample", err(AndersonDarling(r, two)), ErrFew},
		{"Anderson-Darling of three values", err(AndersonDarling(r, two, one)), ErrFew},
		{"Anderson-Darling of equal values", err(AndersonDarling(r, []float64{1, 1}, []float64{1, 1})), ErrFew},
		{"energy test without source", err(EnergyTest(Resampling{}, two, two)), ErrRange},
		{"energy distance of none", err(EnergyDistance(nil, two)), ErrEmpty},
		{"Wasserstein of NaN", err(Wasserstein(two, bad)), ErrNotFinite},
		{"no lifetimes", err(KaplanMeier(nil, 0.95)), ErrEmpty},
		{"negative lifetime", err(KaplanMeier([]Lifetime{{-1, true}}, 0.95)), ErrRange},
		{"lifetime NaN", err(KaplanMeier([]Lifetime{{nan, true}}, 0.95)), ErrRange},
		{"survival at 1", err(KaplanMeier([]Lifetime{{1, true}}, 1)), ErrConfidence},
		{"quantile of nothing ended", err((&Curve{}).Quantile(0.5)), ErrEmpty},
		{"quantile 0", err((&Curve{}).Quantile(0)), ErrRange},
	} {
		if !errors.Is(tc.got, tc.want) {
			t.Errorf("%s: want error %v, got %v", tc.name, tc.want, tc.got)
		}
	}
}
