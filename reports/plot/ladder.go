package plot

import (
	"fmt"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Ladder draws the waits for another attempt by how many failures came before: the median of each world, and the
// smallest to the largest. The rungs are Kubernetes' defaults: 10 s, doubled each time, at most 10 minutes
// (pkg/controller/job/job_controller.go:77,79@v1.37.2).
func Ladder(title string, worlds ...World) *Figure {
	f := &Figure{Name: "ladder", Title: title, width: defaultWidth, height: 240,
		Columns: []string{"world", "failures", "n", "smallest", "median", "largest"}}
	p := newPanel("failures in a row", "wait (s)", countTicks(12))
	p.Y.Scale, p.Y.Tick.Marker = gonum.LogScale{}, ladderTicks
	highest := 1
	lo, hi := 10.0, 10.0
	type rungs map[int][]float64
	all := make([]rungs, len(worlds))
	for i, w := range worlds {
		all[i] = rungs{}
		for _, r := range w.Runs {
			for _, j := range r.Jobs {
				for _, g := range j.Gaps() {
					wait := max(g.Span.Seconds(), leastWait)
					all[i][g.Attempt+1] = append(all[i][g.Attempt+1], wait)
					highest, lo, hi = max(highest, g.Attempt+1), min(lo, wait), max(hi, wait)
				}
			}
		}
	}
	rung := func(k int) float64 { return min(600, 10*math.Pow(2, float64(k-1))) }
	ideal := draw.LineStyle{Color: grey, Width: 1.2, Dashes: []vg.Length{5, 3}}
	for k := 1; k <= highest; k++ {
		x, y := float64(k), rung(k)
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: x - 0.4, Y: y}, {X: x + 0.4, Y: y}}, LineStyle: ideal})
	}
	f.legend = append(f.legend, entry{"10 s doubled, up to 600 s", stroke(ideal)})
	n := make([]int, len(worlds))
	for i, w := range worlds {
		l := lookOf(i, len(worlds))
		l.width, l.dashes = min(l.width, 2), nil
		for k := 1; k <= highest; k++ {
			waits := slices.Sorted(slices.Values(all[i][k]))
			if len(waits) == 0 {
				continue
			}
			n[i] += len(waits)
			x := float64(k) + 0.16*(float64(i)-float64(len(worlds)-1)/2)
			small, middle, large := waits[0], quantile(waits, 0.5), waits[len(waits)-1]
			p.Add(&plotter.Line{XYs: plotter.XYs{{X: x, Y: small}, {X: x, Y: large}}, LineStyle: l.line()})
			p.Add(&plotter.Scatter{XYs: plotter.XYs{{X: x, Y: middle}}, GlyphStyle: l.glyph(4)})
			f.row(w.Name, k, len(waits), small, middle, large)
		}
		f.legend = append(f.legend, entry{fmt.Sprintf("%s (n = %d waits)", w.Name, n[i]), lineSymbol(l, 4)})
	}
	p.X.Min, p.X.Max = 0.5, float64(highest)+0.5
	p.Y.Min, p.Y.Max = lo/1.3, max(hi, rung(highest))*1.3
	f.Notes = []string{"from a failure to the next creation of a pod of its Job or index; markers: medians, " +
		"bars: smallest to largest"}
	f.panels = []*gonum.Plot{p}
	return f
}

// leastWait is where a wait of nothing is drawn on the logarithmic axis, in seconds.
const leastWait = 0.1

// ladderTicks are the rungs, and decades below.
var ladderTicks = gonum.TickerFunc(func(lo, hi float64) (out []gonum.Tick) {
	for _, v := range []float64{0.1, 0.3, 1, 3, 10, 20, 40, 80, 160, 320, 600, 2000, 6000, 20000, 60000} {
		if lo <= v && v <= hi {
			out = append(out, gonum.Tick{Value: v, Label: number(v)})
		}
	}
	return out
})
