package conformance

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/trace"
)

// WriteTable prints which rules the cluster follows: of every rule, the scenarios whose forecast rests on it, and the
// worst of their verdicts; and below, what differs.
func WriteTable(w io.Writer, results []*Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RULE\tSCENARIOS\tVERDICT")
	byRule := map[trace.Rule][]*Result{}
	var rules []trace.Rule
	for _, r := range results {
		if r.Case.Skip != "" {
			continue
		}
		for _, rule := range r.Case.Forecast.Rules {
			if byRule[rule] == nil {
				rules = append(rules, rule)
			}
			byRule[rule] = append(byRule[rule], r)
		}
	}
	slices.Sort(rules)
	for _, rule := range rules {
		names, worst := witnesses(byRule[rule])
		fmt.Fprintf(t, "%s\t%s\t%s\n", rule, names, worst)
	}
	fmt.Fprintln(t, "\t\t")
	fmt.Fprintln(t, "SCENARIO\tEXACT FACTS\tVERDICT\tTIMES\tVERDICT")
	counts := map[string]int{}
	for _, r := range results {
		counts[r.Word()]++
		if r.Case.Skip != "" || r.Err != nil {
			fmt.Fprintf(t, "%s\t\t%s\t\t\n", r.Case.Name(), r.Word())
			continue
		}
		f := r.Case.Forecast
		fmt.Fprintf(t, "%s\t%d\t%s\t%d\t%s\n", r.Case.Name(), len(f.Exact), r.Verdict, len(f.Shortest), r.Times)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		if text := r.Explain(); text != "" {
			fmt.Fprintf(w, "\n%s: %s\n", r.Case.Name(), text)
		}
	}
	_, err := fmt.Fprintf(w, "\n%d Equal, %d Different, %d Inconclusive, %d failed, %d skipped\n",
		counts[reports.Equal.String()], counts[reports.Different.String()], counts[reports.Inconclusive.String()],
		counts[failed], counts[skipped])
	return err
}

// What stands in the place of a verdict where there is none.
const (
	failed  = "failed"
	skipped = "skipped"
)

// Word is the verdict on everything, or what stands in its place: failed, skipped. Times that nobody could judge do not
// make it worse.
func (r *Result) Word() string {
	switch {
	case r.Case.Skip != "":
		return skipped
	case r.Err != nil:
		return failed
	case r.Times == reports.Different:
		return r.Times.String()
	}
	return r.Verdict.String()
}

// severity orders words: the worst is the greatest.
var severity = []string{skipped, reports.Equal.String(), reports.Inconclusive.String(), failed,
	reports.Different.String()}

// maxWitnesses is how many scenarios of a rule the table names.
const maxWitnesses = 3

// witnesses are the scenarios of a rule, those with few rules first since they say most about each, and the worst of
// their words.
func witnesses(results []*Result) (names, worst string) {
	list := slices.Clone(results)
	slices.SortStableFunc(list, func(a, b *Result) int {
		if d := slices.Index(severity, b.Word()) - slices.Index(severity, a.Word()); d != 0 {
			return d
		}
		return len(a.Case.Forecast.Rules) - len(b.Case.Forecast.Rules)
	})
	var some []string
	for _, r := range list[:min(maxWitnesses, len(list))] {
		some = append(some, r.Case.Scenario.Name)
	}
	names = strings.Join(some, ", ")
	if more := len(list) - maxWitnesses; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return names, list[0].Word()
}

// Explain says what is not as it should be; empty if nothing is.
func (r *Result) Explain() string {
	var b strings.Builder
	switch {
	case r.Case.Skip != "":
		return skipped + ": " + r.Case.Skip
	case r.Err != nil:
		return failed + ": " + r.Err.Error()
	case r.Verdict == reports.Equal && r.Times == reports.Equivalent && len(r.Seen.Gaps) == 0 && r.Tries < 2:
		return ""
	}
	fmt.Fprintf(&b, "%v, times %v", r.Verdict, r.Times)
	if f := r.Case.Forecast; f.overloaded() {
		fmt.Fprintf(&b, "; the cluster was up to %.0f times as slow as usual", f.Pace)
	}
	if r.Tries > 1 {
		fmt.Fprintf(&b, "; replay %d: the cluster stood in the way of a verdict before", r.Tries)
	}
	for _, d := range r.Differences {
		b.WriteString("\n  " + d.String())
		if !d.Exact && d.Kind != reports.Timed {
			b.WriteString(" (depends on the pace of the cluster)")
		}
	}
	for _, g := range r.Seen.Gaps {
		b.WriteString("\n  not seen in full: " + g.String())
	}
	return b.String()
}
