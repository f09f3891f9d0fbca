package check

import (
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
)

// Checker looks at a store after every event of one run. The zero value is ready.
type Checker struct {
	jobs []seen
	left []bool // by pod: its Job has let it go, at least once
	pods []api.Pod
}

// seen is what is remembered of a Job.
type seen struct {
	job            api.Job
	maxParallelism int32
	created        int         // pods when it was first seen finished; -1 before
	adopted        []api.PodID // pods of others that it has owned
}

// After returns every proposition that does not hold now.
func (c *Checker) After(s *store.Store) (broken []string) {
	report := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	pods := c.countPods(s, report)
	for i := range s.Jobs() {
		job := s.Job(api.JobID(i))
		for i >= len(c.jobs) {
			c.jobs = append(c.jobs, seen{job: *job, created: -1})
		}
		was := &c.jobs[i]
		if job.Version != 0 {
			was.maxParallelism = max(was.maxParallelism, job.Spec.Parallelism)
			c.checkJob(was, job, pods[i], report)
		}
		was.job = *job
	}
	return broken
}

// jobPods are sums over the pods of one Job.
type jobPods struct{ created, active, ended int32 }

// countPods checks every pod and sums them up by Job.
func (c *Checker) countPods(s *store.Store, report func(string, ...any)) []jobPods {
	sums := make([]jobPods, len(s.Jobs()))
	for id := range s.PodCount() {
		p := s.Pod(id)
		sums[p.Job].created++
		if int(id) >= len(c.left) {
			c.left = append(c.left, false)
		}
		c.left[id] = c.left[id] || p.Owner != p.Job
		if p.Version != 0 && p.Active() && !c.left[id] {
			sums[p.Job].active++
		}
		if p.Version == 0 || !p.Active() {
			sums[p.Job].ended++
		}
		c.noteOwner(p)
		if int(id) < len(c.pods) {
			checkPod(&c.pods[id], p, report)
			c.pods[id] = *p
		} else {
			c.pods = append(c.pods, *p)
		}
	}
	for i := range c.jobs {
		for _, id := range c.jobs[i].adopted {
			if p := s.Pod(id); p.Version == 0 || !p.Active() {
				sums[i].ended++
			}
		}
	}
	return sums
}

// noteOwner remembers that a Job has adopted a pod.
func (c *Checker) noteOwner(p *api.Pod) {
	if p.Owner == p.Job || p.Owner == api.NoJob {
		return
	}
	if j := &c.jobs[p.Owner]; !slices.Contains(j.adopted, p.ID) {
		j.adopted = append(j.adopted, p.ID)
	}
}

func checkPod(was, p *api.Pod, report func(string, ...any)) {
	switch {
	case was.Status.Phase.Terminal() && p.Status.Phase != was.Status.Phase:
		report("pod %d went from %v to %v", p.ID, was.Status.Phase, p.Status.Phase)
	case p.Status.Phase < was.Status.Phase:
		report("pod %d went back from %v to %v", p.ID, was.Status.Phase, p.Status.Phase)
	case !was.Finalizer && p.Finalizer && was.Owner == p.Owner:
		report("pod %d got its finalizer back", p.ID)
	case was.Deleted != des.Never && p.Deleted > was.Deleted && p.Grace >= was.Grace:
		report("the deletion of pod %d was put off", p.ID)
	case p.Status.Ready && p.Status.Phase != api.Running && !forced(was, p):
		report("pod %d is ready and %v", p.ID, p.Status.Phase)
	case p.Status.EndedAt < p.Status.RunningSince && p.Status.RunningSince != des.Never:
		report("pod %d ended before it ran", p.ID)
	case was.Version == 0 && p.Version != 0:
		report("pod %d rose from the dead", p.ID)
	}
}

// forced says whether a pod that was ready has been made Failed by one who is not its kubelet, and leaves its Ready
// condition as it was (podgc/gc_controller.go:346@v1.37.2).
func forced(was, p *api.Pod) bool {
	return was.Status.Ready && p.Status.Phase == api.Failed && p.Status.Reports == was.Status.Reports
}

func (c *Checker) checkJob(was *seen, job *api.Job, pods jobPods, report func(string, ...any)) {
	s, old := &job.Status, &was.job.Status
	name := job.Spec.Name
	if s.Failed < old.Failed || s.Succeeded < old.Succeeded && job.Spec.CompletionMode == api.NonIndexed {
		report("job %s: counters fell from %d/%d to %d/%d", name, old.Succeeded, old.Failed, s.Succeeded, s.Failed)
	}
	if min(s.Active, s.Ready.Or(0), s.Terminating.Or(0), s.Succeeded, s.Failed) < 0 {
		report("job %s: a counter is negative: %+v", name, *s)
	}
	if s.Ready.Or(0) > s.Active {
		report("job %s: %d ready of %d active", name, s.Ready.Value, s.Active)
	}
	counted := s.Succeeded + s.Failed + int32(len(s.UncountedSucceeded)+len(s.UncountedFailed))
	if counted > pods.ended {
		report("job %s: %d pods counted of %d that have ended or are being deleted", name, counted, pods.ended)
	}
	if old.Finished() && !slices.Equal(s.Conditions, old.Conditions) {
		report("job %s: the conditions changed after it had finished", name)
	}
	for i := range old.Conditions {
		if c := &old.Conditions[i]; c.Status && c.Type != api.JobSuspended && !slices.Contains(s.Conditions, *c) {
			report("job %s: %s was taken back", name, c.Type)
		}
	}
	if pods.active > was.maxParallelism {
		report("job %s: %d active pods at parallelism %d", name, pods.active, was.maxParallelism)
	}
	if was.created >= 0 && pods.created > int32(was.created) {
		report("job %s: a pod was created after the Job had finished", name)
	}
	checkConditions(name, s, report)
	if s.Finished() && was.created < 0 {
		was.created = int(pods.created)
	}
}

// checkConditions is what the API server demands of conditions
// (pkg/apis/batch/validation/validation.go:505-620@v1.37.2).
func checkConditions(name string, s *api.JobStatus, report func(string, ...any)) {
	at := func(t api.ConditionType) int {
		if i := api.FindCondition(s.Conditions, t); i >= 0 && s.Conditions[i].Status {
			return i
		}
		return -1
	}
	complete, met := at(api.JobComplete), at(api.JobSuccessCriteriaMet)
	failed, target := at(api.JobFailed), at(api.JobFailureTarget)
	switch {
	case failed >= 0 && (target < 0 || target > failed):
		report("job %s: Failed without FailureTarget before it", name)
	case complete >= 0 && (met < 0 || met > complete):
		report("job %s: Complete without SuccessCriteriaMet before it", name)
	case (complete >= 0 || met >= 0) && (failed >= 0 || target >= 0):
		report("job %s: both succeeded and failed", name)
	case (complete >= 0) != (s.CompletionTime != des.Never):
		report("job %s: completionTime %v with Complete at %d", name, s.CompletionTime, complete)
	case (complete >= 0 || failed >= 0) &&
		(s.Active > 0 || s.Terminating.Or(0) > 0 || len(s.UncountedSucceeded)+len(s.UncountedFailed) > 0):
		report("job %s: finished with pods active, terminating or uncounted", name)
	}
}
