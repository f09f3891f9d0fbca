package stats

import (
	"fmt"
	"math"
	"sort"
)

// Wilson is the share of successes among n trials with the Wilson score interval (Wilson 1927,
// https://doi.org/10.1080/01621459.1927.10502953). Center is successes/n, which is not the middle of the interval. Its
// coverage is near to confidence on average, also for small n and for shares near 0 or 1.
func Wilson(successes, n int, confidence float64) (Summary, error) {
	if err := checkProportion(successes, n, confidence); err != nil {
		return Summary{}, err
	}
	z := -normalQuantile((1 - confidence) / 2)
	m, p := float64(n), float64(successes)/float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	s := Summary{Center: p, Lo: max(0, middle-half), Hi: min(1, middle+half), Confidence: confidence, N: n}
	if successes == 0 {
		s.Lo = 0 // but for rounding
	}
	if successes == n {
		s.Hi = 1
	}
	return s, nil
}

// ClopperPearson is the share of successes among n trials with the exact interval (Clopper and Pearson 1934,
// https://doi.org/10.1093/biomet/26.4.404), which covers at least as often as confidence says, whatever the truth.
func ClopperPearson(successes, n int, confidence float64) (Summary, error) {
	if err := checkProportion(successes, n, confidence); err != nil {
		return Summary{}, err
	}
	tail := (1 - confidence) / 2
	s := Summary{Center: float64(successes) / float64(n), Lo: 0, Hi: 1, Confidence: confidence, N: n}
	if successes > 0 {
		s.Lo = betaQuantile(tail, float64(successes), float64(n-successes+1))
	}
	if successes < n {
		s.Hi = betaQuantile(1-tail, float64(successes+1), float64(n-successes))
	}
	return s, nil
}

func checkProportion(successes, n int, confidence float64) error {
	switch {
	case n == 0:
		return fmt.Errorf("trials: %w", ErrEmpty)
	case n < 0 || successes < 0 || successes > n:
		return fmt.Errorf("%d successes in %d trials: %w", successes, n, ErrRange)
	}
	return checkConfidence(confidence)
}

// BinomialTest is how likely a number of successes at least as far out is if each of n trials succeeds with probability
// p: twice the smaller tail, so that p is inside of the Clopper-Pearson interval where P is above 1-confidence.
func BinomialTest(successes, n int, p float64) (float64, error) {
	switch {
	case n <= 0 || successes < 0 || successes > n:
		return 0, fmt.Errorf("%d successes in %d trials: %w", successes, n, ErrRange)
	case !(p >= 0 && p <= 1):
		return 0, fmt.Errorf("probability %v: %w", p, ErrRange)
	}
	return min(1, 2*min(binomialCDF(successes, n, p), 1-binomialCDF(successes-1, n, p))), nil
}

// BinomialQuantile is the smallest k such that at most k of n trials of probability p succeed with a chance of q.
func BinomialQuantile(q float64, n int, p float64) int {
	return sort.Search(n, func(k int) bool { return binomialCDF(k, n, p) >= q })
}
