package oracle

import (
	"slices"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
)

// lives makes the lives of a scenario's pods: those of the simulator's kubelet, lived through the API.
type lives struct {
	env   kubelet.Env
	start time.Time // the scenario's time 0
	jobs  map[string]api.JobID
	// latest is the latest time at which a pod has planned to act.
	latest atomic.Int64
}

// of is the life of a pod. The fates of pods of no Job of the scenario are those of api.AnyJob.
func (l *lives) of(p PodRun) Life { return &podLife{lives: l, run: p} }

// succeedAtOnce are the lives of pods of which nothing is said; time 0 comes after the warm-up.
func succeedAtOnce(warmup time.Duration) func(PodRun) Life {
	knobs := api.DefaultKnobs()
	l := &lives{env: kubelet.Env{Knobs: &knobs, Fates: &api.Fates{}}, start: time.Now().Add(warmup)}
	return l.of
}

// podLife lives a kubelet.Life on behalf of the driver.
type podLife struct {
	kubelet.Life
	lives *lives
	run   PodRun
	begun bool
}

// Next implements Life.
func (l *podLife) Next(e PodEvent) PodStep {
	now := since(l.lives.start, e.At)
	switch e.Kind {
	case PodBound:
		if e.Pod.Status.StartTime != nil {
			return PodStep{} // it was lived before, by a kubelet that forgot it
		}
		l.begun = true
		job := l.lives.jobID(l.run.Job)
		template := scenarios.PodTemplate(&e.Pod.Spec)
		l.Begin(&l.lives.env, &api.Pod{Job: job, Index: l.run.Index, Attempt: l.run.Attempt, Number: l.run.Number},
			&template, now)
		if e.Pod.DeletionTimestamp != nil { // it never starts (pkg/kubelet/pod_workers.go:881@v1.37.2)
			l.Delete(now, ptr.Deref(e.Pod.DeletionGracePeriodSeconds, 0))
		}
	case PodDeleted:
		l.Delete(now, int64(e.Left/time.Second))
	case PodWake:
	}
	if !l.begun {
		return PodStep{}
	}
	return l.act(now)
}

// act does what is due and says when something is due again.
func (l *podLife) act(now des.Time) PodStep {
	act := l.Act(now)
	step := PodStep{Remove: act.Remove}
	if act.Write {
		r := report{start: l.lives.start, status: l.Status(), containers: slices.Clone(l.Containers())}
		step.Status = func(s *corev1.PodStatus) { r.write(s) }
	}
	if next := l.Life.Next(); next != des.Never {
		step.Wake = l.lives.start.Add(time.Duration(next))
		l.lives.plan(next)
	}
	return step
}

// plan notes that a pod is to act at t.
func (l *lives) plan(t des.Time) {
	for {
		latest := l.latest.Load()
		if int64(t) <= latest || l.latest.CompareAndSwap(latest, int64(t)) {
			return
		}
	}
}

// since is the scenario's time at t.
func since(start, t time.Time) des.Time { return des.Time(t.Sub(start)) }
