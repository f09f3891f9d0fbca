package oracle

import (
	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// cronJob takes a write of a CronJob.
func (r *tracer) cronJob(now des.Time, actor trace.Actor, w Write) {
	before, _ := w.Old.(*batchv1.CronJob)
	after, _ := w.New.(*batchv1.CronJob)
	if after == nil {
		return // which no scenario can ask for
	}
	a, b := r.cronJobOf(before), r.cronJobOf(after)
	if before != nil && equality.Semantic.DeepEqual(before.Spec, after.Spec) {
		b.Spec = a.Spec
	}
	r.observer.CronJob(now, actor, "", &a, &b)
}

var concurrencyPolicies = map[batchv1.ConcurrencyPolicy]api.ConcurrencyPolicy{
	batchv1.AllowConcurrent: api.AllowConcurrent, batchv1.ForbidConcurrent: api.ForbidConcurrent,
	batchv1.ReplaceConcurrent: api.ReplaceConcurrent}

// cronJobOf is a CronJob in the simulator's terms, as far as a trace tells of it; its Version is 0 if there is none.
func (r *tracer) cronJobOf(c *batchv1.CronJob) (out api.CronJob) {
	if c == nil {
		return out
	}
	out.Version = 1
	out.Spec = &api.CronJobSpec{Name: c.Name, Suspend: c.Spec.Suspend != nil && *c.Spec.Suspend,
		ConcurrencyPolicy:          concurrencyPolicies[c.Spec.ConcurrencyPolicy],
		StartingDeadlineSeconds:    opt(c.Spec.StartingDeadlineSeconds),
		SuccessfulJobsHistoryLimit: opt(c.Spec.SuccessfulJobsHistoryLimit),
		FailedJobsHistoryLimit:     opt(c.Spec.FailedJobsHistoryLimit)}
	out.Spec.Plan.Schedule = c.Spec.Schedule
	if c.Spec.TimeZone != nil {
		out.Spec.Plan.TimeZone = *c.Spec.TimeZone
	}
	for _, ref := range c.Status.Active {
		out.Status.Active = append(out.Status.Active, r.ids[ref.Name])
	}
	out.Status.LastScheduleTime = r.since(c.Status.LastScheduleTime)
	out.Status.LastSuccessfulTime = r.since(c.Status.LastSuccessfulTime)
	return out
}
