package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// resyncInterval is how long a pod worker sleeps at most before jitter (syncFrequency,
// pkg/kubelet/apis/config/v1beta1/defaults.go:77@v1.37.2).
const resyncInterval = des.Minute

// restartable says whether container i runs again after its exit: sidecars always, an init container that has done its
// part never, others by their own restart policy or else by the pod's.
func (l *Life) restartable(i int) bool {
	c := &l.containers[i]
	switch {
	case l.stopping:
		return false
	case c.kind == api.Sidecar:
		return true
	case c.kind == api.Init && c.exit == 0:
		return false
	}
	if own := &l.t.Containers[i]; own.Restart.Set && l.env.Knobs.Kubernetes >= 35 { // ContainerRestartRules
		return own.Restarts(c.exit)
	}
	return l.t.RestartPolicy.Restarts(c.exit)
}

// restart plans the next run of a container whose exit has been noticed, by doBackOff
// (kuberuntime_manager.go:2077@v1.37.2): the first restart is immediate and sets the back-off, a further one waits
// until the back-off has passed since the exit, and then doubles it.
func (l *Life) restart(i int, now des.Time) {
	c := &l.containers[i]
	knobs := l.env.Knobs
	wake := now
	if !c.forgotten(now, knobs.RestartBackoffReset) {
		if due := c.finishedAt.Add(c.backOff); due > now {
			wake = l.wakeUp(i, now, due)
		}
	}
	switch {
	case c.forgotten(wake, knobs.RestartBackoffReset):
		c.backOff = knobs.RestartBackoff
	case c.backOff > knobs.MaxRestartBackoff-c.backOff:
		c.backOff = knobs.MaxRestartBackoff
	default:
		c.backOff *= 2
	}
	c.updated = wake
	c.fate = l.fate(i, c.kind, c.restarts+1)
	c.state, c.at = restarting, c.startAt(wake.Add(l.relaunch(i, wake)))
	if wake > now {
		l.change(CauseBackOff)
		// A sidecar that exited with 0 stays Terminated meanwhile (kubelet_pods.go:2733@v1.37.2).
		if c.exit != 0 || c.kind == api.Main {
			c.state = backingOff
		}
	}
}

// forgotten says whether there is no back-off entry at the instant: there never was one, or it has expired. It
// expires when the run that ended was longer than reset (pkg/kubelet/kubelet.go:1088@v1.37.2), and also while the
// container waits, because housekeeping throws away entries that are older than that (kubelet_pods.go:1485@v1.37.2).
func (c *container) forgotten(at des.Time, reset des.Duration) bool {
	return c.backOff == 0 || max(at, c.finishedAt).Sub(c.updated) > reset
}

// wakeUp is when the pod worker restarts container i, whose back-off ends at due. Without jitter that is at once.
// With it the worker sleeps for what remains, at most resyncInterval, and up to half as long again
// (pod_workers.go:1537@v1.37.2), until the kubelet's next look at its queue, once a second (kubelet.go:2674@v1.37.2),
// and then sees how things are. The other containers of the pod do not wake it.
func (l *Life) wakeUp(i int, now, due des.Time) des.Time {
	if !l.env.Knobs.RestartJitter {
		return due
	}
	c := &l.containers[i]
	s := l.env.Fates.Source.At(l.address(rng.Jitter, l.run(i)))
	at := now
	for at < due && !c.forgotten(at, l.env.Knobs.RestartBackoffReset) {
		sleep := min(due.Sub(at), resyncInterval)
		sleep += des.Duration(s.Int64N(int64(sleep+1) / 2))
		at = at.Add(sleep + des.Second - 1).Truncate().Add(l.phase)
	}
	return at
}
