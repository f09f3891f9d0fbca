package plan

import (
	"context"
	"math"
	"slices"

	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/study"
)

// Plan is a workload on a pool.
type Plan struct {
	Pool     *study.Pool
	Config   *sim.Config // the patterns of the Jobs, and the cluster but for its nodes
	Workload Workload
	Node     api.NodeSpec // what each node is like
	Price    float64      // of a node for an hour
	Deadline des.Duration // a Job that takes longer than this misses it; 0: there is none
	Warm     float64      // the part of the Jobs, the first ones, that are not looked at
	Seed     uint64
	Runs     int // replications, at least 2
}

// Metrics are what is known of a pool, by name: mean, p50, p90, p95 and p99 of wait (from submission to the first pod's
// start) and turnaround (from submission to the end), both in seconds, and makespan; utilisation, success, missed (both
// shares of the Jobs), cost (of the nodes from the first submission to the last end).
type Metrics map[string]stats.Summary

// Fields are the names that a goal may use beside wait and turnaround.
var Fields = []string{"utilisation", "missed"}

// facts is what one replication says.
type facts struct {
	waits, turnarounds         []float64 // seconds, sorted
	success, missed            float64
	utilisation, span, podTime float64
}

// Measure runs the workload on so many nodes.
func (p *Plan) Measure(ctx context.Context, nodes int) (Metrics, error) {
	return p.measure(ctx, p.on(nodes))
}

// on is the configuration with so many nodes.
func (p *Plan) on(nodes int) *sim.Config {
	cfg := *p.Config
	cfg.Seed = p.Seed
	cfg.Until.Quiescent = false
	cfg.Nodes = nil
	for range nodes {
		cfg.Nodes = append(cfg.Nodes, p.Node)
	}
	return &cfg
}

func (p *Plan) measure(ctx context.Context, cfg *sim.Config) (Metrics, error) {
	var all []facts
	configure := func(replication uint64) sim.Config { return p.Workload.configure(cfg, replication) }
	err := study.Replicate(ctx, p.Pool, configure, 0, uint64(p.Runs), func(w *sim.World, out *sim.Outcome) facts {
		return p.facts(w, out, cfg)
	}, func(_ uint64, f facts) bool {
		all = append(all, f)
		return true
	})
	if err != nil {
		return nil, err
	}
	m := Metrics{}
	set := func(name string, of func(*facts) float64) {
		values := make([]float64, len(all))
		for i := range all {
			values[i] = min(of(&all[i]), 1e15)
		}
		s, failed := stats.Mean(values, 0.95)
		if failed != nil && err == nil {
			err = failed
		}
		s.Lo = max(0, s.Lo) // nothing here is negative
		m[name] = s
	}
	for name, of := range map[string]func(*facts) []float64{
		"wait":       func(f *facts) []float64 { return f.waits },
		"turnaround": func(f *facts) []float64 { return f.turnarounds }} {
		set("mean("+name+")", func(f *facts) float64 { return meanOf(of(f)) })
		for q, p := range map[string]float64{"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99} {
			set(q+"("+name+")", func(f *facts) float64 { return quantileOf(of(f), p) })
		}
	}
	set("utilisation", func(f *facts) float64 { return f.utilisation })
	set("success", func(f *facts) float64 { return f.success })
	set("missed", func(f *facts) float64 { return f.missed })
	set("mean(makespan)", func(f *facts) float64 { return f.span })
	set("cost", func(f *facts) float64 { return f.span / 3600 * float64(len(cfg.Nodes)) * p.Price })
	return m, err
}

func (p *Plan) facts(w *sim.World, out *sim.Outcome, cfg *sim.Config) (f facts) {
	start := make([]des.Time, len(out.Jobs))
	for i := range start {
		start[i] = des.Never
	}
	for id := range w.Store().PodCount() {
		pod := w.Store().Pod(id)
		start[pod.Job] = min(start[pod.Job], pod.Status.RunningSince)
	}
	first, last := des.Never, des.Time(0)
	warm := int(p.Warm * float64(len(out.Jobs)))
	counted := float64(len(out.Jobs) - warm)
	for i := range out.Jobs {
		j := &out.Jobs[i]
		end := min(j.Finished, out.At)
		first, last = min(first, j.Submitted), max(last, end)
		f.podTime += j.Ran.Seconds()
		if i < warm {
			continue
		}
		f.waits = append(f.waits, min(start[i], out.At).Sub(j.Submitted).Seconds())
		took := end.Sub(j.Submitted)
		f.turnarounds = append(f.turnarounds, took.Seconds())
		if j.Complete() {
			f.success += 1 / counted
		}
		if p.Deadline > 0 && (took > p.Deadline || !j.Complete()) {
			f.missed += 1 / counted
		}
	}
	slices.Sort(f.waits)
	slices.Sort(f.turnarounds)
	f.span = last.Sub(first).Seconds()
	if places := p.places(cfg); places > 0 && f.span > 0 {
		f.utilisation = f.podTime / (f.span * places)
	}
	return f
}

// places is how many pods of the first pattern fit into the pool at a time.
func (p *Plan) places(cfg *sim.Config) float64 {
	request := &p.Config.Jobs[0].Spec.Template.Requests
	each := float64(p.Node.Pods)
	if request.MilliCPU > 0 {
		each = min(each, float64(p.Node.MilliCPU/request.MilliCPU))
	}
	if request.Memory > 0 {
		each = min(each, float64(p.Node.Memory/request.Memory))
	}
	return each * float64(len(cfg.Nodes))
}

func meanOf(values []float64) (mean float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	return mean
}

// quantileOf is the smallest value that at least the part q of the values do not exceed.
func quantileOf(ordered []float64, q float64) float64 {
	if len(ordered) == 0 {
		return 0
	}
	return ordered[max(0, int(math.Ceil(q*float64(len(ordered))))-1)]
}

// judge says what is known of a goal.
func judge(g *goal.Expr, m Metrics) (goal.Truth, error) {
	in := map[string]goal.Interval{}
	for _, name := range g.Metrics {
		in[name] = goal.Interval{Lo: m[name].Lo, Hi: m[name].Hi}
	}
	fixed := goal.Values{}
	for _, name := range g.Fields {
		fixed[name] = m[name].Center
	}
	return g.Judge(in, fixed)
}
