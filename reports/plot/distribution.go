package plot

import (
	"fmt"
	"math"
	"slices"

	"github.com/jobsim/jobsim/reports/stats"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sample is values of one world, in seconds.
type Sample struct {
	Name   string
	Values []float64
}

// confidence of the bands.
const confidence = 0.95

// ECDF draws the empirical distribution functions of samples of a quantity, with the bands of Dvoretzky, Kiefer and
// Wolfowitz. Samples without values are left out. The error is that of a value that is no number.
func ECDF(title, quantity string, samples ...Sample) (*Figure, error) {
	f := &Figure{Name: "ecdf", Title: title, width: defaultWidth, height: 220,
		Columns: []string{"world", "seconds", "share", "low", "high"}}
	span := unitFor(largest(samples))
	p := newPanel(quantity+" ("+span.name+")", "share of values at most this", span.ticks)
	p.Y.Tick.Marker = numberTicks(6)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, largest(samples)/span.seconds*1.02, 0, 1
	var lines []gonum.Plotter
	for i, s := range samples {
		if len(s.Values) == 0 {
			continue
		}
		half, err := stats.DKW(s.Values, confidence)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		points := ecdf(s.Values)
		line, lower, upper := plotter.XYs{{}}, plotter.XYs{{}}, plotter.XYs{{Y: half}}
		for _, q := range points {
			x := q.X / span.seconds
			low, high := max(0, q.Y-half), min(1, q.Y+half)
			line = append(line, plotter.XY{X: x, Y: q.Y})
			lower, upper = append(lower, plotter.XY{X: x, Y: low}), append(upper, plotter.XY{X: x, Y: high})
			f.row(s.Name, q.X, q.Y, low, high)
		}
		for _, c := range []*plotter.XYs{&line, &lower, &upper} { // to the right edge
			*c = append(*c, plotter.XY{X: p.X.Max, Y: (*c)[len(*c)-1].Y})
		}
		look := lookOf(i, len(samples))
		p.Add(band(i, lower, upper)...)
		lines = append(lines, &plotter.Line{XYs: line, StepStyle: plotter.PostStep, LineStyle: look.line()})
		f.legend = append(f.legend, entry{fmt.Sprintf("%s (n = %d)", s.Name, len(s.Values)), lineSymbol(look, 0)})
	}
	p.Add(lines...)
	f.Notes = []string{"empirical distribution functions; with 95 % bands of Dvoretzky, Kiefer and Wolfowitz"}
	f.panels = []*gonum.Plot{p}
	return f, nil
}

func largest(samples []Sample) (v float64) {
	for _, s := range samples {
		for _, x := range s.Values {
			v = max(v, x)
		}
	}
	return v
}

// ecdf are the corners of the distribution function, at most about maxPoints.
func ecdf(values []float64) plotter.XYs {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	every := max(1, n/maxPoints)
	var out plotter.XYs
	for i, v := range sorted {
		if i+1 < n && (sorted[i+1] == v || (i+1)%every != 0) {
			continue
		}
		out = append(out, plotter.XY{X: v, Y: float64(i+1) / float64(n)})
	}
	return out
}

// QQ draws the quantiles of b against those of a, as many as the smaller sample has, but at most 100. Worlds that agree
// lie on the diagonal.
func QQ(title, quantity string, a, b Sample) *Figure {
	f := &Figure{Name: "qq", Title: title, width: defaultWidth, height: 300,
		Columns: []string{"quantile", a.Name, b.Name}}
	span := unitFor(largest([]Sample{a, b}))
	label := func(s Sample) string { return fmt.Sprintf("%s of %s (%s)", quantity, s.Name, span.name) }
	p := newPanel(label(a), label(b), span.ticks)
	p.Y.Tick.Marker = span.ticks
	n := min(len(a.Values), len(b.Values), 100)
	x, y := slices.Sorted(slices.Values(a.Values)), slices.Sorted(slices.Values(b.Values))
	points := make(plotter.XYs, n)
	lo, hi := math.Inf(1), 0.0
	for i := range points {
		q := (float64(i) + 0.5) / float64(n)
		points[i] = plotter.XY{X: quantile(x, q) / span.seconds, Y: quantile(y, q) / span.seconds}
		lo, hi = min(lo, points[i].X, points[i].Y), max(hi, points[i].X, points[i].Y)
		f.row(q, quantile(x, q), quantile(y, q))
	}
	if n == 0 {
		lo, hi = 0, 1
	}
	pad := max((hi-lo)*0.04, hi*0.01, 1e-9)
	lo, hi = max(0, lo-pad), hi+pad
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = lo, hi, lo, hi
	diagonal := &plotter.Line{XYs: plotter.XYs{{X: lo, Y: lo}, {X: hi, Y: hi}},
		LineStyle: draw.LineStyle{Color: grey, Width: 1.2, Dashes: []vg.Length{5, 3}}}
	ring := draw.GlyphStyle{Color: blue, Radius: 3, Shape: draw.RingGlyph{}}
	p.Add(diagonal, &plotter.Scatter{XYs: points, GlyphStyle: ring})
	f.Notes = []string{fmt.Sprintf("%d quantiles of n = %d (%s) and n = %d (%s) values", n, len(a.Values), a.Name,
		len(b.Values), b.Name)}
	f.legend = []entry{{"quantiles", glyphSymbol(ring)},
		{"where both agree", stroke(diagonal.LineStyle)}}
	f.panels = []*gonum.Plot{p}
	return f
}

// quantile interpolates between neighbours, as stats.Quantile does.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
