package jobctl

import (
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

// failedPod is what a podFailurePolicy sees of a pod.
type failedPod struct {
	name       string // namespace/name
	exits      []api.ContainerExit
	conditions []api.PodCondition
}

// verdict is what a podFailurePolicy says about a failed pod.
type verdict struct {
	action  api.FailureAction
	matched bool   // by a rule
	message string // with FailJob
}

// rule says whether a rule is about the pod, and its action.
func (v verdict) rule() (bool, api.FailureAction) { return v.matched, v.action }

// counted says whether the pod counts as failed.
func (v verdict) counted() bool { return v.action != api.IgnoreFailure }

// matchPodFailurePolicy is the verdict of the first rule that matches (pod_failure_policy.go:34). With describe a
// FailJob has its message.
func matchPodFailurePolicy(spec *api.JobSpec, p *failedPod, describe bool) verdict {
	for i := range spec.PodFailurePolicy {
		r := &spec.PodFailurePolicy[i]
		v := verdict{action: r.Action, matched: true}
		says := describe && r.Action == api.FailJob
		if len(r.Conditions) > 0 {
			c, ok := matchOnPodConditions(p.conditions, r.Conditions)
			if !ok {
				continue
			}
			if says {
				v.message = fmt.Sprintf("Pod %s has condition %s matching %v rule at index %d", p.name, c.Type, r.Action, i)
			}
			return v
		}
		e, ok := matchOnExitCodes(p.exits, r)
		if !ok {
			continue
		}
		if says {
			v.message = fmt.Sprintf("Container %s for pod %s failed with exit code %d matching %v rule at index %d",
				spec.Template.Containers[e.Container].Name, p.name, e.Exit, r.Action, i)
		}
		return v
	}
	return verdict{}
}

// matchOnExitCodes finds the first container that the rule is about. An exit code of 0 never matches, not even NotIn
// (pod_failure_policy.go:77-126).
func matchOnExitCodes(exits []api.ContainerExit, r *api.FailureRule) (api.ContainerExit, bool) {
	for _, e := range exits {
		if e.Exit != 0 && (r.Container == api.AnyContainer || r.Container == e.Container) &&
			slices.Contains(r.Values, e.Exit) != r.NotIn {
			return e, true
		}
	}
	return api.ContainerExit{}, false
}

// matchOnPodConditions finds the first of the pod's conditions that a pattern equals (pod_failure_policy.go:87).
func matchOnPodConditions(conditions, patterns []api.PodCondition) (api.PodCondition, bool) {
	for _, c := range conditions {
		if slices.Contains(patterns, c) {
			return c, true
		}
	}
	return api.PodCondition{}, false
}

// judge is the verdict of the Job's podFailurePolicy about a pod as it stands, without a message.
func (c *Controller) judge(spec *api.JobSpec, p *api.Pod) verdict {
	if len(spec.PodFailurePolicy) == 0 {
		return verdict{}
	}
	return matchPodFailurePolicy(spec, c.failedPod(p), false)
}

// failedPod is the pod as a podFailurePolicy sees it; valid until the next call.
func (c *Controller) failedPod(p *api.Pod) *failedPod {
	f := &c.judged
	f.exits = c.store.Exits(f.exits[:0], &p.Status)
	f.conditions = f.conditions[:0]
	add := func(t api.PodConditionType, status api.ConditionStatus) {
		f.conditions = append(f.conditions, api.PodCondition{Type: t, Status: status})
	}
	if p.Node != api.NoNode {
		add(api.PodScheduled, api.ConditionTrue)
	}
	if p.Status.HasReady {
		ready := api.ConditionFalse
		if p.Status.Ready {
			ready = api.ConditionTrue
		}
		add(api.PodReady, ready)
		add(api.ContainersReady, ready)
	}
	if p.Status.Disruption != api.NoDisruption {
		add(api.DisruptionTarget, api.ConditionTrue)
	}
	return f
}

// failJob is a failed pod that makes its Job fail.
type failJob struct {
	pod     api.PodID
	message string
}

// noteFailJob remembers the failed pods of a Job that make it fail for as long as they exist, also past the removal of
// their finalizers (getFailJobMessage, job_controller.go:1716).
func (c *Controller) noteFailJob(j *jobState, p *api.Pod) {
	if p.Version == 0 {
		j.forgetFailJob(p.ID)
		return
	}
	if p.Owner == api.NoJob {
		return
	}
	spec := c.store.Job(p.Owner).Spec // the policy cannot change
	if len(spec.PodFailurePolicy) == 0 {
		return
	}
	at, known := slices.BinarySearchFunc(j.failJob, p.ID, failJobByAge)
	if !known && c.judge(spec, p).action == api.FailJob {
		pod := c.failedPod(p)
		ref := trace.Ref{Kind: trace.KindPod, Name: c.store.Job(p.Job).Spec.Name, Index: p.Index, Attempt: p.Attempt}
		pod.name = spec.Namespace + "/" + ref.Path()
		j.failJob = slices.Insert(j.failJob, at, failJob{p.ID, matchPodFailurePolicy(spec, pod, true).message})
	}
}

func failJobByAge(f failJob, id api.PodID) int { return int(f.pod) - int(id) }

// forgetFailJob forgets a pod that is gone, or not the Job's any more.
func (j *jobState) forgetFailJob(id api.PodID) {
	if at, known := slices.BinarySearchFunc(j.failJob, id, failJobByAge); known {
		j.failJob = slices.Delete(j.failJob, at, at+1)
	}
}

// failJobMessage says which pod makes the Job fail; empty if there is none. Of several upstream names one that a Go map
// puts first; here it is the oldest.
func (j *jobState) failJobMessage() string {
	if len(j.failJob) == 0 {
		return ""
	}
	return slices.MinFunc(j.failJob, func(a, b failJob) int { return j.sync.asListed(a.pod, b.pod) }).message
}
