package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Env is what all Lives of a run share.
type Env struct {
	Knobs *api.Knobs
	Fates *api.Fates
}

// Life is one pod's life on its node. Begin starts it; it may be begun again for another pod, in the same memory.
type Life struct {
	env   *Env
	key   api.FateKey // of the pod; Container and Restart vary
	t     *api.PodTemplate
	phase des.Duration

	containers []container
	boot       int // the first container that has not been told to start

	begun    des.Time
	deadline des.Time // when activeDeadlineSeconds runs out
	wake     des.Time // when a pod without running containers ends
	stopping bool     // SIGTERM was sent: deletion, deadline, eviction
	deleted  bool
	killAt   des.Time // SIGKILL
	removeAt des.Time // the confirming deletion
	ended    bool
	done     bool

	status  api.PodStatus
	reason  api.PodReason // why it ends, where that is not the containers' doing
	because trace.Rule    // of the latest change
}

// Action is what one Act asks for.
type Action struct {
	Write   bool // the status has changed and is to be written
	Remove  bool // the deletion is to be confirmed: DELETE with grace 0
	Done    bool // nothing will ever happen again
	Because trace.Rule
}

// Begin starts the life of a pod that was bound to a node and that the kubelet has just learnt of.
func (l *Life) Begin(env *Env, pod *api.Pod, t *api.PodTemplate, now des.Time) {
	*l = Life{
		env: env, t: t, containers: l.containers[:0],
		key:      api.FateKey{Job: pod.Job, Index: pod.Index, Attempt: pod.Attempt, Number: pod.Number},
		phase:    env.Knobs.Latency.PhaseOf(pod.Job, pod.Number),
		begun:    now,
		deadline: des.Never, wake: des.Never, killAt: des.Never, removeAt: des.Never,
		status: pod.Status,
	}
	if s := t.ActiveDeadlineSeconds; s.Set {
		l.deadline = now.Add(api.Seconds(s.Value)).Add(l.phase)
	}
	l.status.StartTime = now.Truncate()
	for i := range t.Containers {
		l.containers = append(l.containers, container{kind: t.Containers[i].Kind, at: des.Never, readyAt: des.Never,
			startedAt: des.Never, finishedAt: des.Never})
		l.resolve(i)
	}
	l.startNext(now.Add(l.env.draw(&env.Knobs.Latency.Start, l, rng.Launch)).Add(l.phase))
}

// draw is a latency of the pod.
func (e *Env) draw(d *rng.Dist, l *Life, p rng.Purpose) des.Duration {
	return e.Fates.Source.Draw(d, rng.Key{Purpose: p, Job: int32(l.key.Job), Index: l.key.Index, Attempt: l.key.Attempt})
}

// resolve finds the fate of the next run of container i.
func (l *Life) resolve(i int) {
	c := &l.containers[i]
	k := l.key
	k.Container, k.Restart = int32(i), c.restarts
	c.fate = l.env.Fates.Resolve(k, c.kind == api.Main)
}

// Next is when the life acts next; Never: only a deletion can wake it.
func (l *Life) Next() des.Time {
	switch {
	case l.done:
		return des.Never
	case l.ended:
		return l.removeAt
	}
	next := l.wake
	if !l.stopping {
		next = min(next, l.deadline)
	}
	for i := range l.containers {
		next = min(next, l.containers[i].at, l.containers[i].readyAt)
	}
	return next
}

// Act lets happen what is due and says what is to be written. It is to be called at Next.
func (l *Life) Act(now des.Time) Action {
	if l.ended {
		l.done = true
		return Action{Remove: true, Done: true, Because: RuleConfirm}
	}
	if l.wake <= now {
		l.wake = des.Never
	}
	before := l.status
	if l.rejected() {
		l.reason = api.AdmissionError
		l.end(now)
		return Action{Write: true, Because: RuleReject}
	}
	for i := range l.containers {
		l.advance(i, now)
	}
	if !l.stopping && l.deadline <= now {
		l.reason, l.because = api.DeadlineExceeded, RulePodDeadline
		l.stop(now, l.t.TerminationGracePeriodSeconds)
	}
	l.stopSidecars(now)
	if l.stopped() && l.wake == des.Never {
		l.end(now)
	} else {
		l.summarise(now)
	}
	return Action{Write: l.status != before, Because: l.because}
}

// rejected says whether the kubelet refuses the pod before any container starts.
func (l *Life) rejected() bool {
	for i := range l.containers {
		if c := &l.containers[i]; c.startedAt != des.Never {
			return false
		} else if c.fate.End == api.EndRejected {
			return true
		}
	}
	return false
}

// Status is what the kubelet has to report after the last Act.
func (l *Life) Status() api.PodStatus { return l.status }
