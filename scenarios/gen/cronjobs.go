package gen

import (
	"fmt"
	"time"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// cronJobs adds one or two CronJobs, and what befalls them; the run then goes up to its horizon, which is an hour at
// most.
func cronJobs(d *drawing) {
	if most := des.Hour; d.file.Until.Horizon.Duration > most {
		d.file.Until.Horizon = span(most)
	}
	start, err := time.Parse(time.RFC3339, scenarios.DefaultStart)
	if err != nil {
		panic(err) // it is a constant
	}
	d.file.Start = start.Add(time.Duration(d.below(86400)) * time.Second).Format(time.RFC3339)
	for i := range 1 + d.below(2) {
		d.cronJob(i)
	}
}

func (d *drawing) cronJob(i int) {
	template := d.newCronTemplate()
	m := &batchv1.CronJob{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("cron%d", i)}}
	s := &m.Spec
	s.JobTemplate.Spec = template
	s.Schedule = pick(d, "* * * * *", "* * * * *", "*/2 * * * *", "*/3 * * * *", "1,2,5,7,20,40 * * * *", "@hourly")
	s.ConcurrencyPolicy = pick(d, "", batchv1.AllowConcurrent, batchv1.ForbidConcurrent, batchv1.ForbidConcurrent,
		batchv1.ReplaceConcurrent, batchv1.ReplaceConcurrent)
	if d.coin(1, 3) {
		s.StartingDeadlineSeconds = ptr(int64(pick(d, 0, 1, 5, 30, 59, 60, 100, 250)))
	}
	if d.coin(1, 2) {
		s.SuccessfulJobsHistoryLimit = ptr(int32(d.below(3)))
	}
	if d.coin(1, 2) {
		s.FailedJobsHistoryLimit = ptr(int32(d.below(3)))
	}
	if d.coin(1, 6) {
		s.Suspend = ptr(true)
	}
	if d.coin(1, 4) {
		s.TimeZone = ptr(pick(d, "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"))
	}
	c := scenarios.CronJob{Manifest: m}
	if d.coin(1, 2) {
		c.At = d.when(2 * des.Minute)
	}
	d.file.CronJobs = append(d.file.CronJobs, c)
	for range d.below(3) {
		at := d.when(10 * des.Minute)
		d.fault(d.cronFault(at, m.Name))
	}
	d.cronFates(m.Name)
}

// newCronTemplate is a Job of one or two pods.
func (d *drawing) newCronTemplate() (out batchv1.JobSpec) {
	out = d.newJob(0).Spec
	out.Completions = ptr(int32(1 + d.below(2)))
	if d.coin(1, 2) {
		out.Parallelism = ptr(int32(2))
	}
	if d.coin(1, 2) {
		out.BackoffLimit = ptr(int32(d.below(2)))
	}
	if d.coin(1, 4) {
		out.ActiveDeadlineSeconds = ptr(int64(pick(d, 10, 40, 90)))
	}
	if d.coin(1, 4) {
		out.TTLSecondsAfterFinished = ptr(int32(pick(d, 0, 5, 50)))
	}
	return out
}

func (d *drawing) cronFault(at scenarios.Span, name string) scenarios.Fault {
	p := &scenarios.PatchCronJob{CronJob: name}
	switch d.below(6) {
	case 0, 1:
		return scenarios.Fault{At: at, Suspend: name}
	case 2, 3:
		return scenarios.Fault{At: at, Resume: name}
	case 4:
		p.SuccessfulJobsHistoryLimit = ptr(int32(d.below(3)))
		p.ConcurrencyPolicy = pick(d, batchv1.AllowConcurrent, batchv1.ForbidConcurrent, batchv1.ReplaceConcurrent)
	case 5:
		p.StartingDeadlineSeconds = ptr(int64(pick(d, 1, 20, 200)))
		if d.coin(1, 2) {
			p.Schedule = pick(d, "* * * * *", "*/2 * * * *", "*/5 * * * *", "3,4,9 * * * *")
		}
		if d.coin(1, 4) {
			p.TimeZone = pick(d, "Europe/Berlin", "Asia/Kathmandu")
		}
	}
	return scenarios.Fault{At: at, PatchCronJob: p}
}

// cronFates let the Jobs of some schedule times take long, and those of others fail.
func (d *drawing) cronFates(name string) {
	match := scenarios.Match{CronJob: name}
	if d.coin(1, 2) {
		failing := scenarios.Fate{Match: match, Exit: ptr(int32(1)), Run: d.span()}
		d.someSlots(&failing)
		d.file.Fates = append(d.file.Fates, failing)
	}
	long := scenarios.Fate{Match: match, Run: constant(d.oneOf(des.Second, 30, 70, 100, 200))}
	d.someSlots(&long)
	d.file.Fates = append(d.file.Fates, long, scenarios.Fate{Match: match, Run: d.span()})
}

// someSlots restricts a fate to some schedule times, or gives it a probability.
func (d *drawing) someSlots(f *scenarios.Fate) {
	if d.on.Has(Coins) && d.coin(1, 2) {
		f.Probability = ptr(pick(d, 0.1, 0.5))
		return
	}
	from := int32(d.below(6))
	f.Match.Slot = scenarios.Ranges{Ranges: api.Ranges{{From: from, To: from + int32(d.below(3))},
		{From: from + 6, To: from + 6 + int32(d.below(10))}}}
}
