package page

import (
	"bytes"
	_ "embed" // the page and what is in it
	"fmt"
	"html/template"
	"io"
	"slices"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/reports/plot"
	"github.com/jobsim/jobsim/sim/trace"
)

// MaxBytes bounds the size of a page.
const MaxBytes = 2_000_000

// The shares of MaxBytes: the text and tables come first, the pictures get what is left of budget.
const (
	budget = 1_850_000
	// maxShown bounds what a page tells in full: one scenario beyond it is a row of the table and nothing else.
	maxShown = 400
	// maxOpen bounds how many are open at first.
	maxOpen = 5
)

//go:embed page.html
var source string

//go:embed page.css
var sheet string

//go:embed page.js
var script string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"class": func(v fmt.Stringer) string { return "v-" + v.String() },
}).Parse(source))

// view is what the template shows.
type view struct {
	*reports.Report
	Header   trace.Header // of the first run
	Sheet    template.CSS
	Script   template.JS
	Counts   []count
	Overview []*picture
	Columns  []string
	Sections []*section
}

// count is how many scenarios have a verdict.
type count struct {
	Verdict reports.Verdict
	N       int
	Share   float64 // in percent
}

// section is what is told of one scenario.
type section struct {
	*reports.Comparison
	ID       string
	Cells    []string
	Shown    bool // it is told in full
	Open     bool
	Facts    []reports.Difference // that differ and should not
	Differ   int                  // how many there are of them
	Pictures []*picture
}

// Write writes the page of a report. Errors: those of drawing, and of a report that is larger than MaxBytes even
// without pictures.
func Write(w io.Writer, r *reports.Report) error {
	v := &view{Report: r, Header: r.Comparisons[0].RunsA[0].Trace.Header, Sheet: template.CSS(sheet),
		Script: template.JS(script), Columns: reports.Columns()}
	for verdict := range reports.Verdict(4) {
		if n := r.Count(verdict); n > 0 {
			v.Counts = append(v.Counts, count{verdict, n, 100 * float64(n) / float64(len(r.Comparisons))})
		}
	}
	for i, c := range r.Comparisons {
		s := &section{Comparison: c, ID: fmt.Sprintf("s%d", i+1), Cells: c.Row(), Facts: c.Differences,
			Differ: c.Exact.Differ + c.Timed.Differ}
		if !r.Options.Lockstep { // times may differ
			s.Differ = c.Exact.Differ
			s.Facts = c.Differences[:min(s.Differ, len(c.Differences))] // exact facts are the first
		}
		v.Sections = append(v.Sections, s)
	}
	byVerdict := slices.Clone(v.Sections)
	slices.SortStableFunc(byVerdict, func(a, b *section) int { return int(b.Verdict) - int(a.Verdict) })
	for i, s := range byVerdict {
		s.Shown, s.Open = i < maxShown, i < maxOpen && s.Verdict > reports.Equivalent
	}
	if err := v.draw(byVerdict); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, v); err != nil {
		return err
	}
	if b.Len() > MaxBytes {
		return fmt.Errorf("the page would be %d bytes (allowed: %d); compare fewer scenarios", b.Len(), MaxBytes)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// overview draws the makespans' ratios, and, where the worlds have latencies of their own, how pods start in all
// scenarios.
func (v *view) overview() error {
	var figures []*plot.Figure
	if ratios := plot.Ratios(v.Report); ratios != nil {
		figures = append(figures, ratios)
	}
	var a, b []float64
	for _, c := range v.Comparisons {
		a = append(a, reports.SamplesOf(c.RunsA).Starts...)
		b = append(b, reports.SamplesOf(c.RunsB).Starts...)
	}
	if !v.Options.Lockstep && min(len(a), len(b)) > 1 {
		f, err := plot.ECDF("How pods start, in all scenarios", "creation to start", plot.Sample{Name: v.A, Values: a},
			plot.Sample{Name: v.B, Values: b})
		if err != nil {
			return err
		}
		figures = append(figures, f)
	}
	for _, f := range figures {
		p, err := render(f)
		if err != nil {
			return err
		}
		v.Overview = append(v.Overview, p)
	}
	return nil
}

// draw adds the pictures for which there is room beside the text.
func (v *view) draw(sections []*section) error {
	if err := v.overview(); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := page.Execute(&text, v); err != nil {
		return err
	}
	room := budget - text.Len()
	for _, s := range sections {
		if !s.Shown || room <= 0 {
			continue
		}
		figures, err := plot.Scenario(s.Scenario, plot.World{Name: v.A, Runs: s.RunsA},
			plot.World{Name: v.B, Runs: s.RunsB})
		if err != nil {
			return err
		}
		if s.Verdict == reports.Equal && s.Pairs == 1 { // both worlds' pods would be the same picture
			figures = slices.DeleteFunc(figures, func(f *plot.Figure) bool { return f.Name == "pods-"+v.B })
		}
		for _, f := range figures {
			p, err := render(f)
			if err != nil {
				return err
			}
			if room -= p.size(); room > 0 {
				s.Pictures = append(s.Pictures, p)
			}
		}
	}
	return nil
}
