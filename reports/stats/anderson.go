package stats

import (
	"fmt"
	"math"
)

// AndersonDarling is the Anderson-Darling test of whether two or more samples come from one distribution, which minds
// the tails more than KS. Statistic is the midrank version of Scholz and Stephens 1987, equation 7
// (https://doi.org/10.1080/01621459.1987.10478517), less its mean and in units of its standard deviation under the null
// hypothesis, equation 4; so it may be negative. P comes from random permutations, which minds ties.
func AndersonDarling(r Resampling, samples ...[]float64) (Test, error) {
	if len(samples) < 2 {
		return Test{}, fmt.Errorf("%d samples: %w, 2 are needed", len(samples), ErrFew)
	}
	p, err := poolOf(samples...)
	if err != nil {
		return Test{}, err
	}
	if len(p.ends) == 1 || len(p.values) < 4 {
		return Test{}, fmt.Errorf("fewer than 4 values, or all are equal: %w", ErrFew)
	}
	mean := float64(len(samples) - 1)
	sd := math.Sqrt(p.andersonVariance())
	tallies := make([]tally, len(samples))
	return p.permute(r, func() float64 { return (p.anderson(tallies) - mean) / sd })
}

// tally is what anderson counts of one sample: its values before and up to the group at hand, and its sum.
type tally struct{ before, seen, sum float64 }

// anderson is A^2 with midranks; tallies is its room, one per sample.
func (p *pool) anderson(tallies []tally) float64 {
	clear(tallies)
	n := float64(len(p.values))
	start := 0
	for _, end := range p.ends {
		equal := float64(end - start)
		middle := float64(start) + equal/2 // values below the group, and half of it
		weight := equal / (middle*(n-middle) - n*equal/4)
		for ; start < end; start++ {
			tallies[p.from[start]].seen++
		}
		for i := range tallies {
			t := &tallies[i]
			distance := n*(t.before+t.seen)/2 - float64(p.sizes[i])*middle
			t.sum += weight * distance * distance
			t.before = t.seen
		}
	}
	total := 0.0
	for i := range tallies {
		total += tallies[i].sum / float64(p.sizes[i])
	}
	return (n - 1) / (n * n) * total
}

// andersonVariance is the variance of A^2 for continuous distributions: equation 4.
func (p *pool) andersonVariance() float64 {
	n, k := float64(len(p.values)), float64(len(p.sizes))
	var inverse, h, g float64
	for _, size := range p.sizes {
		inverse += 1 / float64(size)
	}
	for i := 1; i < len(p.values); i++ {
		h += 1 / float64(i)
	}
	// g is the sum over i < j < n of 1/((n-i) j).
	rest := h
	for i := 1; i < len(p.values)-1; i++ {
		rest -= 1 / float64(i)
		g += rest / (n - float64(i))
	}
	a := (4*g-6)*(k-1) + (10-6*g)*inverse
	b := (2*g-4)*k*k + 8*h*k + (2*g-14*h-4)*inverse - 8*h + 4*g - 6
	c := (6*h+2*g-2)*k*k + (4*h-4*g+6)*k + (2*h-6)*inverse + 4*h
	d := (2*h+6)*k*k - 4*h*k
	return (((a*n+b)*n+c)*n + d) / ((n - 1) * (n - 2) * (n - 3))
}
