package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/answer/sweep"
	"github.com/jobsim/jobsim/reports/answer/tune"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
)

type tuneOptions struct {
	input
	set      []string
	goals    []string
	minimise string
	price    float64
	correct  percentage
	simulate bool
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
	"podFailurePolicy":      "spec.podFailurePolicy=null; " + ignoring + "; " + ignoringAndFailing,
}

// The policies to choose among.
const (
	ignoring           = "{rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"
	ignoringAndFailing = "{rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}, " +
		"{action: FailJob, onExitCodes: {operator: In, values: [126, 127]}}]}"
)

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
		"or, with its usual values or =VALUES, one of "+strings.Join(choiceNames(), ", "))
	f.StringArrayVar(&o.goals, "goal", nil, "what must hold, such as 'success >= 0.999' or 'p95(makespan) <= 2h': "+
		"success, cost, and mean, p50, p90, p95, p99 of makespan, pods, ran, wasted (CEL)")
	f.StringVar(&o.minimise, "minimise", "cost", "what to make small: cost, in pod-hours, or an expression like a goal's")
	f.StringVar(&o.minimise, "minimize", "cost", "the same")
	f.Float64Var(&o.price, "price", 1, "of a pod-hour, for cost")
	o.correct = 0.95
	f.Var(&o.correct, "correct", "how likely the choice must be right at least")
	o.seedFlag(f, "")
	o.runsFlag(f, 50_000, 32, maxRuns, "how many runs one combination has at most")
	o.outputFlag(f, "table", "json", "patch")
	f.BoolVar(&o.simulate, "simulate", false, "estimate P(success) by runs also where a closed form gives it exactly")
	f.StringVar(&o.plot, "plot", "", "P(success) by the field, if one is chosen; else what was tried, by what is "+
		"minimised and P(success): a file, "+pictureFiles)
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
		Minimise: o.minimise, Price: o.price, Seed: o.seed, Correct: o.correct.value(), Runs: o.runs,
		Simulate: o.simulate, Taken: bar.set}
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
		if err := writePicture(o.plot, tunePicture(sc.Name, o.minimise, o.goals, factors, got)); err != nil {
			return err
		}
	}
	return o.print(s.out, sc, got)
}

// factors are the fields to choose among.
func (o *tuneOptions) factors(sc *scenarios.Scenario) (out []sweep.Factor, err error) {
	var problems []error
	for _, text := range o.set {
		name, values, given := strings.Cut(text, "=")
		if usual, ok := choices[name]; ok {
			if name == "parallelism" {
				usual = parallelisms(sc)
			}
			if text = usual; given {
				field, _, _ := strings.Cut(usual, "=")
				text = field + "=" + values
			}
		}
		f, err := sweep.ParseFactor(text)
		out, problems = append(out, f), append(problems, err)
	}
	return out, errors.Join(problems...)
}

// parallelisms are the powers of two up to the completions of the first Job.
func parallelisms(sc *scenarios.Scenario) string {
	most := int32(64)
	if len(sc.Manifests) == 0 {
		return "spec.parallelism=1" // which With refuses, with its reason
	}
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
