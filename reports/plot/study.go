package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Grid is a quantity over two settings that were varied.
type Grid struct {
	X, Y, Z string // what is along the axes and in the cells, with units
	// Columns and Rows are the values of the settings.
	Columns, Rows []string
	// Values by row and column; NaN where nothing was tried.
	Values [][]float64
	// Runs is how many runs are behind a cell.
	Runs int
}

// HeatMap draws a grid as shades of blue, darker for more, with the value in each cell.
func HeatMap(title string, g *Grid) (*Figure, error) {
	f := &Figure{Name: "heatmap", Title: title, width: defaultWidth, Columns: []string{g.Y, g.X, g.Z}}
	if len(g.Values) != len(g.Rows) || len(g.Rows) == 0 || len(g.Columns) == 0 {
		return nil, fmt.Errorf("heat map: %d rows of values, %d names (allowed: as many, and some)", len(g.Values),
			len(g.Rows))
	}
	h := &heat{grid: g, lo: math.Inf(1), hi: math.Inf(-1)}
	for i, row := range g.Values {
		if len(row) != len(g.Columns) {
			return nil, fmt.Errorf("heat map: row %d has %d values, and there are %d columns", i, len(row), len(g.Columns))
		}
		for k, v := range row {
			if !math.IsNaN(v) {
				h.lo, h.hi = min(h.lo, v), max(h.hi, v)
			}
			f.row(g.Rows[i], g.Columns[k], v)
		}
	}
	p := newPanel(g.X, g.Y, nil)
	p.X.Tick.Marker, p.Y.Tick.Marker = nominal(g.Columns), nominal(g.Rows)
	p.X.Tick.Length, p.Y.Tick.Length, p.X.Padding, p.Y.Padding = 0, 0, 0, 0
	p.X.Min, p.X.Max = -0.5, float64(len(g.Columns))-0.5
	p.Y.Min, p.Y.Max = -0.5, float64(len(g.Rows))-0.5
	p.Add(h)
	f.Notes = []string{fmt.Sprintf("%s, n = %d runs a cell", g.Z, g.Runs)}
	f.legend = []entry{
		{number(h.lo), h.swatch(h.lo)}, {number((h.lo + h.hi) / 2), h.swatch((h.lo + h.hi) / 2)},
		{number(h.hi), h.swatch(h.hi)},
	}
	f.panels = []*gonum.Plot{p}
	f.height = 60 + 26*vg.Length(max(len(g.Rows), 3))
	return f, nil
}

func nominal(names []string) (out gonum.ConstantTicks) {
	for i, name := range names {
		out = append(out, gonum.Tick{Value: float64(i), Label: name})
	}
	return out
}

type heat struct {
	grid   *Grid
	lo, hi float64
}

// shade is the share of the way from white to dark blue.
func (h *heat) shade(v float64) float64 {
	if h.hi <= h.lo {
		return 0.5
	}
	return (v - h.lo) / (h.hi - h.lo)
}

func (h *heat) swatch(v float64) symbol {
	return func(c *draw.Canvas) {
		r := []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}}
		c.FillPolygon(mix(h.shade(v)), r)
		c.StrokeLines(draw.LineStyle{Color: grey, Width: 0.5}, append(r, r[0]))
	}
}

// mix goes from nearly white by blue to nearly black, ever darker: it reads the same in grey.
func mix(share float64) color.NRGBA {
	stops := [...]color.NRGBA{{0xf4, 0xf8, 0xfb, 255}, blue, {0x00, 0x1d, 0x33, 255}}
	i := min(int(share*2), 1)
	part := share*2 - float64(i)
	blend := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-part) + float64(b)*part)) }
	a, b := stops[i], stops[i+1]
	return color.NRGBA{blend(a.R, b.R), blend(a.G, b.G), blend(a.B, b.B), 255}
}

// Plot draws the cells.
func (h *heat) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	for i, row := range h.grid.Values {
		for k, v := range row {
			left, right := x(float64(k)-0.5), x(float64(k)+0.5)
			low, high := y(float64(i)-0.5), y(float64(i)+0.5)
			if math.IsNaN(v) {
				untried(&c, vg.Rectangle{Min: vg.Point{X: left, Y: low}, Max: vg.Point{X: right, Y: high}})
				continue
			}
			c.FillPolygon(mix(h.shade(v)), []vg.Point{{X: left, Y: low}, {X: right, Y: low}, {X: right, Y: high},
				{X: left, Y: high}})
			s := style(tickSize, black)
			if h.shade(v) > 0.42 {
				s.Color = white
			}
			s.XAlign, s.YAlign = text.XCenter, text.YCenter
			label := strconv.FormatFloat(v, 'g', 3, 64)
			if s.Width(label) < right-left {
				c.FillText(s, vg.Point{X: (left + right) / 2, Y: (low + high) / 2}, label)
			}
		}
	}
}

// untried marks a cell without a value.
func untried(c *draw.Canvas, r vg.Rectangle) {
	c.FillPolygon(light, []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}})
	c.StrokeLine2(draw.LineStyle{Color: grey, Width: 0.7}, r.Min.X, r.Min.Y, r.Max.X, r.Max.Y)
}

// Point is one of the alternatives that a study has tried.
type Point struct {
	Label string
	X, Y  float64
	// XLo to YHi are the intervals; 0 and 0 are none.
	XLo, XHi, YLo, YHi float64
}

// Objective is what a study wants little or much of.
type Objective struct {
	Name string // with its unit
	More bool   // more is better
}

// better says whether v is better than w.
func (o *Objective) better(v, w float64) bool {
	if o.More {
		return v > w
	}
	return v < w
}

// Front are the positions of the points that no other point beats, by X: there is none that is better in one objective
// and not worse in the other.
func Front(x, y Objective, points []Point) (front []int) {
	for i, p := range points {
		beaten := slices.ContainsFunc(points, func(q Point) bool {
			return !x.better(p.X, q.X) && !y.better(p.Y, q.Y) && (x.better(q.X, p.X) || y.better(q.Y, p.Y))
		})
		if !beaten {
			front = append(front, i)
		}
	}
	slices.SortStableFunc(front, func(a, b int) int { return cmp.Compare(points[a].X, points[b].X) })
	return front
}

// Pareto draws alternatives by two objectives, with the front of those that no other beats. runs is how many runs each
// has had; 0: not all as many.
func Pareto(title string, x, y Objective, runs int, points []Point) *Figure {
	f := &Figure{Name: "pareto", Title: title, width: defaultWidth, height: 260,
		Columns: []string{"alternative", x.Name, y.Name, "front"}}
	p := newPanel(x.Name, y.Name, numberTicks(6))
	front := Front(x, y, points)
	var line plotter.XYs
	for k, i := range front {
		q := points[i]
		if k > 0 {
			corner := plotter.XY{X: q.X, Y: line[len(line)-1].Y}
			if x.More {
				corner = plotter.XY{X: line[len(line)-1].X, Y: q.Y}
			}
			line = append(line, corner)
		}
		line = append(line, plotter.XY{X: q.X, Y: q.Y})
	}
	path := draw.LineStyle{Color: blue, Width: 1.2, Dashes: []vg.Length{4, 2}}
	p.Add(&plotter.Line{XYs: line, LineStyle: path})
	best := draw.GlyphStyle{Color: blue, Radius: 4, Shape: draw.CircleGlyph{}}
	rest := draw.GlyphStyle{Color: grey, Radius: 3, Shape: draw.RingGlyph{}}
	var labels plotter.XYLabels
	for i, q := range points {
		on := slices.Contains(front, i)
		mark := rest
		if on {
			mark = best
			labels.XYs, labels.Labels = append(labels.XYs, plotter.XY{X: q.X, Y: q.Y}), append(labels.Labels, q.Label)
		}
		bars(p, q, mark)
		f.row(q.Label, q.X, q.Y, on)
	}
	if names, err := plotter.NewLabels(labels); err == nil {
		for i := range names.TextStyle {
			names.TextStyle[i] = style(tickSize, dark)
			names.TextStyle[i].XAlign, names.TextStyle[i].YAlign = text.XLeft, text.YBottom
		}
		names.Offset = vg.Point{X: 5, Y: 4}
		p.Add(names)
	}
	p.X.Min, p.X.Max = padded(p.X.Min, p.X.Max)
	p.Y.Min, p.Y.Max = padded(p.Y.Min, p.Y.Max)
	f.legend = []entry{{"no other is better in both", glyphSymbol(best)}, {"beaten", glyphSymbol(rest)}}
	each := ""
	if runs > 0 {
		each = fmt.Sprintf(", %d runs each", runs)
	}
	f.Notes = []string{fmt.Sprintf("n = %d alternatives%s; bars: 95 %% intervals", len(points), each)}
	f.panels = []*gonum.Plot{p}
	return f
}

func padded(lo, hi float64) (float64, float64) {
	pad := max((hi-lo)*0.06, 1e-9)
	return lo - pad, hi + pad
}

func bars(p *gonum.Plot, q Point, mark draw.GlyphStyle) {
	line := draw.LineStyle{Color: mark.Color, Width: 0.9}
	if q.XLo < q.XHi {
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: q.XLo, Y: q.Y}, {X: q.XHi, Y: q.Y}}, LineStyle: line})
	}
	if q.YLo < q.YHi {
		p.Add(&plotter.Line{XYs: plotter.XYs{{X: q.X, Y: q.YLo}, {X: q.X, Y: q.YHi}}, LineStyle: line})
	}
	p.Add(&plotter.Scatter{XYs: plotter.XYs{{X: q.X, Y: q.Y}}, GlyphStyle: mark})
}
