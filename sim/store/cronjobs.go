package store

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// CronJob is the CronJob id as stored. The caller must not change it.
func (s *Store) CronJob(id api.CronJobID) *api.CronJob { return &s.cronJobs[id] }

// CronJobs are all CronJobs, by id; those that do not exist yet have Version 0.
func (s *Store) CronJobs() []api.CronJob { return s.cronJobs }

// ReserveCronJobs makes room for CronJobs that are to come.
func (s *Store) ReserveCronJobs(n int) {
	s.cronJobs = s.cronJobs[:0]
	for i := range n {
		s.cronJobs = append(s.cronJobs, api.CronJob{ID: api.CronJobID(i),
			Status: api.CronJobStatus{LastScheduleTime: des.Never, LastSuccessfulTime: des.Never}})
	}
}

// CreateCronJob stores the CronJob id with an empty status.
func (s *Store) CreateCronJob(w Writer, id api.CronJobID, spec *api.CronJobSpec) {
	c := s.cronJobs[id]
	c.Generation, c.Created, c.Spec, c.Born = 1, s.kernel.Now().Truncate(), spec, s.bear()
	s.commitCronJob(w, c)
}

// UpdateCronJobSpec changes a CronJob's spec. A patch that changes nothing is no write. Errors: ErrNotFound.
func (s *Store) UpdateCronJobSpec(w Writer, id api.CronJobID, patch *api.CronJobPatch) error {
	c := s.cronJobs[id]
	if c.Version == 0 {
		return ErrNotFound
	}
	spec, changed := patch.Apply(*c.Spec)
	if !changed {
		return nil
	}
	c.Spec = &spec
	c.Generation++
	s.commitCronJob(w, c)
	return nil
}

// UpdateCronJobStatus writes the CronJob's status, provided that it is the latest version. A write that changes nothing
// is none. Errors: ErrConflict, ErrNotFound.
func (s *Store) UpdateCronJobStatus(w Writer, cron *api.CronJob) error {
	c := s.cronJobs[cron.ID]
	switch {
	case c.Version == 0:
		return ErrNotFound
	case c.Version != cron.Version:
		return ErrConflict
	case slices.Equal(c.Status.Active, cron.Status.Active) && c.Status.LastScheduleTime == cron.Status.LastScheduleTime &&
		c.Status.LastSuccessfulTime == cron.Status.LastSuccessfulTime:
		return nil
	}
	c.Status = cron.Status
	s.commitCronJob(w, c)
	return nil
}

// commitCronJob stores a changed copy, has the write recorded and puts it into the history.
func (s *Store) commitCronJob(w Writer, now api.CronJob) {
	s.version++
	now.Version = s.version
	if s.observer != nil {
		s.observer.CronJob(s.kernel.Now(), w.Actor, w.Because, &s.cronJobs[now.ID], &now)
	}
	s.cronJobs[now.ID] = now
	s.notify().CronJob = &now
}
