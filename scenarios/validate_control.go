package scenarios

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	batchv1 "k8s.io/api/batch/v1"
)

// validateControlFault looks at what is done to the control plane and to CronJobs, and says how many of those the fault
// has.
func (s *Scenario) validateControlFault(at string, f *Fault) (given int) {
	for _, name := range []string{f.Suspend, f.Resume} {
		if name != "" && s.cronJobID(name) >= 0 {
			given++
		}
	}
	if p := f.PatchCronJob; p != nil {
		given++
		s.knownCronJob(at+".patchCronJob.cronJob", p.CronJob, false)
		s.doc.validateCronPatch(at+".patchCronJob", p)
		if id := s.cronJobID(p.CronJob); id >= 0 && (p.Schedule != "" || p.TimeZone != "") {
			spec := p.with(s.CronJobs[id].Spec)
			s.doc.validateSchedule(at+".patchCronJob.", &spec)
		}
	}
	if f.RestartController != nil {
		given++
	}
	if f.FailRequests != nil {
		given++
		s.doc.validateFailRequests(at+".failRequests", f.FailRequests)
	}
	if f.Quota != nil {
		given++
		s.validateQuota(at+".quota", f.Quota)
	}
	return given
}

func (d *document) validateCronPatch(at string, p *PatchCronJob) {
	if *p == (PatchCronJob{CronJob: p.CronJob}) {
		d.add(at, "changes nothing (allowed: schedule, timeZone, suspend, concurrencyPolicy, startingDeadlineSeconds, "+
			"successfulJobsHistoryLimit, failedJobsHistoryLimit)")
	}
	nonNegative(d, at+".startingDeadlineSeconds", p.StartingDeadlineSeconds)
	nonNegative(d, at+".successfulJobsHistoryLimit", p.SuccessfulJobsHistoryLimit)
	nonNegative(d, at+".failedJobsHistoryLimit", p.FailedJobsHistoryLimit)
	if _, ok := concurrencyPolicies[p.ConcurrencyPolicy]; p.ConcurrencyPolicy != "" && !ok {
		d.add(at+".concurrencyPolicy", "%q (allowed: Allow, Forbid, Replace)", cut(string(p.ConcurrencyPolicy)))
	}
}

func (d *document) validateFailRequests(at string, f *FailRequests) {
	if len(f.Requests) == 0 {
		d.add(at+".requests", "is required (allowed: createPods, deletePods, patchPods, updateStatus)")
	}
	for i, name := range f.Requests {
		if api.RequestNames[name] == 0 {
			d.add(fmt.Sprintf("%s.requests[%d]", at, i), "%q%s", cut(name),
				didYouMean(name, slices.Sorted(maps.Keys(api.RequestNames))))
		}
	}
	if f.For.Duration == 0 {
		d.add(at+".for", "is required, and more than 0s")
	}
	if _, ok := apiErrors[f.Error]; !ok {
		d.add(at+".error", "%q (allowed: InternalError, Forbidden, Conflict)", cut(f.Error))
	}
}

func (s *Scenario) validateQuota(at string, q *Quota) {
	nonNegative(s.doc, at+".pods", q.Pods)
	name := cmp.Or(q.Namespace, defaultNamespace)
	if !slices.ContainsFunc(s.templates(), func(m *batchv1.Job) bool { return m.Namespace == name }) {
		s.doc.add(at+".namespace", "no Job is in namespace %q", cut(name))
	}
}
