package kubelet

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// Env is what all Lives of a run share. It must not change while one of them lasts. Knobs.RestartBackoff and
// MaxRestartBackoff must be positive: else a container that fails at once would be restarted for ever in one instant.
type Env struct {
	Knobs *api.Knobs
	Fates *api.Fates
}

// Life is one pod's life on its node: pure, so that any world can live it. Begin starts it, then Act is called at
// Next until it is Done, and Delete when the pod is marked for deletion. It may be begun again for another pod, in
// the same memory.
type Life struct {
	env    *Env
	t      *api.PodTemplate
	key    api.FateKey // of the pod; Container and Restart vary
	phase  des.Duration
	relist des.Duration // when in its period its kubelet looks for what has ended

	containers []container
	boot       int  // the first container whose turn to start has not come
	sidecars   bool // there are some

	begun    des.Time // the kubelet learnt of the pod
	rejectAt des.Time // it refuses the pod; Never
	deadline des.Time // activeDeadlineSeconds runs out; Never
	evictAt  des.Time // the kubelet evicts it, unless it is ending already; Never
	endAt    des.Time // a pod of which nothing runs any more ends; Never
	endCause Cause    // why then
	removeAt des.Time // the deletion is confirmed; Never
	resetAt  des.Time // all containers are removed, and begin anew; Never
	// lastReset is until when that cannot be again.
	lastReset des.Time
	next      des.Time // the earliest of all that is to come

	stopping  bool     // no container starts any more, those that run are to end
	deleted   bool     // marked for deletion
	ended     bool     // in a terminal phase
	done      bool     // confirmed
	stopCause Cause    // why stopping
	stopAt    des.Time // since when
	grace     int64    // seconds from stopAt

	status  api.PodStatus
	reason  api.PodReason // why it ends, where that is not the containers' doing
	changed bool          // by the present step: there is something to report
	because Cause         // why

	reports []ContainerStatus // the memory of Containers
}

// Action is what one Act asks for. The zero value asks for nothing.
type Action struct {
	Write   bool  // the status has changed and is to be written
	Remove  bool  // the deletion is to be confirmed: DELETE with grace 0; never together with Write
	Done    bool  // nothing will ever happen again
	Because Cause // of what is to be done
}

// Begin starts the life of a pod that was bound to a node and that the kubelet learns of now. The pod is only looked
// at; env and the template must stay unchanged until the life is over.
func (l *Life) Begin(env *Env, pod *api.Pod, t *api.PodTemplate, now des.Time) {
	containers, reports := l.containers, l.reports
	*l = Life{}
	l.env, l.t, l.containers, l.reports = env, t, containers[:0], reports[:0]
	l.key.Job, l.key.Index, l.key.Attempt, l.key.Number = pod.Job, pod.Index, pod.Attempt, pod.Number
	l.phase = env.Knobs.Latency.PhaseOf(pod.Job, pod.Number)
	l.relist = l.relistPhase()
	l.begun = now
	l.rejectAt, l.deadline, l.evictAt, l.endAt, l.removeAt = des.Never, des.Never, des.Never, des.Never, des.Never
	l.resetAt = des.Never
	l.status.Clear()
	if s := t.ActiveDeadlineSeconds; s.Set {
		// From status.startTime, which has whole seconds (active_deadline.go:94, status_manager.go:979@v1.37.2).
		l.deadline = max(now, now.Truncate().Add(api.Seconds(s.Value)))
	}
	first := now.Add(l.draw(&env.Knobs.Latency.Start, rng.Launch, 0, now)).Add(l.phase)
	l.containers = slices.Grow(l.containers, len(t.Containers))[:len(t.Containers)]
	for i := range l.containers {
		c := &l.containers[i]
		*c = container{}
		c.kind, c.at, c.readyAt, c.turn, c.killAt = t.Containers[i].Kind, des.Never, des.Never, des.Never, des.Never
		c.startedAt, c.finishedAt = des.Never, des.Never
		c.fate = l.fate(i, c.kind, 0)
		l.sidecars = l.sidecars || c.kind == api.Sidecar
		if c.fate.End == api.EndRejected && l.rejectAt == des.Never {
			l.rejectAt = first.Add(c.fate.Start)
		}
	}
	if l.rejectAt == des.Never {
		l.launch(first)
	}
	l.next = l.earliest()
}

// fate is what will happen to a run of container i.
func (l *Life) fate(i int, kind api.ContainerKind, restart int32) api.Fate {
	k := l.key
	k.Container, k.Restart = int32(i), restart
	return l.env.Fates.Resolve(k, kind == api.Main)
}

// draw is a latency of the pod's node that begins at the instant at. sub tells apart the draws of one pod for one
// purpose.
func (l *Life) draw(d *rng.Dist, p rng.Purpose, sub int32, at des.Time) des.Duration {
	if d.IsZero() {
		return 0
	}
	source, own := l.env.Fates.Source, l.address(p, sub)
	share := l.env.Knobs.Latency.Shared
	if share == 0 {
		return source.Draw(d, own)
	}
	return source.DrawNear(d, own, moment(at), share)
}

// moment is the address of what latencies have in common that begin in the same second. When machines have much to do,
// all that begins then is slow: on kind, ranks of the starts of pods that were bound within a tenth of a second of each
// other are 0.15 apart at the mean, and those of ends; if they had nothing in common it would be a third.
func moment(at des.Time) rng.Key {
	return rng.Key{Purpose: rng.Moment, Job: -1, Index: -1, Sub: int32(at / des.Time(des.Second))}
}

func (l *Life) address(p rng.Purpose, sub int32) rng.Key {
	return rng.Key{Purpose: p, Job: int32(l.key.Job), Index: l.key.Index, Attempt: l.key.Attempt, Sub: sub}
}

// Next is when the life acts next. Never: only a deletion can wake it, or nothing any more.
func (l *Life) Next() des.Time { return l.next }

func (l *Life) earliest() des.Time {
	switch {
	case l.done:
		return des.Never
	case l.ended:
		return l.removeAt
	}
	next := min(l.rejectAt, l.endAt)
	if !l.stopping {
		next = min(next, l.deadline, l.evictAt, l.resetAt)
	}
	for i := range l.containers {
		next = min(next, l.containers[i].at, l.containers[i].readyAt)
	}
	return next
}

// Act lets happen what is due and says what is to be written. It is to be called at Next; called earlier it does
// nothing. A world in which the node was away calls it later: then it catches up, and one report sums up what became
// of the pod meanwhile.
func (l *Life) Act(now des.Time) Action {
	next := l.next
	if next > now || next == des.Never {
		return Action{Done: l.done}
	}
	if l.ended {
		l.done, l.next = true, des.Never
		return Action{Remove: true, Done: true, Because: CauseRemove}
	}
	var act Action
	for more := true; more; more = !l.ended && next < now {
		l.changed, l.because = false, 0
		l.step(next)
		if l.changed {
			act.Write, act.Because = true, l.because
		}
		next = l.earliest()
	}
	l.next = next
	if l.ended {
		l.status.EndedAt = now
		if l.deleted {
			l.confirm(now)
			l.next = l.removeAt
		}
	}
	if act.Write {
		l.status.Reports++
	}
	return act
}

// step lets happen what is due at one instant. What starts in a step does not end in it: a world sees every run.
func (l *Life) step(now des.Time) {
	if l.rejectAt <= now {
		l.reject(now)
		return
	}
	if !l.stopping && l.deadline <= now {
		l.expire(now)
	}
	if !l.stopping && l.evictAt <= now {
		l.evict(now)
	}
	for i := range l.containers {
		if c := &l.containers[i]; c.state == running && c.at <= now {
			l.exited(i, now)
		}
	}
	if l.resetAt <= now {
		l.reset(now)
	}
	for i := range l.containers {
		switch c := &l.containers[i]; {
		case c.state.awaits() && c.at <= now:
			l.started(i, now)
		case c.readyAt <= now:
			c.ready, c.readyAt = true, des.Never
			l.change(CauseReady)
		}
	}
	l.stopSidecars(now)
	if l.resetAt == des.Never && l.stopped() {
		l.endSoon(now, max(l.because, l.stopCause))
		if l.endAt <= now {
			l.end(now)
		}
	}
	if l.changed {
		l.summarise(now)
	}
}

// change notes that there is something to report, and why.
func (l *Life) change(c Cause) {
	l.changed = true
	l.because = max(l.because, c)
}

// Status is what the kubelet has to report after the last Act that asked to Write. Its Disruption is the kubelet's
// own word: NoDisruption leaves what another component has written.
func (l *Life) Status() api.PodStatus { return l.status }
