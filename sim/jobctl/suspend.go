package jobctl

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
)

// maintainSuspended sets or clears the Suspended condition (job_controller.go:1162-1193).
func (c *Controller) maintainSuspended(j *jobState) {
	s := &j.sync
	now := c.kernel.Now()
	status := &s.job.Status
	if s.job.Spec.Suspend {
		status.Conditions, s.suspendChanged = ensureJobConditionStatus(status.Conditions,
			newCondition(api.JobSuspended, true, api.ReasonJobSuspended, "Job suspended", now))
		if s.suspendChanged {
			s.because = RuleSuspended
			c.event(j, store.Normal, "Suspended")
			if c.knobs.Kubernetes >= 36 { // MutableSchedulingDirectivesForSuspendedJobs
				status.StartTime = des.Never
			}
		}
		return
	}
	if api.FindCondition(status.Conditions, api.JobSuspended) < 0 {
		return
	}
	status.Conditions, s.suspendChanged = ensureJobConditionStatus(status.Conditions,
		newCondition(api.JobSuspended, false, api.ReasonJobResumed, "Job resumed", now))
	if s.suspendChanged {
		s.because = RuleResumed
		c.event(j, store.Normal, "Resumed")
		status.StartTime = now
	}
}

// ensureJobConditionStatus appends or updates a condition; a condition that never was is not added as False
// (job_controller.go:2118). The list is copied before it is changed.
func ensureJobConditionStatus(list []api.Condition, want api.Condition) ([]api.Condition, bool) {
	i := api.FindCondition(list, want.Type)
	if i < 0 {
		if !want.Status {
			return list, false
		}
		return append(slices.Clip(list), want), true
	}
	if have := &list[i]; have.Status == want.Status && have.Reason == want.Reason && have.Message == want.Message {
		return list, false
	}
	list = slices.Clone(list)
	list[i] = want
	return list, true
}
