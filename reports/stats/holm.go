package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm is p-values adjusted for there being many of them, in the order given: rejecting where the adjusted value is at
// most alpha makes even one false rejection no likelier than alpha, however the tests hang together (Holm 1979,
// https://www.jstor.org/stable/4615733).
func Holm(p []float64) ([]float64, error) {
	if len(p) == 0 {
		return nil, fmt.Errorf("p-values: %w", ErrEmpty)
	}
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("p[%d]: %v: %w (allowed: 0 to 1)", i, v, ErrRange)
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(p[i], p[j]) })
	adjusted := make([]float64, len(p))
	largest := 0.0
	for rank, i := range order {
		largest = max(largest, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = largest
	}
	return adjusted, nil
}
