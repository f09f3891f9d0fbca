package store

import (
	"fmt"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// AdoptPod makes the Job the owner of a pod, and gives the pod the tracking finalizer (ownerRefControllerPatch,
// pkg/controller/controller_ref_manager.go:542@v1.37.2). Errors: ErrNotFound; ErrInvalid where the pod has another
// owner, or is being deleted and has no finalizer.
func (s *Store) AdoptPod(w Writer, id api.PodID, job api.JobID) error {
	switch p := s.Pod(id); {
	case p.Version == 0:
		return ErrNotFound
	case p.Owner != api.NoJob && p.Owner != job:
		return fmt.Errorf("%w: metadata.ownerReferences: only one reference can have controller set to true", ErrInvalid)
	case p.Deleted != des.Never && !p.Finalizer:
		return fmt.Errorf("%w: metadata.finalizers: no new ones can be added if the object is being deleted", ErrInvalid)
	case p.Owner == job && p.Finalizer:
	default:
		s.beforePod(p)
		p.Owner, p.Finalizer = job, true
		s.commitPod(w, p, Progress)
	}
	return nil
}

// ReleasePod takes the Job off a pod as its owner, and the tracking finalizer. It does nothing where the pod is gone or
// has neither. Where that is the end of the pod, its last notice shows it as it was before, with its owner
// (deleteWithoutFinalizers, apiserver/pkg/registry/generic/registry/store.go@v0.37.2).
func (s *Store) ReleasePod(w Writer, id api.PodID, job api.JobID) {
	p := s.Pod(id)
	if p.Version == 0 || p.Owner != job && !p.Finalizer {
		return
	}
	s.beforePod(p)
	p.Finalizer = false
	if p.Deleted != des.Never && p.Grace == 0 {
		s.removePod(w, p)
		return
	}
	if p.Owner == job {
		p.Owner = api.NoJob
	}
	s.commitPod(w, p, Progress)
}

// RelabelPod changes the labels of a pod.
func (s *Store) RelabelPod(w Writer, id api.PodID, to api.LabelSet) {
	p := s.Pod(id)
	if p.Version == 0 || p.Labels == to {
		return
	}
	s.beforePod(p)
	p.Labels = to
	s.commitPod(w, p, Progress)
}
