package verify

import (
	"fmt"

	"github.com/jobsim/jobsim/reports/closedform"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/study"
)

// Case is a question with a known answer.
type Case struct {
	Form   string  // the closed form, such as "negative binomial"
	What   string  // the question, with its parameters
	Want   float64 // the answer of theory
	Share  bool    // the answer is a probability, and a run says 0 or 1
	Runs   int     // how many runs estimate it
	config *sim.Config
	// configure makes each replication's configuration; nil: config is that of all.
	configure func(*sim.Config) study.Configure
	measure   func(*sim.World, *sim.Outcome) float64
}

// Cases are all that is compared.
func Cases() []Case {
	var out []Case
	for _, f := range []func() []Case{never, perIndex, onFailure, successPolicy, pods, backoffs, makespans, waits,
		restarts} {
		out = append(out, f()...)
	}
	return out
}

const second = des.Second

func never() (out []Case) {
	for _, c := range []struct {
		completions, limit, runs int
		p                        float64
	}{{1, 0, 4000, 0.1}, {10, 3, 4000, 0.1}, {100, 0, 4000, 0.01}, {100, 3, 2000, 0.05}, {100, 6, 4000, 0.05},
		{100, 11, 2000, 0.05}, {1000, 6, 400, 0.01}, {1000, 18, 200, 0.01}} {
		spec := api.JobSpec{Completions: api.Some(int32(c.completions)), Parallelism: 1, BackoffLimit: int32(c.limit)}
		out = append(out, Case{Form: "negative binomial", Share: true, Runs: c.runs, measure: complete,
			What:   fmt.Sprintf("P(success), Never, %d completions, p %v, backoffLimit %d", c.completions, c.p, c.limit),
			Want:   closedform.Never(c.completions, c.limit, c.p),
			config: base(spec, coin(c.p, rng.Const(10*second))...)})
	}
	return out
}

func perIndex() (out []Case) {
	for _, c := range []struct {
		completions, limit, failed, runs int
		p                                float64
	}{{10, 0, 0, 4000, 0.05}, {100, 1, 0, 3000, 0.05}, {100, 2, 0, 2000, 0.2}, {50, 1, 2, 3000, 0.2}} {
		spec := api.JobSpec{Completions: api.Some(int32(c.completions)), Parallelism: 5, BackoffLimit: 1<<31 - 1,
			CompletionMode: api.Indexed, BackoffLimitPerIndex: api.Some(int32(c.limit)),
			MaxFailedIndexes: api.Some(int32(c.failed))}
		measure := func(_ *sim.World, out *sim.Outcome) float64 { // a failed index fails the Job, but not before the last
			if out.Jobs[0].Complete() || out.Jobs[0].Condition.Reason == "FailedIndexes" {
				return 1
			}
			return 0
		}
		if c.failed == 0 {
			measure = complete
		}
		out = append(out, Case{Form: "per index", Share: true, Runs: c.runs, measure: measure,
			What: fmt.Sprintf("P(at most %d of %d indexes fail), p %v, backoffLimitPerIndex %d", c.failed, c.completions,
				c.p, c.limit),
			Want:   closedform.PerIndex(c.completions, c.limit, c.failed, c.p),
			config: base(spec, coin(c.p, rng.Const(10*second))...)})
	}
	return out
}

func onFailure() (out []Case) {
	for _, c := range []struct {
		completions, limit, runs int
		p                        float64
	}{{10, 0, 4000, 0.05}, {20, 2, 5000, 0.2}, {100, 3, 2000, 0.1}, {10, 6, 5000, 0.5}} {
		spec := api.JobSpec{Completions: api.Some(int32(c.completions)), Parallelism: 1, BackoffLimit: int32(c.limit)}
		spec.Template.RestartPolicy = api.RestartOnFailure
		out = append(out, Case{Form: "OnFailure", Share: true, Runs: c.runs, measure: complete,
			What:   fmt.Sprintf("P(success), OnFailure, %d completions, p %v, backoffLimit %d", c.completions, c.p, c.limit),
			Want:   closedform.OnFailure(c.completions, c.limit, c.p),
			config: base(spec, coin(c.p, rng.Const(10*second))...)})
	}
	return out
}

func successPolicy() (out []Case) {
	for _, c := range []struct {
		completions, count, parallelism, runs int
		p                                     float64
		run                                   rng.Dist
	}{{10, 8, 1, 4000, 0.1, rng.Const(10 * second)}, {50, 45, 1, 2000, 0.1, rng.Const(10 * second)},
		{10, 10, 5, 4000, 0.05, rng.Const(10 * second)}, {20, 18, 5, 4000, 0.1, exponential(1000 * des.Hour)}} {
		spec := api.JobSpec{Completions: api.Some(int32(c.completions)), Parallelism: int32(c.parallelism),
			BackoffLimit: 1<<31 - 1, CompletionMode: api.Indexed, BackoffLimitPerIndex: api.Some(int32(0)),
			SuccessPolicy: []api.SuccessRule{{Count: api.Some(int32(c.count))}}}
		out = append(out, Case{Form: "success policy", Share: true, Runs: c.runs, measure: complete,
			What: fmt.Sprintf("P(success by %d of %d indexes), p %v, %d at a time", c.count, c.completions, c.p,
				c.parallelism),
			Want:   closedform.SuccessPolicy(c.completions, c.count, c.p),
			config: base(spec, coin(c.p, c.run)...)})
	}
	return out
}

func pods() (out []Case) {
	for _, parallelism := range []int32{1, 7} {
		const completions, p = 50, 0.3
		spec := api.JobSpec{Completions: api.Some(int32(completions)), Parallelism: parallelism, BackoffLimit: 1 << 30}
		out = append(out, Case{Form: "attempts", Runs: 1000,
			What:    fmt.Sprintf("pods created, %d completions, p %v, parallelism %d", completions, p, parallelism),
			Want:    completions / (1 - p),
			measure: func(_ *sim.World, out *sim.Outcome) float64 { return float64(out.Jobs[0].Pods) },
			config:  base(spec, coin(p, rng.Const(10*second))...)})
	}
	return out
}

func backoffs() (out []Case) {
	created := func(w *sim.World, _ *sim.Outcome) float64 { // of the last pod, in seconds
		return w.Store().Pod(w.Store().PodCount() - 1).Created.Sub(0).Seconds()
	}
	for _, limit := range []int{3, 6, 9} {
		spec := api.JobSpec{Completions: api.Some(int32(1)), Parallelism: 1, BackoffLimit: int32(limit)}
		out = append(out, Case{Form: "back-off", Runs: 2, measure: created,
			What:   fmt.Sprintf("seconds to the last of %d pods that all fail at once", limit+1),
			Want:   closedform.BackoffSum(limit, 10, 600),
			config: base(spec, coin(1, rng.Const(0))...)})
	}
	for _, p := range []float64{0.05, 0.1, 0.3, 0.5} {
		spec := api.JobSpec{Completions: api.Some(int32(1)), Parallelism: 1, BackoffLimit: 1 << 30}
		out = append(out, Case{Form: "back-off", Runs: 8000, measure: created,
			What:   fmt.Sprintf("seconds of back-off in one completion, p %v", p),
			Want:   closedform.MeanBackoff(p, 10, 600),
			config: base(spec, coin(p, rng.Const(0))...)})
	}
	return out
}

func makespans() (out []Case) {
	for _, c := range []struct{ tasks, servers, runs int }{{10, 10, 4000}, {100, 100, 1000}, {1000, 1000, 100},
		{100, 10, 1000}, {1000, 100, 100}} {
		spec := api.JobSpec{Completions: api.Some(int32(c.tasks)), Parallelism: int32(c.servers), BackoffLimit: 6}
		out = append(out, Case{Form: "makespan", Runs: c.runs,
			What:   fmt.Sprintf("makespan in mean runs, %d exponential runs, %d at a time", c.tasks, c.servers),
			Want:   closedform.Makespan(c.tasks, c.servers),
			config: base(spec, coin(0, exponential(1000*des.Hour))...),
			// The controller's second between an end and the next start is a thousandth of a thousandth of a run.
			measure: func(w *sim.World, out *sim.Outcome) float64 { return running(w, out) / 1000 }})
	}
	return out
}

func waits() (out []Case) {
	add := func(form, what string, want float64, q queue) {
		out = append(out, Case{Form: form, What: what, Want: want, Runs: 40, config: q.config(), configure: q.configure,
			measure: q.wait})
	}
	for _, c := range []struct {
		servers int
		busy    float64
	}{{1, 0.5}, {1, 0.8}, {4, 0.6}, {4, 0.85}, {10, 0.7}, {10, 0.85}} {
		q := queue{servers: c.servers, load: c.busy * float64(c.servers), cv: 1, service: exponential(service)}
		add("M/M/c", fmt.Sprintf("wait in mean runs, %d places, utilisation %.2g", c.servers, c.busy),
			closedform.WaitMMc(c.servers, q.load), q)
	}
	for _, c := range []struct {
		name     string
		busy, cv float64
		run      rng.Dist
	}{{"constant runs", 0.6, 0, rng.Const(service)}, {"constant runs", 0.85, 0, rng.Const(service)},
		{"hyperexponential runs of cv 1.5", 0.4, 1.5, hyperexponential(service, 1.5)},
		{"hyperexponential runs of cv 1.5", 0.7, 1.5, hyperexponential(service, 1.5)}} {
		add("M/G/1", fmt.Sprintf("wait in mean runs, %s, utilisation %v", c.name, c.busy), closedform.WaitMG1(c.busy, c.cv),
			queue{servers: 1, load: c.busy, cv: c.cv, service: c.run})
	}
	return out
}

func restarts() (out []Case) {
	const work, cost, mtbf = 20.0, 1.0 / 60, 24.0 // hours: of work, of a checkpoint, between interruptions
	best := closedform.Daly(cost, mtbf)
	for _, c := range []struct {
		name  string
		every float64
	}{{"half of Daly's", best / 2}, {"Daly's", best}, {"Young's", closedform.Young(cost, mtbf)},
		{"twice Daly's", 2 * best}, {"no checkpoint but the last", work}} {
		segments := max(1, int(work/c.every+0.5))
		segment := des.Duration((work/float64(segments) + cost) * float64(des.Hour))
		rule := api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: rng.Const(segment),
			Exit: 1, FailAfter: api.Some(exponential(des.Duration(mtbf * float64(des.Hour))))}
		spec := api.JobSpec{Completions: api.Some(int32(segments)), Parallelism: 1, BackoffLimit: 1 << 30}
		out = append(out, Case{Form: "Young/Daly", Runs: 2000,
			What: fmt.Sprintf("hours of running for %v h of work, interrupted every %v h, %s interval", work, mtbf, c.name),
			Want: float64(segments) * closedform.Restarted(hours(segment), mtbf), config: base(spec, rule),
			measure: func(_ *sim.World, out *sim.Outcome) float64 { return hours(out.Jobs[0].Ran) }})
	}
	return out
}
