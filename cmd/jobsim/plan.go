package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/answer/plan"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
)

type planOptions struct {
	input
	interval, trace string
	jobs            int
	node            string
	least, most     int
	autoscale       int
	price           float64
	deadline        time.Duration
	goals           []string
	warm            percentage
	studyFlags
}

func newPlan(s streams) *cobra.Command {
	o := &planOptions{}
	cmd := &cobra.Command{
		Use:   "plan (-f FILE | --scenario NAME) [--interval DISTRIBUTION | --trace FILE] --goal GOAL...",
		Short: "how many nodes many Jobs need: waits, utilisation, cost, the smallest pool, the bottleneck",
		Example: "  jobsim plan -f job.yaml --interval exponential:2m --duration lognormal:10m,1 \\\n" +
			"    --node cpu=4,memory=16Gi --goal 'p95(wait) <= 1m'\n" +
			"  jobsim plan -f job.yaml --trace log.swf --node cpu=16,memory=64Gi,pods=110 --goal 'mean(wait) <= 10m'\n" +
			"  jobsim plan -f job.yaml --interval exponential:2m --duration 10m --autoscale 1 \\\n" +
			"    --node 'cpu=4,memory=16Gi,boot=90s,reclaim={every=exponential:2h}' --goal 'p95(wait) <= 5m'",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.input.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.interval, "interval", "", "between arrivals of the Jobs, which take turns, such as exponential:30s")
	f.StringVar(&o.trace, "trace", "", "Jobs as they came: a .swf file, or a .csv with columns submit, run (seconds), "+
		"pods")
	f.IntVar(&o.jobs, "jobs", 1000, "how many Jobs come, with --interval")
	f.StringVar(&o.node, "node", "cpu=4,memory=16Gi,pods=110", "what a node has, and what befalls it, as cluster.groups "+
		"of a scenario says it: boot=90s,idle=10m,reclaim={every=exponential:2h,notice=2m},"+
		"break={every=exponential:720h,repair=4h},drain={every=168h,for=15m}")
	f.IntVar(&o.autoscale, "autoscale", -1, "let an autoscaler keep from so many nodes up to the size of the pool; "+
		"without it the size is kept")
	f.IntVar(&o.least, "least", 1, "the smallest pool to think of")
	f.IntVar(&o.most, "most", 256, "the largest pool to think of")
	f.Float64Var(&o.price, "price", 1, "of a node for an hour")
	f.DurationVar(&o.deadline, "deadline", 0, "a Job that takes longer misses it; see the metric missed")
	f.StringArrayVar(&o.goals, "goal", nil, "what must hold: mean, p50, p90, p95, p99 of wait and turnaround; "+
		"utilisation, success, missed, cost (CEL)")
	o.warm = 0.2
	f.Var(&o.warm, "warm-up", "the part of the Jobs, the first ones, that are not looked at")
	o.seedFlag(f, "")
	o.runsFlag(f, 20, 2, 10_000, "how many times the workload is run on each pool; up to four times as "+
		"many where the intervals do not tell whether it is enough")
	o.outputFlag(f, "table", "json")
	o.workerFlag(f)
	return cmd
}

func (o *planOptions) run(cmd *cobra.Command, s streams, args []string) error {
	switch {
	case o.least < 1 || o.most < o.least || o.most > 10_000:
		return usagef("--least %d --most %d (allowed: 1 to 10000, in this order)", o.least, o.most)
	case o.interval != "" && o.trace != "":
		return usagef("--interval and --trace (allowed: one of them)")
	case o.autoscale < -1 || o.autoscale > o.most:
		return usagef("--autoscale %d (allowed: 0 to %d, which is --most)", o.autoscale, o.most)
	case o.jobs < 1 || o.jobs > plan.MaxJobs:
		return usagef("--jobs %d (allowed: 1 to %d)", o.jobs, plan.MaxJobs)
	case len(o.goals) == 0:
		return usagef("no goal (allowed: --goal 'p95(wait) <= 1m')")
	}
	if err := o.check(); err != nil {
		return err
	}
	sc, err := o.loadOne(cmd, s, args)
	if err != nil {
		return err
	}
	switch jobs := o.interval != "" || o.trace != ""; {
	case !jobs && len(sc.CronJobs) == 0:
		return usagef("nothing says when Jobs come (allowed: --interval, --trace, or a CronJob)")
	case jobs && len(sc.Manifests) == 0:
		return usagef("there is no Job to come with --interval or --trace")
	case len(sc.File.Faults) > 0:
		return usagef("faults: a pool has other nodes and Jobs than the scenario (allowed: what befalls nodes, by --node)")
	}
	p, goals, err := o.plan(sc)
	if err != nil {
		return usageError{err}
	}
	return o.answer(cmd.Context(), s, p, goals)
}

// plan reads what the flags say.
func (o *planOptions) plan(sc *scenarios.Scenario) (*plan.Plan, []*goal.Expr, error) {
	p := &plan.Plan{Pool: study.NewPool(o.workers), Config: sc.Config(), Price: o.price,
		Deadline: des.Duration(o.deadline),
		Warm:     o.warm.value(), Seed: o.seed, Runs: o.runs, Doublings: doublings}
	var goals []*goal.Expr
	var problems []error
	for _, text := range o.goals {
		g, err := goal.Goal(text, plan.Fields...)
		goals, problems = append(goals, g), append(problems, err)
	}
	node, err := o.nodeSpec(sc)
	p.Node, problems = node, append(problems, err)
	p.Scale, p.Least = o.autoscale >= 0, int32(max(0, o.autoscale))
	p.Workload, err = o.workload()
	problems = append(problems, err)
	return p, goals, errors.Join(problems...)
}

// doublings are how often a size that is close is run twice as often.
const doublings = 2

func (o *planOptions) workload() (w plan.Workload, err error) {
	if o.trace == "" && o.interval == "" {
		return w, nil
	}
	if o.trace == "" {
		w.Count = o.jobs
		if w.Interval, err = scenarios.ParseDist(o.interval); err != nil {
			err = fmt.Errorf("--interval: %w", err)
		}
		return w, err
	}
	f, err := os.Open(o.trace)
	if err != nil {
		return w, err
	}
	defer func() { _ = f.Close() }()
	if strings.HasSuffix(o.trace, ".csv") {
		w.Trace, err = plan.ReadCSV(f)
	} else {
		w.Trace, err = plan.ReadSWF(f)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", o.trace, err)
	}
	return w, err
}

// nodeSpec reads --node as a scenario's cluster.groups has it. The nodes of the pool are those that the pods want and
// may be on: that is what their nodeSelector and tolerations are taken to say.
func (o *planOptions) nodeSpec(sc *scenarios.Scenario) (spec api.NodeGroup, err error) {
	value := "[{name: node, max: 1, " + strings.ReplaceAll(o.node, "=", ": ") + "}]"
	changes := []scenarios.Change{{Field: "cluster.groups", Value: value}}
	for _, field := range [...]string{"spec.template.spec.nodeSelector", "spec.template.spec.tolerations"} {
		if slices.ContainsFunc(sc.Placement(), func(f string) bool { return strings.HasSuffix(f, ": "+field) }) {
			changes = append(changes, scenarios.Change{Field: field, Value: "null"})
		}
	}
	with, err := sc.With(changes...)
	if err != nil {
		return spec, fmt.Errorf("--node: %w", err)
	}
	return with.Config().Groups[0], nil
}

func (o *planOptions) answer(ctx context.Context, s streams, p *plan.Plan, goals []*goal.Expr) error {
	best, tried, err := p.Smallest(ctx, goals, o.least, o.most)
	if errors.Is(err, plan.ErrTooSmall) {
		fmt.Fprintln(s.err, "jobsim:", err)
		if failed := printSizes(s.out, tried); failed != nil {
			return failed
		}
		return errExpectation
	}
	if err != nil {
		return err
	}
	relief, err := p.Bottlenecks(ctx, best.Nodes)
	if err != nil {
		return err
	}
	if o.output == "json" {
		return o.json(s.out, best, tried, relief)
	}
	if err := printSizes(s.out, tried); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "smallest pool: %d nodes (the same arrivals for all; in parentheses: 95 %% intervals)\n",
		best.Nodes)
	for _, t := range tried {
		if t.Close {
			fmt.Fprintf(s.out, "of %d nodes the intervals do not tell whether they are enough: more runs (-n) will\n", t.Nodes)
		}
	}
	fmt.Fprint(s.out, costOfError(best, tried))
	fmt.Fprintln(s.out, "what holds the Jobs up: the mean turnaround without it is shorter by")
	for _, r := range relief {
		fmt.Fprintf(s.out, "  %5.1f %%  %s\n", 100*r.Part, r.Of)
	}
	return nil
}

// costOfError is what one node less would mean, and one more cost.
func costOfError(best plan.Size, tried []plan.Size) string {
	for i := range tried {
		if tried[i].Nodes == best.Nodes && i > 0 {
			less := tried[i-1]
			return fmt.Sprintf("being wrong: with %d nodes the wait is %s at p95 instead of %s; each node more costs %.4g\n",
				less.Nodes, span(less.Metrics["p95(wait)"].Center), span(best.Metrics["p95(wait)"].Center),
				best.Metrics["cost"].Center/float64(best.Nodes))
		}
	}
	return ""
}

func printSizes(w io.Writer, tried []plan.Size) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "nodes\truns\tgoals\twait mean\tp95\tturnaround p95\tin use\tutilisation\tmissed\tcost")
	for _, x := range tried {
		m := x.Metrics
		met := x.Met.String()
		if x.Close {
			met += ", close"
		}
		fmt.Fprintf(t, "%d\t%d\t%s\t%s (%s to %s)\t%s (%s to %s)\t%s\t%.1f\t%.1f %%\t%.2f %%\t%.4g\n", x.Nodes,
			x.Runs, met,
			span(m["mean(wait)"].Center), span(m["mean(wait)"].Lo), span(m["mean(wait)"].Hi),
			span(m["p95(wait)"].Center), span(m["p95(wait)"].Lo), span(m["p95(wait)"].Hi),
			span(m["p95(turnaround)"].Center), m["nodes"].Center, 100*m["utilisation"].Center,
			100*m["missed"].Center, m["cost"].Center)
	}
	return t.Flush()
}

func (o *planOptions) json(w io.Writer, best plan.Size, tried []plan.Size, relief []plan.Relief) error {
	size := func(x plan.Size) map[string]any {
		metrics := map[string]estimate{}
		for name, v := range x.Metrics {
			metrics[name] = estimate{v.Center, v.Lo, v.Hi}
		}
		return map[string]any{"nodes": x.Nodes, "runs": x.Runs, "goals": x.Met.String(), "close": x.Close, "metrics": metrics}
	}
	var sizes []map[string]any
	for _, x := range tried {
		sizes = append(sizes, size(x))
	}
	var reliefs []map[string]any
	for _, r := range relief {
		reliefs = append(reliefs, map[string]any{"of": r.Of, "part": r.Part})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"apiVersion": summaryVersion, "kind": "Plan", "seed": o.seed, "runs": o.runs,
		"goals": o.goals, "smallest": size(best), "tried": sizes, "bottlenecks": reliefs})
}
