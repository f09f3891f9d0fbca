package api

import (
	"slices"

	"github.com/jobsim/jobsim/sim/des"
)

// CronJobID is the dense number of a CronJob in its run: its place in the scenario, from 0.
type CronJobID int32

// ConcurrencyPolicy says what happens when a Job is due and an earlier one is not finished.
type ConcurrencyPolicy uint8

// The policies of batch/v1. The zero value is the API's default.
const (
	AllowConcurrent ConcurrencyPolicy = iota
	ForbidConcurrent
	ReplaceConcurrent
)

// String is the API's word.
func (p ConcurrencyPolicy) String() string { return [...]string{"Allow", "Forbid", "Replace"}[p] }

// CronJobSpec is batch/v1 CronJobSpec after defaulting. It is never changed in place.
type CronJobSpec struct {
	Name, Namespace string

	// Schedule is every schedule time after the creation, in order, in the scenario's time: all of them up to the
	// horizon, and a few more. Time zones are resolved in it.
	Schedule []des.Time
	Plan     CronPlan
	// Slots are the schedule times that have a Job, where the schedule changes in the run: those of all schedules that
	// there will be. Nil: those of Schedule.
	Slots []des.Time
	// Jobs are the Jobs of the schedule times up to the horizon, as the jobTemplate makes them; their numbers begin at
	// FirstJob.
	Jobs     []JobSpec
	FirstJob JobID

	ConcurrencyPolicy          ConcurrencyPolicy
	StartingDeadlineSeconds    Opt[int64]
	SuccessfulJobsHistoryLimit Opt[int32]
	FailedJobsHistoryLimit     Opt[int32]
	Suspend                    bool
}

// CronPlan is how a schedule is written.
type CronPlan struct{ Schedule, TimeZone string }

// Slot is the schedule time of the CronJob's k-th Job.
func (s *CronJobSpec) Slot(k int) des.Time {
	if s.Slots != nil {
		return s.Slots[k]
	}
	return s.Schedule[k]
}

// SlotOf is which Job a schedule time has.
func (s *CronJobSpec) SlotOf(t des.Time) int {
	list := s.Slots
	if list == nil {
		list = s.Schedule
	}
	k, _ := slices.BinarySearch(list, t)
	return k
}

// Owns says whether the Job is one of the CronJob's.
func (s *CronJobSpec) Owns(id JobID) bool {
	return id >= s.FirstJob && int(id-s.FirstJob) < len(s.Jobs)
}

// CronJob is a batch/v1 CronJob as the store holds it.
type CronJob struct {
	ID         CronJobID
	Version    uint64 // resourceVersion; 0: no such object
	Born       uint64 // orders objects by their creation
	Generation int64
	Created    des.Time     // creationTimestamp, whole seconds
	Spec       *CronJobSpec // shared and immutable
	Status     CronJobStatus
}

// CronJobStatus is batch/v1 CronJobStatus. Its list is immutable: an update replaces it.
type CronJobStatus struct {
	Active             []JobID
	LastScheduleTime   des.Time // Never: absent
	LastSuccessfulTime des.Time // Never: absent
}

// CronJobPatch is a change of a CronJob's spec. Absent fields stay as they are.
type CronJobPatch struct {
	Suspend                    Opt[bool]
	ConcurrencyPolicy          Opt[ConcurrencyPolicy]
	StartingDeadlineSeconds    Opt[int64]
	SuccessfulJobsHistoryLimit Opt[int32]
	FailedJobsHistoryLimit     Opt[int32]
	// Plan and the times of it, Schedule, go together; a Plan of no schedule changes neither.
	Plan     CronPlan
	Schedule []des.Time
}

// Apply is spec with the patch applied, and whether anything changed.
func (p *CronJobPatch) Apply(spec CronJobSpec) (CronJobSpec, bool) {
	changed := set(&spec.Suspend, p.Suspend)
	changed = set(&spec.ConcurrencyPolicy, p.ConcurrencyPolicy) || changed
	changed = setOpt(&spec.StartingDeadlineSeconds, p.StartingDeadlineSeconds) || changed
	changed = setOpt(&spec.SuccessfulJobsHistoryLimit, p.SuccessfulJobsHistoryLimit) || changed
	changed = setOpt(&spec.FailedJobsHistoryLimit, p.FailedJobsHistoryLimit) || changed
	if p.Plan.Schedule != "" && p.Plan != spec.Plan {
		spec.Plan, spec.Schedule, changed = p.Plan, p.Schedule, true
	}
	return spec, changed
}
