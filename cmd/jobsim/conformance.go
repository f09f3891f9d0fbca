package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jobsim/jobsim/e2e/cluster"
	"github.com/jobsim/jobsim/e2e/conformance"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/spf13/cobra"
)

// live is how the command line names a cluster and what is to be done on it.
type live struct {
	kubeconfig, context, image string
	results                    string
	mine                       bool
	pace                       conformance.Pace
	every                      string
	first, replications        int
	seed                       uint64
	names                      []string
}

func newConformance(s streams) *cobra.Command {
	var o live
	cmd := &cobra.Command{
		Use:   "conformance",
		Short: "replay the library on a cluster, and say which rules it follows",
		Long: `Replay scenarios of the library on a live cluster and compare what it does with what the simulator says.

Jobs run in namespaces jobsim-..., which are deleted afterwards. On a cluster that is not kind's,
--yes-i-own-this-cluster is required. Without a kubeconfig, inside a pod, the cluster around it is meant.
What a replay needs to be allowed to do is in e2e/conformance/rbac.yaml; e2e/conformance/sonobuoy.yaml is a plugin.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%q: an argument that nobody asked for", args[0])
			}
			if o.pace.Parallel < 1 || o.first < 0 {
				return usagef("--parallel %d --first %d (allowed: 1 or more, 0 or more)", o.pace.Parallel, o.first)
			}
			var err error
			if o.pace.Every, err = rng.Parse(o.every); err != nil {
				return usagef("--every %w", err)
			}
			return o.run(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "of the cluster; default: as kubectl, or the cluster around this pod")
	f.StringVar(&o.context, "context", "", "in the kubeconfig")
	f.StringVar(&o.image, "worker-image", cluster.WorkerImage, "of the worker, which the cluster can pull or has")
	f.StringVar(&o.results, "results-dir", "", "where JUnit, traces and watch events are written; and done, for Sonobuoy")
	f.BoolVar(&o.mine, "yes-i-own-this-cluster", false, "replay on a cluster that is not kind's")
	f.IntVar(&o.pace.Parallel, "parallel", conformance.UsualPace.Parallel, "how many scenarios are replayed at once")
	f.StringVar(&o.every, "every", strings.TrimPrefix(conformance.UsualPace.Every.String(), "constant:"),
		"from the beginning of one to that of the next, at least; or a distribution, such as exponential:3s")
	f.IntVarP(&o.replications, "replications", "n", 1, "how often every scenario is replayed")
	f.IntVar(&o.first, "first", 0, "number of the first replication, to go on where there are some already")
	f.Uint64Var(&o.seed, "seed", 1, "of fates that are left to chance")
	f.StringSliceVarP(&o.names, "scenario", "s", nil,
		"scenarios of the library, by name; default: all of up to three minutes")
	return cmd
}

func (o *live) run(ctx context.Context, s streams) error {
	c, err := cluster.Connect(ctx, o.kubeconfig, o.context)
	if err != nil {
		return err
	}
	if err = c.Consent(o.mine); err != nil {
		return usageError{err}
	}
	cases, err := o.plan(ctx, c)
	if err != nil {
		return err
	}
	k, swept, err := conformance.NewChecker(ctx, c, o.image, "conformance", o.seed)
	for _, ns := range swept {
		fmt.Fprintf(s.err, "deleted namespace %s, which a replay that was killed had left behind\n", ns)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "cluster %s, Kubernetes %s\n", c.Name, c.Version)
	results := k.CheckAll(ctx, cases, o.pace, func(r *conformance.Result) {
		fmt.Fprintf(s.err, "%s: %s\n", r.Case.Name(), r.Word())
	})
	if err = conformance.WriteTable(s.out, results); err != nil {
		return err
	}
	if err = o.keep(results); err != nil {
		return err
	}
	return overall(results)
}

func (o *live) plan(ctx context.Context, c *cluster.Cluster) ([]*conformance.Case, error) {
	site, err := conformance.SiteOf(ctx, c)
	if err != nil {
		return nil, err
	}
	cases, err := conformance.Plan(o.names, site, o.seed)
	if err != nil {
		return nil, usageError{err}
	}
	return conformance.Repeat(cases, o.first, o.replications), nil
}

// overall is an error if a scenario came out differently, or not at all.
func overall(results []*conformance.Result) error {
	var failed error
	for _, r := range results {
		if r.Differs() {
			return errExpectation
		}
		if r.Failed() && failed == nil {
			failed = errors.New("not every scenario could be replayed")
		}
	}
	return failed
}

func (o *live) keep(results []*conformance.Result) error {
	if o.results == "" {
		return nil
	}
	for _, r := range results {
		if err := r.Keep(filepath.Join(o.results, "traces")); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(o.results, 0o755); err != nil {
		return err
	}
	junit := filepath.Join(o.results, "junit.xml")
	f, err := os.Create(junit)
	if err != nil {
		return err
	}
	if err = errors.Join(conformance.WriteJUnit(f, results, time.Now()), f.Close()); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.results, "done"), []byte(junit), 0o644)
}
