package lint

import (
	"fmt"

	"github.com/jobsim/jobsim/reports/closedform"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

var policyRules = []Rule{
	{"disruptions-count", Warning, "evictions, preemptions and drains count as failures",
		"https://github.com/hail-is/hail/issues/13395",
		func(s *subject) (string, string, error) {
			s.field = "spec.podFailurePolicy"
			if p := s.job.Spec.PodFailurePolicy; p != nil {
				for _, r := range p.Rules {
					if len(r.OnPodConditions) > 0 {
						return "", "", nil
					}
				}
			}
			limit := int(*s.job.Spec.BackoffLimit)
			if s.job.Spec.BackoffLimitPerIndex != nil || limit > 1000 {
				return "", "", nil
			}
			what := "no podFailurePolicy ignores DisruptionTarget: a node that goes takes retries along"
			if !s.never() {
				what += " (such a policy needs restartPolicy Never)"
			}
			return what, fmt.Sprintf("if 5 %% of the pods are on spot nodes that go, P(success) = %.4f without any bug "+
				"(closed form)", closedform.Never(s.completions(), limit, 0.05)), nil
		}},
	{"ignored-failures-still-back-off", Note, "what is ignored still delays the next pod", threads + "130881",
		func(s *subject) (string, string, error) {
			s.field = "spec.podFailurePolicy"
			p := s.job.Spec.PodFailurePolicy
			if p == nil || s.job.Spec.BackoffLimitPerIndex != nil {
				return "", "", nil
			}
			for _, r := range p.Rules {
				if r.Action == batchv1.PodFailurePolicyActionIgnore {
					return "an ignored failure does not count to backoffLimit, but it counts for the back-off",
						"a drain of 3 pods makes the next wait 40 s; library scenario disruption-ignored", nil
				}
			}
			return "", "", nil
		}},
	{"policy-rule-unreachable", Warning, "a rule of the podFailurePolicy can never match",
		"https://github.com/TangleML/tangle/pull/327",
		func(s *subject) (string, string, error) {
			s.field = "spec.podFailurePolicy.rules"
			if s.job.Spec.PodFailurePolicy == nil {
				return "", "", nil
			}
			rules := s.job.Spec.PodFailurePolicy.Rules
			for i := range rules {
				for k := range i {
					if covers(&rules[k], &rules[i]) {
						return fmt.Sprintf("rule %d matches nothing that rule %d has not matched before", i, k),
							"rules are tried in order; library scenario failure-rules-in-order", nil
					}
				}
			}
			return "", "", nil
		}},
	{"success-policy-too-late", Warning, "a failed index beats a successPolicy that is met last",
		"https://github.com/kubernetes/enhancements/issues/3998",
		func(s *subject) (string, string, error) {
			s.field = "spec.successPolicy"
			if s.job.Spec.SuccessPolicy == nil || s.job.Spec.BackoffLimitPerIndex == nil || s.job.Spec.Completions == nil {
				return "", "", nil
			}
			if *s.job.Spec.Parallelism < 2 {
				return "", "", nil
			}
			return "when one sync sees the last indexes end, the Job fails with FailedIndexes though the policy is met: the " +
					"controller looks for failed indexes first",
				"pkg/controller/job/job_controller.go:1112@v1.37.2; jobsim verify --form 'success policy'", nil
		}},
	{"replacements-overlap", Warning, "two pods of one index run at the same time", threads + "115844",
		func(s *subject) (string, string, error) {
			s.field = "spec.podReplacementPolicy"
			indexed := s.job.Spec.CompletionMode != nil && *s.job.Spec.CompletionMode == batchv1.IndexedCompletion
			if !indexed || *s.job.Spec.PodReplacementPolicy != batchv1.TerminatingOrFailed {
				return "", "", nil
			}
			return fmt.Sprintf("podReplacementPolicy TerminatingOrFailed: a deleted pod is replaced while it has up to "+
					"%d s to end", *s.job.Spec.Template.Spec.TerminationGracePeriodSeconds),
				"library scenario indexed-replace-failed", nil
		}},
	{"second-container-never-ends", Warning, "a pod ends only when all its main containers have",
		"https://github.com/kubernetes/enhancements/issues/753",
		func(s *subject) (string, string, error) {
			s.field = "spec.template.spec.containers"
			if n := len(s.job.Spec.Template.Spec.Containers); n > 1 {
				return fmt.Sprintf("%d main containers: one that serves the other belongs into initContainers, with restartPolicy "+
					"Always", n), "library scenarios two-containers and sidecar", nil
			}
			return "", "", nil
		}},
}

// covers says whether whatever b matches, a matches.
func covers(a, b *batchv1.PodFailurePolicyRule) bool {
	if a.OnExitCodes != nil && b.OnExitCodes != nil {
		x, y := a.OnExitCodes, b.OnExitCodes
		if x.ContainerName != nil && (y.ContainerName == nil || *x.ContainerName != *y.ContainerName) {
			return false
		}
		have := map[int32]bool{}
		for _, v := range x.Values {
			have[v] = true
		}
		in := 0
		for _, v := range y.Values {
			if have[v] {
				in++
			}
		}
		const isIn = batchv1.PodFailurePolicyOnExitCodesOpIn
		xIn, yIn := x.Operator == isIn, y.Operator == isIn
		switch {
		case xIn && yIn:
			return in == len(y.Values)
		case !xIn && yIn:
			return in == 0
		case !xIn && !yIn:
			return in == len(x.Values)
		}
		return false
	}
	for _, x := range b.OnPodConditions {
		found := false
		for _, y := range a.OnPodConditions {
			found = found || x.Type == y.Type && status(x.Status) == status(y.Status)
		}
		if !found {
			return false
		}
	}
	return len(a.OnPodConditions) > 0 && len(b.OnPodConditions) > 0
}

func status(s corev1.ConditionStatus) corev1.ConditionStatus {
	if s == "" {
		return corev1.ConditionTrue
	}
	return s
}
