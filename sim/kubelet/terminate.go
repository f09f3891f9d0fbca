package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// minimumGrace is the least time between SIGTERM and SIGKILL (kuberuntime_manager.go:84@v1.37.2).
const minimumGrace = 2 * des.Second

// Delete tells the life that its pod was marked for deletion now, with a grace period in seconds. It may be told
// again of a shorter one, which counts from the first deletion, as the deletionTimestamp does; a longer one is
// ignored. A grace of 0 kills at once: it is also how to say that the pod is gone.
func (l *Life) Delete(now des.Time, grace int64) {
	again := l.deleted
	l.deleted = true
	switch {
	case l.done:
	case l.ended:
		if l.removeAt == des.Never {
			l.confirm(now)
		}
	case !again:
		l.rejectAt = des.Never
		l.stop(now, max(0, grace), max(CauseTerminate, l.stopCause))
		l.endIdle(now)
	case grace < l.grace:
		l.grace = max(0, grace)
		l.plan(now)
	}
	l.next = l.earliest()
}

// confirm schedules the confirming deletion.
func (l *Life) confirm(now des.Time) {
	l.removeAt = now.Add(l.phase).Add(l.draw(&l.env.Knobs.Latency.Remove, rng.Remove, 0, now))
}

// expire ends a pod whose activeDeadlineSeconds have run out: its containers have the pod's own grace period
// (active_deadline.go:68, kubelet.go:2123, pod_workers.go:1033@v1.37.2).
func (l *Life) expire(now des.Time) {
	l.reason = api.DeadlineExceeded
	l.stop(now, l.t.TerminationGracePeriodSeconds, CauseDeadline)
	l.endIdle(now)
}

// stop lets no container start any more and gives those that run the grace period, in seconds, to end.
func (l *Life) stop(now des.Time, grace int64, why Cause) {
	l.giveUpReset(now)
	l.stopping, l.stopCause, l.stopAt, l.grace = true, why, now, grace
	l.boot = len(l.containers)
	for i := range l.containers {
		if c := &l.containers[i]; c.state != running {
			l.cancel(c)
		}
	}
	l.plan(now)
}

// cancel gives up the next run of a container that does not run. One in back-off is Waiting, which a pod that ends of
// itself may not be: its end counts as lost (status_manager.go:741@v1.37.2). A deleted pod's containers do not wait
// for a restart (container/helpers.go:92@v1.37.2), so that the end of the last run is the container's.
func (l *Life) cancel(c *container) {
	c.lost = c.lost || c.state == backingOff && !l.deleted
	c.state, c.at = over, des.Never
}

// endIdle lets a pod that was stopped while nothing ran end soon.
func (l *Life) endIdle(now des.Time) {
	if l.stopped() {
		l.endSoon(now.Add(l.phase), l.stopCause)
	}
}

// endSoon schedules the end of a pod of which nothing runs any more, once: its phase is terminal when its sandbox has
// been stopped (pod_workers.go:1315, status_manager.go:1505@v1.37.2). A kubelet that was not told to end the pod looks
// once more before it stops it (pod_workers.go:1280), but for the sandbox of a pod with sidecars, which it has stopped
// with them (kuberuntime_manager.go:1484): of that it has only to report what it sees.
func (l *Life) endSoon(at des.Time, why Cause) {
	if l.endAt != des.Never {
		return
	}
	latency := &l.env.Knobs.Latency
	l.endCause = why
	if l.told() {
		l.endAt = at.Add(l.draw(&latency.Kill, rng.Kill, 0, at))
		return
	}
	next := l.nextLook(at)
	if !l.stopping {
		l.endAt = next.Add(l.draw(&latency.Stop, rng.Stop, 0, next))
		return
	}
	if next > at {
		next = next.Add(l.draw(&latency.Observe, rng.Observe, -1, next))
	}
	died := l.lastExit()
	l.endAt = max(next, died.Add(l.draw(&latency.Stop, rng.Stop, 0, died)))
}

// lastExit is when the last of the containers ended.
func (l *Life) lastExit() (at des.Time) {
	for i := range l.containers {
		if c := &l.containers[i]; c.finishedAt != des.Never {
			at = max(at, c.finishedAt)
		}
	}
	return at
}

// told says whether the kubelet was told to end the pod, and waits for it.
func (l *Life) told() bool { return l.stopping && l.stopCause != CauseSidecars }

// plan works out when and how the running containers end. SIGTERM goes to the main and init containers at once, to a
// sidecar after the main containers and the next sidecar have ended or the grace period has passed
// (kuberuntime_termination_order.go:43 and 97@v1.37.2).
func (l *Life) plan(now des.Time) {
	mains := l.stopAt
	for i := range l.containers {
		if c := &l.containers[i]; c.kind != api.Sidecar && c.state == running {
			l.signal(i, l.stopAt, now)
			if c.kind == api.Main {
				mains = max(mains, c.finishedAt)
			}
		}
	}
	expiry := l.stopAt.Add(api.Seconds(l.grace))
	next := mains
	for i := len(l.containers) - 1; i >= 0; i-- {
		c := &l.containers[i]
		if c.kind != api.Sidecar {
			continue
		}
		ended := mains
		if c.state == running {
			l.signal(i, min(max(mains, next), expiry), now)
			ended = c.finishedAt
		}
		next = ended
	}
}

// signal plans the end of a running container that gets SIGTERM at turn, unless it has got it before.
func (l *Life) signal(i int, turn, now des.Time) {
	c := &l.containers[i]
	if c.finishedAt <= now {
		return // it has ended, and that will be noticed
	}
	if c.turn == des.Never || c.turn > now {
		c.turn = max(turn, now)
	}
	since := max(c.turn, l.stopAt)
	c.killAt = min(c.killAt, max(now, since.Add(l.graceLeft(since))))
	death, by := c.turn.Add(c.fate.Term), bySIGTERM
	if death <= c.killAt {
		death = death.Add(l.phase)
	} else {
		death, by = c.killAt, bySIGKILL
	}
	if c.naturalEnd <= death {
		death, by = c.naturalEnd, byItself
	}
	l.finish(i, death, by)
}

// graceLeft is how long a container has that gets SIGTERM at turn: what is left of the grace period, with the time
// waited cut to whole seconds, and at least minimumGrace (kuberuntime_container.go:900-910@v1.37.2). A deletion with
// grace 0 leaves nothing.
func (l *Life) graceLeft(turn des.Time) des.Duration {
	if l.deleted && l.grace == 0 {
		return 0
	}
	waited := turn.Sub(l.stopAt) / des.Second * des.Second
	return max(minimumGrace, api.Seconds(l.grace)-waited)
}

// giveUp is the failure of an init container that is not restarted: what has not started never will.
func (l *Life) giveUp() {
	l.boot = len(l.containers)
	for i := range l.containers {
		if c := &l.containers[i]; c.state == idle {
			c.state = over
		}
	}
}

// stopSidecars ends the sidecars once no other container runs or will run (kuberuntime_manager.go:1484@v1.37.2).
func (l *Life) stopSidecars(now des.Time) {
	if l.stopping || !l.sidecars || l.resetAt != des.Never {
		return
	}
	for i := range l.containers {
		if c := &l.containers[i]; c.kind != api.Sidecar && c.state != over {
			return
		}
	}
	l.stop(now, l.t.TerminationGracePeriodSeconds, CauseSidecars)
}

// evictionGrace is the grace period of a pod that is evicted for its node's sake, in seconds (eviction_manager.go:62,
// 431@v1.37.2).
const evictionGrace = 1

// evict ends the pod, whatever its restartPolicy. Its containers get SIGTERM, and for all that minimumGrace; the reason
// and the condition are written with the terminal phase (eviction_manager.go:633, status_manager.go:1473@v1.37.2).
func (l *Life) evict(now des.Time) {
	l.reason = api.Evicted
	l.stop(now, evictionGrace, CauseEvict)
}

// reject ends a pod that the kubelet does not admit: it has no container statuses and no conditions
// (kubelet.go:2640@v1.37.2).
func (l *Life) reject(now des.Time) {
	l.change(CauseReject)
	l.ended, l.reason = true, api.AdmissionError
	l.containers = l.containers[:0]
	s := &l.status
	s.Phase, s.Reason, s.StartTime = api.Failed, l.reason, l.begun.Truncate()
}

// stopped says whether no container runs or will run.
func (l *Life) stopped() bool {
	for i := range l.containers {
		if l.containers[i].state != over {
			return false
		}
	}
	return true
}
