package store

import (
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// validResize says whether the requests in the Job's template may change: while it is suspended without active pods,
// and has not started or has the condition Suspended (shouldAllowMutablePodTemplate,
// pkg/registry/batch/job/strategy.go:146@v1.37.2; MutablePodResourcesForSuspendedJobs, on since 1.36). From
// then on each pod has what its own template asked for.
func (s *Store) validResize(j *api.Job, now *api.JobSpec) error {
	old := &j.Spec.Template
	same := func(a, b api.Container) bool { return a.Requests == b.Requests }
	if slices.EqualFunc(old.Containers, now.Template.Containers, same) {
		return nil
	}
	conditions := j.Status.Conditions
	i := api.FindCondition(conditions, api.JobSuspended)
	stopped := j.Status.StartTime == des.Never || i >= 0 && conditions[i].Status
	if s.kubernetes < 36 || !j.Spec.Suspend || !stopped || j.Status.Active > 0 {
		return fmt.Errorf("%w: spec.template: field is immutable", ErrInvalid)
	}
	s.resized = true
	s.EachPodOf(j.ID, func(p *api.Pod) { s.keepRequests(p.ID, &old.Requests) })
	return nil
}

func (s *Store) keepRequests(id api.PodID, r *api.PodRequests) {
	for int(id) >= len(s.requests) {
		s.requests = append(s.requests, nil)
	}
	if s.requests[id] == nil {
		s.requests[id] = r
	}
}

// Requests is what the pod asks for: what the template said that it was created from.
func (s *Store) Requests(p *api.Pod) *api.PodRequests {
	if int(p.ID) < len(s.requests) && s.requests[p.ID] != nil {
		return s.requests[p.ID]
	}
	return &s.Job(p.Job).Spec.Template.Requests
}
