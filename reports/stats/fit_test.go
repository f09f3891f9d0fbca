package stats

import (
	"math"
	"testing"
)

// bearings are the millions of revolutions before 23 ball bearings failed (Lieblein and Zelen 1956, as in Lawless 1982,
// section 5.1).
var bearings = []float64{17.88, 28.92, 33.00, 41.52, 42.12, 45.60, 48.40, 51.84, 51.96, 54.12, 55.56, 67.80, 68.64, 68.64,
	68.88, 84.12, 93.12, 98.64, 105.12, 105.84, 127.92, 128.04, 173.40}

// TestFit_AsPublished: the estimates of Lawless 1982, Statistical Models and Methods for Lifetime Data, for the bearings:
// Weibull 81.88 and 2.102, lognormal exp(4.150) and 0.522, gamma 17.9 and 4.03.
func TestFit_AsPublished(t *testing.T) {
	for _, tc := range []struct {
		name         string
		fit          func([]float64) (Fitted, error)
		scale, shape float64
	}{
		{"Weibull", FitWeibull, 81.88, 2.102},
		{"lognormal", FitLognormal, math.Exp(4.150), 0.522},
		{"gamma", FitGamma, 17.94, 4.025},
	} {
		got, err := tc.fit(bearings)
		if err != nil {
			t.Fatal(err)
		}
		near(t, tc.name+": scale", got.Scale, tc.scale, 2e-3)
		near(t, tc.name+": shape", got.Shape, tc.shape, 2e-3)
	}
}

// Each likelihood is the density's, and no other parameters have a larger one.
func TestFit_IsTheMostLikely(t *testing.T) {
	for _, tc := range []struct {
		name    string
		fit     func([]float64) (Fitted, error)
		density func(x, scale, shape float64) float64
	}{
		{"Weibull", FitWeibull, func(x, s, k float64) float64 { return k / s * math.Pow(x/s, k-1) * math.Exp(-math.Pow(x/s, k)) }},
		{"lognormal", FitLognormal, func(x, m, s float64) float64 {
			z := math.Log(x/m) / s
			return math.Exp(-z*z/2) / (x * s * math.Sqrt(2*math.Pi))
		}},
		{"gamma", FitGamma, func(x, s, k float64) float64 { return math.Pow(x/s, k-1) * math.Exp(-x/s) / (s * math.Gamma(k)) }},
	} {
		likelihood := func(scale, shape float64) (sum float64) {
			for _, x := range bearings {
				sum += math.Log(tc.density(x, scale, shape))
			}
			return sum
		}
		got, err := tc.fit(bearings)
		if err != nil {
			t.Fatal(err)
		}
		most := likelihood(got.Scale, got.Shape)
		near(t, tc.name+": likelihood", got.LogLikelihood, most, 1e-9)
		for _, f := range []float64{0.99, 1.01} {
			if likelihood(got.Scale*f, got.Shape) > most || likelihood(got.Scale, got.Shape*f) > most {
				t.Errorf("%s: %v of a parameter is more likely", tc.name, f)
			}
		}
	}
}

func TestFitUniform_WithoutBias(t *testing.T) {
	rng := splitMix(8)
	lo, hi := 0.0, 0.0
	for range 2000 {
		got, err := FitUniform(draws(20, func() float64 { return 3 + 2*rng.uniform() }))
		if err != nil {
			t.Fatal(err)
		}
		lo, hi = lo+got.Scale/2000, hi+got.Shape/2000
	}
	near(t, "least", lo, 3, 2e-3)
	near(t, "largest", hi, 5, 2e-3)
}
