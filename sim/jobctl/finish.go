package jobctl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// enactJobFinished adds the terminal condition, unless pods are uncounted or terminating (job_controller.go:1611). It
// says whether the Job is finished.
func (c *Controller) enactJobFinished(j *jobState) bool {
	s := &j.sync
	status := &s.job.Status
	if s.finished.Type == "" || len(status.UncountedSucceeded)+len(status.UncountedFailed) > 0 {
		return false
	}
	if s.terminating > 0 {
		c.explain(j, trace.Wait, RuleTerminatingBlocks, trace.Arg{Key: "terminating", Value: itoa(s.terminating)})
		return false
	}
	terminal := newCondition(s.finished.Type, true, s.finished.Reason, s.finished.Message, c.kernel.Now())
	status.Conditions, _ = ensureJobConditionStatus(status.Conditions, terminal)
	if s.finished.Type == api.JobComplete {
		// The time of the decision, before the finalizers were removed.
		status.CompletionTime = s.finished.Transition
	}
	s.because = RuleFinish
	return true
}

// recordJobFinished emits the event of a finished Job and remembers that its terminal status was written
// (job_controller.go:1443-1445, 1634).
func (c *Controller) recordJobFinished(j *jobState) {
	s := &j.sync
	cond, ok := s.job.Status.FinishedCondition()
	if !ok {
		return
	}
	j.finishedExpected = true
	c.metrics.countJob(s.job.Spec, cond.Reason)
	if cond.Type == api.JobComplete {
		if n := s.job.Spec.Completions; n.Set && s.job.Status.Succeeded > n.Value {
			c.event(j, store.Warning, "TooManySucceededPods")
		}
		c.event(j, store.Normal, "Completed")
		return
	}
	c.event(j, store.Warning, cond.Reason)
}
