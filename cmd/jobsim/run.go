package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/jobsim/jobsim/sim/trace"
	"github.com/spf13/cobra"
)

// maxRuns bounds -n: a thousand million, of which memory holds a sketch.
const maxRuns = 1_000_000_000

type runOptions struct {
	input
	world string
	studyFlags
	shardFlags
}

func newRun(s streams) *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{
		Use:   "run (-f FILE | --scenario NAME)",
		Short: "simulate Jobs once, with a timeline, or many times, with statistics",
		Example: "  jobsim run -f job.yaml\n" +
			"  jobsim run -f job.yaml --failure-rate 0.1 --duration lognormal:30s,0.5 -n 1000\n" +
			"  jobsim run --scenario backoff-default -o trace",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.input.flags(cmd)
	f := cmd.Flags()
	o.seedFlag(f, "")
	o.runsFlag(f, 1, 1, maxRuns, "how many runs; 1 prints a timeline, more print statistics")
	o.outputFlag(f, "table", "wide", "json", "yaml", "trace", "metrics")
	f.StringVar(&o.world, "world", "sim", "who plays: "+worldForms+"; other worlds than sim print traces")
	o.studyFlags.flags(f)
	o.shardFlags.flags(f)
	return cmd
}

func (o *runOptions) run(cmd *cobra.Command, s streams, args []string) error {
	if err := errors.Join(o.studyFlags.check(), o.checkShards()); err != nil {
		return err
	}
	switch {
	case o.world != "sim" && o.output != "trace":
		return usagef("--world %s with -o %s (allowed: with -o trace)", o.world, o.output)
	case o.world != "sim" && o.runs > maxTraced:
		return usagef("-n %d with --world %s (allowed: 1 to %d)", o.runs, o.world, maxTraced)
	case o.world == "sim" && (o.output == "trace" || o.output == "metrics") && o.runs > 1:
		return usagef("-o %s with -n %d (allowed: with -n 1)", o.output, o.runs)
	}
	if o.precision > 0 && !cmd.Flags().Changed("runs") {
		o.runs = maxRuns
	}
	all, err := o.load(cmd, s, args)
	switch {
	case err != nil:
		return err
	case o.checkpoint != "" && (len(all) != 1 || o.runs == 1):
		return usagef("--checkpoint with %d scenarios and -n %d (allowed: one scenario, run more than once)",
			len(all), o.runs)
	}
	if done, failed := o.divided(cmd.Context(), s, all); done {
		return failed
	}
	if o.world != "sim" {
		return o.elsewhere(cmd.Context(), s, all)
	}
	failed := false
	for i, sc := range all {
		if i > 0 && o.output != "json" {
			fmt.Fprintln(s.out)
		}
		cfg := sc.Config()
		cfg.Seed = o.seed
		if o.runs == 1 {
			err = o.once(s, sc, cfg)
		} else {
			err = o.many(cmd.Context(), s, sc, cfg)
		}
		if errors.Is(err, errExpectation) {
			failed = true
		} else if err != nil {
			return err
		}
	}
	if failed {
		return errExpectation
	}
	return nil
}

// elsewhere plays the scenarios in another world and prints their traces, one after the other.
func (o *runOptions) elsewhere(ctx context.Context, s streams, all []*scenarios.Scenario) error {
	w, err := parseWorld(o.world)
	if err != nil {
		return err
	}
	traces, err := w.run(ctx, all, o.seed, o.runs)
	if err != nil {
		return fmt.Errorf("world %s: %w", o.world, err)
	}
	return writeTraces(s.out, traces)
}

// once runs a scenario with a trace, prints it, and holds the outcome against what the scenario expects.
func (o *runOptions) once(s streams, sc *scenarios.Scenario, cfg *sim.Config) error {
	t, out, err := sim.Run(cfg)
	if err != nil {
		return err
	}
	switch o.output {
	case "trace":
		_, err = s.out.Write(trace.Encode(t))
	case "metrics":
		for _, m := range out.Metrics {
			if _, err = fmt.Fprintf(s.out, "%s %d\n", m.Series, m.Value); err != nil {
				break
			}
		}
	case "table", "wide":
		if err = printTimeline(s.out, t, &out, o.output == "wide"); len(cfg.Fates) == 0 && err == nil {
			_, err = fmt.Fprintln(s.out, "  as nothing says otherwise, every container exited with 0 at once: "+
				"see --duration and --failure-rate")
		}
	default:
		err = printSummary(s.out, o.output, o.single(sc, &out))
	}
	if err != nil {
		return err
	}
	return checked(s.err, sc, &out, t)
}

func checked(w io.Writer, sc *scenarios.Scenario, out *sim.Outcome, t *trace.Trace) error {
	differences := append(sc.Check(out), sc.CheckTrace(t)...)
	for _, d := range differences {
		fmt.Fprintf(w, "scenario %s: %s\n", sc.Name, d)
	}
	if len(differences) > 0 {
		return errExpectation
	}
	return nil
}

// single is the summary of one run.
func (o *runOptions) single(sc *scenarios.Scenario, out *sim.Outcome) *summary {
	var t answer.Tally
	r := study.ResultOf(nil, out)
	t.Add(&r)
	return summarise(sc.Name, o.seed, &t, answer.Confidence)
}

// many runs a scenario over and over and prints what that says, also when it is interrupted.
func (o *runOptions) many(ctx context.Context, s streams, sc *scenarios.Scenario, cfg *sim.Config) error {
	p := newProgress(s.err, sc.Name, o.runs, o.precision > 0)
	st := &answer.Study{Pool: study.NewPool(o.workers), Config: cfg, Runs: o.runs, Precision: o.precision.value()}
	t, err := o.keep(ctx, st, p)
	p.end()
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	if t.Runs == 0 {
		return fmt.Errorf("interrupted before the first run was done")
	}
	out := summarise(sc.Name, o.seed, t, st.Level())
	out.Interrupted = interrupted
	out.Stopping = o.stopping(t)
	if err := printSummary(s.out, o.output, out); err != nil {
		return err
	}
	if interrupted {
		return fmt.Errorf("interrupted: %d of %d runs", t.Runs, o.runs)
	}
	return nil
}
