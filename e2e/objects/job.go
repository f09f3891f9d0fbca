package objects

import (
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Job is a Job in the simulator's terms. Its Version is 0 if j is nil or none of the scenario.
func (b *Book) Job(j *batchv1.Job) api.Job {
	out := api.Job{Deleted: des.Never}
	if j == nil {
		return out
	}
	id, ok := b.JobID(j.Name)
	if !ok {
		return out
	}
	out.ID, out.Version, out.Generation = id, 1, j.Generation
	out.Created, out.Deleted = b.second(j.CreationTimestamp.Time), b.since(j.DeletionTimestamp)
	spec := scenarios.JobSpec(j)
	out.Spec = &spec
	s := &j.Status
	out.Status = api.JobStatus{Active: s.Active, Succeeded: s.Succeeded, Failed: s.Failed,
		Ready: opt(s.Ready), Terminating: opt(s.Terminating),
		StartTime: b.since(s.StartTime), CompletionTime: b.since(s.CompletionTime),
		CompletedIndexes: s.CompletedIndexes, FailedIndexes: opt(s.FailedIndexes)}
	if u := s.UncountedTerminatedPods; u != nil {
		out.Status.UncountedSucceeded = make([]api.PodID, len(u.Succeeded))
		out.Status.UncountedFailed = make([]api.PodID, len(u.Failed))
	}
	for _, c := range s.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, api.Condition{Type: api.ConditionType(c.Type),
			Status: c.Status == corev1.ConditionTrue, Reason: c.Reason, Message: b.podNames(id, j.Namespace, c.Message),
			Transition: b.second(c.LastTransitionTime.Time)})
	}
	return out
}

// podNames is a message of the Job with the names that the scenario has for its pods and their namespace.
func (b *Book) podNames(id api.JobID, namespace, message string) string {
	known, ok := b.namespaces[namespace]
	if !ok {
		known = namespace
	}
	for _, p := range b.pods {
		if p.Job == id {
			ref := trace.Ref{Kind: trace.KindPod, Name: b.JobName(id), Index: p.Index, Attempt: p.Attempt}
			message = strings.ReplaceAll(message, namespace+"/"+p.Name+" ", known+"/"+ref.Path()+" ")
		}
	}
	return message
}

func opt[T any](p *T) (out api.Opt[T]) {
	if p != nil {
		out = api.Some(*p)
	}
	return out
}
