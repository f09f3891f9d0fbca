package stats

import (
	"fmt"
	"math"
	"sort"
)

// Quantile is the q-quantile of values, 0 < q < 1, with an interval between two of the values that holds for whatever
// distribution they come from (David and Nagaraja, Order Statistics, 3rd ed., section 7.1).
//
// Center interpolates between neighbouring values: type 7 of Hyndman and Fan 1996
// (https://doi.org/10.1080/00031305.1996.10473566), the default of R and NumPy. The quantile is below Lo with a chance
// of at most (1-confidence)/2, and above Hi likewise; if there is no such value on one side, the last one there is,
// with what is left of the chance for the other side. Confidence is what that achieves, at least what was asked for.
// Where there are too few values even for that, the interval is from the smallest to the largest, Confidence is less,
// and a warning says how many values would do.
func Quantile(values []float64, q, confidence float64) (Summary, error) {
	if err := checkValues("values", values); err != nil {
		return Summary{}, err
	}
	if err := checkConfidence(confidence); err != nil {
		return Summary{}, err
	}
	if !(q > 0 && q < 1) {
		return Summary{}, fmt.Errorf("quantile %v: %w (allowed: between 0 and 1, both excluded)", q, ErrRange)
	}
	ordered := sorted(values)
	return quantileOf(len(ordered), q, confidence, func(rank int) float64 { return ordered[rank-1] }), nil
}

// quantileOf is the quantile of n values, of which at gives the one of a rank, from 1.
func quantileOf(n int, q, confidence float64, at func(rank int) float64) Summary {
	lo, hi := quantileRanks(n, q, 1-confidence)
	s := Summary{Center: interpolate(n, q, at), Lo: at(lo), Hi: at(hi), N: n}
	s.Confidence = max(0, binomialCDF(hi-1, n, q)-binomialCDF(lo-1, n, q))
	if needs := quantileNeeds(q, 1-confidence); n < needs {
		s.Warnings = append(s.Warnings, fmt.Errorf("%w: %d, a %.4g %% interval of the %v-quantile needs %d",
			ErrFew, n, 100*confidence, q, needs))
	}
	return s
}

// quantileRanks are the ranks, from 1, of the values between which the q-quantile lies but for a chance of at most
// miss, if n values can do that.
func quantileRanks(n int, q, miss float64) (lo, hi int) {
	// The number of values at or below the quantile is binomial. Below lo: P(number < lo) <= tail; above hi: P(number
	// >= hi) <= tail.
	below := func(tail float64) int { return sort.Search(n, func(k int) bool { return binomialCDF(k, n, q) > tail }) }
	above := func(tail float64) int {
		return 1 + sort.Search(n, func(k int) bool { return binomialCDF(k, n, q) >= 1-tail })
	}
	lo, hi = below(miss/2), above(miss/2)
	switch beyondLo, beyondHi := math.Pow(1-q, float64(n)), math.Pow(q, float64(n)); {
	case hi > n && beyondHi < miss:
		hi, lo = n, below(miss-beyondHi)
	case lo < 1 && beyondLo < miss:
		lo, hi = 1, above(miss-beyondLo)
	}
	return max(lo, 1), min(hi, n)
}

// quantileNeeds is the smallest number of values whose smallest and largest have the q-quantile between them but for a
// chance of at most miss: q^n + (1-q)^n <= miss.
func quantileNeeds(q, miss float64) int {
	n := math.Ceil(math.Log(miss) / math.Log(max(q, 1-q)))
	for math.Pow(q, n)+math.Pow(1-q, n) > miss {
		n++
	}
	return int(n)
}

// interpolate is the q-quantile of n values by linear interpolation of those at (i-1)/(n-1).
func interpolate(n int, q float64, at func(rank int) float64) float64 {
	position := q * float64(n-1)
	i := int(position)
	if i+1 >= n {
		return at(n)
	}
	part := position - float64(i)
	return float64(at(i+1)*(1-part)) + float64(at(i+2)*part)
}
