package rng

import (
	"math"

	"github.com/jobsim/jobsim/sim/des"
)

// DistKind is a family of distributions.
type DistKind uint8

// The families. P is what the parameters of a Dist mean, durations in nanoseconds.
const (
	Constant    DistKind = iota // P[0] the value
	Uniform                     // P[0] to P[1]
	Exponential                 // P[0] mean
	Normal                      // P[0] mean, P[1] standard deviation; what falls below 0 is 0
	Lognormal                   // P[0] median, P[1] sigma of the logarithm
	Weibull                     // P[0] scale, P[1] shape
	Gamma                       // P[0] scale, P[1] shape
	Pareto                      // P[0] minimum, P[1] alpha
	Empirical                   // Values, each as likely
	Mixture                     // Parts, by weight
)

// Dist is a distribution of spans of time. The zero value is the constant 0. Make others with Parse or the constructors; a
// Dist is immutable.
type Dist struct {
	Kind   DistKind
	P      [2]float64
	Values []des.Duration
	Parts  []Part
}

// Part is one component of a mixture.
type Part struct {
	Weight float64
	Dist   Dist
}

// Const is the constant d.
func Const(d des.Duration) Dist { return Dist{P: [2]float64{float64(d)}} }

// IsZero says whether the distribution is the constant 0, for which nothing has to be drawn.
func (d *Dist) IsZero() bool { return d.Kind == Constant && d.P[0] == 0 }

// Draw is a random span in whole nanoseconds, at least 0.
func (d *Dist) Draw(s *Stream) des.Duration {
	switch d.Kind {
	case Constant:
		return quantise(d.P[0])
	case Uniform:
		return quantise(d.P[0] + float64(s.Float64()*(d.P[1]-d.P[0])))
	case Exponential:
		return quantise(float64(-log(s.open()) * d.P[0]))
	case Normal:
		return quantise(d.P[0] + float64(d.P[1]*s.normal()))
	case Lognormal:
		return quantise(float64(d.P[0] * exp(float64(d.P[1]*s.normal()))))
	case Weibull:
		return quantise(float64(d.P[0] * pow(-log(s.open()), 1/d.P[1])))
	case Gamma:
		return quantise(float64(d.P[0] * s.gamma(d.P[1])))
	case Pareto:
		return quantise(float64(d.P[0] * pow(s.open(), -1/d.P[1])))
	case Empirical:
		return d.Values[s.Int64N(int64(len(d.Values)))]
	case Mixture:
		return d.part(s.Float64()).Draw(s)
	}
	panic("rng: unknown kind of distribution")
}

// Draw is the first draw from d at a key. A constant costs no stream.
func (s Source) Draw(d *Dist, k Key) des.Duration {
	if d.Kind == Constant {
		return quantise(d.P[0])
	}
	stream := s.At(k)
	return d.Draw(&stream)
}

// part is the component that the uniform number u falls on.
func (d *Dist) part(u float64) *Dist {
	total := 0.0
	for i := range d.Parts {
		total += d.Parts[i].Weight
	}
	u = float64(u * total)
	for i := range d.Parts {
		if u < d.Parts[i].Weight {
			return &d.Parts[i].Dist
		}
		u -= d.Parts[i].Weight
	}
	return &d.Parts[len(d.Parts)-1].Dist
}

// quantise rounds to the nearest nanosecond within [0, Forever].
func quantise(ns float64) des.Duration {
	switch {
	case !(ns > 0): // NaN too
		return 0
	case ns >= math.MaxInt64:
		return des.Forever
	}
	return des.Duration(math.Floor(ns + 0.5))
}

// normal is a standard normal number by the polar method (Marsaglia and Bray 1964, doi 10.1137/1006063). The second number
// of each pair is thrown away: a stream has one purpose.
func (s *Stream) normal() float64 {
	for {
		u, v := float64(2*s.Float64())-1, float64(2*s.Float64())-1
		q := float64(u*u) + float64(v*v)
		if q > 0 && q < 1 {
			return float64(u * math.Sqrt(float64(-2*log(q))/q))
		}
	}
}

// gamma is a gamma number of scale 1 (Marsaglia and Tsang 2000, doi 10.1145/358407.358414).
func (s *Stream) gamma(shape float64) float64 {
	if shape < 1 {
		return float64(s.gamma(shape+1) * pow(s.open(), 1/shape))
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(float64(9*d))
	for {
		x := s.normal()
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

// Mean is the mean in nanoseconds, +Inf where there is none: for people and tests, nothing may be decided by it. For Normal it
// is that of the untruncated distribution.
func (d *Dist) Mean() float64 {
	switch d.Kind {
	case Constant, Exponential, Normal:
		return d.P[0]
	case Uniform:
		return (d.P[0] + d.P[1]) / 2
	case Lognormal:
		return d.P[0] * math.Exp(d.P[1]*d.P[1]/2)
	case Weibull:
		return d.P[0] * math.Gamma(1+1/d.P[1])
	case Gamma:
		return d.P[0] * d.P[1]
	case Pareto:
		if d.P[1] <= 1 {
			return math.Inf(1)
		}
		return d.P[0] * d.P[1] / (d.P[1] - 1)
	case Empirical:
		sum := 0.0
		for _, v := range d.Values {
			sum += float64(v)
		}
		return sum / float64(len(d.Values))
	case Mixture:
		sum, total := 0.0, 0.0
		for i := range d.Parts {
			sum += d.Parts[i].Weight * d.Parts[i].Dist.Mean()
			total += d.Parts[i].Weight
		}
		return sum / total
	}
	panic("rng: unknown kind of distribution")
}
