package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// A container whose exit matches a rule with the action RestartAllContainers has all containers of its pod begin anew,
// those that have ended among them: what runs is killed, one after the other, all are removed, and the pod starts as at
// first (computePodActions, kuberuntime_manager.go:1293@v1.37.2; gate RestartAllContainersOnContainerExits, on since
// 1.36). With the containers goes what a back-off counts from (doBackOff, :2077): there is none.

// restartsAll says whether the exit of container i has all containers of the pod begin anew.
func (l *Life) restartsAll(i int) bool {
	return !l.stopping && l.env.Knobs.Kubernetes >= 36 && l.t.Containers[i].RestartsAll(l.containers[i].exit)
}

// relistPeriod is how often the kubelet looks for containers that have ended (genericPlegRelistPeriod,
// pkg/kubelet/kubelet.go:215@v1.37.2): pods whose containers end at once begin anew no more often.
const relistPeriod = des.Second

// killAll begins with that. A container gets SIGTERM when the one before it has ended, main containers first, and
// SIGKILL after minimumGrace; nothing of it is reported.
func (l *Life) killAll(i int, now des.Time) {
	l.containers[i].state, l.containers[i].at = over, des.Never
	l.boot, l.evictAt = len(l.containers), des.Never
	at := now
	for _, kind := range [...]api.ContainerKind{api.Main, api.Sidecar} {
		for k := range l.containers {
			c := &l.containers[k]
			if c.kind != kind {
				continue
			}
			c.at, c.readyAt = des.Never, des.Never
			if c.state == running && c.finishedAt > at {
				at = c.killed(at, l.phase)
			}
		}
	}
	l.resetAt = max(at, l.lastReset)
}

// killed is when a running container ends that gets SIGTERM at turn. From now on that is its fate, whatever else
// happens to the pod.
func (c *container) killed(turn des.Time, phase des.Duration) des.Time {
	death, exit := turn.Add(c.fate.Term).Add(phase), c.fate.TermExit
	if c.fate.Term >= minimumGrace {
		death, exit = turn.Add(minimumGrace).Add(phase), exitKilled
	}
	if death < c.naturalEnd {
		c.naturalEnd, c.fate.Exit, c.fate.End = death, exit, api.EndExit
	}
	c.finishedAt = c.naturalEnd
	return c.finishedAt
}

// reset is the removal of all containers, after which the first one starts.
func (l *Life) reset(now des.Time) {
	l.resetAt, l.boot, l.lastReset = des.Never, 0, now.Add(relistPeriod)
	l.change(CauseRestartAll)
	for i := range l.containers {
		c := &l.containers[i]
		if c.startedAt != des.Never {
			c.restarts++
			c.last = past{ended: true, removed: true, exit: exitKilled, startedAt: des.Never, finishedAt: des.Never}
			c.reset = true
		}
		c.state, c.at, c.readyAt, c.ready, c.ending = idle, des.Never, des.Never, false, byItself
		c.fate = l.fate(i, c.kind, c.restarts)
	}
	l.launchNext(now)
}

// giveUpReset has a pod that is to end go on from where the reset was: what was killed ends as it would have.
func (l *Life) giveUpReset(now des.Time) {
	if l.resetAt == des.Never {
		return
	}
	l.resetAt = des.Never
	for i := range l.containers {
		if c := &l.containers[i]; c.state == running && c.at == des.Never && c.finishedAt != des.Never {
			c.at = max(now, c.finishedAt)
		}
	}
}
