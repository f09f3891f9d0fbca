package reports

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// columns are those of the table of scenarios; Row has their cells.
var columns = []string{"SCENARIO", "VERDICT", "PAIRS", "EXACT", "TIMED", "MAKESPAN RATIO", "TOST P", "GAP SHIFT",
	"START KS", "COVERED"}

// Row is the line of a comparison in a table for people: the columns of Columns.
func (c *Comparison) Row() []string {
	row := []string{c.Scenario, c.Verdict.String(), fmt.Sprint(c.Pairs), exactText(c.Exact, c.Raced), c.Timed.String(),
		"-", "-", "-", "-", "-"}
	if m := c.Makespan; m != nil {
		row[5] = m.text()
		if c.Verdict != Equal { // there is nothing to test
			row[6] = fmt.Sprintf("%.3g", m.Adjusted)
		}
	}
	if g := c.Gaps; g != nil {
		row[7] = fmt.Sprintf("%+.3f s", g.Mean)
	}
	if c.Start != nil {
		row[8] = fmt.Sprintf("%.3f", c.Start.KS)
	}
	if c.Coverage != nil {
		row[9] = c.Coverage.String()
	}
	return row
}

// Columns are the names of the columns of Row.
func Columns() []string { return append([]string(nil), columns...) }

// String is "120", or "3 of 120 differ".
func (c Count) String() string {
	if c.Differ == 0 {
		return fmt.Sprintf("%d equal", c.Facts)
	}
	return fmt.Sprintf("%d of %d differ", c.Differ, c.Facts)
}

// exactText is "120 equal", and where races decide further facts "120 equal, 6 foreseen" or "120 equal, 1 of 6
// unforeseen".
func exactText(exact, raced Count) string {
	switch {
	case raced.Facts == 0:
		return exact.String()
	case raced.Differ == 0:
		return fmt.Sprintf("%s, %d foreseen", exact, raced.Facts)
	}
	return fmt.Sprintf("%s, %d of %d unforeseen", exact, raced.Differ, raced.Facts)
}

func (m *Ratio) text() string {
	if m.Lo == m.Hi {
		return fmt.Sprintf("%.4f", m.Estimate)
	}
	return fmt.Sprintf("%.4f (%.4f to %.4f)", m.Estimate, m.Lo, m.Hi)
}

// String is "19/20 = 95 %".
func (c *Coverage) String() string {
	return fmt.Sprintf("%d/%d = %.1f %%", c.Inside, c.N, 100*float64(c.Inside)/float64(c.N))
}

// Summary are the sentences about all scenarios, a line each, the verdict first.
func (r *Report) Summary() []string {
	lines := []string{
		fmt.Sprintf("%s against %s: %s: %s", r.A, r.B, r.Verdict, r.Reason),
		fmt.Sprintf("exact facts: %s; timed facts: %s", exactText(r.Exact, r.Raced), r.Timed),
	}
	if !r.Options.Lockstep {
		lines = append(lines, fmt.Sprintf(
			"makespans are equivalent within %.4g %% (TOST on %d pairs at most, alpha %.4g, Holm)",
			100*r.Options.Margin, r.MostPairs(), r.Options.Alpha))
	}
	if r.Start != nil {
		lines = append(lines, fmt.Sprintf("start latency: median KS distance %.3f over %d scenarios",
			r.Start.Median, r.Start.N))
	}
	if c := r.Coverage; c != nil {
		lines = append(lines, fmt.Sprintf(
			"prediction intervals of %.1f %% or more cover %s of the makespans (%.1f to %.1f %%)",
			100*c.Nominal, c, 100*c.Lo, 100*c.Hi))
	}
	return lines
}

// MostPairs is how many pairs of runs a scenario has at most.
func (r *Report) MostPairs() (most int) {
	for _, c := range r.Comparisons {
		most = max(most, c.Pairs)
	}
	return most
}

// maxDivergences is how many first differences the text shows in full.
const maxDivergences = 3

// Text writes the report for a terminal.
func (r *Report) Text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(columns, "\t"))
	for _, c := range r.Comparisons {
		fmt.Fprintln(t, strings.Join(c.Row(), "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	shown := 0
	for _, c := range r.Comparisons {
		if c.Verdict == Equal {
			continue
		}
		fmt.Fprintf(w, "\n%s: %s: %s\n", c.Scenario, c.Verdict, c.Reason)
		if c.Divergence != "" && shown < maxDivergences {
			fmt.Fprint(w, c.Divergence)
			shown++
		}
	}
	_, err := fmt.Fprintf(w, "\n%s\n", strings.Join(r.Summary(), "\n"))
	return err
}

// Markdown writes the report as GitHub shows it.
func (r *Report) Markdown(w io.Writer) error {
	summary := r.Summary()
	fmt.Fprintf(w, "**%s**\n\n", cell(summary[0]))
	for _, line := range summary[1:] {
		fmt.Fprintf(w, "- %s\n", cell(line))
	}
	fmt.Fprintf(w, "\n| %s |\n|%s\n", strings.ToLower(strings.Join(columns, " | ")), strings.Repeat("---|", len(columns)))
	for _, c := range r.Comparisons {
		row := c.Row()
		for i := range row {
			row[i] = cell(row[i])
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
	}
	for _, c := range r.Comparisons {
		if c.Verdict != Equal {
			fmt.Fprintf(w, "\n**%s**: %s: %s\n", cell(c.Scenario), c.Verdict, cell(c.Reason))
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

var escape = strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*", "_", "\\_", "\n", " ")

func cell(text string) string { return escape.Replace(text) }
