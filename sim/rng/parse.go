package rng

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jobsim/jobsim/sim/des"
)

// family is how a kind of distribution is written: its name and the meaning of its parameters.
type family struct {
	name   string
	kind   DistKind
	params []string
	number bool // the second parameter is a number, not a span
}

var families = []family{
	{"constant", Constant, []string{"value"}, false},
	{"uniform", Uniform, []string{"min", "max"}, false},
	{"exponential", Exponential, []string{"mean"}, false},
	{"normal", Normal, []string{"mean", "sd"}, false},
	{"lognormal", Lognormal, []string{"median", "sigma"}, true},
	{"weibull", Weibull, []string{"scale", "shape"}, true},
	{"gamma", Gamma, []string{"scale", "shape"}, true},
	{"pareto", Pareto, []string{"minimum", "alpha"}, true},
}

// Forms are the ways to write a distribution, for help and error messages.
const Forms = "30s, constant:30s, uniform:MIN,MAX, exponential:MEAN, normal:MEAN,SD, lognormal:MEDIAN,SIGMA, " +
	"weibull:SCALE,SHAPE, gamma:SCALE,SHAPE, pareto:MINIMUM,ALPHA, empirical:D,D,..., or a mixture W*DIST+W*DIST"

// maxParts bounds the values of an empirical distribution and the parts of a mixture.
const maxParts = 10_000

// Parse reads a distribution of spans as people write it; see Forms. Spans are in Go's notation, such as 1m30s or 250ms.
func Parse(text string) (Dist, error) {
	if strings.Contains(text, "*") {
		return parseMixture(text)
	}
	name, args, found := strings.Cut(strings.TrimSpace(text), ":")
	if !found {
		v, err := parseSpan(name)
		if err != nil {
			return Dist{}, fmt.Errorf("distribution %q: %w (allowed: %s)", text, err, Forms)
		}
		return Const(v), nil
	}
	fields := strings.Split(args, ",")
	if name == "empirical" {
		return parseEmpirical(text, fields)
	}
	for _, f := range families {
		if f.name == name {
			d, err := f.parse(fields)
			if err != nil {
				return Dist{}, fmt.Errorf("distribution %q: %w", text, err)
			}
			return d, nil
		}
	}
	return Dist{}, fmt.Errorf("distribution %q: unknown family %q (allowed: %s)", text, name, Forms)
}

func (f family) parse(fields []string) (Dist, error) {
	if len(fields) != len(f.params) {
		return Dist{}, fmt.Errorf("%d parameters (allowed: %s:%s)", len(fields), f.name, strings.ToUpper(strings.Join(f.params, ",")))
	}
	d := Dist{Kind: f.kind}
	for i, field := range fields {
		if i == 1 && f.number {
			v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
			if err != nil || !(v >= 0.001 && v <= 1000) {
				return Dist{}, fmt.Errorf("%s %q (allowed: a number from 0.001 to 1000)", f.params[i], field)
			}
			d.P[i] = v
			continue
		}
		v, err := parseSpan(field)
		if err != nil {
			return Dist{}, fmt.Errorf("%s: %w", f.params[i], err)
		}
		d.P[i] = float64(v)
	}
	if d.Kind == Uniform && d.P[1] < d.P[0] {
		return Dist{}, errors.New("max is less than min")
	}
	return d, nil
}

// maxSpan bounds what can be written: 2^53 ns, over 104 days, so that every span is exact as a float64.
const maxSpan = des.Duration(1) << 53

func parseSpan(text string) (des.Duration, error) {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is not a span of time (allowed: such as 30s, 1m30s, 250ms)", text)
	case d < 0:
		return 0, fmt.Errorf("%q is negative", text)
	case des.Duration(d) > maxSpan:
		return 0, fmt.Errorf("%q is too long (allowed: up to 2501h)", text)
	}
	return des.Duration(d), nil
}

func parseEmpirical(text string, fields []string) (Dist, error) {
	if len(fields) > maxParts {
		return Dist{}, fmt.Errorf("distribution of %d values (allowed: up to %d)", len(fields), maxParts)
	}
	d := Dist{Kind: Empirical}
	for _, f := range fields {
		v, err := parseSpan(f)
		if err != nil {
			return Dist{}, fmt.Errorf("distribution %q: %w", text, err)
		}
		d.Values = append(d.Values, v)
	}
	return d, nil
}

func parseMixture(text string) (Dist, error) {
	parts := strings.Split(text, "+")
	if len(parts) > maxParts {
		return Dist{}, fmt.Errorf("distribution of %d parts (allowed: up to %d)", len(parts), maxParts)
	}
	d := Dist{Kind: Mixture}
	for _, part := range parts {
		weight, rest, found := strings.Cut(part, "*")
		w, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
		if !found || err != nil || !(w > 0) || math.IsInf(w, 0) || w > 1e9 {
			return Dist{}, fmt.Errorf("distribution %q: part %q (allowed: WEIGHT*DIST with a positive weight)", text, part)
		}
		if strings.Contains(rest, "*") {
			return Dist{}, fmt.Errorf("distribution %q: part %q: a mixture in a mixture", text, part)
		}
		dist, err := Parse(rest)
		if err != nil {
			return Dist{}, err
		}
		d.Parts = append(d.Parts, Part{Weight: w, Dist: dist})
	}
	return d, nil
}

// String writes the distribution as Parse reads it.
func (d Dist) String() string {
	switch d.Kind {
	case Empirical:
		fields := make([]string, len(d.Values))
		for i, v := range d.Values {
			fields[i] = span(float64(v))
		}
		return "empirical:" + strings.Join(fields, ",")
	case Mixture:
		fields := make([]string, len(d.Parts))
		for i, p := range d.Parts {
			fields[i] = strconv.FormatFloat(p.Weight, 'f', -1, 64) + "*" + p.Dist.String()
		}
		return strings.Join(fields, "+")
	}
	for _, f := range families {
		if f.kind != d.Kind {
			continue
		}
		text := f.name + ":" + span(d.P[0])
		if len(f.params) == 1 {
			return text
		}
		if f.number {
			return text + "," + strconv.FormatFloat(d.P[1], 'f', -1, 64)
		}
		return text + "," + span(d.P[1])
	}
	return "unknown"
}

func span(ns float64) string { return time.Duration(ns).String() }
