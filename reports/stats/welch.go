package stats

import (
	"fmt"
	"math"
)

// TTest is the outcome of a t test of a difference.
type TTest struct {
	// Difference is the estimated difference and its interval.
	Difference Summary
	// T is the difference in units of its standard error; DF are the degrees of freedom of its distribution.
	T, DF float64
	// P is the two-sided p-value of no difference.
	P float64
	// se is the standard error of the difference.
	se float64
}

// Welch compares the means of two independent samples, mean of a minus mean of b, without assuming equal variances
// (Welch 1947, https://doi.org/10.1093/biomet/34.1-2.28). Each sample needs two values. If no value differs from its
// mean, the difference is taken as certain: P is 0 or 1.
func Welch(a, b []float64, confidence float64) (TTest, error) {
	if err := checkConfidence(confidence); err != nil {
		return TTest{}, err
	}
	x, err := momentsOf("a", a)
	if err != nil {
		return TTest{}, err
	}
	y, err := momentsOf("b", b)
	if err != nil {
		return TTest{}, err
	}
	if len(a) < 2 || len(b) < 2 {
		return TTest{}, fmt.Errorf("samples of %d and %d: %w, 2 each are needed", len(a), len(b), ErrFew)
	}
	u, v := x.variance/x.n, y.variance/y.n
	df := (u + v) * (u + v) / (u*u/(x.n-1) + v*v/(y.n-1))
	return tTest(x.mean-y.mean, math.Sqrt(u+v), df, len(a)+len(b), confidence), nil
}

// Paired compares the means of two samples whose i-th values belong together, such as runs with the same fates: mean of
// a[i]-b[i]. It needs two pairs. If all differences are equal, their mean is taken as certain: P is 0 or 1.
func Paired(a, b []float64, confidence float64) (TTest, error) {
	if len(a) != len(b) {
		return TTest{}, fmt.Errorf("pairs of %d and %d values: %w", len(a), len(b), ErrRange)
	}
	if err := checkConfidence(confidence); err != nil {
		return TTest{}, err
	}
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = a[i] - b[i]
	}
	m, err := momentsOf("differences", differences)
	if err != nil {
		return TTest{}, err
	}
	if len(a) < 2 {
		return TTest{}, fmt.Errorf("1 pair: %w, 2 are needed", ErrFew)
	}
	return tTest(m.mean, math.Sqrt(m.variance/m.n), m.n-1, len(a), confidence), nil
}

func tTest(difference, se, df float64, n int, confidence float64) TTest {
	if se == 0 {
		df = math.Inf(1)
	}
	half := -tQuantile((1-confidence)/2, df) * se
	t := TTest{DF: df, se: se, Difference: Summary{Center: difference, Lo: difference - half, Hi: difference + half,
		Confidence: confidence, N: n}}
	t.T = t.distance(0)
	t.P = min(1, 2*tCDF(-abs(t.T), df))
	return t
}

// distance is how far the difference is above mu, in standard errors.
func (t *TTest) distance(mu float64) float64 {
	if t.Difference.Center == mu {
		return 0
	}
	return (t.Difference.Center - mu) / t.se
}
