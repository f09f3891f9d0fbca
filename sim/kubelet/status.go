package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// end makes the pod's phase terminal.
func (l *Life) end(now des.Time) {
	l.ended = true
	l.summarise(now)
	s := &l.status
	s.Phase, s.Reason = api.Failed, l.reason
	if l.reason == api.NoReason && l.succeeded() {
		s.Phase = api.Succeeded
	}
	if l.reason == api.AdmissionError {
		s.HasReady = false
	}
	s.EndedAt = now
	if l.deleted {
		l.confirm(now)
	}
}

// succeeded says whether every main and init container has run and exited with 0; sidecars do not count
// (kubelet_pods.go:1850-1872@v1.37.2).
func (l *Life) succeeded() bool {
	for i := range l.containers {
		if c := &l.containers[i]; c.kind != api.Sidecar && (c.finishedAt == des.Never || c.exit != 0) {
			return false
		}
	}
	return true
}

// summarise brings the status up to date with the containers.
func (l *Life) summarise(now des.Time) {
	s := &l.status
	s.Restarts, s.MaxRestarts, s.Exit, s.OOMKilled = 0, 0, 0, false
	s.FinishedAt = 0
	started, ready := true, true
	for i := range l.containers {
		c := &l.containers[i]
		s.Restarts += c.restarts
		if c.state == over && c.exit != 0 && s.Exit == 0 {
			s.Exit = c.exit
		}
		s.OOMKilled = s.OOMKilled || c.oom && c.state == over
		if c.kind == api.Init {
			continue
		}
		ready = ready && c.ready
		if c.kind == api.Main {
			s.MaxRestarts = max(s.MaxRestarts, c.restarts)
			started = started && c.startedAt != des.Never
		}
		finished := c.finishedAt
		if c.state != over {
			finished = des.Never
		}
		s.FinishedAt = max(s.FinishedAt, finished.Truncate()) // Never, once a container has not finished
	}
	if started && s.Phase == api.Pending {
		s.Phase = api.Running
		s.RunningSince = now
	}
	l.setReady(started && ready && !l.ended, now)
}

// setReady keeps the Ready condition. It is there from the kubelet's first report, and until the containers are ready
// it dates from when the kubelet learnt of the pod.
func (l *Life) setReady(ready bool, now des.Time) {
	s := &l.status
	if !s.HasReady {
		s.HasReady, s.ReadySince = true, l.begun.Truncate()
	}
	if s.Ready != ready {
		s.Ready, s.ReadySince = ready, now.Truncate()
	}
}
