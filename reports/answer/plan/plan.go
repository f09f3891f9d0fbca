package plan

import (
	"cmp"
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
	Config   *sim.Config // the patterns of the Jobs, its CronJobs, and the cluster but for its nodes
	Workload Workload
	Node     api.NodeGroup // what each node is like, and what befalls it; not how many there are
	// Scale lets an autoscaler keep from Least nodes up to the size of the pool; without it the size is kept.
	Scale    bool
	Least    int32
	Price    float64      // of a node for an hour
	Deadline des.Duration // a Job that takes longer than this misses it; 0: there is none
	Warm     float64      // the part of the Jobs, the first ones, that are not looked at
	Seed     uint64
	Runs     int // replications, at least 2
	// Doublings are how often a size is run twice as much where the intervals do not tell whether it meets the goals.
	Doublings int
	// Confidence of the intervals. 0 is 0.95.
	Confidence float64
}

// Metrics are what is known of a pool, by name: mean, p50, p90, p95 and p99 of wait (from submission to the first pod's
// start) and turnaround (from submission to the end), both in seconds, and makespan; utilisation, success, missed (both
// shares of the Jobs), nodes (the mean number of them), cost (of the nodes, each from its launch to its end).
type Metrics map[string]stats.Summary

// Fields are the names that a goal may use beside wait and turnaround.
var Fields = []string{"utilisation", "missed", "nodes"}

// facts is what one replication says.
type facts struct {
	waits, turnarounds                  []float64 // seconds, sorted
	success, missed                     float64
	utilisation, span, nodeHours, nodes float64
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
	group := p.Node
	group.Min, group.Max = int32(nodes), int32(nodes)
	if p.Scale {
		group.Min = min(p.Least, group.Max)
	}
	cfg.Nodes, cfg.Groups = nil, []api.NodeGroup{group}
	return &cfg
}

func (p *Plan) measure(ctx context.Context, cfg *sim.Config) (Metrics, error) {
	all, err := p.more(ctx, cfg, nil, p.Runs)
	if err != nil {
		return nil, err
	}
	return p.sum(all, cmp.Or(p.Confidence, confidence))
}

// confidence of intervals, if nobody says otherwise.
const confidence = 0.95

// more are the replications up to so many.
func (p *Plan) more(ctx context.Context, cfg *sim.Config, all []facts, runs int) ([]facts, error) {
	configure := func(replication uint64) sim.Config { return p.Workload.configure(cfg, replication) }
	err := study.Replicate(ctx, p.Pool, configure, uint64(len(all)), uint64(runs), p.facts, func(_ uint64, f facts) bool {
		all = append(all, f)
		return true
	})
	return all, err
}

// sum is what the replications say.
func (p *Plan) sum(all []facts, confidence float64) (m Metrics, err error) {
	m = Metrics{}
	set := func(name string, of func(*facts) float64) {
		values := make([]float64, len(all))
		for i := range all {
			values[i] = min(of(&all[i]), 1e15)
		}
		s, failed := stats.Mean(values, confidence)
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
	set("nodes", func(f *facts) float64 { return f.nodes })
	set("cost", func(f *facts) float64 { return f.nodeHours * p.Price })
	return m, err
}

func (p *Plan) facts(w *sim.World, out *sim.Outcome) (f facts) {
	jobs := came(w, out)
	first, last, podTime := des.Never, des.Time(0), des.Duration(0)
	warm := int(p.Warm * float64(len(jobs)))
	complete, missed := 0, 0
	for i := range jobs {
		j := &jobs[i]
		end := min(j.end, out.At)
		first, last = min(first, j.due), max(last, end)
		podTime += j.ran
		if i < warm {
			continue
		}
		f.waits = append(f.waits, min(j.start, out.At).Sub(j.due).Seconds())
		took := end.Sub(j.due)
		f.turnarounds = append(f.turnarounds, took.Seconds())
		if j.complete {
			complete++
		}
		if p.Deadline > 0 && (took > p.Deadline || !j.complete) {
			missed++
		}
	}
	counted := float64(max(1, len(jobs)-warm))
	f.success, f.missed = float64(complete)/counted, float64(missed)/counted
	slices.Sort(f.waits)
	slices.Sort(f.turnarounds)
	f.span = last.Sub(first).Seconds()
	for i := range out.Groups {
		f.nodeHours += out.Groups[i].Ran.Seconds() / 3600
	}
	if f.nodes = f.nodeHours * 3600 / max(out.At.Sub(0).Seconds(), 1e-9); f.nodeHours > 0 {
		f.utilisation = podTime.Seconds() / 3600 / (f.nodeHours * p.places())
	}
	return f
}

// job is what became of one Job.
type job struct {
	due, start, end des.Time // when it was submitted or scheduled, when its first pod started, and its end; Never
	ran             des.Duration
	complete        bool
}

// came are the Jobs that there were, those of CronJobs among them, in the order in which they were due.
func came(w *sim.World, out *sim.Outcome) []job {
	s := w.Store()
	all := make([]job, len(s.Jobs()))
	for i := range all {
		all[i] = job{due: des.Never, start: des.Never, end: des.Never}
	}
	for i := range out.Jobs {
		o := &out.Jobs[i]
		all[i].due, all[i].end, all[i].complete = o.Submitted, o.Finished, o.Complete()
	}
	for i := range out.CronJobs {
		spec := s.CronJob(api.CronJobID(i)).Spec
		for k := 0; spec != nil && k < len(spec.Jobs); k++ {
			id := spec.FirstJob + api.JobID(k)
			if j := s.Job(id); j.Spec != nil {
				c, finished := j.Status.FinishedCondition()
				all[id].due, all[id].complete = spec.Slot(k), finished && c.Type == api.JobComplete
				if finished {
					all[id].end = s.Ended(id)
				}
			}
		}
	}
	for id := range s.PodCount() {
		pod := s.Pod(id)
		j := &all[pod.Job]
		if started := pod.Status.RunningSince; started != des.Never {
			j.start = min(j.start, started)
			j.ran += min(pod.Status.EndedAt, out.At).Sub(started)
		}
	}
	all = slices.DeleteFunc(all, func(j job) bool { return j.due == des.Never })
	slices.SortStableFunc(all, func(a, b job) int { return cmp.Compare(a.due, b.due) })
	return all
}

// places is how many pods of the first pattern fit on a node at a time.
func (p *Plan) places() float64 {
	var request *api.PodRequests
	for _, spec := range p.Config.JobSpecs {
		request = &spec.Template.Requests
		break
	}
	each := float64(p.Node.Pods)
	if request.MilliCPU > 0 {
		each = min(each, float64(p.Node.MilliCPU/request.MilliCPU))
	}
	if request.Memory > 0 {
		each = min(each, float64(p.Node.Memory/request.Memory))
	}
	return each
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

// judge says what is known of a goal: it is met or missed if it is so at both ends of the intervals of all that it is
// about, the fields among them.
func judge(g *goal.Expr, m Metrics) (goal.Truth, error) {
	in := map[string]goal.Interval{}
	for _, name := range g.Metrics {
		in[name] = goal.Interval{Lo: m[name].Lo, Hi: m[name].Hi}
	}
	var all goal.Truth
	for bits := range 1 << len(g.Fields) {
		fixed := goal.Values{}
		for i, name := range g.Fields {
			if fixed[name] = m[name].Lo; bits>>i&1 == 1 {
				fixed[name] = m[name].Hi
			}
		}
		one, err := g.Judge(in, fixed)
		if err != nil || one == goal.Unknown || bits > 0 && one != all {
			return goal.Unknown, err
		}
		all = one
	}
	return all, nil
}
