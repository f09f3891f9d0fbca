package stats

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Summary is an estimate and its interval.
type Summary struct {
	// Center is the estimate, in the unit of the values.
	Center float64
	// Lo and Hi are the ends of the interval, both finite, in the unit of the values.
	Lo, Hi float64
	// Confidence is how often such an interval covers, in [0, 1]: what was asked for, or what the method achieves if
	// that differs. 0 means that Lo and Hi are no interval at all, only Center again.
	Confidence float64
	// N is the number of values.
	N int
	// Warnings say why the interval is less than was asked for. Nil: it is not.
	Warnings []error
}

// The errors of bad input; what is returned wraps one of them.
var (
	ErrEmpty      = errors.New("no values")
	ErrNotFinite  = errors.New("a value is NaN or infinite")
	ErrConfidence = errors.New("confidence must be between 0 and 1, both excluded")
	ErrRange      = errors.New("an argument is out of range")
)

// ErrFew is what a warning wraps that says that there are too few values.
var ErrFew = errors.New("too few values")

func checkValues(name string, values []float64) error {
	if len(values) == 0 {
		return fmt.Errorf("%s: %w", name, ErrEmpty)
	}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s[%d]: %w: %v", name, i, ErrNotFinite, v)
		}
	}
	return nil
}

func checkConfidence(confidence float64) error {
	if confidence > 0 && confidence < 1 {
		return nil
	}
	return fmt.Errorf("confidence %v: %w", confidence, ErrConfidence)
}

func sorted(values []float64) []float64 {
	s := slices.Clone(values)
	slices.Sort(s)
	return s
}
