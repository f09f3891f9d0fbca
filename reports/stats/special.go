package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// normalQuantile is the p-quantile of the standard normal distribution.
func normalQuantile(p float64) float64 { return mathext.NormalQuantile(p) }

// normalCDF is the distribution function of the standard normal distribution.
func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// tCDF is the distribution function of Student's t with nu degrees of freedom (Abramowitz and Stegun 26.7.1, 26.5.27).
func tCDF(t, nu float64) float64 {
	if math.IsInf(t, 0) || math.IsInf(nu, 1) {
		return normalCDF(t)
	}
	// Of the two forms of the same tail, take the one whose argument does not round to 1.
	var tail float64
	if t*t < nu {
		tail = (1 - mathext.RegIncBeta(0.5, nu/2, t*t/(nu+t*t))) / 2
	} else {
		tail = mathext.RegIncBeta(nu/2, 0.5, nu/(nu+t*t)) / 2
	}
	if t > 0 {
		return 1 - tail
	}
	return tail
}

// tQuantile is the p-quantile of Student's t with nu degrees of freedom.
func tQuantile(p, nu float64) float64 {
	switch {
	case p == 0.5:
		return 0
	case p > 0.5:
		return -tQuantile(1-p, nu)
	case math.IsInf(nu, 1):
		return normalQuantile(p)
	}
	// The middle is solved through the small argument t*t/(nu+t*t), the tail through its complement.
	if x := mathext.InvRegIncBeta(0.5, nu/2, 1-2*p); x < 0.5 {
		return -math.Sqrt(nu * x / (1 - x))
	}
	x := mathext.InvRegIncBeta(nu/2, 0.5, 2*p)
	return -math.Sqrt(nu * (1 - x) / x)
}

// betaQuantile is the p-quantile of the beta distribution.
func betaQuantile(p, a, b float64) float64 { return mathext.InvRegIncBeta(a, b, p) }

// binomialCDF is the probability of at most k successes in n trials of probability p (Abramowitz and Stegun 26.5.24).
func binomialCDF(k, n int, p float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 1-p)
}
