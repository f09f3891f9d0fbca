package closedform

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Never is P(success) of a Job with restartPolicy Never: completions successes come before failure number limit+1. It
// is the negative binomial distribution, as a regularised incomplete beta function (https://dlmf.nist.gov/8.17), and
// exact whatever the parallelism and whatever runs take. The controller never has more pods than completions plus the
// failures it knows of (pkg/controller/job/job_controller.go:1787@v1.37.2). So a Job that completes has
// exactly as many as a row of coins takes to the last success, in the order of creation; how they overtake each other
// makes no difference. That needs coins that are the same for all, and a Job that nothing else ends or disturbs.
func Never(completions, limit int, p float64) float64 {
	return 1 - NeverFails(completions, limit, p)
}

// NeverFails is 1 - Never, also where that is too near to 1 for its difference to be a number.
func NeverFails(completions, limit int, p float64) float64 {
	switch {
	case completions <= 0 || p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	return mathext.RegIncBeta(float64(limit+1), float64(completions), p)
}

// NeverLimit is the smallest backoffLimit with which Never is at least target, and false where none up to most has
// that.
func NeverLimit(completions int, p, target float64, most int) (int, bool) {
	for limit := range most + 1 {
		if Never(completions, limit, p) >= target {
			return limit, true
		}
	}
	return 0, false
}

// OnFailure is P(success) of a Job with restartPolicy OnFailure and one pod at a time: each pod must succeed within
// limit runs, and within one where the limit is 0.
func OnFailure(completions, limit int, p float64) float64 {
	return math.Pow(1-math.Pow(p, float64(max(1, limit))), float64(completions))
}

// PerIndex is the probability that at most failed of the indexes of a Job fail, each of which has limit+1 attempts.
func PerIndex(completions, limit, failed int, p float64) float64 {
	return 1 - binomialTail(completions, failed+1, math.Pow(p, float64(limit+1)))
}

// SuccessPolicy is the probability that a Job succeeds by a successPolicy of count indexes, each of which has one
// attempt (backoffLimitPerIndex 0) and which end one after the other. It is not the probability that count indexes
// succeed: the controller looks for failed indexes first, and once the last index has ended, a single failed one fails
// the Job (pkg/controller/job/job_controller.go:1112@v1.37.2). So the policy must be met before.
func SuccessPolicy(completions, count int, p float64) float64 {
	if count >= completions {
		return binomialTail(completions, count, 1-p)
	}
	return binomialTail(completions-1, count, 1-p)
}

// binomialTail is P(X >= k) of a binomial X (Abramowitz and Stegun 26.5.24).
func binomialTail(n, k int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n || p <= 0:
		return 0
	case p >= 1:
		return 1
	}
	return mathext.RegIncBeta(float64(k), float64(n-k+1), p)
}
