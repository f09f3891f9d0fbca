package rng

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jobsim/jobsim/sim/des"
)

// Forms are the ways to write a distribution, for help and error messages.
const Forms = "30s, constant:30s, uniform:MIN,MAX, exponential:MEAN, normal:MEAN,SD, lognormal:MEDIAN,SIGMA, " +
	"weibull:SCALE,SHAPE, gamma:SCALE,SHAPE, pareto:MINIMUM,ALPHA, empirical:VALUE,VALUE,..., or a mixture " +
	"WEIGHT*FORM+WEIGHT*FORM"

// Parse reads a distribution of spans as people write it, in one of the Forms. Spans are in Go's
// notation, such as 1m30s or 250ms. Errors name what is wrong and what is allowed.
func Parse(text string) (Dist, error) {
	d, err := parse(text)
	if err != nil {
		return Dist{}, fmt.Errorf("distribution %q: %w", text, err)
	}
	return d, nil
}

func parse(text string) (Dist, error) {
	if strings.Contains(text, "*") {
		return parseMixture(text)
	}
	return parseOne(text)
}

func parseOne(text string) (Dist, error) {
	name, args, found := strings.Cut(strings.TrimSpace(text), ":")
	if !found {
		name, args = "constant", name
	}
	fields := strings.Split(args, ",")
	if name == "empirical" {
		return parseEmpirical(fields)
	}
	for i := range families {
		if families[i].name != name {
			continue
		}
		d, err := families[i].parse(DistKind(i), fields)
		if err != nil && !found {
			return Dist{}, fmt.Errorf("%w (allowed: %s)", err, Forms)
		}
		return d, err
	}
	return Dist{}, fmt.Errorf("unknown family %q (allowed: %s)", name, Forms)
}

func (f *family) parse(kind DistKind, fields []string) (Dist, error) {
	if len(fields) != len(f.params) {
		return Dist{}, fmt.Errorf("%s: %d parameters (allowed: %s:%s)", f.name, len(fields), f.name,
			strings.ToUpper(strings.Join(f.params, ",")))
	}
	d := Dist{Kind: kind}
	var p problems
	for i, field := range fields {
		var err error
		if i == 1 && f.number {
			if d.P[i], err = strconv.ParseFloat(strings.TrimSpace(field), 64); err != nil {
				err = fmt.Errorf("%q is not a number (allowed: such as 0.5)", field)
			}
		} else {
			var v des.Duration
			v, err = parseSpan(field)
			d.P[i] = float64(v)
		}
		if err != nil {
			p.addf("%s: %s: %v", f.name, f.params[i], err)
		}
	}
	if err := p.err(); err != nil {
		return Dist{}, err
	}
	return valid(d)
}

func parseSpan(text string) (des.Duration, error) {
	v, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil {
		return 0, fmt.Errorf("%q is not a span of time (allowed: such as 30s, 1m30s, 250ms)", text)
	}
	if des.Duration(v) > maxSpan {
		return 0, fmt.Errorf("%q is too long (allowed: 0s to %s)", text, span(float64(maxSpan)))
	}
	return des.Duration(v), nil
}

func parseEmpirical(fields []string) (Dist, error) {
	var values []des.Duration
	var p problems
	for _, field := range fields {
		v, err := parseSpan(field)
		if err != nil {
			p.addf("empirical: %v", err)
		}
		values = append(values, v)
	}
	if err := p.err(); err != nil {
		return Dist{}, err
	}
	return NewEmpirical(values...)
}

func parseMixture(text string) (Dist, error) {
	d := Dist{Kind: Mixture}
	var p problems
	for _, part := range splitParts(text) {
		weight, form, found := strings.Cut(part, "*")
		w, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
		if !found || err != nil {
			p.addf("mixture: part %q (allowed: WEIGHT*FORM)", part)
			continue
		}
		dist, err := parseOne(form)
		if err != nil {
			p.addf("mixture: part %q: %v", part, err)
		}
		d.Parts = append(d.Parts, Part{Weight: w, Dist: dist})
	}
	if err := p.err(); err != nil {
		return Dist{}, err
	}
	return valid(d)
}

// splitParts cuts at every plus sign but that of an exponent, as in 1e+3.
func splitParts(text string) []string {
	var parts []string
	start := 0
	for i := 1; i < len(text); i++ {
		if text[i] == '+' && text[i-1] != 'e' && text[i-1] != 'E' {
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// span writes a number of nanoseconds as time.ParseDuration reads it.
func span(ns float64) string {
	if ns != math.Trunc(ns) || math.Abs(ns) > float64(maxSpan) {
		return number(ns) + "ns"
	}
	return time.Duration(ns).String()
}

// number writes a number without an exponent, as short as it can be.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
