package conformance

import (
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/jobsim/jobsim/sim/api"
)

// Labels say which features a case is about, and the oldest Kubernetes that has them, such as k8s-1.34.
func Labels(c *Case) []string {
	var labels []string
	add := func(on bool, label string) {
		if on && !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	cfg := c.Scenario.Config()
	for i, m := range c.Scenario.Manifests {
		s := &m.Spec
		add(s.CompletionMode != nil && *s.CompletionMode == batchv1.IndexedCompletion, "indexed")
		add(s.Completions == nil, "work-queue")
		add(s.BackoffLimitPerIndex != nil, "per-index")
		add(s.PodFailurePolicy != nil, "failure-policy")
		add(s.SuccessPolicy != nil, "success-policy")
		add(s.PodReplacementPolicy != nil && *s.PodReplacementPolicy == batchv1.Failed, "replacement-policy")
		add(s.ActiveDeadlineSeconds != nil, "deadline")
		add(s.TTLSecondsAfterFinished != nil, "ttl")
		add(s.Suspend != nil && *s.Suspend, "suspend")
		add(s.Template.Spec.RestartPolicy == corev1.RestartPolicyOnFailure, "restart")
		add(slices.ContainsFunc(cfg.Jobs[i].Spec.Template.Containers,
			func(c api.Container) bool { return c.Kind == api.Sidecar }), "sidecar")
	}
	for i := range cfg.Faults {
		f := &cfg.Faults[i]
		add(f.Patch.Suspend.Set, "suspend")
		add(f.Patch.Parallelism.Set, "scale")
		add(f.Kind == api.DeletePod || f.Kind == api.EvictPod, "pod-deletion")
		add(f.Kind == api.DeleteJob, "job-deletion")
		add(f.Kind >= api.DrainNode && f.Kind <= api.DeleteNode, "node")
	}
	add(c.Forecast != nil && slices.Contains(c.Forecast.Rules, "backoff.doubles"), "backoff")
	add(c.Long, "long")
	return append(labels, "k8s-"+c.Oldest)
}
