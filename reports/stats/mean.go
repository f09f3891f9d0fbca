package stats

import (
	"fmt"
	"math"
)

// Mean is the mean of values with Student's t interval: mean +- t(n-1) s/sqrt(n). It is exact for normal values and
// good for the mean of many others (Law, Simulation Modeling and Analysis, 5th ed., section 4.5). One value has no
// interval.
func Mean(values []float64, confidence float64) (Summary, error) {
	if err := checkConfidence(confidence); err != nil {
		return Summary{}, err
	}
	m, err := momentsOf("values", values)
	if err != nil {
		return Summary{}, err
	}
	return meanInterval(m, confidence), nil
}

func meanInterval(m moments, confidence float64) Summary {
	s := Summary{Center: m.mean, Lo: m.mean, Hi: m.mean, Confidence: confidence, N: int(m.n)}
	if m.n < 2 {
		s.Confidence = 0
		s.Warnings = append(s.Warnings, fmt.Errorf("%w: 1, an interval of the mean needs 2", ErrFew))
		return s
	}
	half := tQuantile((1+confidence)/2, m.n-1) * math.Sqrt(m.variance/m.n)
	s.Lo, s.Hi = m.mean-half, m.mean+half
	return s
}

// moments are the number, the mean and the unbiased variance of a sample; the variance of one value is 0.
type moments struct{ n, mean, variance float64 }

// momentsOf works in two passes with the correction for the rounding of the mean (Chan, Golub and LeVeque 1983).
func momentsOf(name string, values []float64) (moments, error) {
	if err := checkValues(name, values); err != nil {
		return moments{}, err
	}
	m := moments{n: float64(len(values))}
	for _, v := range values {
		m.mean += v / m.n // divided first: a sum of large values must not overflow
	}
	squares, rest := 0.0, 0.0
	for _, v := range values {
		squares += (v - m.mean) * (v - m.mean)
		rest += v - m.mean
	}
	m.mean += rest / m.n
	if m.n > 1 {
		m.variance = max(0, squares-rest*rest/m.n) / (m.n - 1)
	}
	if math.IsInf(m.variance, 0) || math.IsNaN(m.variance) {
		return m, fmt.Errorf("%s: their squares overflow: %w", name, ErrRange)
	}
	return m, nil
}

// MeanTest is how likely a mean at least as far from want is if want is the mean of what the values come from:
// Student's t test, two-sided, under the conditions of Mean. The values must not all be equal.
func MeanTest(values []float64, want float64) (float64, error) {
	m, err := momentsOf("values", values)
	switch {
	case err != nil:
		return 0, err
	case m.variance == 0:
		return 0, fmt.Errorf("values: all are %v: %w", m.mean, ErrRange)
	}
	return 2 * tCDF(-math.Abs(m.mean-want)/math.Sqrt(m.variance/m.n), m.n-1), nil
}
