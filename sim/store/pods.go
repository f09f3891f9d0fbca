package store

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// CreatePod stores a new Pending pod of the Job with the tracking finalizer, at the completion index or api.NoIndex. It
// is made from the template in spec, which may be older than the Job. What the index has seen of failures is written
// down beside it, as annotations are.
func (s *Store) CreatePod(w Writer, job api.JobID, spec *api.JobSpec, index int32, failures api.IndexFailures,
) api.PodID {
	number := s.created[job]
	s.created[job]++
	attempt := number
	if index != api.NoIndex {
		attempt = s.nextAttempt(job, index)
	}
	p := s.pods.add()
	p.Job, p.Index, p.Attempt, p.Number, p.Node = job, index, attempt, number, api.NoNode
	p.Created, p.Deleted, p.Finalizer = s.kernel.Now().Truncate(), des.Never, true
	p.Owner, p.Labels = job, s.jobs[job].Spec.PodLabels
	p.Status.Clear()
	p.older = s.firstPod[job]
	s.firstPod[job] = p.ID
	s.live++
	if s.resized {
		s.keepRequests(p.ID, &spec.Template.Requests)
	}
	s.annotate(p.ID, failures)
	s.beforePod(&noPodYet)
	s.commitPod(w, &p.Pod, Created)
	return p.ID
}

// noPodYet is the pod before its creation.
var noPodYet api.Pod

// nextAttempt counts the pods of one completion index, from 0.
func (s *Store) nextAttempt(job api.JobID, index int32) int32 {
	for int(job) >= len(s.attempts) {
		s.attempts = append(s.attempts, nil)
	}
	for int(index) >= len(s.attempts[job]) {
		s.attempts[job] = append(s.attempts[job], 0)
	}
	n := s.attempts[job][index]
	s.attempts[job][index]++
	return n
}

// annotate keeps the failures of the pod's index, if there are any.
func (s *Store) annotate(id api.PodID, failures api.IndexFailures) {
	if failures == (api.IndexFailures{}) {
		return
	}
	for int(id) >= len(s.failures) {
		s.failures = append(s.failures, api.IndexFailures{})
	}
	s.failures[id] = failures
}

// IndexFailures is what the pod's annotations say of the failures of its index before it.
func (s *Store) IndexFailures(id api.PodID) api.IndexFailures {
	if int(id) >= len(s.failures) {
		return api.IndexFailures{}
	}
	return s.failures[id]
}

// KeepExits stores how the containers of a pod have ended, for PodStatus.Exits; old is what that was before.
func (s *Store) KeepExits(old int32, exits []api.ContainerExit) int32 {
	if len(exits) == 0 {
		return 0
	}
	if old > 0 && slices.Equal(s.exitList(old), exits) {
		return old
	}
	s.exits = append(s.exits, exits...)
	s.exitEnds = append(s.exitEnds, int32(len(s.exits)))
	return int32(len(s.exitEnds))
}

func (s *Store) exitList(at int32) []api.ContainerExit {
	from := int32(0)
	if at > 1 {
		from = s.exitEnds[at-2]
	}
	return s.exits[from:s.exitEnds[at-1]]
}

// Exits are the containers of the pod that have terminated with a code other than 0, main containers before the others.
// They are appended to out. In a pod of one container the status says it all.
func (s *Store) Exits(out []api.ContainerExit, p *api.PodStatus) []api.ContainerExit {
	switch {
	case p.Exits > 0:
		return append(out, s.exitList(p.Exits)...)
	case p.Exit != 0:
		return append(out, api.ContainerExit{Exit: p.Exit})
	}
	return out
}

// BindPod puts the pod on a node. It reports false, and does nothing, where the pod is gone, deleted or bound already.
func (s *Store) BindPod(w Writer, id api.PodID, node api.NodeID) bool {
	p := s.Pod(id)
	if p.Version == 0 || p.Deleted != des.Never || p.Node != api.NoNode {
		return false
	}
	s.beforePod(p)
	p.Node = node
	s.commitPod(w, p, Bound)
	return true
}

// MarkUnfit writes why the pod is not bound: the message of a condition, and where that is thought to be a new one also
// when it came about, in whole seconds. It does nothing where the pod is gone; a write that changes nothing is none.
func (s *Store) MarkUnfit(w Writer, id api.PodID, message int32, isNew bool) {
	p := s.Pod(id)
	if p.Version == 0 {
		return
	}
	for int(id) >= len(s.unfitSince) {
		s.unfitSince = append(s.unfitSince, des.Never)
	}
	since := s.unfitSince[id]
	if isNew || since == des.Never {
		since = s.kernel.Now().Truncate()
	}
	if p.Unfit == message && s.unfitSince[id] == since {
		return
	}
	s.beforePod(p)
	p.Unfit, s.unfitSince[id] = message, since
	s.commitPod(w, p, Unfit)
}

// UpdatePodStatus writes the pod's status. It reports false where the pod is gone. A write that changes nothing is
// none.
func (s *Store) UpdatePodStatus(w Writer, id api.PodID, status *api.PodStatus) bool {
	p := s.Pod(id)
	if p.Version == 0 {
		return false
	}
	if p.Status == *status {
		return true
	}
	s.beforePod(p)
	ended := p.Status.Phase.Terminal()
	p.Status = *status
	if !ended && p.Status.Phase.Terminal() {
		s.commitPod(w, p, Ended)
	} else {
		s.commitPod(w, p, Progress)
	}
	return true
}

// Untrack removes the pod's tracking finalizer, and with it the pod if that was all that held it. It reports false
// where the pod is gone: to a controller, 404.
func (s *Store) Untrack(w Writer, id api.PodID) bool {
	p := s.Pod(id)
	if p.Version == 0 {
		return false
	}
	if !p.Finalizer {
		return true
	}
	s.beforePod(p)
	p.Finalizer = false
	if p.Deleted != des.Never && p.Grace == 0 {
		s.removePod(w, p)
	} else {
		s.commitPod(w, p, Progress)
	}
	return true
}

// FailPod makes a pod that no kubelet looks after Failed (PodGC's markFailedAndDeletePod,
// podgc/gc_controller.go:346@v1.37.2).
func (s *Store) FailPod(w Writer, id api.PodID, d api.Disruption) {
	status := s.Pod(id).Status
	status.Phase, status.EndedAt = api.Failed, s.kernel.Now()
	if d != api.NoDisruption {
		status.Disruption = d
	}
	s.UpdatePodStatus(w, id, &status)
}
