package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func isIndexed(job *batchv1.Job) bool {
	return job.Spec.CompletionMode != nil && *job.Spec.CompletionMode == batchv1.IndexedCompletion
}

// indexed tells the completions apart, and lets some indexes fail at times. Who named a pod by its number names it by
// index and attempt now.
func indexed(d *drawing, job *batchv1.Job) {
	if isIndexed(job) {
		return
	}
	job.Spec.CompletionMode = ptr(batchv1.IndexedCompletion)
	if job.Spec.Completions == nil {
		job.Spec.Completions = ptr(int32(1 + d.below(5)))
	}
	for i := range d.file.Faults {
		for _, p := range []*scenarios.PodRef{d.file.Faults[i].DeletePod, d.file.Faults[i].EvictPod} {
			if p != nil && p.Job == job.Name {
				p.Index, p.Attempt = ptr(d.index(job)), ptr(int32(d.below(3)))
			}
		}
	}
	if d.coin(2, 3) {
		d.failing(job, func(f *scenarios.Fate) {
			f.Match.Index = ranges(int(d.index(job)))
			f.Exit = ptr(int32(pick(d, 1, 1, 2, 42)))
		})
	}
}

// index is one of the Job's, or now and then the one after the last.
func (d *drawing) index(job *batchv1.Job) int32 {
	return int32(d.below(int(*job.Spec.Completions) + 1))
}

func perIndexLimit(d *drawing, job *batchv1.Job) {
	indexed(d, job)
	job.Spec.BackoffLimitPerIndex = ptr(int32(pick(d, 0, 0, 1, 1, 2, 3)))
}

// maxFailedIndexes is how many indexes may fail, and now and then somebody changes that.
func maxFailedIndexes(d *drawing, job *batchv1.Job) {
	if job.Spec.BackoffLimitPerIndex == nil {
		perIndexLimit(d, job)
	}
	most := int(*job.Spec.Completions)
	job.Spec.MaxFailedIndexes = ptr(int32(min(most, d.below(4))))
	if d.coin(1, 3) {
		d.fault(scenarios.Fault{At: d.when(busy),
			Patch: &scenarios.Patch{Job: job.Name, MaxFailedIndexes: ptr(int32(d.below(most + 2)))}})
	}
}

// codes are what containers exit with, and a few that none does.
var codes = []int32{-1, 1, 2, 3, 4, 7, 42, 137, 143, 255}

// failurePolicy is a policy of a few rules, and failures about which it has something to say.
func failurePolicy(d *drawing, job *batchv1.Job) {
	pod := &job.Spec.Template.Spec
	pod.RestartPolicy = corev1.RestartPolicyNever
	job.Spec.PodReplacementPolicy = nil
	if d.coin(1, 2) {
		job.Spec.PodReplacementPolicy = ptr(batchv1.Failed)
	}
	policy := &batchv1.PodFailurePolicy{}
	for range 1 + d.below(4) {
		policy.Rules = append(policy.Rules, d.failureRule(job))
	}
	job.Spec.PodFailurePolicy = policy
	for range 1 + d.below(3) {
		d.failing(job, func(f *scenarios.Fate) {
			if d.below(4) == 0 && d.allowed.Has(NodePressure) {
				f.Evict = true
				return
			}
			f.Exit = ptr(pick(d, codes[1:]...))
		})
	}
	restartAll(d, pod)
}

// restartAll has a container restart its whole pod at some exit code, where that is possible.
func restartAll(d *drawing, pod *corev1.PodSpec) {
	for i := range pod.InitContainers {
		if r := pod.InitContainers[i].RestartPolicy; r == nil || *r != corev1.ContainerRestartPolicyAlways {
			return
		}
	}
	if c := &pod.Containers[0]; c.RestartPolicy != nil && !d.on.Has(OldVersions) && d.coin(1, 3) {
		r := corev1.ContainerRestartRule{Action: "RestartAllContainers", ExitCodes: &corev1.ContainerRestartRuleOnExitCodes{
			Operator: corev1.ContainerRestartRuleOnExitCodesOpIn, Values: []int32{pick(d, codes[1:]...)}}}
		c.RestartPolicyRules = append([]corev1.ContainerRestartRule{r}, c.RestartPolicyRules...)
	}
}

func (d *drawing) failureRule(job *batchv1.Job) (r batchv1.PodFailurePolicyRule) {
	actions := []batchv1.PodFailurePolicyAction{batchv1.PodFailurePolicyActionIgnore, batchv1.PodFailurePolicyActionIgnore,
		batchv1.PodFailurePolicyActionCount, batchv1.PodFailurePolicyActionFailJob}
	if job.Spec.BackoffLimitPerIndex != nil {
		actions = append(actions, batchv1.PodFailurePolicyActionFailIndex, batchv1.PodFailurePolicyActionFailIndex)
	}
	r.Action = pick(d, actions...)
	if d.coin(1, 3) {
		r.OnPodConditions = d.patterns()
		return r
	}
	e := &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: batchv1.PodFailurePolicyOnExitCodesOpIn}
	if d.coin(1, 3) {
		e.Operator = batchv1.PodFailurePolicyOnExitCodesOpNotIn
	}
	for range 1 + d.below(3) {
		e.Values = append(e.Values, pick(d, codes...))
	}
	slices.Sort(e.Values)
	e.Values = slices.Compact(e.Values)
	if pod := &job.Spec.Template.Spec; d.coin(1, 3) {
		c := pick(d, slices.Concat(pod.InitContainers, pod.Containers)...)
		e.ContainerName = ptr(c.Name)
	}
	r.OnExitCodes = e
	return r
}

// patterns are conditions of pods: mostly a disruption's.
func (d *drawing) patterns() (list []batchv1.PodFailurePolicyOnPodConditionsPattern) {
	for range 1 + d.below(2) {
		p := batchv1.PodFailurePolicyOnPodConditionsPattern{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue}
		switch d.below(8) {
		case 0:
			p.Type, p.Status = corev1.PodReady, corev1.ConditionFalse
		case 1:
			p.Type, p.Status = corev1.ContainersReady, corev1.ConditionFalse
		case 2:
			p.Type = corev1.PodScheduled
		case 3:
			p.Type = "example.com/ConfigIssue" // nobody sets it
		case 4:
			p.Status = corev1.ConditionFalse
		}
		list = append(list, p)
	}
	return list
}

// successPolicy is met by some indexes, by some number of them, or by any number of indexes.
func successPolicy(d *drawing, job *batchv1.Job) {
	indexed(d, job)
	policy := &batchv1.SuccessPolicy{}
	n := int(*job.Spec.Completions)
	for range 1 + d.below(3) {
		r, most := batchv1.SuccessPolicyRule{}, n
		if n > 0 && d.coin(2, 3) {
			text, count := d.indexList(n)
			r.SucceededIndexes, most = &text, count
		}
		if r.SucceededIndexes == nil || d.coin(1, 3) {
			r.SucceededCount = ptr(int32(d.below(most + 1)))
		}
		policy.Rules = append(policy.Rules, r)
	}
	job.Spec.SuccessPolicy = policy
}

// indexList is a list of indexes below n, at least one, as the API has it, and how many there are.
func (d *drawing) indexList(n int) (text string, count int) {
	var parts []string
	for i := d.below(n); i < n; i += 2 + d.below(3) {
		to := min(n-1, i+d.below(3))
		count += to - i + 1
		if to > i {
			parts = append(parts, fmt.Sprintf("%d-%d", i, to))
		} else {
			parts = append(parts, fmt.Sprint(i))
		}
		i = to
	}
	return strings.Join(parts, ","), count
}

// elastic changes completions and parallelism of an Indexed Job together, up and down; now and then it changes them
// apart, which is refused.
func elastic(d *drawing, job *batchv1.Job) {
	indexed(d, job)
	if n := *job.Spec.Completions; n <= 8 && d.coin(2, 3) {
		job.Spec.Parallelism = ptr(n)
	}
	for range 1 + d.below(3) {
		n := int32(pick(d, 0, 1, 2, 2, 3, 4, 5, 8))
		s := &scenarios.Scale{Job: job.Name, Parallelism: ptr(n), Completions: ptr(n)}
		if d.coin(1, 8) {
			s.Parallelism = ptr(n + 1)
		}
		d.fault(scenarios.Fault{At: d.when(busy), Scale: s})
	}
}

// replacementChanges change when pods are replaced; a Job with a podFailurePolicy does not let that happen.
func replacementChanges(d *drawing, job *batchv1.Job) {
	if job.Spec.PodFailurePolicy == nil && d.coin(1, 2) {
		job.Spec.PodReplacementPolicy = ptr(batchv1.Failed)
	}
	for range 1 + d.below(3) {
		d.fault(scenarios.Fault{At: d.when(busy), Patch: &scenarios.Patch{Job: job.Name,
			PodReplacementPolicy: pick(d, batchv1.Failed, batchv1.TerminatingOrFailed)}})
	}
	if d.coin(1, 2) {
		p := d.podRef(job)
		if isIndexed(job) {
			p.Index = ptr(d.index(job))
		}
		d.fault(scenarios.Fault{At: d.when(busy), DeletePod: p})
	}
}

// restartRules give containers restart policies of their own, with rules about exit codes, and failures of the first
// few runs of each pod for them to be about.
func restartRules(d *drawing, job *batchv1.Job) {
	pod := &job.Spec.Template.Spec
	for i := range pod.Containers {
		d.ownRestarts(&pod.Containers[i])
	}
	for i := range pod.InitContainers {
		if c := &pod.InitContainers[i]; c.RestartPolicy == nil && d.coin(1, 2) {
			if d.ownRestarts(c); *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
				c.RestartPolicy = ptr(corev1.ContainerRestartPolicyOnFailure) // or it would be a sidecar
			}
		}
	}
	for range 1 + d.below(2) {
		d.failing(job, func(f *scenarios.Fate) {
			f.Match.Restart = scenarios.Ranges{Ranges: api.Ranges{{From: 0, To: int32(d.below(4))}}}
			f.Exit = ptr(pick(d, codes[1:]...))
		})
	}
}

// ownRestarts gives a container a policy, seldom one that restarts it for ever, and up to two rules.
func (d *drawing) ownRestarts(c *corev1.Container) {
	c.RestartPolicy = ptr(pick(d, corev1.ContainerRestartPolicyNever, corev1.ContainerRestartPolicyNever,
		corev1.ContainerRestartPolicyNever, corev1.ContainerRestartPolicyOnFailure,
		corev1.ContainerRestartPolicyOnFailure, corev1.ContainerRestartPolicyAlways))
	for range d.below(3) {
		e := &corev1.ContainerRestartRuleOnExitCodes{Operator: corev1.ContainerRestartRuleOnExitCodesOpIn}
		if d.coin(1, 4) {
			e.Operator = corev1.ContainerRestartRuleOnExitCodesOpNotIn
			e.Values = append(e.Values, 0)
		}
		for range 1 + d.below(3) {
			e.Values = append(e.Values, pick(d, codes[1:]...))
		}
		c.RestartPolicyRules = append(c.RestartPolicyRules, corev1.ContainerRestartRule{
			Action: corev1.ContainerRestartRuleActionRestart, ExitCodes: e})
	}
}

// managedBy is mostly another controller, which does nothing here: the Job is left alone.
func managedBy(d *drawing, job *batchv1.Job) {
	job.Spec.ManagedBy = ptr(pick(d, batchv1.JobControllerName, "example.com/queue"))
}

// resizes change what pods ask for, which only a suspended Job lets happen: some find it so.
func resizes(d *drawing, job *batchv1.Job) {
	if len(d.file.Cluster.Nodes) == 0 {
		d.nodes(1+d.below(2), "2", "4Gi")
	}
	requests(d, job)
	for range 1 + d.below(2) {
		list := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(pick(d, "500m", "1", "2"))}
		p := &scenarios.Patch{Job: job.Name,
			Requests: map[string]corev1.ResourceList{job.Spec.Template.Spec.Containers[0].Name: list}}
		at := d.when(busy)
		if d.coin(2, 3) {
			d.fault(scenarios.Fault{At: at, Suspend: job.Name})
			at.Duration += d.oneOf(des.Second, 1, 2, 10)
		}
		if d.coin(1, 3) {
			p.Suspend = ptr(false)
		}
		d.fault(scenarios.Fault{At: at, Patch: p})
		on := d.when(busy)
		on.Duration += at.Duration
		d.fault(scenarios.Fault{At: on, Resume: job.Name})
	}
}
