package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/reports/page"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/spf13/cobra"
)

type compareOptions struct {
	library
	askFlags
	model, world string
	facts        []string
	strict       string
	margin       float64
	alpha        float64
}

func newCompare(s streams) *cobra.Command {
	o := &compareOptions{}
	cmd := &cobra.Command{
		Use:   "compare SCENARIO... --world WORLD",
		Short: "hold the simulator against another world: facts, statistics, and a verdict",
		Long: "Plays scenarios, by name or file, in two worlds with the same fates and compares the traces. The exit code\n" +
			"is 2 if they are Different.\n\n" +
			"Worlds: sim (the simulator), sim:PROFILE (with another profile), oracle (the real Kubernetes control plane in\n" +
			"virtual time, see " + oracleName + "), kind and kind:CONTEXT (a kind cluster, which kubectl would find, in real\n" +
			"time), trace-file:PATH (traces recorded before).\n" +
			"Worlds in lockstep must agree in every record and nanosecond; others in every exact fact, and their\n" +
			"makespans within a margin. What a race decides, which is where the model's runs do not agree though their\n" +
			"fates are the same, must be as in one of them, and about as often.",
		Example: "  jobsim compare hello backoff-default --world sim:default --model sim:none -n 20\n" +
			"  jobsim compare --library --world trace-file:kind.trace -n 20 -o junit\n" +
			"  jobsim compare --library --world oracle -o html >report.html",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.model, "model", "sim", "the world that is held against --world: "+worldForms)
	f.StringVar(&o.world, "world", "", "the world to compare with: "+worldForms)
	o.seedFlag(f, "all fates follow from it, in both worlds")
	o.runsFlag(f, 1, 1, maxTraced, "how many runs of each scenario in each world")
	o.outputFlag(f, "table", "json", "junit", "html", "csv", "markdown")
	f.StringSliceVar(&o.facts, "facts", nil,
		"compare only facts of these names, such as makespan or 'pod * outcome'; each must be observed")
	f.StringVar(&o.strict, "lockstep", "auto",
		"whether every record must agree: auto (as the worlds promise), always or never")
	f.Float64Var(&o.margin, "margin", 0.05, "makespans are equivalent within this share")
	f.Float64Var(&o.alpha, "alpha", 0.05, "chance to call different makespans equivalent, for all scenarios together")
	return cmd
}

func (o *compareOptions) run(cmd *cobra.Command, s streams, args []string) error {
	list, err := o.scenarios(cmd, s, args)
	if err != nil {
		return err
	}
	report, err := o.compare(cmd, list)
	if err != nil {
		return err
	}
	if err := o.write(s.out, report); err != nil {
		return err
	}
	if report.Verdict == reports.Different {
		return errExpectation
	}
	return nil
}

// scenarios are those of the arguments, which are names or files, and of the flags.
func (o *compareOptions) scenarios(cmd *cobra.Command, s streams, args []string) ([]*scenarios.Scenario, error) {
	if o.world == "" {
		return nil, usagef("--world is not given (allowed: %s)", worldForms)
	}
	if err := o.checkAsk(); err != nil {
		return nil, err
	}
	return o.named(cmd, s, args)
}

// maxTraced bounds -n where whole traces are kept in memory.
const maxTraced = 100_000

func (o *compareOptions) compare(cmd *cobra.Command, list []*scenarios.Scenario) (*reports.Report, error) {
	model, err := parseWorld(o.model)
	if err != nil {
		return nil, err
	}
	other, err := parseWorld(o.world)
	if err != nil {
		return nil, err
	}
	opts := reports.Options{Named: o.facts, Margin: o.margin, Alpha: o.alpha, SameFates: sameFates(list)}
	switch o.strict {
	case "auto":
		opts.Lockstep = model.lockstep() && other.lockstep()
	case "always", "never":
		opts.Lockstep = o.strict == "always"
	default:
		return nil, usagef("--lockstep %q (allowed: auto, always, never)", o.strict)
	}
	a, err := model.run(cmd.Context(), list, o.seed, o.runs)
	if err != nil {
		return nil, fmt.Errorf("world %s: %w", o.model, err)
	}
	b, err := other.run(cmd.Context(), list, o.seed, o.runs)
	if err != nil {
		return nil, fmt.Errorf("world %s: %w", o.world, err)
	}
	report, err := reports.Compare(a, b, opts)
	if err != nil {
		return nil, usageError{err}
	}
	return report, nil
}

// sameFates says of the scenarios of a list, by name, whether their fates are the same in every replication.
func sameFates(list []*scenarios.Scenario) func(string) bool {
	return func(name string) bool {
		i := slices.IndexFunc(list, func(sc *scenarios.Scenario) bool { return sc.Name == name })
		return i >= 0 && !list[i].LeftToChance()
	}
}

func (o *compareOptions) write(w io.Writer, r *reports.Report) error {
	switch o.output {
	case "json":
		return r.JSON(w)
	case "junit":
		return r.JUnit(w)
	case "html":
		return page.Write(w, r)
	case "csv":
		return r.CSV(w)
	case "markdown":
		return r.Markdown(w)
	}
	return r.Text(w)
}
