package oracle

import (
	"time"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/rng"
)

// fates are rules, the first that matches a run decides.
type fates []api.FateRule

// lives are the lives of pods with these fates.
func (f fates) lives() func(PodRun) Life {
	return func(p PodRun) Life {
		knobs := api.DefaultKnobs()
		l := &lives{env: kubelet.Env{Knobs: &knobs, Fates: &api.Fates{Rules: f}}, start: testStart}
		return l.of(p)
	}
}

// testStart is time 0 of every scenario here: 90 s after the beginning of a bubble.
var testStart = time.Date(2000, 1, 1, 0, 1, 30, 0, time.UTC)

// always is the same fate for every run.
func always(r api.FateRule) func(PodRun) Life { return fates{r}.lives() }

// exits is a run of that time with that exit code.
func exits(d time.Duration, code int32) api.FateRule {
	return api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, TermExit: 143,
		Run: constant(d), Exit: code}
}

// forever is a run that ends by SIGTERM only, after that time.
func forever(term time.Duration) api.FateRule {
	r := exits(0, 0)
	r.NoExit, r.Term = true, constant(term)
	return r
}

func constant(d time.Duration) rng.Dist { return rng.Const(des.Duration(d)) }

// runs is that fate for all.
func runs(d time.Duration, code int32) fates { return fates{exits(d, code)} }

// odd lets every pod with an odd number exit with the code, the others with 0.
func odd(d time.Duration, code int32) fates {
	r := exits(d, code)
	r.Every, r.Offset = 2, 1
	return fates{r, exits(d, 0)}
}

// stubborn pods run for ever and take 20 s to die.
var stubborn = fates{forever(20 * sec)}

// on is r for some runs only.
func on(r api.FateRule, match func(*api.FateRule)) api.FateRule {
	match(&r)
	return r
}

func oddIndexes(r *api.FateRule) {
	for i := int32(1); i < 100; i += 2 {
		r.Index = append(r.Index, api.Range{From: i, To: i})
	}
}

// numbers are the pods from the a-th to the b-th of their Job.
func numbers(a, b int32) func(*api.FateRule) {
	return func(r *api.FateRule) { r.Number = api.Ranges{{From: a, To: b}} }
}

// byIndex gives each index a run time of its own.
func byIndex(code int32, term time.Duration, times ...time.Duration) (f fates) {
	for i, d := range times {
		r := exits(d, code)
		r.Term = constant(term)
		r.Index = api.Ranges{{From: int32(i), To: int32(i)}}
		f = append(f, r)
	}
	return f
}

// restarts are the runs of a container from the a-th to the b-th.
func restarts(a, b int32) func(*api.FateRule) {
	return func(r *api.FateRule) { r.Restart = api.Ranges{{From: a, To: b}} }
}

func firstAttempt(r *api.FateRule) {
	oddIndexes(r)
	r.Attempt = api.Ranges{{From: 0, To: 0}}
}

// evicted are the first two pods.
func evicted(r *api.FateRule) {
	numbers(0, 1)(r)
	r.End = api.EndEvicted
}

// rejected are the first two pods, after a second.
func rejected(r *api.FateRule) {
	numbers(0, 1)(r)
	r.Start, r.End = constant(sec), api.EndRejected
}
