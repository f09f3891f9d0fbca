package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// containerState is where a container stands.
type containerState uint8

const (
	idle     containerState = iota // its turn has not come
	starting                       // starts at .at
	running                        // its end is reported at .at
	waiting                        // in restart back-off until .at
	over                           // will never run again
)

// container is one container of a Life.
type container struct {
	kind     api.ContainerKind
	state    containerState
	restarts int32
	fate     api.Fate // of the present or next run
	at       des.Time // when the state is left
	readyAt  des.Time // when it becomes ready; Never once it is, or while it does not run

	ready      bool
	startedAt  des.Time // of the latest run; Never before the first
	finishedAt des.Time // of the latest run; Never while it runs and before
	exit       int32
	oom        bool
	last       termination // the run before

	signalled bool // got SIGTERM
	backoff   des.Duration
	updated   des.Time // when backoff was set
}

// termination is how a run ended.
type termination struct {
	ok                    bool // there was such a run
	startedAt, finishedAt des.Time
	exit                  int32
	oom                   bool
}

// startNext starts the containers whose turn it is: init containers one after another, a sidecar together with its
// successor, the main containers all at once.
func (l *Life) startNext(at des.Time) {
	for l.boot < len(l.containers) && !l.stopping {
		c := &l.containers[l.boot]
		if c.kind == api.Main && l.initRunning() {
			return
		}
		l.boot++
		c.state = starting
		c.at = at.Add(c.fate.Start)
		if c.fate.End == api.EndStuck {
			c.at = des.Never
		}
		if c.kind != api.Main {
			return
		}
	}
}

// initRunning says whether an init container has not ended yet.
func (l *Life) initRunning() bool {
	for i := range l.containers[:l.boot] {
		c := &l.containers[i]
		if c.kind == api.Init && c.state != over || c.kind == api.Sidecar && c.startedAt == des.Never {
			return true
		}
	}
	return false
}

// advance lets container i do what is due.
func (l *Life) advance(i int, now des.Time) {
	c := &l.containers[i]
	for c.at <= now {
		switch c.state {
		case starting:
			l.started(c, now)
		case running:
			l.exited(i, now)
		case waiting:
			l.restart(i, now)
		case idle, over:
			panic("kubelet: a container that does nothing has something to do")
		}
	}
	if c.readyAt <= now {
		c.ready, c.readyAt = true, des.Never
	}
}

func (l *Life) started(c *container, now des.Time) {
	c.state = running
	l.because = RuleStart
	if c.restarts > 0 {
		l.because = RuleRestart
	}
	c.startedAt, c.finishedAt = now, des.Never
	c.at = des.Never
	if c.fate.Run != des.Forever {
		c.at = now.Add(c.fate.Run).Add(l.phase)
		c.finishedAt = c.at
		c.at = c.at.Add(l.env.draw(&l.env.Knobs.Latency.Observe, l, rng.Observe))
	}
	c.ready = c.fate.Ready == 0
	c.readyAt = des.Never
	if !c.ready && c.fate.Ready != des.Forever {
		c.readyAt = now.Add(c.fate.Ready).Add(l.phase)
	}
	if c.kind == api.Sidecar {
		l.startNext(now)
	}
}

// exited is the end of a run: by itself, by a signal, or by the kubelet.
func (l *Life) exited(i int, now des.Time) {
	c := &l.containers[i]
	c.ready, c.readyAt = false, des.Never
	if !c.signalled {
		c.exit, c.oom = c.fate.Exit, false
		l.because = trace.RuleFate
		switch c.fate.End {
		case api.EndOOM:
			c.exit, c.oom = 137, true
		case api.EndEvicted:
			c.exit = 137
			l.evict(i, now)
			return
		case api.EndExit, api.EndRejected, api.EndStuck:
		}
	}
	if l.restarts(c) {
		l.scheduleRestart(i, now)
		return
	}
	c.state, c.at = over, des.Never
	if c.kind == api.Init && c.exit == 0 {
		l.startNext(now)
	}
	if c.kind == api.Init && c.exit != 0 {
		l.stopRest(now)
	}
}

// restarts says whether the container runs again after its exit.
func (l *Life) restarts(c *container) bool {
	switch {
	case l.stopping || c.signalled:
		return false
	case c.kind == api.Sidecar:
		return true
	}
	return c.exit != 0 && l.t.RestartPolicy == api.RestartOnFailure
}

// restart begins another run.
func (l *Life) restart(i int, now des.Time) {
	c := &l.containers[i]
	c.last = termination{true, c.startedAt, c.finishedAt, c.exit, c.oom}
	c.restarts++
	l.resolve(i)
	if c.fate.Start > 0 {
		c.state, c.at = starting, now.Add(c.fate.Start)
		return
	}
	l.started(c, now)
}
