package stats

import (
	"fmt"
	"math"
)

// Equivalence is the outcome of two one-sided tests (TOST, Schuirmann 1987, https://doi.org/10.1007/BF01068419) of
// whether a ratio lies within margins.
type Equivalence struct {
	// Ratio is the ratio of the geometric means, with its 1-2*alpha interval: the one that lies within the margins
	// exactly if the two are equivalent.
	Ratio Summary
	// Below and Above are the p-values of the ratio being at most the lower margin, and at least the upper one.
	Below, Above float64
	// P is the larger of the two: the p-value of not being equivalent.
	P float64
	// Equivalent says that P is below alpha.
	Equivalent bool
}

// Margins are the ratios within which two things count as the same, such as {0.95, 1.05}.
type Margins struct{ Lo, Hi float64 }

// RatioTOST asks whether the ratio of the geometric means of two independent samples, a over b, lies within margins, by
// Welch's t on logarithms. Values must be positive; alpha, such as 0.05, is the chance to call different things
// equivalent.
func RatioTOST(a, b []float64, margins Margins, alpha float64) (Equivalence, error) {
	return ratioTOST(Welch, a, b, margins, alpha)
}

// PairedRatioTOST is RatioTOST for samples whose i-th values belong together, such as runs with the same fates.
func PairedRatioTOST(a, b []float64, margins Margins, alpha float64) (Equivalence, error) {
	return ratioTOST(Paired, a, b, margins, alpha)
}

type meanTest func(a, b []float64, confidence float64) (TTest, error)

func ratioTOST(test meanTest, a, b []float64, margins Margins, alpha float64) (Equivalence, error) {
	if lo, hi := margins.Lo, margins.Hi; !(lo > 0 && lo < hi) || math.IsInf(hi, 1) {
		return Equivalence{}, fmt.Errorf("margins %v to %v: %w (allowed: 0 < lo < hi)", lo, hi, ErrRange)
	}
	if !(alpha > 0 && alpha < 0.5) {
		return Equivalence{}, fmt.Errorf("alpha %v: %w (allowed: between 0 and 0.5, both excluded)", alpha, ErrRange)
	}
	logA, err := logs("a", a)
	if err != nil {
		return Equivalence{}, err
	}
	logB, err := logs("b", b)
	if err != nil {
		return Equivalence{}, err
	}
	t, err := test(logA, logB, 1-2*alpha)
	if err != nil {
		return Equivalence{}, err
	}
	e := Equivalence{Ratio: t.Difference}
	e.Ratio.Center, e.Ratio.Lo, e.Ratio.Hi = math.Exp(e.Ratio.Center), math.Exp(e.Ratio.Lo), math.Exp(e.Ratio.Hi)
	e.Below = tCDF(-t.distance(math.Log(margins.Lo)), t.DF)
	e.Above = tCDF(t.distance(math.Log(margins.Hi)), t.DF)
	e.P = max(e.Below, e.Above)
	e.Equivalent = e.P < alpha
	return e, nil
}

func logs(name string, values []float64) ([]float64, error) {
	if err := checkValues(name, values); err != nil {
		return nil, err
	}
	out := make([]float64, len(values))
	for i, v := range values {
		if v <= 0 {
			return nil, fmt.Errorf("%s[%d]: %v: %w (allowed: positive values)", name, i, v, ErrRange)
		}
		out[i] = math.Log(v)
	}
	return out, nil
}
