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

// reserveJob makes room for a Job that is to come.
func (s *Store) reserveJob() api.JobID {
	id := api.JobID(len(s.jobs))
	s.jobs = append(s.jobs, api.Job{ID: id, Deleted: des.Never,
		Status: api.JobStatus{StartTime: des.Never, CompletionTime: des.Never}})
	s.firstPod = append(s.firstPod, noPod)
	s.created = append(s.created, 0)
	s.ends, s.jobWrites = append(s.ends, des.Never), append(s.jobWrites, 0)
	return id
}

// CreateJob stores the Job id, for which Reset has made room, with an empty status.
func (s *Store) CreateJob(w Writer, id api.JobID, spec *api.JobSpec) {
	j := &s.jobs[id]
	s.beforeJob(&noJobYet)
	j.Generation, j.Created, j.Spec, j.Born = 1, s.kernel.Now().Truncate(), spec, s.bear()
	s.version++
	j.Version = s.version
	s.tellJob(w, j, Created)
	j.LabelsDue = !spec.Labelled
}

// noJobYet is the Job before its creation.
var noJobYet api.Job

// UpdateJobSpec changes a Job's spec. A patch that changes nothing, and no labels, is no write. Errors: ErrInvalid,
// ErrNotFound.
func (s *Store) UpdateJobSpec(w Writer, id api.JobID, patch *api.JobPatch) error {
	j := &s.jobs[id]
	if j.Version == 0 {
		return ErrNotFound
	}
	spec, changed := patch.Apply(*j.Spec)
	if !changed {
		if j.LabelsDue {
			s.beforeJob(j)
			s.commitMetadata(j)
		}
		return nil
	}
	if err := validUpdate(j.Spec, &spec); err != nil {
		return err
	}
	if len(patch.Requests) > 0 {
		if err := s.validResize(j, &spec); err != nil {
			return err
		}
	}
	s.beforeJob(j)
	j.Spec = &spec
	j.Generation++
	s.commitJob(w, j)
	return nil
}

// UpdateJobStatus writes job's status, provided that job is the latest version. Then job is as stored: its times are
// whole seconds, and its lists the store's own. A write that changes nothing, and no labels, is none. The list of
// conditions passes to the store; of uncounted pods it keeps a copy. Errors: ErrConflict, ErrInvalid, ErrNotFound.
func (s *Store) UpdateJobStatus(w Writer, job *api.Job) error {
	j := &s.jobs[job.ID]
	switch {
	case j.Version == 0:
		return ErrNotFound
	case j.Version != job.Version:
		return ErrConflict
	}
	truncate(&job.Status)
	if !j.LabelsDue && equalStatus(&j.Status, &job.Status) {
		return nil
	}
	if !validStatus(j, &j.Status, &job.Status) {
		return errInvalidStatus
	}
	s.keep(&job.Status.UncountedSucceeded, j.Status.UncountedSucceeded)
	s.keep(&job.Status.UncountedFailed, j.Status.UncountedFailed)
	s.beforeJob(j)
	j.Status = job.Status
	s.commitJob(w, j)
	job.Version = j.Version
	return nil
}

// idBlock is how many pod ids are allocated at once.
const idBlock = 4096

// keep replaces list by a copy that nobody will change: by old, where that is equal.
func (s *Store) keep(list *[]api.PodID, old []api.PodID) {
	n := len(*list)
	switch {
	case n == 0:
		*list = nil
		return
	case slices.Equal(old, *list):
		*list = old
		return
	case cap(s.ids)-len(s.ids) < n:
		s.ids = make([]api.PodID, 0, max(idBlock, n))
	}
	s.ids = append(s.ids, *list...)
	*list = s.ids[len(s.ids)-n : len(s.ids) : len(s.ids)]
}

// truncate makes s what it is after the trip over the wire, which keeps whole seconds.
func truncate(s *api.JobStatus) {
	s.StartTime, s.CompletionTime = s.StartTime.Truncate(), s.CompletionTime.Truncate()
	if !slices.ContainsFunc(s.Conditions, hasFraction) {
		return
	}
	s.Conditions = slices.Clone(s.Conditions)
	for i := range s.Conditions {
		s.Conditions[i].Transition = s.Conditions[i].Transition.Truncate()
	}
}

func hasFraction(c api.Condition) bool { return c.Transition != c.Transition.Truncate() }

func equalStatus(a, b *api.JobStatus) bool {
	return a.Active == b.Active && a.Succeeded == b.Succeeded && a.Failed == b.Failed &&
		a.Ready == b.Ready && a.Terminating == b.Terminating &&
		a.StartTime == b.StartTime && a.CompletionTime == b.CompletionTime &&
		a.CompletedIndexes == b.CompletedIndexes && a.FailedIndexes == b.FailedIndexes &&
		slices.Equal(a.UncountedSucceeded, b.UncountedSucceeded) && slices.Equal(a.UncountedFailed, b.UncountedFailed) &&
		slices.Equal(a.Conditions, b.Conditions)
}
