package reports

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// schema is the version of the JSON form. It changes when a field changes its meaning or goes.
const schema = "jobsim.dev/v1alpha1"

// JSON writes the report as one object: apiVersion, kind, and the fields of Report. What cannot be known is null.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		*Report
	}{schema, "ComparisonReport", r})
}

// CSV writes a line for each scenario, with numbers that can be computed with; what cannot be known is empty.
func (r *Report) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	header := []string{"scenario", "a", "b", "verdict", "pairs", "exact_facts", "exact_differ", "timed_facts",
		"timed_differ", "largest_difference_seconds", "makespan_ratio", "ratio_low", "ratio_high", "tost_p", "tost_p_holm",
		"gap_n", "gap_shift_seconds", "start_ks", "start_ks_p", "start_wasserstein_seconds", "covered", "covered_of",
		"raced_facts", "raced_unforeseen", "reason"}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, c := range r.Comparisons {
		if err := out.Write(c.record(r, len(header))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (c *Comparison) record(r *Report, n int) []string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	row := []string{c.Scenario, r.A, r.B, c.Verdict.String(), strconv.Itoa(c.Pairs), strconv.Itoa(c.Exact.Facts),
		strconv.Itoa(c.Exact.Differ), strconv.Itoa(c.Timed.Facts), strconv.Itoa(c.Timed.Differ), number(c.Largest)}
	row = append(row, make([]string, n-len(row))...)
	if m := c.Makespan; m != nil {
		copy(row[10:], []string{number(m.Estimate), number(m.Lo), number(m.Hi), number(m.P), number(m.Adjusted)})
	}
	if g := c.Gaps; g != nil {
		copy(row[15:], []string{strconv.Itoa(g.N), number(g.Mean)})
	}
	if s := c.Start; s != nil {
		copy(row[17:], []string{number(s.KS), number(s.P), number(s.Wasserstein)})
	}
	if v := c.Coverage; v != nil {
		copy(row[20:], []string{strconv.Itoa(v.Inside), strconv.Itoa(v.N)})
	}
	copy(row[22:], []string{strconv.Itoa(c.Raced.Facts), strconv.Itoa(c.Raced.Differ), c.Reason})
	return row
}

// JUnit writes the report as test results: a scenario is a test case that fails if it is Different, and is skipped if
// it is Inconclusive, with the reason.
func (r *Report) JUnit(w io.Writer) error {
	type text struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	type testCase struct {
		Class   string `xml:"classname,attr"`
		Name    string `xml:"name,attr"`
		Failure *text  `xml:"failure"`
		Skipped *text  `xml:"skipped"`
		Out     string `xml:"system-out,omitempty"`
	}
	suite := struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testCase `xml:"testcase"`
	}{Name: fmt.Sprintf("jobsim compare: %s against %s", r.A, r.B), Tests: len(r.Comparisons),
		Failures: r.Count(Different), Skipped: r.Count(Inconclusive)}
	for _, c := range r.Comparisons {
		one := testCase{Class: "compare." + r.B, Name: c.Scenario}
		message := &text{Message: fmt.Sprintf("%s: %s", c.Verdict, c.Reason), Text: c.Divergence}
		switch c.Verdict {
		case Different:
			one.Failure = message
		case Inconclusive:
			one.Skipped = message
		case Equal, Equivalent:
			one.Out = message.Message
		}
		suite.Cases = append(suite.Cases, one)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
