package store

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// DeletePod deletes a pod with a grace period in seconds; absent means the pod's own. It reports false where the pod is
// gone.
//
// Like the API server it works in two steps: deletionTimestamp and grace are written, and the object is removed once
// the grace is 0 and no finalizer holds it (apiserver/pkg/registry/rest/delete.go:75 and
// registry/generic/registry/store.go:1116, v0.37.2).
func (s *Store) DeletePod(w Writer, id api.PodID, grace api.Opt[int64]) bool {
	p := s.Pod(id)
	if p.Version == 0 {
		return false
	}
	s.deletion = true
	switch {
	case p.Deleted == des.Never:
		s.beforePod(p)
		p.Grace = s.deletionGrace(p, grace)
		p.Deleted = s.kernel.Now().Add(api.Seconds(p.Grace)).Truncate()
		s.commitPod(w, p, Deleted)
	case p.Grace > 0 && grace.Set && grace.Value < p.Grace:
		s.beforePod(p)
		s.shortenGrace(p, max(grace.Value, 0))
		s.commitPod(w, p, Deleted)
	case p.Grace > 0:
		return true
	}
	if p.Grace == 0 && !p.Finalizer {
		s.beforePod(p)
		s.removePod(w, p)
	}
	return true
}

// deletionGrace is the grace of a first deletion: none for a pod that no kubelet has or that has ended
// (pkg/registry/core/pod/strategy.go:175).
func (s *Store) deletionGrace(p *api.Pod, grace api.Opt[int64]) int64 {
	if p.Node == api.NoNode || p.Status.Phase.Terminal() {
		return 0
	}
	g := grace.Or(s.jobs[p.Job].Spec.Template.TerminationGracePeriodSeconds)
	if g < 0 {
		return 1
	}
	return g
}

// shortenGrace applies a further deletion of a pod that is being deleted, with a shorter grace: its end comes nearer.
func (s *Store) shortenGrace(p *api.Pod, period int64) {
	until := p.Deleted.Add(-api.Seconds(p.Grace)).Add(api.Seconds(period))
	if now := s.kernel.Now(); until < now {
		until = now.Truncate()
		period = min(period, 1)
	}
	p.Deleted, p.Grace = until, period
}

// Disrupt sets the pod's DisruptionTarget condition.
func (s *Store) Disrupt(w Writer, id api.PodID, d api.Disruption) bool {
	p := s.Pod(id)
	if p.Version == 0 {
		return false
	}
	status := p.Status
	status.Disruption = d
	return s.UpdatePodStatus(w, id, &status)
}

// DeleteJob deletes a Job. Background removes it at once; Foreground and Orphan mark it with a finalizer and leave it
// to the garbage collector until FinishDeletion. It reports false where the Job is gone.
func (s *Store) DeleteJob(w Writer, id api.JobID, p api.Propagation) bool {
	j := &s.jobs[id]
	if j.Version == 0 {
		return false
	}
	s.deletion = true
	if p == api.Background {
		s.beforeJob(j)
		s.removeJob(w, j)
		return true
	}
	if j.Deleted != des.Never {
		if foreground := p == api.Foreground; j.Foreground != foreground { // the other finalizer replaces the first
			s.beforeJob(j)
			j.Foreground, j.Orphaned = foreground, !foreground
			s.commitMetadata(j)
		}
		return true
	}
	s.beforeJob(j)
	j.Deleted, j.Foreground, j.Orphaned = s.kernel.Now().Truncate(), p == api.Foreground, p == api.Orphan
	j.Generation++
	s.commitJob(w, j)
	return true
}

// FinishDeletion removes a Job that was marked, once none of its pods is left or all were let go.
func (s *Store) FinishDeletion(w Writer, id api.JobID) {
	if j := &s.jobs[id]; j.Version != 0 && j.Deleted != des.Never {
		s.beforeJob(j)
		s.removeJob(w, j)
	}
}

// DisownPod takes a Job off a pod as its owner. It does nothing where the pod is gone or not the Job's.
func (s *Store) DisownPod(w Writer, id api.PodID, job api.JobID) {
	p := s.Pod(id)
	if p.Version == 0 || p.Owner != job {
		return
	}
	s.beforePod(p)
	p.Owner = api.NoJob
	s.commitPod(w, p, Progress)
}
