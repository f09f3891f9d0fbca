package page

import (
	"bytes"
	"html/template"
	"regexp"
	"strings"

	"github.com/jobsim/jobsim/reports/plot"
)

// picture is a plot within a page, and the data behind it.
type picture struct {
	Title   string
	SVG     template.HTML
	Columns []string
	Rows    [][]string
	More    int // rows that are left out
}

// maxRows of the data are shown with a picture.
const maxRows = 40

var (
	prolog = regexp.MustCompile(`(?s)^.*?<svg width="[^"]*" height="[^"]*" viewBox="([^"]*)"[^>]*>`)
	// The page gives all text of pictures its font.
	plain = strings.NewReplacer("font-family:Liberation Sans,Arial,Helvetica,sans-serif;font-weight:normal;", "",
		"font-family:Liberation Sans,Arial,Helvetica,sans-serif;", "")
)

// render draws a plot as an element of a page, with its description.
func render(f *plot.Figure) (*picture, error) {
	var b bytes.Buffer
	if err := f.SVG(&b); err != nil {
		return nil, err
	}
	box := prolog.FindSubmatch(b.Bytes())
	svg := `<svg viewBox="` + string(box[1]) + `" role="img" aria-label="` + template.HTMLEscapeString(f.Alt()) + `">` +
		plain.Replace(b.String()[len(box[0]):])
	return &picture{Title: f.Title, SVG: template.HTML(svg), Columns: f.Columns, Rows: f.Rows[:min(len(f.Rows), maxRows)],
		More: max(0, len(f.Rows)-maxRows)}, nil
}

// size is about how many bytes the picture and its data take.
func (p *picture) size() int {
	n := len(p.SVG) + 400
	for _, row := range p.Rows {
		for _, cell := range row {
			n += len(cell) + len("<td></td>")
		}
		n += len("<tr></tr>\n")
	}
	return n
}
