package rng

import (
	"math"

	"github.com/jobsim/jobsim/sim/des"
)

// Draw is a random span in whole nanoseconds, from 0 to Forever.
//
// Most kinds take one number from the stream and never decrease with it. So the same key gives
// draws that are large together or small together, whatever the parameters and even the kind:
// common random numbers at their best.
func (d *Dist) Draw(s *Stream) des.Duration {
	switch d.Kind {
	case Constant:
		return quantise(d.P[0])
	case Gamma:
		return quantise(float64(d.P[0] * s.gamma(d.P[1])))
	case Mixture:
		return d.part(s.Float64()).Draw(s)
	default:
		return quantise(d.inverse(s.open()))
	}
}

// inverse is the span in nanoseconds below which a share u of all draws lies, 0 < u < 1, for the
// kinds that have a formula.
func (d *Dist) inverse(u float64) float64 {
	switch d.Kind {
	case Constant:
		return d.P[0]
	case Uniform:
		return mulAdd(u, d.P[1]-d.P[0], d.P[0])
	case Exponential:
		return float64(-log(1-u) * d.P[0])
	case Normal:
		return mulAdd(probit(u), d.P[1], d.P[0])
	case Lognormal:
		return float64(exp(float64(probit(u)*d.P[1])) * d.P[0])
	case Weibull:
		return float64(pow(-log(1-u), 1/d.P[1]) * d.P[0])
	case Pareto:
		return float64(exp(-log(1-u)/d.P[1]) * d.P[0])
	case Empirical:
		n := len(d.Values)
		return float64(d.Values[min(n-1, int(float64(u*float64(n))))])
	default: // Gamma and Mixture have none
		panic("rng: a distribution without a formula")
	}
}

// part is the component that the uniform number u falls on.
func (d *Dist) part(u float64) *Dist {
	total := 0.0
	for i := range d.Parts {
		total += d.Parts[i].Weight
	}
	u = float64(u * total)
	last := len(d.Parts) - 1
	for i := range d.Parts[:last] {
		if u < d.Parts[i].Weight {
			return &d.Parts[i].Dist
		}
		u -= d.Parts[i].Weight
	}
	return &d.Parts[last].Dist
}

// quantise rounds to the nearest nanosecond within [0, Forever].
func quantise(ns float64) des.Duration {
	switch {
	case !(ns > 0): // NaN too
		return 0
	case ns >= math.MaxInt64:
		return des.Forever
	}
	return des.Duration(ns + 0.5)
}

// gamma is a gamma number of scale 1: Marsaglia and Tsang 2000, doi:10.1145/358407.358414. It takes
// as many numbers from the stream as it needs.
func (s *Stream) gamma(shape float64) float64 {
	if shape < 1 {
		return float64(s.gamma(shape+1) * pow(s.open(), 1/shape))
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(float64(9*d))
	for {
		x := probit(s.open())
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = float64(float64(v*v) * v)
		if log(s.open()) < float64(float64(0.5*x)*x)+d-float64(d*v)+float64(d*log(v)) {
			return float64(d * v)
		}
	}
}

// Quantile is the span below which a share p of all draws lies: for people and tests, nothing may
// be decided by it. It is false for Gamma and Mixture, which have no formula, and unless 0 < p < 1.
func (d *Dist) Quantile(p float64) (des.Duration, bool) {
	if d.Kind == Gamma || d.Kind == Mixture || !(p > 0 && p < 1) {
		return 0, false
	}
	return quantise(d.inverse(p)), true
}

// Mean is the mean, Forever if it is infinite or longer than that: for people and tests, nothing
// may be decided by it.
func (d *Dist) Mean() des.Duration { return quantise(d.mean()) }

func (d *Dist) mean() float64 {
	a, b := d.P[0], d.P[1]
	switch d.Kind {
	case Constant, Exponential:
		return a
	case Uniform:
		return (a + b) / 2
	case Normal:
		if b == 0 {
			return a
		}
		z := a / b
		density := math.Exp(-float64(z*z)/2) / math.Sqrt(math.Pi+math.Pi)
		return float64(a*math.Erfc(-z/math.Sqrt2))/2 + float64(b*density)
	case Lognormal:
		return float64(a * math.Exp(float64(b*b)/2))
	case Weibull:
		return float64(a * math.Gamma(1+1/b))
	case Gamma:
		return float64(a * b)
	case Pareto:
		if b <= 1 {
			return math.Inf(1)
		}
		return float64(a*b) / (b - 1)
	case Empirical:
		sum := 0.0
		for _, v := range d.Values {
			sum += float64(v)
		}
		return sum / float64(len(d.Values))
	case Mixture:
		sum, total := 0.0, 0.0
		for i := range d.Parts {
			sum += float64(d.Parts[i].Weight * d.Parts[i].Dist.mean())
			total += d.Parts[i].Weight
		}
		return sum / total
	}
	panic("rng: unknown kind of distribution")
}
