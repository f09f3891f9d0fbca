package plot

import (
	"fmt"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Curve is a share by one setting.
type Curve struct {
	X, Y   string   // what is along the axes, with units
	Names  []string // the values of the setting
	Points []CurvePoint
	Marks  []CurvePoint // of the points, those to look at
	Goal   float64      // what the share should reach; 0: nothing
	Runs   int          // behind each point that is not exact; 0: not all have as many
}

// CurvePoint is what is known at one value of the setting.
type CurvePoint struct {
	At        int // the value's place in Names; below 0: it is not there
	Y, Lo, Hi float64
	Exact     bool   // it is no estimate
	Name      string // of a mark, for the legend
}

// Steps draws a curve: dots where the share is known exactly, rings with bars of 95 % where it is estimated, and what
// to look at, with its words.
func Steps(title string, c *Curve) *Figure {
	f := &Figure{Name: "curve", Title: title, width: defaultWidth, height: 250,
		Columns: []string{c.X, c.Y, "low", "high", "exact"}}
	every := 1 + len(c.Names)/24
	var ticks gonum.ConstantTicks
	for i := 0; i < len(c.Names); i += every {
		ticks = append(ticks, gonum.Tick{Value: float64(i), Label: c.Names[i]})
	}
	p := newPanel(c.X, c.Y, ticks)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(len(c.Names))-0.5, 0, 1.04
	if c.Goal > 0 {
		p.Add(across(p, c.Goal))
	}
	exact := draw.GlyphStyle{Color: blue, Radius: 3, Shape: draw.CircleGlyph{}}
	estimate := draw.GlyphStyle{Color: blue, Radius: 3, Shape: draw.RingGlyph{}}
	kinds := map[bool]bool{}
	for _, q := range c.Points {
		if q.At < 0 {
			continue
		}
		kinds[q.Exact] = true
		look := estimate
		if q.Exact {
			look = exact
		}
		bars(p, Point{X: float64(q.At), Y: q.Y, YLo: q.Lo, YHi: q.Hi}, look)
		f.row(c.Names[q.At], q.Y, q.Lo, q.Hi, q.Exact)
	}
	for i := range c.Marks {
		look := draw.GlyphStyle{Color: vermillion, Radius: 5, Shape: draw.CircleGlyph{}}
		if i == len(c.Marks)-1 { // what is best comes last
			look.Color = green
		}
		mark(p, &c.Marks[i], look, c.Names[c.Marks[i].At])
		f.legend = append(f.legend, entry{c.Marks[i].Name, glyphSymbol(look)})
	}
	if kinds[true] {
		f.legend = append(f.legend, entry{"exact: closed form", glyphSymbol(exact)})
	}
	if kinds[false] {
		f.legend = append(f.legend, entry{"estimate, 95 % interval", glyphSymbol(estimate)})
	}
	if c.Goal > 0 {
		f.legend = append(f.legend, entry{fmt.Sprintf("goal: %g", c.Goal), stroke(goalLine)})
	}
	each := ""
	if c.Runs > 0 {
		each = fmt.Sprintf(", %d runs each", c.Runs)
	}
	f.Notes = []string{fmt.Sprintf("n = %d values%s", len(c.Points), each)}
	f.panels = []*gonum.Plot{p}
	return f
}

var goalLine = draw.LineStyle{Color: dark, Width: 1, Dashes: []vg.Length{4, 3}}

func across(p *gonum.Plot, y float64) gonum.Plotter {
	return &plotter.Line{XYs: plotter.XYs{{X: p.X.Min, Y: y}, {X: p.X.Max, Y: y}}, LineStyle: goalLine}
}

// mark has a point stand out: a line to the axis, and its numbers where there is room, below it and to one side.
func mark(p *gonum.Plot, q *CurvePoint, look draw.GlyphStyle, value string) {
	at := plotter.XY{X: float64(q.At), Y: q.Y}
	line := draw.LineStyle{Color: look.Color, Width: 1, Dashes: []vg.Length{2, 2}}
	p.Add(&plotter.Line{XYs: plotter.XYs{{X: at.X, Y: p.Y.Min}, at}, LineStyle: line},
		&plotter.Scatter{XYs: plotter.XYs{at}, GlyphStyle: look})
	names, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{at},
		Labels: []string{fmt.Sprintf("%s: %.3f", value, q.Y)}})
	if err != nil {
		return // it has no place
	}
	s := bold(style(textSize, look.Color))
	s.XAlign, s.YAlign = text.XLeft, text.YTop
	names.Offset = vg.Point{X: 8, Y: -6}
	if at.X > (p.X.Min+p.X.Max)*0.6 {
		s.XAlign, names.Offset = text.XRight, vg.Point{X: -8, Y: -24} // below the points before it on a curve that rises
	}
	names.TextStyle = []text.Style{s}
	p.Add(names)
}
