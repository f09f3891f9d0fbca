package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jobsim/jobsim/e2e/cluster"
	"github.com/jobsim/jobsim/e2e/conformance"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/trace"
)

// kindWorld is a kind cluster: that of a context, or of the current one. Scenarios are replayed on it in real time, in
// namespaces of their own that are deleted afterwards.
type kindWorld struct{ context string }

func (kindWorld) lockstep() bool { return false }

func (w kindWorld) run(ctx context.Context, list []*scenarios.Scenario, seed uint64, n int) ([]*trace.Trace, error) {
	c, err := cluster.Connect(ctx, "", w.context)
	if err != nil {
		return nil, err
	}
	if !c.IsKind {
		return nil, usageError{fmt.Errorf("cluster %s: %w (another is recorded with jobsim conformance --results-dir DIR "+
			"--yes-i-own-this-cluster, and then compared as trace-file:DIR/traces)", c.Name, cluster.ErrNotYours)}
	}
	cases, err := w.cases(ctx, c, list, seed)
	if err != nil {
		return nil, usageError{err}
	}
	k, _, err := conformance.NewChecker(ctx, c, cluster.WorkerImage, "compare", seed)
	if err != nil {
		return nil, err
	}
	cases = conformance.Repeat(cases, 0, n)
	var traces []*trace.Trace
	var problems []error
	over := 0
	for _, r := range k.ReplayAll(ctx, cases, conformance.UsualPace, func(r *conformance.Result) {
		over++
		fmt.Fprintf(os.Stderr, "replayed %d of %d: %s\n", over, len(cases), r.Case.Name())
	}) {
		switch {
		case r.Err != nil:
			problems = append(problems, r.Err)
		case len(r.Seen.Gaps) > 0:
			problems = append(problems, fmt.Errorf("scenario %q: %v", r.Case.Name(), r.Seen.Gaps[0]))
		default:
			traces = append(traces, r.Seen.Trace)
		}
	}
	return traces, errors.Join(problems...)
}

// cases are the scenarios as cases. It is an error, about all of them at once, if one cannot be replayed.
func (w kindWorld) cases(ctx context.Context, c *cluster.Cluster, list []*scenarios.Scenario, seed uint64) (
	[]*conformance.Case, error) {
	site, err := conformance.SiteOf(ctx, c)
	if err != nil {
		return nil, err
	}
	var cases []*conformance.Case
	var problems []error
	for _, sc := range list {
		own := *sc
		kase, err := conformance.NewCase(&own, site, seed)
		switch {
		case err != nil:
			problems = append(problems, err)
		case kase.Skip != "":
			problems = append(problems, fmt.Errorf("scenario %q: %s", sc.Name, kase.Skip))
		default:
			cases = append(cases, kase)
		}
	}
	return cases, errors.Join(problems...)
}
