package kubelet

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// end makes the pod's phase terminal. A pod that ends after its deadline has exceeded it, whatever else happened
// (kubelet_pods.go:1950@v1.37.2).
func (l *Life) end(now des.Time) {
	l.ended = true
	l.cleanUp(now)
	l.lose()
	if l.reason == api.NoReason && l.deadline <= now {
		l.reason = api.DeadlineExceeded
	}
	switch {
	case l.reason == api.DeadlineExceeded:
		l.change(CauseDeadline)
	case !l.changed:
		l.change(l.endCause)
	}
}

// cleanUp is what the kubelet does when it looks at an evicted pod one of whose containers has ended: it removes all of
// them, and if it is still about to end the pod, nobody will know how they ended (kubelet.go:2797 and 3454,
// pod_workers.go:719@v1.37.2).
func (l *Life) cleanUp(now des.Time) {
	if l.reason != api.Evicted || l.env.Knobs.Latency.Relist == 0 {
		return
	}
	found := func(c container) bool {
		return c.terminated() && c.finishedAt >= l.stopAt && l.look(c.finishedAt) < now
	}
	if !slices.ContainsFunc(l.containers, found) {
		return
	}
	for i := range l.containers {
		l.containers[i].lost = l.containers[i].startedAt != des.Never
	}
}

// lose gives an end to containers that have none: in a pod that has been initialised a main container counts as
// failed, and so do an init container or a sidecar before one that has been started, and the first
// (status_manager.go:720-850@v1.37.2).
func (l *Life) lose() {
	initialised, started := true, 0
	for i := range l.containers {
		c := &l.containers[i]
		if c.kind == api.Main {
			break
		}
		// The last of them decides; a sidecar has done its part of the initialisation by running.
		initialised = c.startedAt != des.Never && (c.kind == api.Sidecar || c.exit == 0)
		if c.startedAt != des.Never {
			started = i
		}
	}
	for i := range l.containers {
		c := &l.containers[i]
		if c.startedAt != des.Never {
			continue
		}
		c.lost = c.kind == api.Main && initialised || c.kind != api.Main && i <= started
	}
	for i := range l.containers {
		c := &l.containers[i]
		if !c.lost {
			continue
		}
		if c.startedAt != des.Never {
			c.last = c.latest()
		}
		c.startedAt, c.finishedAt, c.exit, c.oom = des.Never, des.Never, exitKilled, false
	}
}

// succeeded says whether every main container exited with 0 (kubelet_pods.go:1850-1872@v1.37.2). An init container
// that failed leaves them without a start; sidecars do not count.
func (l *Life) succeeded() bool {
	for i := range l.containers {
		if c := &l.containers[i]; c.kind == api.Main && (c.startedAt == des.Never || c.exit != 0) {
			return false
		}
	}
	return true
}

// summarise brings the status up to date with the containers.
func (l *Life) summarise(now des.Time) {
	s := &l.status
	s.StartTime = l.begun.Truncate()
	started, ready := l.sumUp()
	switch {
	case l.ended:
		s.Phase, s.Reason = api.Failed, l.reason
		if l.reason == api.Evicted {
			s.Disruption = api.TerminationByKubelet
		}
		// That an evicted pod Failed is what the kubelet says before its containers are killed; afterwards their exit
		// codes decide, as for any other but one past its deadline (kubelet_pods.go:1926-1957@v1.37.2).
		if l.reason != api.DeadlineExceeded && l.succeeded() {
			s.Phase, s.Reason = api.Succeeded, api.NoReason
		}
	case started && s.Phase == api.Pending:
		s.Phase, s.RunningSince = api.Running, now
	}
	// The Ready condition is there from the kubelet's first report, and dates from when the kubelet learnt of the pod
	// until it changes (job-semantics row 49).
	if !s.HasReady {
		s.HasReady, s.ReadySince = true, l.begun.Truncate()
	}
	if ready = ready && started && !l.ended; s.Ready != ready {
		s.Ready, s.ReadySince = ready, now.Truncate()
	}
}

// sumUp writes what is summed over the containers, and says whether every main container has been started and whether
// all that count are ready (status/generate.go:55@v1.37.2).
func (l *Life) sumUp() (started, ready bool) {
	s := &l.status
	s.Restarts, s.MaxRestarts, s.MaxSidecar, s.Exit, s.OOMKilled = 0, 0, 0, 0, false
	started, ready = true, true
	var mains, sidecars des.Time // when the last of them ended
	early := int32(0)            // the first exit code among init containers and sidecars, which come after these
	for i := range l.containers {
		c := &l.containers[i]
		s.Restarts += c.restarts
		exit, at := int32(0), des.Never
		if c.terminated() {
			exit, at = c.exit, c.finishedAt.Truncate()
			s.OOMKilled = s.OOMKilled || c.oom
		}
		switch c.kind {
		case api.Main:
			s.Exit = firstFailure(s.Exit, exit)
			s.MaxRestarts = max(s.MaxRestarts, c.restarts)
			started = started && c.startedAt != des.Never
			mains = max(mains, at)
		case api.Sidecar:
			early = firstFailure(early, exit)
			s.MaxSidecar = max(s.MaxSidecar, c.restarts)
			sidecars = max(sidecars, at)
		case api.Init:
			early = firstFailure(early, exit)
		}
		ready = ready && (c.ready || c.kind == api.Init)
	}
	s.Exit, s.FinishedAt = firstFailure(s.Exit, early), max(mains, sidecars)
	if l.sidecars && mains == des.Never {
		// The Job controller, whose view this is, overlooks that a main container has not ended where the sidecars
		// have (getFinishTimeFromContainers, pkg/controller/job/backoff_utils.go:186@v1.37.2).
		s.FinishedAt = sidecars
	}
	return started, ready
}

// firstFailure is the first of two exit codes that is not 0.
func firstFailure(a, b int32) int32 {
	if a != 0 {
		return a
	}
	return b
}
