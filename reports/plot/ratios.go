package plot

import (
	"fmt"
	"math"
	"slices"

	"github.com/jobsim/jobsim/reports"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// maxRatios is how many scenarios Ratios shows.
const maxRatios = 60

// marks are how the verdicts are drawn.
var marks = map[reports.Verdict]draw.GlyphStyle{
	reports.Equivalent:   {Color: blue, Radius: 3.5, Shape: draw.SquareGlyph{}},
	reports.Inconclusive: {Color: orange, Radius: 4, Shape: draw.RingGlyph{}},
	reports.Different:    {Color: vermillion, Radius: 4.5, Shape: draw.CrossGlyph{}},
}

// Ratios draws the makespan ratio of each scenario with its interval, beside the margins, the worst verdicts first. Of
// scenarios that are Equal there is nothing to see; it is nil if there are no others.
func Ratios(r *reports.Report) *Figure {
	f := &Figure{Name: "ratios", width: defaultWidth,
		Title:   fmt.Sprintf("Makespan of %s over makespan of %s", r.A, r.B),
		Columns: []string{"scenario", "verdict", "pairs", "ratio", "low", "high"}}
	var list []*reports.Comparison
	for _, c := range r.Comparisons {
		if c.Makespan != nil && c.Verdict != reports.Equal {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b *reports.Comparison) int { return int(b.Verdict) - int(a.Verdict) })
	total := len(list)
	list = list[:min(total, maxRatios)]
	p := newPanel(fmt.Sprintf("ratio, with %.4g %% interval", 100*(1-2*r.Options.Alpha)), "", numberTicks(6))
	margin := r.Options.Margin
	lo, hi := 1-margin, 1+margin
	for _, c := range list {
		lo, hi = min(lo, c.Makespan.Lo), max(hi, c.Makespan.Hi)
	}
	beyond := lo < 0.5 || hi > 2
	lo, hi = max(lo, 0.5)-0.2*margin, min(hi, 2)+0.2*margin
	p.X.Min, p.X.Max = lo, hi
	bottom := -float64(len(list)) + 0.4
	band := &plotter.Polygon{XYs: []plotter.XYs{{{X: 1 - margin, Y: bottom}, {X: 1 + margin, Y: bottom},
		{X: 1 + margin, Y: 0.6}, {X: 1 - margin, Y: 0.6}}}, Color: faded(skyBlue, 50)}
	p.Add(band, &plotter.Line{XYs: plotter.XYs{{X: 1, Y: bottom}, {X: 1, Y: 0.6}},
		LineStyle: draw.LineStyle{Color: dark, Width: 0.8}})
	var ticks gonum.ConstantTicks
	for i, c := range list {
		m, y := c.Makespan, -float64(i)
		mark := marks[c.Verdict]
		clamp := func(v float64) float64 { return math.Min(hi, math.Max(lo, v)) }
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: clamp(m.Lo), Y: y}, {X: clamp(m.Hi), Y: y}},
			LineStyle: draw.LineStyle{Color: mark.Color, Width: 1.4}})
		p.Add(&plotter.Scatter{XYs: plotter.XYs{{X: clamp(m.Estimate), Y: y}}, GlyphStyle: mark})
		ticks = append(ticks, gonum.Tick{Value: y, Label: c.Scenario})
		f.row(c.Scenario, c.Verdict, m.N, m.Estimate, m.Lo, m.Hi)
	}
	p.Y.Tick.Marker, p.Y.Tick.Length, p.Y.Padding = ticks, 0, 0
	p.Y.Min, p.Y.Max = bottom, 0.6
	for _, v := range []reports.Verdict{reports.Equivalent, reports.Inconclusive, reports.Different} {
		if slices.ContainsFunc(list, func(c *reports.Comparison) bool { return c.Verdict == v }) {
			f.legend = append(f.legend, entry{v.String(), glyphSymbol(marks[v])})
		}
	}
	f.legend = append(f.legend, entry{fmt.Sprintf("within %.4g %%", 100*margin), symbol(func(c *draw.Canvas) {
		c.FillPolygon(faded(skyBlue, 90), []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
	})})
	f.Notes = []string{fmt.Sprintf("n = %d scenarios that both worlds finished and that are not Equal", total)}
	if total > len(list) {
		f.Notes[0] += fmt.Sprintf("; the %d worst are shown", len(list))
	}
	if beyond {
		f.Notes = append(f.Notes, "what lies beyond is drawn at the edge")
	}
	f.panels = []*gonum.Plot{p}
	f.height = 60 + 14*vg.Length(max(len(list), 3))
	return f
}
