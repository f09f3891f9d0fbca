package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// containerState is where a container stands, as far as the kubelet has noticed.
type containerState uint8

const (
	idle       containerState = iota // its turn has not come
	starting                         // Waiting; starts for the first time at .at
	running                          // Running; its end is noticed at .at
	restarting                       // Terminated; starts again at .at
	backingOff                       // Waiting, CrashLoopBackOff; starts again at .at
	over                             // will never run again
)

// awaits says whether a start is to come.
func (s containerState) awaits() bool { return s == starting || s == restarting || s == backingOff }

// ending is how a run comes to its end.
type ending uint8

const (
	byItself ending = iota // as its fate says
	bySIGTERM
	bySIGKILL
)

// exitKilled is the exit code of a process killed by SIGKILL: 128+9.
const exitKilled = 137

// container is one container of a Life.
type container struct {
	kind     api.ContainerKind
	state    containerState
	ending   ending // of the present run
	ready    bool
	oom      bool // the latest finished run was killed for its memory
	lost     bool // its end counts as unknown once the pod has ended; see lose
	reset    bool // it was removed, and has not been started again
	restarts int32
	exit     int32    // of the latest finished run
	fate     api.Fate // of the present run or the next
	at       des.Time // when the state is left; Never
	readyAt  des.Time // when it becomes ready; Never

	startedAt  des.Time // of the present or latest run; Never before the first
	finishedAt des.Time // of that run, known in advance; Never
	naturalEnd des.Time // finishedAt if nobody interferes
	last       past     // the run before

	turn   des.Time // when SIGTERM was or will be sent; Never
	killAt des.Time // SIGKILL; Never

	backOff des.Duration // before the next restart but the first; 0: no entry
	updated des.Time     // when backOff was set
}

// past is a run that has ended.
type past struct {
	ended, oom            bool
	removed               bool // it was removed before its end was known
	exit                  int32
	startedAt, finishedAt des.Time
}

// latest is the latest run, which has ended.
func (c *container) latest() past {
	return past{ended: true, oom: c.oom, exit: c.exit, startedAt: c.startedAt, finishedAt: c.finishedAt}
}

// launch lets the next container start from the instant at on, and its companions: init containers one after another,
// what follows a sidecar once that has started, the main containers all at once
// (kuberuntime_container.go:1063@v1.37.2).
func (l *Life) launch(at des.Time) {
	for ; l.boot < len(l.containers); l.boot++ {
		c := &l.containers[l.boot]
		c.state, c.at = starting, c.startAt(at)
		if c.kind != api.Main {
			l.boot++
			return
		}
	}
}

// launchNext is launch by a kubelet that has noticed at the instant now that the next container may start.
func (l *Life) launchNext(now des.Time) {
	if l.boot < len(l.containers) {
		l.launch(now.Add(l.relaunch(l.boot, now)))
	}
}

// relaunch is what the node takes to start a container of a pod that is there, from the instant at on.
func (l *Life) relaunch(i int, at des.Time) des.Duration {
	return l.draw(&l.env.Knobs.Latency.Restart, rng.Restart, l.run(i), at)
}

// startAt is when the next run starts if it may start from the instant at on.
func (c *container) startAt(at des.Time) des.Time {
	if c.fate.End == api.EndStuck {
		return des.Never
	}
	return at.Add(c.fate.Start)
}

// started is the start of a run.
func (l *Life) started(i int, now des.Time) {
	c := &l.containers[i]
	first := c.startedAt == des.Never
	switch {
	case first:
		l.change(CauseStart)
	case c.reset:
		l.change(CauseRestart)
	default:
		c.last = c.latest()
		c.restarts++
		l.change(CauseRestart)
	}
	c.state, c.ending, c.exit, c.oom = running, byItself, 0, false
	c.startedAt = now
	if end := now.Add(c.fate.Run).Add(l.phase); c.fate.End == api.EndEvicted {
		c.naturalEnd, c.finishedAt, c.at = des.Never, des.Never, des.Never
		l.evictAt = min(l.evictAt, end)
	} else {
		c.naturalEnd = end
		l.finish(i, end, byItself)
	}
	c.ready, c.readyAt = false, des.Never
	if c.kind != api.Init {
		c.ready = c.fate.Ready == 0
		if !c.ready {
			c.readyAt = now.Add(c.fate.Ready).Add(l.phase)
		}
	}
	if (first || c.reset) && c.kind == api.Sidecar {
		l.launchNext(now)
	}
	c.reset = false
}

// finish sets when and how the present run ends. A SIGKILL is noticed after the pod's phase; other ends contain it. A
// kubelet that was told to end the pod waits for that; of any other end it learns when it looks.
func (l *Life) finish(i int, at des.Time, by ending) {
	c := &l.containers[i]
	c.finishedAt, c.ending, c.at = at, by, at
	if by == bySIGKILL {
		c.at = c.at.Add(l.phase)
	}
	if !l.told() {
		found := l.look(c.at)
		c.at = found.Add(l.draw(&l.env.Knobs.Latency.Observe, rng.Observe, l.run(i), found))
	}
}

// run tells apart the runs of the pod's containers, for addressed draws.
func (l *Life) run(i int) int32 { return int32(i)<<16 ^ l.containers[i].restarts }

// exited is when the kubelet notices the end of a run.
func (l *Life) exited(i int, now des.Time) {
	c := &l.containers[i]
	c.ready, c.readyAt = false, des.Never
	c.concluded()
	switch c.ending {
	case byItself:
		l.change(CauseFate)
	case bySIGTERM:
		l.change(l.stopCause)
	case bySIGKILL:
		l.change(max(CauseKill, l.stopCause))
	}
	switch {
	case l.restartsAll(i):
		l.killAll(i, now)
		return
	case l.restartable(i):
		l.restart(i, now)
		return
	}
	c.state, c.at = over, des.Never
	if c.kind == api.Init {
		if c.exit == 0 {
			l.launchNext(now)
		} else {
			l.giveUp()
		}
	}
}

// concluded sets the outcome of the run that has ended.
func (c *container) concluded() {
	switch {
	case c.ending == bySIGTERM:
		c.exit = c.fate.TermExit
	case c.ending == bySIGKILL:
		c.exit = exitKilled
	case c.fate.End == api.EndOOM:
		c.exit, c.oom = exitKilled, true
	default:
		c.exit = c.fate.Exit
	}
}

// terminated says whether the container is Terminated. One in back-off is Waiting, and so is one that was in back-off
// when its pod began to end, until the pod has ended.
func (c *container) terminated() bool {
	if c.lost {
		return c.startedAt == des.Never
	}
	return c.startedAt != des.Never && (c.state == over || c.state == restarting)
}
