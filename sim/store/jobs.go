package store

import (
	"errors"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// ErrConflict is a status write of an outdated Job: HTTP 409.
var ErrConflict = errors.New("the object has been modified")

// ErrNotFound is a write to an object that is gone: HTTP 404.
var ErrNotFound = errors.New("not found")

// CreateJob stores a new Job with an empty status.
func (s *Store) CreateJob(w Writer, spec *api.JobSpec) api.JobID {
	id := api.JobID(len(s.jobs))
	s.jobs = append(s.jobs, api.Job{ID: id, Generation: 1, Created: s.kernel.Now().Truncate(), Deleted: des.Never,
		Spec: spec, Status: api.JobStatus{StartTime: des.Never, CompletionTime: des.Never}})
	s.firstPod = append(s.firstPod, noPod)
	s.created = append(s.created, 0)
	s.commitJob(w, &api.Job{}, &s.jobs[id])
	return id
}

// UpdateJobSpec changes a Job's spec. A patch that changes nothing is no write. It reports false where the Job is gone.
func (s *Store) UpdateJobSpec(w Writer, id api.JobID, patch *api.JobPatch) bool {
	j := &s.jobs[id]
	if j.Version == 0 {
		return false
	}
	spec, changed := patch.Apply(*j.Spec)
	if !changed {
		return true
	}
	old := *j
	j.Spec = &spec
	j.Generation++
	s.commitJob(w, &old, j)
	return true
}

// UpdateJobStatus writes job's status, provided that job is the latest version, and returns the Job as stored: its
// times are whole seconds. A write that changes nothing is none. Errors: ErrConflict, ErrInvalid, ErrNotFound.
func (s *Store) UpdateJobStatus(w Writer, job api.Job) (api.Job, error) {
	j := &s.jobs[job.ID]
	switch {
	case j.Version == 0:
		return job, ErrNotFound
	case j.Version != job.Version:
		return job, ErrConflict
	}
	status := truncated(job.Status)
	if equalStatus(&j.Status, &status) {
		return *j, nil
	}
	if !validStatus(j, &j.Status, &status) {
		return job, ErrInvalid
	}
	old := *j
	j.Status = status
	s.commitJob(w, &old, j)
	return *j, nil
}

// truncated is s as it looks after the trip over the wire, which keeps whole seconds.
func truncated(s api.JobStatus) api.JobStatus {
	s.StartTime, s.CompletionTime = s.StartTime.Truncate(), s.CompletionTime.Truncate()
	for i := range s.Conditions {
		if t := s.Conditions[i].Transition; t != t.Truncate() {
			s.Conditions = slices.Clone(s.Conditions)
			for k := range s.Conditions {
				s.Conditions[k].Transition = s.Conditions[k].Transition.Truncate()
			}
			break
		}
	}
	return s
}

func equalStatus(a, b *api.JobStatus) bool {
	return a.Active == b.Active && a.Succeeded == b.Succeeded && a.Failed == b.Failed &&
		a.Ready == b.Ready && a.Terminating == b.Terminating &&
		a.StartTime == b.StartTime && a.CompletionTime == b.CompletionTime &&
		a.CompletedIndexes == b.CompletedIndexes && a.FailedIndexes == b.FailedIndexes &&
		slices.Equal(a.UncountedSucceeded, b.UncountedSucceeded) && slices.Equal(a.UncountedFailed, b.UncountedFailed) &&
		slices.Equal(a.Conditions, b.Conditions)
}
