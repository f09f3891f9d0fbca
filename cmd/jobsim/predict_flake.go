package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
)

type flakeOptions struct {
	input
	timeout time.Duration
	rate    percentage
	studyFlags
}

func newPredictFlake(s streams) *cobra.Command {
	o := &flakeOptions{rate: 0.001}
	cmd := &cobra.Command{
		Use:   "predict-flake (-f FILE | --scenario NAME) --timeout SPAN",
		Short: "how often a test that waits for a Job to complete times out, and which time-out it needs",
		Example: "  jobsim predict-flake -f scenarios/examples/issue-86333.yaml --timeout 15m\n" +
			"  jobsim predict-flake -f job.yaml --failure-rate 0.5 --timeout 5m --flake-rate 0.1%",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.input.flags(cmd)
	f := cmd.Flags()
	f.DurationVar(&o.timeout, "timeout", 0, "how long the test waits for every Job to complete")
	f.Var(&o.rate, "flake-rate", "how often it may time out: the time-out for that is computed")
	o.seedFlag(f, "")
	o.runsFlag(f, 20_000, 20, 10_000_000, "how many runs")
	o.outputFlag(f, "table", "json")
	o.workerFlag(f)
	return cmd
}

// flake is predict-flake -o json. Times are in seconds; null is never.
type flake struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Scenario   string   `json:"scenario"`
	Seed       uint64   `json:"seed"`
	Runs       int      `json:"runs"`
	Timeout    float64  `json:"timeoutSeconds"`
	Flakes     estimate `json:"flakeRate"` // of tests that time out, with its 95 % interval
	Never      estimate `json:"neverCompletes"`
	Wanted     float64  `json:"wantedFlakeRate"`
	Needed     *needed  `json:"neededTimeoutSeconds"`
}

// needed is the time-out for the wanted rate, with its interval.
type needed struct {
	Estimate *float64 `json:"estimate"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
}

func (o *flakeOptions) run(cmd *cobra.Command, s streams, args []string) error {
	if o.timeout <= 0 {
		return usagef("--timeout %v (allowed: a span such as 15m)", o.timeout)
	}
	if err := o.check(); err != nil {
		return err
	}
	sc, err := o.loadOne(cmd, s, args)
	if err != nil {
		return err
	}
	times, err := o.times(cmd, s, sc)
	if err != nil {
		return err
	}
	out, err := o.predict(sc, times)
	if err != nil {
		return err
	}
	if o.output == "json" {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(out)
	}
	return out.print(s.out)
}

// times are when every Job was complete, run by run; Never where one was not.
func (o *flakeOptions) times(cmd *cobra.Command, s streams, sc *scenarios.Scenario) (times []des.Time, err error) {
	cfg := sc.Config()
	cfg.Seed = o.seed
	bar := newProgress(s.err, sc.Name, o.runs, false)
	defer bar.end()
	err = study.Replicate(cmd.Context(), study.NewPool(o.workers), study.Fixed(cfg), 0, uint64(o.runs),
		func(_ *sim.World, out *sim.Outcome) des.Time {
			r := study.ResultOf(nil, out)
			if !r.Complete {
				return des.Never
			}
			return des.Time(r.Makespan)
		}, func(_ uint64, at des.Time) bool {
			times = append(times, at)
			bar.at(len(times))
			return true
		})
	return times, err
}

func (o *flakeOptions) predict(sc *scenarios.Scenario, times []des.Time) (*flake, error) {
	late, never := 0, 0
	for _, at := range times {
		if at > des.Time(o.timeout) {
			late++
		}
		if at == des.Never {
			never++
		}
	}
	n := len(times)
	l, err := stats.ClopperPearson(late, n, answer.Confidence)
	v, failed := stats.ClopperPearson(never, n, answer.Confidence)
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	out := &flake{APIVersion: summaryVersion, Kind: "FlakePrediction", Scenario: sc.Name, Seed: o.seed, Runs: n,
		Timeout: o.timeout.Seconds(), Flakes: estimate{l.Center, l.Lo, l.Hi}, Never: estimate{v.Center, v.Lo, v.Hi},
		Wanted: o.rate.value()}
	seconds := make([]float64, n)
	for i, at := range times {
		seconds[i] = float64(at) / 1e9 // Never is an order of magnitude beyond every horizon
	}
	q, err := stats.Quantile(seconds, 1-o.rate.value(), answer.Confidence)
	if err != nil {
		return nil, err
	}
	finite := func(v float64) *float64 {
		if v >= float64(des.Never)/1e9 {
			return nil
		}
		return &v
	}
	if out.Needed = (&needed{Estimate: finite(q.Center)}); len(q.Warnings) == 0 {
		out.Needed.Low, out.Needed.High = finite(q.Lo), finite(q.Hi)
	}
	return out, nil
}

func (f *flake) print(w io.Writer) error {
	fmt.Fprintf(w, "%s: a test that waits %v for completion times out %.3g %% of the time (%.3g %% to %.3g %%), "+
		"one time in %.0f (%d runs, seed %d)\n", f.Scenario, span(f.Timeout), 100*f.Flakes.Estimate, 100*f.Flakes.Low,
		100*f.Flakes.High, 1/max(f.Flakes.Estimate, 1e-12), f.Runs, f.Seed)
	if f.Never.Estimate > 0 {
		fmt.Fprintf(w, "%.3g %% of the runs never complete (%.3g %% to %.3g %%): no time-out helps them\n",
			100*f.Never.Estimate, 100*f.Never.Low, 100*f.Never.High)
	}
	text := "there is no time-out"
	if f.Needed.Estimate != nil {
		text = "the time-out must be " + span(*f.Needed.Estimate).String()
	}
	between := " (too few runs for an interval)"
	if f.Needed.Low != nil {
		high := "never"
		if f.Needed.High != nil {
			high = span(*f.Needed.High).String()
		}
		between = fmt.Sprintf(" (%v to %s)", span(*f.Needed.Low), high)
	}
	_, err := fmt.Fprintf(w, "for a flake rate of %.3g %%, %s%s\n               in parentheses: 95 %% intervals\n",
		100*f.Wanted, text, between)
	return err
}

func span(seconds float64) time.Duration {
	return (time.Duration(seconds*1e9) * time.Nanosecond).Round(100 * time.Millisecond)
}
