package plot

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"regexp"
	"strconv"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Figure is a picture, and the data behind it.
type Figure struct {
	// Name is good for a file, without its ending.
	Name  string
	Title string
	// Notes say what is drawn, of how many values: lines below the title.
	Notes []string
	// Columns and Rows are the data behind the picture.
	Columns []string
	Rows    [][]string

	width, height vg.Length // of the panels; title, notes and legend come on top
	legend        []entry
	panels        []*gonum.Plot // from top to bottom, in line with each other
}

// entry is a line of the legend, as a symbol draws it.
type entry struct {
	name   string
	symbol gonum.Thumbnailer
}

const (
	defaultWidth = vg.Length(400) // points; 5.6 inches
	dpi          = 192
	margin       = vg.Length(8)
	symbolWidth  = vg.Length(24)
)

func (f *Figure) row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		if v, ok := c.(float64); ok {
			row[i] = strconv.FormatFloat(v, 'g', 9, 64)
		} else {
			row[i] = fmt.Sprint(c)
		}
	}
	f.Rows = append(f.Rows, row)
}

// CSV writes the data behind the picture.
func (f *Figure) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(f.Columns); err != nil {
		return err
	}
	return out.WriteAll(f.Rows)
}

// Alt says in words what the picture is.
func (f *Figure) Alt() string {
	text := f.Title
	if len(f.Notes) > 0 {
		text += ": " + strings.Join(f.Notes, "; ")
	}
	if len(f.legend) > 0 {
		var names []string
		for _, e := range f.legend {
			names = append(names, e.name)
		}
		text += " (" + strings.Join(names, ", ") + ")"
	}
	return text
}

// SVG writes the picture as a document of its own. Fonts are named, not embedded.
func (f *Figure) SVG(w io.Writer) error {
	c := vgsvg.New(f.size())
	f.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, err := w.Write(texts.ReplaceAllFunc(b.Bytes(), fitText))
	return err
}

// texts are the texts of an SVG as vgsvg writes them: the place, the weight, the size, the text.
var texts = regexp.MustCompile(`<text (.*)\n\tstyle="font-family:Liberation Sans;font-variant:normal;` +
	`font-weight:(\w+);font-style:normal;font-size:([\d.]+)px(.*)">(.*)</text>`)

// fitText has a text be as wide as it is in Liberation Sans, in whatever font there is.
func fitText(element []byte) []byte {
	part := texts.FindSubmatch(element)
	size, err := strconv.ParseFloat(string(part[3]), 64)
	if err != nil {
		return element
	}
	s := style(vg.Length(size), black)
	if string(part[2]) == "bold" {
		s = bold(s)
	}
	return fmt.Appendf(nil, `<text %s textLength="%.1f" lengthAdjust="spacingAndGlyphs" `+
		`style="font-family:Liberation Sans,Arial,Helvetica,sans-serif;font-weight:%s;font-size:%spx%s">%s</text>`, part[1],
		s.Width(html.UnescapeString(string(part[5]))).Points(), part[2], part[3], part[4], part[5])
}

// PNG writes the picture with 192 dots an inch.
func (f *Figure) PNG(w io.Writer) error {
	width, height := f.size()
	c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))}
	f.draw(draw.New(c))
	_, err := c.WriteTo(w)
	return err
}

var (
	titleStyle = bold(style(titleSize, black))
	noteStyle  = style(textSize, dark)
)

func (f *Figure) size() (width, height vg.Length) {
	_, rows := f.layLegend()
	head := lineHeight(titleStyle)*vg.Length(len(f.titleLines())) +
		lineHeight(noteStyle)*vg.Length(len(f.noteLines())+rows)
	return f.width, f.height + head + 3*margin
}

func lineHeight(s text.Style) vg.Length { return s.Font.Size * 1.35 }

func (f *Figure) titleLines() []string { return wrap(f.Title, titleStyle, f.width-2*margin) }

func (f *Figure) noteLines() (lines []string) {
	for _, note := range f.Notes {
		lines = append(lines, wrap(note, noteStyle, f.width-2*margin)...)
	}
	return lines
}

// wrap breaks text between words where it would be wider than width.
func wrap(line string, s text.Style, width vg.Length) (lines []string) {
	current := ""
	for word := range strings.FieldsSeq(line) {
		longer := strings.TrimPrefix(current+" "+word, " ")
		if current != "" && s.Width(longer) > width {
			lines, longer = append(lines, current), word
		}
		current = longer
	}
	if current != "" {
		lines = append(lines, current)
	}
	return lines
}

// layLegend are the places of the legend's entries: the offset from the left, and the row.
func (f *Figure) layLegend() (places []legendPlace, rows int) {
	x := vg.Length(0)
	for i, e := range f.legend {
		wide := symbolWidth + 4 + noteStyle.Width(e.name) + 14
		if i == 0 || x+wide > f.width-2*margin {
			x, rows = 0, rows+1
		}
		places = append(places, legendPlace{x, rows - 1})
		x += wide
	}
	return places, rows
}

type legendPlace struct {
	x   vg.Length
	row int
}

func (f *Figure) draw(c draw.Canvas) {
	c.SetColor(white)
	c.Fill(c.Rectangle.Path())
	at := vg.Point{X: c.Min.X + margin, Y: c.Max.Y - margin}
	lines := func(s text.Style, lines []string) {
		for _, line := range lines {
			at.Y -= lineHeight(s)
			c.FillText(s, at, line)
		}
	}
	lines(titleStyle, f.titleLines())
	lines(noteStyle, f.noteLines())
	places, rows := f.layLegend()
	for i, e := range f.legend {
		y := at.Y - lineHeight(noteStyle)*vg.Length(places[i].row+1)
		x := at.X + places[i].x
		e.symbol.Thumbnail(&draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + symbolWidth, Y: y + noteStyle.Font.Size*0.75}}})
		c.FillText(noteStyle, vg.Point{X: x + symbolWidth + 4, Y: y}, e.name)
	}
	at.Y -= lineHeight(noteStyle) * vg.Length(rows)
	c.Max.Y = at.Y - margin
	c = draw.Crop(c, margin, -margin, margin/2, 0)
	f.drawPanels(c)
}

func (f *Figure) drawPanels(c draw.Canvas) {
	rows := make([][]*gonum.Plot, len(f.panels))
	for i, p := range f.panels {
		rows[i] = []*gonum.Plot{p}
	}
	for i, cells := range gonum.Align(rows, draw.Tiles{Rows: len(rows), Cols: 1, PadY: 6}, c) {
		f.panels[i].Draw(cells[0])
	}
}

// symbol is a Thumbnailer that a function draws.
type symbol func(c *draw.Canvas)

// Thumbnail draws it.
func (s symbol) Thumbnail(c *draw.Canvas) { s(c) }

// lineSymbol is a line in the look of a world, with a marker if it has a radius.
func lineSymbol(l look, radius vg.Length) symbol {
	return func(c *draw.Canvas) {
		c.StrokeLine2(l.line(), c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
		if radius > 0 {
			c.DrawGlyphNoClip(l.glyph(radius), c.Center())
		}
	}
}

// glyphSymbol is a marker.
func glyphSymbol(g draw.GlyphStyle) symbol {
	return func(c *draw.Canvas) { c.DrawGlyphNoClip(g, c.Center()) }
}

// stroke is a line.
func stroke(l draw.LineStyle) symbol {
	return func(c *draw.Canvas) { c.StrokeLine2(l, c.Min.X, c.Center().Y, c.Max.X, c.Center().Y) }
}
