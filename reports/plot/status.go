package plot

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/des"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// World is runs of one scenario in one world.
type World struct {
	Name string
	Runs []*reports.Run
}

// counters are what a Job's status counts, in the order of the panels.
var counters = [...]struct {
	name string
	of   func(w *reports.Write) int32
}{
	{"active", func(w *reports.Write) int32 { return w.Active }},
	{"ready", func(w *reports.Write) int32 { return w.Ready }},
	{"succeeded", func(w *reports.Write) int32 { return w.Succeeded }},
	{"failed", func(w *reports.Write) int32 { return w.Failed }},
	{"terminating", func(w *reports.Write) int32 { return w.Terminating }},
}

// maxPoints bounds the points of a curve.
const maxPoints = 400

// Status draws the counters of the Jobs' status over time, a panel each, the worlds over each other. Of several Jobs it
// draws the sums; of several runs the median at each instant, and between which values nine in ten runs are. Counters
// that are 0 throughout have no panel.
func Status(title string, worlds ...World) *Figure {
	f := &Figure{Name: "status", Title: title, width: defaultWidth,
		Columns: []string{"world", "seconds", "counter", "low", "median", "high"}}
	last := des.Time(0)
	for _, w := range worlds {
		for _, r := range w.Runs {
			last = max(last, r.End)
		}
	}
	span := unitFor(last.Sub(0).Seconds())
	f.Notes = append(f.Notes, "pods in the Job's status, "+runsOf(worlds))
	many := slices.ContainsFunc(worlds, func(w World) bool { return len(w.Runs) > 1 })
	if many {
		f.Notes = append(f.Notes, "lines: medians; bands: 5 to 95 % of the runs")
	}
	for i, w := range worlds {
		f.legend = append(f.legend, entry{w.Name, lineSymbol(lookOf(i, len(worlds)), 0)})
	}
	var zero []string
	for _, counter := range counters {
		p := newPanel("", counter.name, span.ticks)
		p.Y.Tick.Marker = countTicks(3)
		curves := make([]*curve, len(worlds))
		highest := 0.0
		for i, w := range worlds {
			c := curveOf(w.Runs, counter.of, last)
			curves[i] = c
			highest = max(highest, slices.Max(c.high))
			for k, at := range c.at {
				f.row(w.Name, at.Sub(0).Seconds(), counter.name, c.low[k], c.median[k], c.high[k])
			}
		}
		if highest == 0 {
			zero = append(zero, counter.name)
			continue
		}
		for i, c := range curves {
			c.addBand(p, i, span.seconds)
		}
		for i, c := range curves {
			l := lookOf(i, len(worlds))
			p.Add(&plotter.Line{XYs: c.points(c.median, span.seconds), StepStyle: plotter.PostStep, LineStyle: l.line()})
		}
		p.X.Min, p.X.Max = 0, last.Sub(0).Seconds()/span.seconds*1.015
		p.Y.Min, p.Y.Max = 0, highest*1.06
		f.panels = append(f.panels, p)
	}
	if len(zero) > 0 {
		f.Notes = append(f.Notes, "0 throughout: "+strings.Join(zero, ", "))
	}
	if len(f.panels) == 0 {
		f.panels = append(f.panels, newPanel("", "", span.ticks))
	}
	for _, p := range f.panels[:len(f.panels)-1] {
		p.HideX()
	}
	f.panels[len(f.panels)-1].X.Label.Text = "time since the scenario started (" + span.name + ")"
	f.height = 40 + 66*vg.Length(len(f.panels))
	return f
}

// runsOf is "1 run each", or "20 runs of sim, 5 of kind".
func runsOf(worlds []World) string {
	var parts []string
	same := true
	for i, w := range worlds {
		same = same && len(w.Runs) == len(worlds[0].Runs)
		if i == 0 {
			parts = append(parts, fmt.Sprintf("n = %d runs of %s", len(w.Runs), w.Name))
		} else {
			parts = append(parts, fmt.Sprintf("%d of %s", len(w.Runs), w.Name))
		}
	}
	if same && len(worlds) > 0 {
		return fmt.Sprintf("n = %d in each world", len(worlds[0].Runs))
	}
	return strings.Join(parts, ", ")
}

// curve is a counter over time, of many runs.
type curve struct {
	at                []des.Time
	low, median, high []float64
}

// curveOf is the counter at its changes, or at maxPoints instants if there are more.
func curveOf(runs []*reports.Run, of func(w *reports.Write) int32, last des.Time) *curve {
	steps := make([][]step, len(runs))
	c := &curve{at: []des.Time{0, last}}
	for i, r := range runs {
		steps[i] = stepsOf(r, of)
		for _, s := range steps[i] {
			c.at = append(c.at, s.at)
		}
	}
	slices.Sort(c.at)
	c.at = slices.Compact(c.at)
	if len(c.at) > maxPoints {
		for i := range maxPoints {
			c.at[i] = last / (maxPoints - 1) * des.Time(i)
		}
		c.at = c.at[:maxPoints]
	}
	position := make([]int, len(runs))
	values := make([]float64, len(runs))
	for _, at := range c.at {
		for i, s := range steps {
			for position[i] < len(s) && s[position[i]].at <= at {
				position[i]++
			}
			values[i] = 0
			if position[i] > 0 {
				values[i] = s[position[i]-1].value
			}
		}
		sorted := slices.Sorted(slices.Values(values))
		n := len(sorted)
		c.low = append(c.low, sorted[(n-1)*5/100])
		c.median = append(c.median, sorted[(n-1)/2])
		c.high = append(c.high, sorted[n-1-(n-1)*5/100])
	}
	return c
}

type step struct {
	at    des.Time
	value float64
}

// stepsOf are the values of a counter, summed over the Jobs, at the times of their changes.
func stepsOf(r *reports.Run, of func(w *reports.Write) int32) (out []step) {
	var changes []step
	for _, j := range r.Jobs {
		before := 0.0
		for i := range j.Writes {
			v := float64(of(&j.Writes[i]))
			changes = append(changes, step{j.Writes[i].At, v - before})
			before = v
		}
	}
	slices.SortStableFunc(changes, func(a, b step) int { return int(min(1, max(-1, a.at-b.at))) })
	sum := 0.0
	for _, c := range changes {
		sum += c.value
		if n := len(out); n > 0 && out[n-1].at == c.at {
			out[n-1].value = sum
		} else if n == 0 || out[n-1].value != sum {
			out = append(out, step{c.at, sum})
		}
	}
	return out
}

// points are values over time.
func (c *curve) points(values []float64, seconds float64) plotter.XYs {
	out := make(plotter.XYs, len(values))
	for i, v := range values {
		out[i] = plotter.XY{X: c.at[i].Sub(0).Seconds() / seconds, Y: v}
	}
	return out
}

// addBand draws the range of the curve, if it has one.
func (c *curve) addBand(p *gonum.Plot, world int, seconds float64) {
	if !slices.Equal(c.low, c.high) {
		p.Add(band(world, c.points(c.low, seconds), c.points(c.high, seconds))...)
	}
}

// band is the area between two step functions: shaded for the first world, with dotted edges for the others, so that
// none hides another.
func band(world int, low, high plotter.XYs) []gonum.Plotter {
	l := looks[world%len(looks)]
	if world > 0 {
		edge := draw.LineStyle{Color: l.color, Width: 0.7, Dashes: []vg.Length{0.8, 1.6}}
		return []gonum.Plotter{&plotter.Line{XYs: low, StepStyle: plotter.PostStep, LineStyle: edge},
			&plotter.Line{XYs: high, StepStyle: plotter.PostStep, LineStyle: edge}}
	}
	var area plotter.XYs
	for i, q := range high {
		if i > 0 {
			area = append(area, plotter.XY{X: q.X, Y: high[i-1].Y})
		}
		area = append(area, q)
	}
	for i, q := range slices.Backward(low) {
		area = append(area, q)
		if i > 0 {
			area = append(area, plotter.XY{X: q.X, Y: low[i-1].Y})
		}
	}
	return []gonum.Plotter{&plotter.Polygon{XYs: []plotter.XYs{area}, Color: faded(l.color, 70)}}
}
