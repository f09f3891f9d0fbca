package store

import (
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// resized is what the pods of a Job asked for that were created before its template changed.
type resized struct {
	job      api.JobID
	before   int32 // creation number of the first pod with the new template
	requests api.PodRequests
}

// validResize says whether the requests in the Job's template may change: while it is suspended without active pods,
// and has not started or has the condition Suspended (shouldAllowMutablePodTemplate,
// pkg/registry/batch/job/strategy.go:146@v1.37.2; MutablePodResourcesForSuspendedJobs, on since 1.36). What they were
// is kept for the pods that are there.
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
	s.resized = append(s.resized, resized{j.ID, s.created[j.ID], old.Requests})
	return nil
}

// Requests is what the pod asks for: what the template of its Job said when it was created.
func (s *Store) Requests(p *api.Pod) *api.PodRequests {
	for i := range s.resized {
		if r := &s.resized[i]; r.job == p.Job && p.Number < r.before {
			return &r.requests
		}
	}
	return &s.Job(p.Job).Spec.Template.Requests
}
