package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// Delete tells the life that its pod was deleted with a grace period in seconds. It may be told again of a shorter one.
func (l *Life) Delete(now des.Time, grace int64) {
	l.deleted = true
	if !l.stopping {
		l.because = RuleTerminate
	}
	if l.ended {
		if l.removeAt == des.Never && !l.done {
			l.confirm(now)
		}
		return
	}
	l.stop(now, grace)
}

// confirm schedules the confirming deletion.
func (l *Life) confirm(now des.Time) {
	l.removeAt = now.Add(l.phase).Add(l.env.draw(&l.env.Knobs.Latency.Remove, l, rng.Remove))
}

// stop sends SIGTERM to the main containers, and to the sidecars once those are gone; SIGKILL follows after the grace.
func (l *Life) stop(now des.Time, grace int64) {
	l.killAt = min(l.killAt, now.Add(api.Seconds(grace)))
	first := !l.stopping
	l.stopping = true
	for i := range l.containers {
		c := &l.containers[i]
		switch c.state {
		case running:
			if c.kind != api.Sidecar || c.signalled {
				l.signal(c, now)
			}
		case starting, waiting, idle:
			c.state, c.at, c.readyAt = over, des.Never, des.Never
		case over:
		}
	}
	if first {
		l.wake = now.Add(l.phase)
	}
}

// signal sends SIGTERM, or hears of a shorter grace.
func (l *Life) signal(c *container, now des.Time) {
	death, exit := now.Add(c.fate.Term), c.fate.TermExit
	if c.signalled {
		death, exit = c.finishedAt.Add(-l.phase), c.exit
	}
	if death > l.killAt {
		death, exit = max(now, l.killAt), 137
	}
	death = death.Add(l.phase)
	if !c.signalled && c.finishedAt <= death {
		return // it ends by itself before that
	}
	c.signalled = true
	c.finishedAt, c.exit = death, exit
	c.at = death.Add(l.env.draw(&l.env.Knobs.Latency.Observe, l, rng.Observe))
}

// stopRest gives up on containers that have not started, after an init container has failed for good.
func (l *Life) stopRest(now des.Time) {
	l.boot = len(l.containers)
	for i := range l.containers {
		c := &l.containers[i]
		if c.state == idle || c.state == starting {
			c.state, c.at = over, des.Never
		}
	}
	l.stopSidecars(now)
}

// stopSidecars ends the sidecars once no other container will run: the last one first, all within one grace period
// (kuberuntime_termination_order.go:43@v1.37.2).
func (l *Life) stopSidecars(now des.Time) {
	if l.boot < len(l.containers) && !l.stopping {
		return
	}
	for i := range l.containers {
		if c := &l.containers[i]; c.kind != api.Sidecar && c.state != over {
			return
		}
	}
	for i := len(l.containers) - 1; i >= 0; i-- {
		c := &l.containers[i]
		if c.kind != api.Sidecar || c.state == over {
			continue
		}
		if c.state != running {
			c.state, c.at = over, des.Never
			continue
		}
		if !c.signalled {
			if l.killAt == des.Never {
				l.killAt = now.Add(api.Seconds(l.t.TerminationGracePeriodSeconds))
			}
			l.signal(c, now)
			c.signalled = true // even if it ends by itself: it is not restarted
		}
		return
	}
}

// evict ends the whole pod at once (eviction_manager.go:646@v1.37.2).
func (l *Life) evict(i int, now des.Time) {
	l.reason, l.status.Disruption, l.because = api.Evicted, api.TerminationByKubelet, RuleEvict
	l.stopping = true
	for k := range l.containers {
		c := &l.containers[k]
		if c.state == running && k != i {
			c.finishedAt, c.exit = now, 137
		}
		c.state, c.at, c.readyAt, c.ready = over, des.Never, des.Never, false
	}
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
