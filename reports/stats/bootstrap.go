package stats

import (
	"fmt"
	"math"
	"slices"
)

// BCa is statistic(values) with the bias-corrected and accelerated bootstrap interval (Efron 1987,
// https://doi.org/10.1080/01621459.1987.10478410; the acceleration by the jackknife, Efron and Tibshirani 1993, eq.
// 14.15). It is for statistics without an interval of their own, of samples of 20 or more. statistic must not change or
// keep its argument, and must give a finite number for every resample of values.
//
// If all resamples give the same, the interval is that point and Confidence 0. If they are all on one side of the
// estimate, the bias cannot be estimated: the interval is the percentile interval, and a warning says so.
func BCa(r Resampling, values []float64, statistic func([]float64) float64, confidence float64) (Summary, error) {
	if err := checkValues("values", values); err != nil {
		return Summary{}, err
	}
	if err := checkConfidence(confidence); err != nil {
		return Summary{}, err
	}
	n, err := r.replicates()
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Center: statistic(values), N: len(values), Confidence: confidence}
	resampled := make([]float64, n)
	sample := make([]float64, len(values))
	for i := range resampled {
		for j := range sample {
			sample[j] = values[below(r.Source, uint64(len(values)))]
		}
		resampled[i] = statistic(sample)
	}
	left := leaveOneOut(values, statistic)
	if err := checkValues("statistic", slices.Concat([]float64{s.Center}, resampled, left)); err != nil {
		return Summary{}, err
	}
	slices.Sort(resampled)
	s.interval(resampled, left, confidence)
	return s, nil
}

func (s *Summary) interval(resampled, left []float64, confidence float64) {
	n := len(resampled)
	if resampled[0] == resampled[n-1] {
		s.Lo, s.Hi, s.Confidence = s.Center, s.Center, 0
		s.Warnings = append(s.Warnings, fmt.Errorf("%w: all resamples give the same", ErrFew))
		return
	}
	less, _ := slices.BinarySearch(resampled, s.Center)
	more := n - less
	for more > 0 && resampled[n-more] == s.Center {
		more--
	}
	// Half of the resamples that equal the estimate count as below it: without that, ties would look like a bias.
	bias := normalQuantile((float64(less) + float64(n-less-more)/2) / float64(n))
	speed := acceleration(left)
	if math.IsInf(bias, 0) {
		bias, speed = 0, 0
		s.Warnings = append(s.Warnings, fmt.Errorf("%w: all resamples are on one side of the estimate", ErrFew))
	}
	level := func(z float64) float64 {
		z += bias
		if slowdown := 1 - speed*z; slowdown > 0 {
			return normalCDF(bias + z/slowdown)
		}
		return normalCDF(math.Copysign(math.Inf(1), z)) // so strong an acceleration goes to the end
	}
	z := normalQuantile((1 - confidence) / 2)
	at := func(rank int) float64 { return resampled[rank-1] }
	s.Lo, s.Hi = interpolate(len(resampled), level(z), at), interpolate(len(resampled), level(-z), at)
}

// leaveOneOut is the statistic of values without each of them in turn; of one value, nothing.
func leaveOneOut(values []float64, statistic func([]float64) float64) []float64 {
	if len(values) < 2 {
		return nil
	}
	out := make([]float64, len(values))
	rest := slices.Clone(values[1:])
	for i := range out {
		out[i] = statistic(rest)
		if i < len(rest) {
			rest[i] = values[i]
		}
	}
	return out
}

// acceleration is a sixth of the skewness of the jackknife's influence values.
func acceleration(left []float64) float64 {
	mean := 0.0
	for _, v := range left {
		mean += v / float64(len(left))
	}
	var squares, cubes float64
	for _, v := range left {
		d := mean - v
		squares += d * d
		cubes += d * d * d
	}
	if squares == 0 {
		return 0
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}
