package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/sweep"
	"github.com/jobsim/jobsim/reports/answer/tune"
	"github.com/jobsim/jobsim/scenarios"
	"sigs.k8s.io/yaml"
)

// patch is what kubectl patch --type merge takes for a choice.
func patch(point sweep.Point) (map[string]any, error) {
	root := map[string]any{}
	for _, c := range point {
		if !strings.HasPrefix(c.Field, "spec.") {
			continue // not of the manifest
		}
		var value any
		if err := yaml.Unmarshal([]byte(c.Value), &value); err != nil {
			return nil, err
		}
		at := root
		parts := strings.Split(c.Field, ".")
		for _, part := range parts[:len(parts)-1] {
			next, _ := at[part].(map[string]any)
			if next == nil {
				next = map[string]any{}
				at[part] = next
			}
			at = next
		}
		at[parts[len(parts)-1]] = value
	}
	return root, nil
}

// optionJSON is a combination in tune -o json.
type optionJSON struct {
	Set       map[string]any     `json:"set"`
	Objective float64            `json:"objective"`
	State     string             `json:"state"`
	Runs      int                `json:"runs"`
	Metrics   map[string]sourced `json:"metrics"`
}

// sourced is an estimate, or an exact number: then the interval is a point, and Source names the closed form.
type sourced struct {
	estimate
	Source string `json:"source,omitempty"`
}

// estimate is a number with its 95 % interval.
type estimate struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

func setOf(point sweep.Point) map[string]any {
	out := map[string]any{}
	for _, c := range point {
		var value any
		if err := yaml.Unmarshal([]byte(c.Value), &value); err != nil {
			value = c.Value
		}
		out[tune.FieldName(c.Field)] = value
	}
	return out
}

func metricsOf(o *tune.Option) map[string]sourced {
	out := map[string]sourced{}
	for _, m := range answer.Metrics() {
		if v, err := o.Metric(m.Name); err == nil && len(v.Warnings) == 0 {
			one := sourced{estimate: estimate{v.Center, v.Lo, v.Hi}}
			if m.Name == "success" && o.Exact != nil {
				one.Source = "closed form: " + o.Exact.Form
			}
			out[m.Name] = one
		}
	}
	return out
}

// shown is how many alternatives are shown.
const shown = 5

func (o *tuneOptions) print(w io.Writer, sc *scenarios.Scenario, got *tune.Answer) error {
	change, err := patch(got.Choice.Point)
	if err != nil {
		return err
	}
	switch o.output {
	case "patch":
		text, err := yaml.Marshal(change)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	case "json":
		list := func(options []tune.Option) []optionJSON {
			out := []optionJSON{}
			for i := range options {
				x := &options[i]
				out = append(out, optionJSON{setOf(x.Point), x.Objective, x.State.String(), x.Tally.Runs, metricsOf(x)})
			}
			return out
		}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"apiVersion": summaryVersion, "kind": "Tuning", "scenario": sc.Name, "seed": o.seed,
			"goals": o.goals, "minimise": o.minimise,
			"asIs":   map[string]any{"set": setOf(got.AsIs.Point), "metrics": metricsOf(&got.AsIs)},
			"choice": setOf(got.Choice.Point), "objective": got.Choice.Objective,
			"achieved": metricsOf(&got.Choice), "patch": change, "alternatives": list(got.Alternatives),
			"pareto": list(got.Pareto), "runs": got.Runs, "exhaustiveRuns": got.Exhaustive,
			"combinations": got.Combinations, "invalid": got.Invalid, "probabilityOfCorrectSelection": got.Correct})
	}
	return o.table(w, got, change)
}

func (o *tuneOptions) table(w io.Writer, got *tune.Answer, change map[string]any) error {
	var rows bytes.Buffer
	t := tabwriter.NewWriter(&rows, 0, 0, 2, ' ', 0)
	line := func(x *tune.Option) {
		var set []string
		for _, c := range x.Point {
			set = append(set, tune.FieldName(c.Field)+"="+short(c.Value))
		}
		fmt.Fprintf(t, "  %s\t%.5g\t%s\t%s\t%d\n", strings.Join(set, " "), x.Objective, metricText(x, "success", "%.5f"),
			metricText(x, "p95(makespan)", "%.1f s"), x.Tally.Runs)
	}
	fmt.Fprintf(t, "as it is\t%s\tP(success)\tmakespan p95\truns\n", o.minimise)
	line(&got.AsIs)
	fmt.Fprintf(t, "choice\t\t\t\t\n")
	line(&got.Choice)
	fmt.Fprintf(t, "next best\t\t\t\t\n")
	for i := range min(shown, len(got.Alternatives)) {
		line(&got.Alternatives[i])
	}
	fmt.Fprintf(t, "Pareto front (%s, P(success), makespan p95)\t\t\t\t\n", o.minimise)
	for i := range min(2*shown, len(got.Pareto)) {
		line(&got.Pareto[i])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for row := range strings.Lines(rows.String()) {
		fmt.Fprintln(w, strings.TrimRight(row, " \n"))
	}
	fmt.Fprint(w, howSure(got), wrongness(&got.Choice))
	text, err := yaml.Marshal(change)
	if err == nil {
		_, err = fmt.Fprintf(w, "patch:\n%s", text)
	}
	return err
}

// short is a value for a table.
func short(value string) string {
	switch {
	case value == ignoring:
		return "(ignores disruptions)"
	case value == ignoringAndFailing:
		return "(ignores disruptions, fails on exit 126 and 127)"
	case len(value) > 50:
		return value[:47] + "..."
	}
	return value
}

// howSure says where the choice comes from.
func howSure(got *tune.Answer) string {
	of := fmt.Sprintf("%d combinations (%d miss a goal, %d are not valid)", got.Combinations, got.Missed, got.Invalid)
	text := ""
	if x := got.Choice.Exact; x != nil {
		text = fmt.Sprintf("exact: by a closed form (%s), which holds for this Job and which the runs agree with.\n", x.Form)
	}
	switch got.Correct {
	case 1:
		return text + fmt.Sprintf("Of %s the choice is right, exactly; %d runs show what else to expect.\n", of, got.Runs)
	case 0:
		return text + fmt.Sprintf("%d runs of %s; a grid needs %d. The choice is by the estimates: some combination was too "+
			"close to tell from the others with so many runs (-n).\n", got.Runs, of, got.Exhaustive)
	}
	return text + fmt.Sprintf("%d runs of %s; a grid needs %d. The choice is right with a probability of at least %v.\n",
		got.Runs, of, got.Exhaustive, got.Correct)
}

func metricText(x *tune.Option, name, format string) string {
	v, err := x.Metric(name)
	if err != nil {
		return "unknown"
	}
	text := fmt.Sprintf(format, v.Center)
	if v.Confidence == 1 {
		return text + " exact"
	}
	if len(v.Warnings) == 0 {
		text += fmt.Sprintf(" ("+format+" to "+format+")", v.Lo, v.Hi)
	}
	return text
}

// wrongness is what it costs if the truth is at the bad end of the intervals.
func wrongness(x *tune.Option) string {
	s, err := x.Metric("success")
	ran, failed := x.Metric("mean(ran)")
	if err != nil || failed != nil {
		return ""
	}
	if s.Confidence == 1 {
		return fmt.Sprintf("Of 1000 Jobs %.3g still fail, each at %.3g pod-hours (%.3g at most) that are run again.\n",
			1000*(1-s.Center), ran.Center/3600, ran.Hi/3600)
	}
	return fmt.Sprintf("If the estimate is wrong, up to %.3g of 1000 Jobs fail instead of %.3g, each at %.3g pod-hours "+
		"(%.3g at most) that are run again.\n", 1000*(1-s.Lo), 1000*(1-s.Center), ran.Center/3600, ran.Hi/3600)
}
