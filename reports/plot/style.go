package plot

import (
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/font"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The colours that people with any colour vision can tell apart (Okabe and Ito 2008, https://jfly.uni-koeln.de/color/).
var (
	black      = color.NRGBA{0, 0, 0, 255}
	orange     = color.NRGBA{0xe6, 0x9f, 0x00, 255}
	skyBlue    = color.NRGBA{0x56, 0xb4, 0xe9, 255}
	green      = color.NRGBA{0x00, 0x9e, 0x73, 255}
	blue       = color.NRGBA{0x00, 0x72, 0xb2, 255}
	vermillion = color.NRGBA{0xd5, 0x5e, 0x00, 255}
	purple     = color.NRGBA{0xcc, 0x79, 0xa7, 255}

	dark  = color.NRGBA{0x33, 0x33, 0x33, 255} // text beside the title
	grey  = color.NRGBA{0x99, 0x99, 0x99, 255}
	light = color.NRGBA{0xe4, 0xe4, 0xe4, 255} // grid
	white = color.NRGBA{255, 255, 255, 255}
)

func faded(c color.NRGBA, alpha uint8) color.NRGBA { c.A = alpha; return c }

// look is how the values of one world are drawn.
type look struct {
	color  color.NRGBA
	width  vg.Length
	dashes []vg.Length
	shape  draw.GlyphDrawer
}

// looks are those of the worlds, by their order. The first is broad and solid, the others narrow and broken, so that
// curves that agree are seen both.
var looks = [...]look{
	{skyBlue, 4, nil, draw.CircleGlyph{}},
	{black, 1.3, []vg.Length{5, 2.5}, draw.CrossGlyph{}},
	{vermillion, 1.6, []vg.Length{1.5, 2}, draw.TriangleGlyph{}},
	{green, 1.6, []vg.Length{7, 2, 1.5, 2}, draw.BoxGlyph{}},
}

// lookOf is the look of one of so many worlds. One that is alone hides none.
func lookOf(world, worlds int) look {
	if worlds == 1 {
		return look{blue, 1.8, nil, draw.CircleGlyph{}}
	}
	return looks[world%len(looks)]
}

func (l look) line() draw.LineStyle {
	return draw.LineStyle{Color: l.color, Width: l.width, Dashes: l.dashes}
}

func (l look) glyph(radius vg.Length) draw.GlyphStyle {
	return draw.GlyphStyle{Color: l.color, Radius: radius, Shape: l.shape}
}

const (
	titleSize = vg.Length(13.5)
	textSize  = vg.Length(11)
	tickSize  = vg.Length(10.5)
)

func style(size vg.Length, c color.Color) text.Style {
	f := gonum.DefaultFont
	f.Variant, f.Size = "Sans", size
	return text.Style{Color: c, Font: f, Handler: gonum.DefaultTextHandler}
}

func bold(s text.Style) text.Style { s.Font.Weight = font.WeightBold; return s }

// newPanel is an empty plot with ticks and a grid line at each: vertical ones unless ticks is nil.
func newPanel(x, y string, ticks gonum.Ticker) *gonum.Plot {
	p := gonum.New()
	p.BackgroundColor = nil
	for _, axis := range []*gonum.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Label.TextStyle.Color = style(textSize, dark).Font, dark
		axis.Tick.Label.Font = style(tickSize, dark).Font
		axis.Tick.Length = 3
		axis.Padding = 3
	}
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.Y.Tick.Marker = numberTicks(5)
	if ticks != nil {
		p.X.Tick.Marker = ticks
	}
	p.Add(grid{ticks})
	return p
}

// grid draws a line at each labelled tick: those of the Y axis, and upright ones unless that is nil.
type grid struct{ upright gonum.Ticker }

// Plot draws the grid.
func (g grid) Plot(c draw.Canvas, p *gonum.Plot) {
	line := draw.LineStyle{Color: light, Width: 0.7}
	x, y := p.Transforms(&c)
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if at := y(t.Value); !t.IsMinor() && c.ContainsY(at) {
			c.StrokeLine2(line, c.Min.X, at, c.Max.X, at)
		}
	}
	if g.upright == nil {
		return
	}
	for _, t := range g.upright.Ticks(p.X.Min, p.X.Max) {
		if at := x(t.Value); !t.IsMinor() && c.ContainsX(at) {
			c.StrokeLine2(line, at, c.Min.Y, at, c.Max.Y)
		}
	}
}

// ticksBy are ticks at the multiples of the smallest of the steps that makes at most n of them.
func ticksBy(steps []float64, n int) gonum.TickerFunc {
	return func(lo, hi float64) []gonum.Tick {
		step := steps[len(steps)-1]
		for _, s := range steps {
			if (hi-lo)/s < float64(n) {
				step = s
				break
			}
		}
		var out []gonum.Tick
		for i := math.Ceil(lo/step - 1e-9); i*step <= hi+step*1e-9; i++ {
			out = append(out, gonum.Tick{Value: i * step, Label: number(i*step + 0)}) // no -0
		}
		return out
	}
}

// number is v with at most six digits.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// decades are 1, 2 and 5 times the powers of ten.
func decades(from, to int) (steps []float64) {
	for e := from; e <= to; e++ {
		for _, m := range []float64{1, 2, 5} {
			steps = append(steps, m*math.Pow10(e))
		}
	}
	return steps
}

// numberTicks are at most n+1 ticks, countTicks those of whole numbers.
func numberTicks(n int) gonum.TickerFunc { return ticksBy(decades(-9, 15), n) }
func countTicks(n int) gonum.TickerFunc  { return ticksBy(decades(0, 15), n) }

// unit is how spans of time are shown.
type unit struct {
	name    string
	seconds float64
	ticks   gonum.TickerFunc
}

// unitFor is the unit for spans up to longest, in seconds.
func unitFor(longest float64) unit {
	switch {
	case longest <= 1:
		return unit{"ms", 1e-3, numberTicks(6)}
	case longest <= 600:
		return unit{"s", 1, numberTicks(6)}
	case longest <= 3*3600:
		return unit{"min", 60, ticksBy([]float64{1, 2, 5, 10, 15, 30, 60}, 7)}
	case longest <= 72*3600:
		return unit{"h", 3600, ticksBy([]float64{0.5, 1, 2, 3, 6, 12, 24}, 7)}
	}
	return unit{"d", 86400, numberTicks(6)}
}
