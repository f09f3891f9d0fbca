package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/jobsim/jobsim/sim/trace"
	"github.com/spf13/cobra"
)

// maxRuns bounds -n: the results are kept in memory.
const maxRuns = 10_000_000

type runOptions struct {
	input
	seed    uint64
	runs    int
	output  string
	workers int
	world   string
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
	o.flags(cmd)
	f := cmd.Flags()
	f.Uint64Var(&o.seed, "seed", 1, "all randomness follows from it: the same seed gives the same result")
	f.IntVarP(&o.runs, "runs", "n", 1, "how many runs; 1 prints a timeline, more print statistics")
	f.StringVarP(&o.output, "output", "o", "table", "table, wide, json, yaml or trace")
	f.StringVar(&o.world, "world", "sim", "who plays: "+worldForms+"; other worlds than sim print traces")
	f.IntVar(&o.workers, "workers", runtime.NumCPU(), "runs at a time; the results do not depend on it")
	return cmd
}

var outputs = []string{"table", "wide", "json", "yaml", "trace"}

func (o *runOptions) run(cmd *cobra.Command, s streams, args []string) error {
	switch {
	case o.runs < 1 || o.runs > maxRuns:
		return usagef("-n %d (allowed: 1 to %d)", o.runs, maxRuns)
	case o.workers < 1 || o.workers > 4096:
		return usagef("--workers %d (allowed: 1 to 4096)", o.workers)
	case !slices.Contains(outputs, o.output):
		return usagef("-o %q (allowed: %s)", o.output, strings.Join(outputs, ", "))
	case o.world != "sim" && o.output != "trace":
		return usagef("--world %s with -o %s (allowed: with -o trace)", o.world, o.output)
	case o.world != "sim" && o.runs > maxTraced:
		return usagef("-n %d with --world %s (allowed: 1 to %d)", o.runs, o.world, maxTraced)
	case o.world == "sim" && o.output == "trace" && o.runs > 1:
		return usagef("-o trace with -n %d (allowed: with -n 1)", o.runs)
	}
	all, err := o.load(cmd, s, args)
	if err != nil {
		return err
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
	for _, t := range traces {
		if _, err := s.out.Write(trace.Encode(t)); err != nil {
			return err
		}
	}
	return nil
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
	case "table", "wide":
		if err = printTimeline(s.out, t, &out, o.output == "wide"); len(cfg.Fates) == 0 && err == nil {
			_, err = fmt.Fprintln(s.out, "  as nothing says otherwise, every container exited with 0 at once: "+
				"see --duration and --failure-rate")
		}
	default:
		err = printSummary(s.out, o.output, summarise(sc.Name, o.seed, []study.Result{study.ResultOf(&out)}))
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

// many runs a scenario over and over and prints what that says.
func (o *runOptions) many(ctx context.Context, s streams, sc *scenarios.Scenario, cfg *sim.Config) error {
	opts := study.Options{Runs: o.runs, Workers: o.workers}
	if f, ok := s.err.(*os.File); ok && isTerminal(f) {
		opts.Done = func(n int) { fmt.Fprintf(f, "\r%d of %d runs", n, o.runs) }
		defer fmt.Fprint(f, "\r\033[K")
	}
	results, err := study.Replicate(ctx, cfg, opts)
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if len(results) == 0 {
		return fmt.Errorf("interrupted before the first run was done")
	}
	if err != nil {
		fmt.Fprintf(s.err, "interrupted: %d of %d runs\n", len(results), o.runs)
	}
	return printSummary(s.out, o.output, summarise(sc.Name, o.seed, results))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
