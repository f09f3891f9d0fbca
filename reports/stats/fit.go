package stats

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
)

// Fitted are the parameters of a distribution that make the values that it was fitted to most likely.
type Fitted struct {
	// Scale and Shape are, of a lognormal distribution, the median and the standard deviation of the logarithm; of a
	// uniform one, its least and its largest value.
	Scale, Shape float64
	// LogLikelihood of the values: of families with as many parameters, the one with the largest is to be preferred
	// (Akaike 1974, https://doi.org/10.1109/TAC.1974.1100705).
	LogLikelihood float64
}

// FitLognormal fits by maximum likelihood: the mean and the standard deviation (by n) of the logarithms.
func FitLognormal(values []float64) (Fitted, error) {
	logs, err := logarithms(values)
	if err != nil {
		return Fitted{}, err
	}
	m, err := momentsOf("logarithms", logs)
	if err != nil {
		return Fitted{}, err
	}
	sigma := math.Sqrt(m.variance * (m.n - 1) / m.n)
	return Fitted{math.Exp(m.mean), sigma, -m.n * (math.Log(sigma) + math.Log(2*math.Pi)/2 + 0.5 + m.mean)}, nil
}

// FitGamma fits by maximum likelihood: log k - digamma(k) = log of the mean - mean of the logs, by bisection.
func FitGamma(values []float64) (Fitted, error) {
	logs, err := logarithms(values)
	if err != nil {
		return Fitted{}, err
	}
	n, mean, meanLog := float64(len(values)), 0.0, 0.0
	for i, v := range values {
		mean += v / n
		meanLog += logs[i] / n
	}
	gap := math.Log(mean) - meanLog // above 0 unless all values are equal; the left side falls in k
	shape := bisect(func(k float64) float64 { return math.Log(k) - mathext.Digamma(k) - gap })
	logGamma, _ := math.Lgamma(shape)
	scale := mean / shape
	return Fitted{scale, shape, n * ((shape-1)*meanLog - shape - shape*math.Log(scale) - logGamma)}, nil
}

// FitWeibull fits by maximum likelihood: 1/k = sum of x^k log x / sum of x^k - mean of the logs, by bisection.
func FitWeibull(values []float64) (Fitted, error) {
	logs, err := logarithms(values)
	if err != nil {
		return Fitted{}, err
	}
	n, meanLog, largest := float64(len(logs)), 0.0, slices.Max(logs)
	for _, l := range logs {
		meanLog += l / n
	}
	powers := func(k float64) (sum, weighted float64) { // of x over the largest: they must not overflow
		for _, l := range logs {
			p := math.Exp(k * (l - largest))
			sum, weighted = sum+p, weighted+p*l
		}
		return sum, weighted
	}
	shape := bisect(func(k float64) float64 {
		sum, weighted := powers(k)
		return 1/k - weighted/sum + meanLog
	})
	sum, _ := powers(shape)
	logScale := largest + math.Log(sum/n)/shape
	return Fitted{math.Exp(logScale), shape, n * (math.Log(shape) - shape*logScale + (shape-1)*meanLog - 1)}, nil
}

// FitUniform fits the range that n values come from, without bias: by the share that two of n+1 gaps have beyond them.
func FitUniform(values []float64) (Fitted, error) {
	if err := checkSpread(values); err != nil {
		return Fitted{}, err
	}
	lo, hi, n := slices.Min(values), slices.Max(values), float64(len(values))
	beyond := (hi - lo) / (n - 1)
	lo, hi = max(0, lo-beyond), hi+beyond
	return Fitted{lo, hi, -n * math.Log(hi-lo)}, nil
}

// logarithms are those of values, which must be positive and not all equal.
func logarithms(values []float64) ([]float64, error) {
	if err := checkSpread(values); err != nil {
		return nil, err
	}
	logs := make([]float64, len(values))
	for i, v := range values {
		if v <= 0 {
			return nil, fmt.Errorf("values[%d] = %v: %w (allowed: above 0)", i, v, ErrRange)
		}
		logs[i] = math.Log(v)
	}
	return logs, nil
}

func checkSpread(values []float64) error {
	if err := checkValues("values", values); err != nil {
		return err
	}
	if slices.Min(values) == slices.Max(values) {
		return fmt.Errorf("all values are equal: %w", ErrFew)
	}
	return nil
}

// bisect is where a falling function of a positive number crosses 0, from 1e-6 to 1e9.
func bisect(f func(float64) float64) float64 {
	lo, hi := math.Log(1e-6), math.Log(1e9)
	for range 100 {
		if middle := (lo + hi) / 2; f(math.Exp(middle)) > 0 {
			lo = middle
		} else {
			hi = middle
		}
	}
	return math.Exp((lo + hi) / 2)
}
