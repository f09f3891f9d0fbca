package rng

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/sim/des"
)

// DistKind is a family of distributions.
type DistKind uint8

// The families. P is what the parameters of a Dist mean, spans in nanoseconds.
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

// Dist is a distribution of spans of time. The zero value is the constant 0. Make others with the
// constructors or Parse, or literally and with a look at Validate. A Dist is not changed once it is
// in use.
type Dist struct {
	// Kind says what the other fields mean; those it does not name are zero.
	Kind DistKind
	P    [2]float64
	// Values are sorted.
	Values []des.Duration
	Parts  []Part
}

// Part is one component of a Mixture.
type Part struct {
	// Weight is positive. What counts is its share in the sum of the weights.
	Weight float64
	// Dist is any distribution but a Mixture.
	Dist Dist
}

// Limits of what a distribution may be made of.
const (
	// maxSpan is 2^53 ns, over 104 days: so far every span is exact as a float64.
	maxSpan = des.Duration(1) << 53
	// minNumber and maxNumber bound sigma, shape and alpha.
	minNumber, maxNumber = 0.001, 1000
	maxWeight            = 1e9
	maxParts             = 10_000
)

// family is how a kind of distribution is written: its name and the meaning of its parameters.
type family struct {
	name   string
	params []string
	number bool // the second parameter is a number, not a span
}

// families are those with parameters, by DistKind.
var families = [...]family{
	Constant:    {"constant", []string{"value"}, false},
	Uniform:     {"uniform", []string{"min", "max"}, false},
	Exponential: {"exponential", []string{"mean"}, false},
	Normal:      {"normal", []string{"mean", "sd"}, false},
	Lognormal:   {"lognormal", []string{"median", "sigma"}, true},
	Weibull:     {"weibull", []string{"scale", "shape"}, true},
	Gamma:       {"gamma", []string{"scale", "shape"}, true},
	Pareto:      {"pareto", []string{"minimum", "alpha"}, true},
}

// Const is the constant d. Beyond 104 days it is rounded to a float64; Forever stays Forever.
func Const(d des.Duration) Dist { return Dist{P: [2]float64{float64(d)}} }

// NewUniform is uniform from lo to hi.
func NewUniform(lo, hi des.Duration) (Dist, error) { return spans(Uniform, lo, hi) }

// NewExponential is exponential with the given mean.
func NewExponential(mean des.Duration) (Dist, error) { return spans(Exponential, mean, 0) }

// NewNormal is normal with a mean and a standard deviation, but 0 where that is negative.
func NewNormal(mean, sd des.Duration) (Dist, error) { return spans(Normal, mean, sd) }

// NewLognormal is lognormal: the logarithm is normal with standard deviation sigma.
func NewLognormal(median des.Duration, sigma float64) (Dist, error) {
	return shaped(Lognormal, median, sigma)
}

// NewWeibull is Weibull; shape 1 is the exponential distribution, less means ever fewer failures
// with age.
func NewWeibull(scale des.Duration, shape float64) (Dist, error) {
	return shaped(Weibull, scale, shape)
}

// NewGamma is gamma with mean scale times shape.
func NewGamma(scale des.Duration, shape float64) (Dist, error) { return shaped(Gamma, scale, shape) }

// NewPareto is Pareto: a span over the minimum by a factor x or more has probability x^-alpha.
func NewPareto(minimum des.Duration, alpha float64) (Dist, error) {
	return shaped(Pareto, minimum, alpha)
}

// NewEmpirical draws one of the given values, each as likely; one that is given twice is twice as
// likely. Nothing is drawn that was not given.
func NewEmpirical(values ...des.Duration) (Dist, error) {
	d := Dist{Kind: Empirical, Values: slices.Sorted(slices.Values(values))}
	return valid(d)
}

// NewMixture draws from one of its parts, which it picks by weight.
func NewMixture(parts ...Part) (Dist, error) {
	return valid(Dist{Kind: Mixture, Parts: slices.Clone(parts)})
}

func spans(kind DistKind, a, b des.Duration) (Dist, error) {
	return valid(Dist{Kind: kind, P: [2]float64{float64(a), float64(b)}})
}

func shaped(kind DistKind, scale des.Duration, number float64) (Dist, error) {
	return valid(Dist{Kind: kind, P: [2]float64{float64(scale), number}})
}

func valid(d Dist) (Dist, error) {
	if err := d.Validate(); err != nil {
		return Dist{}, err
	}
	return d, nil
}

// Validate says all that is wrong with a distribution, and what is allowed. Whatever passes can be
// drawn from, and written with String and read again with Parse.
func (d *Dist) Validate() error { return d.problems().err() }

// problems are collected so that all of them can be told at once.
type problems []string

func (p *problems) addf(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return errors.New(strings.Join(p, "; "))
}

func (d *Dist) problems() (p problems) {
	switch {
	case int(d.Kind) < len(families):
		d.checkParams(&p, &families[d.Kind])
	case d.Kind == Empirical:
		d.checkValues(&p)
	case d.Kind == Mixture:
		d.checkParts(&p)
	default:
		p.addf("unknown kind %d of distribution (allowed: 0 to %d)", d.Kind, Mixture)
	}
	return p
}

func (d *Dist) checkParams(p *problems, f *family) {
	for i, name := range f.params {
		v := d.P[i]
		if i == 1 && f.number {
			if !(v >= minNumber && v <= maxNumber) {
				p.addf("%s: %s %s (allowed: a number from 0.001 to 1000)", f.name, name, number(v))
			}
		} else if !(v >= 0 && v <= float64(maxSpan)) || v != math.Trunc(v) {
			p.addf("%s: %s %s (allowed: 0s to %s in whole ns)", f.name, name, span(v), span(float64(maxSpan)))
		}
	}
	if d.Kind == Uniform && d.P[1] < d.P[0] {
		p.addf("uniform: max %s (allowed: min, which is %s, or more)", span(d.P[1]), span(d.P[0]))
	}
}

func (d *Dist) checkValues(p *problems) {
	if n := len(d.Values); n < 1 || n > maxParts {
		p.addf("empirical: %d values (allowed: 1 to %d)", n, maxParts)
		return
	}
	for i, v := range d.Values {
		if v < 0 || v > maxSpan {
			p.addf("empirical: value %s (allowed: 0s to %s)", span(float64(v)), span(float64(maxSpan)))
		}
		if i > 0 && v < d.Values[i-1] {
			p.addf("empirical: value %s after %s (allowed: sorted values)", span(float64(v)), span(float64(d.Values[i-1])))
		}
	}
}

func (d *Dist) checkParts(p *problems) {
	if n := len(d.Parts); n < 1 || n > maxParts {
		p.addf("mixture: %d parts (allowed: 1 to %d)", n, maxParts)
		return
	}
	for i := range d.Parts {
		part := &d.Parts[i]
		if !(part.Weight > 0 && part.Weight <= maxWeight) {
			p.addf("mixture: weight %s (allowed: more than 0, up to 1e9)", number(part.Weight))
		}
		if part.Dist.Kind == Mixture {
			p.addf("mixture: a mixture as a part (allowed: its parts, with the weights multiplied)")
			continue
		}
		for _, problem := range part.Dist.problems() {
			p.addf("mixture: %s", problem)
		}
	}
}

// IsZero says whether the distribution is the constant 0, for which nothing has to be drawn.
func (d *Dist) IsZero() bool { return d.Kind == Constant && d.P[0] == 0 }

// String writes the distribution as Parse reads it.
func (d Dist) String() string {
	var fields []string
	switch {
	case int(d.Kind) < len(families):
		f := &families[d.Kind]
		fields = append(fields, span(d.P[0]))
		if len(f.params) == 2 && f.number {
			fields = append(fields, number(d.P[1]))
		} else if len(f.params) == 2 {
			fields = append(fields, span(d.P[1]))
		}
		return f.name + ":" + strings.Join(fields, ",")
	case d.Kind == Empirical:
		for _, v := range d.Values {
			fields = append(fields, span(float64(v)))
		}
		return "empirical:" + strings.Join(fields, ",")
	case d.Kind == Mixture:
		for _, p := range d.Parts {
			fields = append(fields, number(p.Weight)+"*"+p.Dist.String())
		}
		return strings.Join(fields, "+")
	}
	return fmt.Sprintf("DistKind(%d)", d.Kind)
}
