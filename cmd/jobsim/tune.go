package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/answer/sweep"
	"github.com/jobsim/jobsim/reports/answer/tune"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"
)

type tuneOptions struct {
	input
	set      []string
	goals    []string
	minimise string
	price    float64
	correct  percentage
	seed     uint64
	runs     int
	output   string
	plot     string
	studyFlags
}

// choices are what tune may choose among by a short name.
var choices = map[string]string{
	"backoffLimit":          "spec.backoffLimit=0..20,25,30,40,50,75,100",
	"backoffLimitPerIndex":  "spec.backoffLimitPerIndex=0..10",
	"parallelism":           "", // up to the completions
	"activeDeadlineSeconds": "spec.activeDeadlineSeconds=null;600;1800;3600;7200;14400;43200;86400",
	"restartPolicy":         "spec.template.spec.restartPolicy=Never,OnFailure",
	"podReplacementPolicy":  "spec.podReplacementPolicy=TerminatingOrFailed,Failed",
	"podFailurePolicy": "spec.podFailurePolicy=null; " +
		"{rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}; " +
		"{rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}, " +
		"{action: FailJob, onExitCodes: {operator: In, values: [126, 127]}}]}",
}

func newTune(s streams) *cobra.Command {
	o := &tuneOptions{}
	cmd := &cobra.Command{
		Use:   "tune (-f FILE | --scenario NAME) --goal GOAL... --minimise NUMBER",
		Short: "choose a Job's settings: the cheapest that meet every goal",
		Example: "  jobsim tune -f job.yaml --failure-rate 0.05 --goal 'success >= 0.99' --minimise backoffLimit\n" +
			"  jobsim tune -f job.yaml --failure-rate 0.02 --choose backoffLimit --choose parallelism \\\n" +
			"    --goal 'success >= 0.999' --goal 'p95(makespan) <= 2h' --minimise cost",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.input.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.set, "choose", []string{"backoffLimit"}, "a field to choose: FIELD=VALUES as sweep --set has it, "+
		"or one of "+strings.Join(choiceNames(), ", "))
	f.StringArrayVar(&o.goals, "goal", nil, "what must hold, such as 'success >= 0.999' or 'p95(makespan) <= 2h': "+
		"success, cost, and mean, p50, p90, p95, p99 of makespan, pods, ran, wasted (CEL)")
	f.StringVar(&o.minimise, "minimise", "cost", "what to make small: cost, in pod-hours, or an expression like a goal's")
	f.StringVar(&o.minimise, "minimize", "cost", "the same")
	f.Float64Var(&o.price, "price", 1, "of a pod-hour, for cost")
	o.correct = 0.95
	f.Var(&o.correct, "correct", "how likely the choice must be right at least")
	f.Uint64Var(&o.seed, "seed", 1, "all randomness follows from it")
	f.IntVarP(&o.runs, "runs", "n", 50_000, "how many runs one combination has at most")
	f.StringVarP(&o.output, "output", "o", "table", "table, json, or patch, which kubectl patch takes")
	f.StringVar(&o.plot, "plot", "", "what was tried, by what is minimised and P(success): a file, "+pictureFiles)
	o.workerFlag(f)
	return cmd
}

func choiceNames() (out []string) {
	for name := range choices {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func (o *tuneOptions) run(cmd *cobra.Command, s streams, args []string) error {
	switch {
	case o.runs < 32 || o.runs > maxRuns:
		return usagef("-n %d (allowed: 32 to %d)", o.runs, maxRuns)
	case !slices.Contains([]string{"table", "json", "patch"}, o.output):
		return usagef("-o %q (allowed: table, json, patch)", o.output)
	case len(o.goals) == 0:
		return usagef("no goal (allowed: --goal 'success >= 0.99')")
	case !(o.price > 0):
		return usagef("--price %v (allowed: above 0)", o.price)
	}
	if err := errors.Join(o.check(), checkPicture(o.plot)); err != nil {
		return err
	}
	sc, err := o.loadOne(cmd, s, args)
	if err != nil {
		return err
	}
	factors, err := o.factors(sc)
	if err != nil {
		return usageError{err}
	}
	bar := newProgress(s.err, sc.Name, 0, true)
	p := &tune.Problem{Pool: study.NewPool(o.workers), Scenario: sc, Factors: factors, Goals: o.goals,
		Minimise: o.minimise, Price: o.price, Seed: o.seed, Correct: o.correct.value(), Runs: o.runs, Taken: bar.set}
	got, err := p.Solve(cmd.Context())
	bar.end()
	switch {
	case errors.Is(err, goal.ErrExpr):
		return usageError{err}
	case errors.Is(err, tune.ErrInfeasible):
		fmt.Fprintln(s.err, "jobsim:", err)
		return errExpectation
	case err != nil:
		return err
	}
	if o.plot != "" {
		if err := writePicture(o.plot, paretoPicture(o.minimise, got)); err != nil {
			return err
		}
	}
	return o.print(s.out, sc, got)
}

// factors are the fields to choose among.
func (o *tuneOptions) factors(sc *scenarios.Scenario) (out []sweep.Factor, err error) {
	var problems []error
	for _, text := range o.set {
		if short, ok := choices[text]; ok {
			if text == "parallelism" {
				short = parallelisms(sc)
			}
			text = short
		}
		f, err := sweep.ParseFactor(text)
		out, problems = append(out, f), append(problems, err)
	}
	return out, errors.Join(problems...)
}

// parallelisms are the powers of two up to the completions of the first Job.
func parallelisms(sc *scenarios.Scenario) string {
	most := int32(64)
	if c := sc.Manifests[0].Spec.Completions; c != nil {
		most = *c
	}
	values := []string{"1"}
	for p := int32(2); p < most; p *= 2 {
		values = append(values, fmt.Sprint(p))
	}
	if most > 1 {
		values = append(values, fmt.Sprint(most))
	}
	return "spec.parallelism=" + strings.Join(values, ",")
}

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
	Set       map[string]any      `json:"set"`
	Objective float64             `json:"objective"`
	State     string              `json:"state"`
	Runs      int                 `json:"runs"`
	Metrics   map[string]estimate `json:"metrics"`
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

func metricsOf(o *tune.Option) map[string]estimate {
	out := map[string]estimate{}
	for _, m := range answer.Metrics() {
		if v, err := o.Metric(m.Name); err == nil && len(v.Warnings) == 0 {
			out[m.Name] = estimate{v.Center, v.Lo, v.Hi}
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
			"goals": o.goals, "minimise": o.minimise, "choice": setOf(got.Choice.Point), "objective": got.Choice.Objective,
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
			set = append(set, tune.FieldName(c.Field)+"="+c.Value)
		}
		fmt.Fprintf(t, "  %s\t%.5g\t%s\t%s\t%d\n", strings.Join(set, " "), x.Objective, metricText(x, "success", "%.5f"),
			metricText(x, "p95(makespan)", "%.1f s"), x.Tally.Runs)
	}
	fmt.Fprintf(t, "choice\t%s\tP(success)\tmakespan p95\truns\n", o.minimise)
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
	certainty := fmt.Sprintf("right with a probability of at least %v", got.Correct)
	if got.Correct == 0 {
		certainty = "some combination was too close to tell from the others with so many runs (-n): by the estimates"
	}
	fmt.Fprintf(w, "%d runs of %d combinations (%d miss a goal, %d are not valid); a grid needs %d. The choice is %s.\n",
		got.Runs, got.Combinations, got.Missed, got.Invalid, got.Exhaustive, certainty)
	fmt.Fprint(w, wrongness(&got.Choice))
	text, err := yaml.Marshal(change)
	if err == nil {
		_, err = fmt.Fprintf(w, "patch:\n%s", text)
	}
	return err
}

func metricText(x *tune.Option, name, format string) string {
	v, err := x.Metric(name)
	if err != nil {
		return "unknown"
	}
	text := fmt.Sprintf(format, v.Center)
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
	return fmt.Sprintf("If the estimate is wrong, up to %.3g of 1000 Jobs fail instead of %.3g, each at %.3g pod-hours "+
		"(%.3g at most) that are run again.\n", 1000*(1-s.Lo), 1000*(1-s.Center), ran.Center/3600, ran.Hi/3600)
}
