package stats

import (
	"math"
	"slices"
	"testing"
)

// aml is the data set of R's package survival (Miller 1981): weeks in remission; negative is censored.
var aml = map[string][]float64{
	"maintained":    {9, 13, -13, 18, 23, -28, 31, 34, -45, 48, -161},
	"nonmaintained": {5, 5, 8, 8, 12, -16, 23, 27, 30, 33, 43, 45},
}

func lifetimes(weeks []float64) []Lifetime {
	var list []Lifetime
	for _, w := range slices.Backward(weeks) {
		list = append(list, Lifetime{abs(w), w > 0})
	}
	return list
}

// TestKaplanMeier_AsInR: summary(survfit(Surv(time, status) ~ x, data = aml, conf.type = "log-log")) of R 4.2.2's
// survival 3.5-3, and the medians that print shows.
func TestKaplanMeier_AsInR(t *testing.T) {
	maintained := []Step{
		{9, 11, 1, 0.909090909091, 0.0866784172041, 0.5080802057699, 0.986673822668},
		{13, 10, 1, 0.818181818182, 0.1162912998303, 0.4474286146822, 0.951162228582},
		{18, 8, 1, 0.715909090909, 0.1396649705572, 0.3501903859079, 0.899023974191},
		{23, 7, 1, 0.613636363636, 0.1526323310273, 0.2657520400013, 0.835299243250},
		{31, 5, 1, 0.490909090909, 0.1641932672211, 0.1673309097769, 0.753399790371},
		{34, 4, 1, 0.368181818182, 0.1626688858271, 0.0928295749370, 0.657040832398},
		{48, 2, 1, 0.184090909091, 0.1534927457863, 0.0117384801232, 0.525014842727},
	}
	nonmaintained := []Step{
		{5, 12, 2, 0.8333333333333, 0.1075828707280, 0.48171494219538, 0.955509365728},
		{8, 10, 2, 0.6666666666667, 0.1360827634880, 0.33701893254140, 0.859711799084},
		{12, 8, 1, 0.5833333333333, 0.1423187606383, 0.27013892408550, 0.800940192333},
		{23, 6, 1, 0.4861111111111, 0.1481300625535, 0.19187661961873, 0.729671569779},
		{27, 5, 1, 0.3888888888889, 0.1469861839480, 0.12627201219539, 0.649817408289},
		{30, 4, 1, 0.2916666666667, 0.1387151691350, 0.07240160890777, 0.560886052671},
		{33, 3, 1, 0.1944444444444, 0.1218745053804, 0.03119864293121, 0.461429476238},
		{43, 2, 1, 0.0972222222222, 0.0918663649675, 0.00574630569586, 0.348903861111},
		{45, 1, 1, 0, 0, 0, 0.348903861111}, // R has NaN and NA from here
	}
	for _, tc := range []struct {
		name          string
		want          []Step
		median        float64
		lo, hi        float64
		wantWarnings  int
		wantConfident float64
	}{
		{"maintained", maintained, 31, 13, 48, 1, 0}, // R: 31 (13, NA); 48 is the last end
		{"nonmaintained", nonmaintained, 23, 5, 33, 0, 0.95},
	} {
		got, err := KaplanMeier(lifetimes(aml[tc.name]), 0.95)
		if err != nil || len(got.Steps) != len(tc.want) {
			t.Fatalf("%s: %v: want %d steps, got %d", tc.name, err, len(tc.want), len(got.Steps))
		}
		for i, want := range tc.want {
			at := got.Steps[i]
			if at.Time != want.Time || at.AtRisk != want.AtRisk || at.Ends != want.Ends {
				t.Errorf("%s, step %d: want %+v, got %+v", tc.name, i, want, at)
			}
			near(t, "survival", at.Survival, want.Survival, 1e-11)
			near(t, "error", at.Error, want.Error, 1e-11)
			near(t, "lo", at.Lo, want.Lo, 1e-11)
			near(t, "hi", at.Hi, want.Hi, 1e-11)
		}
		m, err := got.Quantile(0.5)
		if err != nil || m.Center != tc.median || m.Lo != tc.lo || m.Hi != tc.hi || m.Confidence != tc.wantConfident ||
			len(m.Warnings) != tc.wantWarnings {
			t.Errorf("%s, median: want %v (%v, %v), got %+v, %v", tc.name, tc.median, tc.lo, tc.hi, m, err)
		}
	}
}

// TestKaplanMeier_WithoutCensoring is the empirical distribution, with the binomial standard error.
func TestKaplanMeier_WithoutCensoring(t *testing.T) {
	got, err := KaplanMeier(lifetimes([]float64{1, 2, 3, 4, 5}), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range got.Steps {
		want := 1 - float64(i+1)/5
		near(t, "survival", at.Survival+1, want+1, 1e-12)
		near(t, "variance", 1+at.Error*at.Error, 1+want*(1-want)/5, 1e-12)
	}
}

func TestKaplanMeier_NothingEnded(t *testing.T) {
	got, err := KaplanMeier([]Lifetime{{3, false}, {4, false}}, 0.95)
	if err != nil || len(got.Steps) != 0 || got.N != 2 {
		t.Errorf("want no steps, got %+v, %v", got, err)
	}
}

// TestKaplanMeier_Covers95Percent: of 2,000 samples of 100 exponential lifetimes, a third of them censored, the interval
// of the survival at half a mean lifetime covers 94 to 96 %.
func TestKaplanMeier_Covers95Percent(t *testing.T) {
	rng := splitMix(21)
	truth, covered := math.Exp(-0.5), 0
	for range 2000 {
		var list []Lifetime
		for range 100 {
			life, end := -math.Log(rng.uniform()), -2*math.Log(rng.uniform())
			list = append(list, Lifetime{min(life, end), life <= end})
		}
		got, err := KaplanMeier(list, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		last := slices.IndexFunc(got.Steps, func(s Step) bool { return s.Time > 0.5 }) - 1
		if s := got.Steps[last]; s.Lo <= truth && truth <= s.Hi {
			covered++
		}
	}
	c := float64(covered) / 2000
	t.Logf("covered: %.4f", c)
	if c < 0.94 || c > 0.96 {
		t.Errorf("want 0.94 to 0.96 covered, got %v", c)
	}
}
