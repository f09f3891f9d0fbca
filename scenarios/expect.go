package scenarios

import (
	"fmt"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Check says how an outcome differs from what the scenario expects; nothing where it does not.
func (s *Scenario) Check(out *sim.Outcome) (differences []string) {
	for i := range s.File.Expect {
		e := &s.File.Expect[i]
		if e.CronJob != "" {
			differences = append(differences, e.checkCronJob(&out.CronJobs[s.cronJobID(e.CronJob)])...)
			continue
		}
		differences = append(differences, e.check(&out.Jobs[s.jobID(e.Job)])...)
	}
	return differences
}

func (e *Expect) check(o *sim.JobOutcome) (differences []string) {
	differ := func(what string, got, want any) {
		differences = append(differences, fmt.Sprintf("job %s: %s is %v, expected %v", e.Job, what, got, want))
	}
	condition := "Unfinished"
	if o.Condition.Type != "" {
		condition = string(o.Condition.Type)
	}
	if e.Condition != "" && e.Condition != condition {
		differ("condition", condition, e.Condition)
	}
	if e.Reason != "" && e.Reason != o.Condition.Reason {
		differ("reason", o.Condition.Reason, e.Reason)
	}
	number := func(what string, got int32, want *int32) {
		if want != nil && got != *want {
			differ(what, got, *want)
		}
	}
	number("succeeded", o.Status.Succeeded, e.Succeeded)
	number("failed", o.Status.Failed, e.Failed)
	number("pods", o.Pods, e.Pods)
	number("active", o.Status.Active, e.Active)
	number("ready", o.Status.Ready.Value, e.Ready)
	number("terminating", o.Status.Terminating.Value, e.Terminating)
	if want := e.CompletedIndexes; want != nil && o.Status.CompletedIndexes != *want {
		differ("completedIndexes", o.Status.CompletedIndexes, *want)
	}
	if want := e.FailedIndexes; want != nil && o.Status.FailedIndexes != api.Some(*want) {
		differ("failedIndexes", o.Status.FailedIndexes.Or("absent"), *want)
	}
	if from := e.FinishedNotFrom; from.Set && (o.Finished == des.Never || o.Finished < des.Time(from.Duration)) {
		differ("finished", o.Finished, fmt.Sprintf("at %v or later", from.Duration))
	}
	if by := e.FinishedBy; by.Set && o.Finished > des.Time(by.Duration) {
		differ("finished", o.Finished, fmt.Sprintf("by %v", by.Duration))
	}
	return differences
}

// CheckTrace says how the times in a trace differ from those that the scenario expects; nothing where they do not.
func (s *Scenario) CheckTrace(t *trace.Trace) (differences []string) {
	for i := range s.File.Expect {
		e := &s.File.Expect[i]
		if e.CronJob != "" {
			continue
		}
		created := creations(t, s.Manifests[s.jobID(e.Job)].Name)
		for k, want := range e.PodsCreatedAt {
			switch {
			case k >= len(created):
				differences = append(differences, fmt.Sprintf("job %s: there is no pod %d, expected at %v", e.Job, k,
					want.Duration))
			case max(created[k]-want.Duration, want.Duration-created[k]) > e.Margin.Duration:
				differences = append(differences, fmt.Sprintf("job %s: pod %d was created at %v, expected at %v, give or take %v",
					e.Job, k, created[k], want.Duration, e.Margin.Duration))
			}
		}
	}
	return differences
}

// creations are when the Job's pods were created, from its own creation on.
func creations(t *trace.Trace, job string) (created []des.Duration) {
	var since des.Time
	for i := range t.Records {
		r := &t.Records[i]
		if r.Verb != trace.Create || r.Ref.Name != job {
			continue
		}
		switch r.Ref.Kind {
		case trace.KindJob:
			since = r.At
		case trace.KindPod:
			created = append(created, r.At.Sub(since))
		case trace.KindNode, trace.KindCronJob, trace.KindProcess:
		}
	}
	return created
}

func (e *Expect) checkCronJob(o *sim.CronJobOutcome) (differences []string) {
	number := func(what string, got int32, want *int32) {
		if want != nil && got != *want {
			differences = append(differences, fmt.Sprintf("cronjob %s: %s is %v, expected %v", e.CronJob, what, got, *want))
		}
	}
	number("started", o.Started, e.Started)
	number("missed", o.Missed, e.Missed)
	number("late", o.Late, e.Late)
	number("replaced", o.Replaced, e.Replaced)
	number("succeeded", o.Succeeded, e.Succeeded)
	number("failed", o.Failed, e.Failed)
	number("pods", o.Pods, e.Pods)
	return differences
}
