package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/rare"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
)

type rareOptions struct {
	input
	studyFlags
}

func newRare(s streams) *cobra.Command {
	o := &rareOptions{}
	cmd := &cobra.Command{
		Use:     "rare (-f FILE | --scenario NAME) --failure-rate RATE",
		Short:   "how likely a Job fails, however unlikely that is: importance sampling",
		Example: "  jobsim rare -f job.yaml --failure-rate 0.01",
		RunE:    func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.input.flags(cmd)
	f := cmd.Flags()
	o.seedFlag(f, "")
	o.runsFlag(f, 20_000, 100, 10_000_000, "how many runs")
	o.outputFlag(f, "table", "json")
	o.workerFlag(f)
	return cmd
}

func (o *rareOptions) run(cmd *cobra.Command, s streams, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	sc, err := o.loadOne(cmd, s, args)
	if err != nil {
		return err
	}
	got, err := rare.Fail(cmd.Context(), study.NewPool(o.workers), sc, o.seed, o.runs, answer.Confidence)
	if errors.Is(err, rare.ErrUnsuited) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if got.Failed == 0 {
		return usagef("no run failed, whatever the failure rate: nothing is known of P(fail) (allowed: a Job that can fail)")
	}
	if o.output == "json" {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"apiVersion": summaryVersion, "kind": "RareFailure", "scenario": sc.Name,
			"seed": o.seed, "runs": got.Runs, "pilotRuns": got.Pilot, "ranWithFailureRate": got.Rate,
			"fail": estimate{got.Fail.Center, got.Fail.Lo, got.Fail.Hi}, "relativeError": got.Relative, "plainRuns": got.Plain})
	}
	_, err = fmt.Fprintf(s.out, "P(fail) of %s is %.4g (95 %% interval %.4g to %.4g): %.1f %% standard error\n"+
		"%d runs, and %d to choose the failure rate of %.3g that they had, with which %d failed;\n"+
		"plain runs would be as precise after %.2g of them. One Job in %.2g fails.\n",
		sc.Name, got.Fail.Center, got.Fail.Lo, got.Fail.Hi, 100*got.Relative, got.Runs, got.Pilot, got.Rate, got.Failed,
		got.Plain, 1/got.Fail.Center)
	return err
}
