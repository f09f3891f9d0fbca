package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// The limits of Indexed Jobs and policies (pkg/apis/batch/validation/validation.go:44-77@v1.37.2).
const (
	maxIndexedParallelism = 100_000
	maxFailedIndexes      = 100_000
	manyCompletions       = 100_000 // from here on with a backoffLimitPerIndex:
	maxParallelismForMany = 10_000
	maxFailedForMany      = 10_000

	maxPolicyRules     = 20
	maxExitCodes       = 255
	maxPatterns        = 20
	maxSucceededLength = 64 * 1024
)

// validateIndexed is what the API server checks of an Indexed Job (validateJobSpec,
// pkg/apis/batch/validation/validation.go:198, and validateNameAllowsCompletions, 162@v1.37.2).
func (d *document) validateIndexed(at string, job *batchv1.Job) {
	s, spec := &job.Spec, join(at, "spec")+"."
	nonNegative(d, spec+"backoffLimitPerIndex", s.BackoffLimitPerIndex)
	nonNegative(d, spec+"maxFailedIndexes", s.MaxFailedIndexes)
	if s.MaxFailedIndexes != nil && s.BackoffLimitPerIndex == nil {
		d.add(spec+"backoffLimitPerIndex", "is required when maxFailedIndexes is specified")
	}
	if *s.CompletionMode != batchv1.IndexedCompletion {
		for name, given := range map[string]bool{"backoffLimitPerIndex": s.BackoffLimitPerIndex != nil,
			"maxFailedIndexes": s.MaxFailedIndexes != nil, "successPolicy": s.SuccessPolicy != nil} {
			if given {
				d.add(spec+name, "requires indexed completion mode (allowed with: completionMode: Indexed)")
			}
		}
		return
	}
	if s.Completions == nil {
		d.add(spec+"completions", "is required when completion mode is Indexed")
		return
	}
	atMost(d, spec+"parallelism", s.Parallelism, maxIndexedParallelism)
	atMost(d, spec+"maxFailedIndexes", s.MaxFailedIndexes, min(*s.Completions, maxFailedIndexes))
	if *s.Completions > manyCompletions && s.BackoffLimitPerIndex != nil {
		if s.MaxFailedIndexes == nil {
			d.add(spec+"maxFailedIndexes", "must be specified when completions is above %d", manyCompletions)
		}
		atMost(d, spec+"parallelism", s.Parallelism, maxParallelismForMany)
		atMost(d, spec+"maxFailedIndexes", s.MaxFailedIndexes, maxFailedForMany)
	}
	if last := fmt.Sprintf("%s-%d", job.Name, *s.Completions-1); *s.Completions > 0 {
		if msgs := validation.IsDNS1123Label(last); len(msgs) > 0 {
			d.add(join(at, "metadata.name"), "%q: will not able to create pod with invalid DNS label: %s",
				cut(job.Name), cut(last))
		}
	}
	if s.SuccessPolicy != nil {
		d.validateSuccessPolicy(spec+"successPolicy.rules", s)
	}
}

func atMost(d *document, at string, v *int32, most int32) {
	if v != nil && *v > most {
		d.add(at, "%d (allowed: up to %d)", *v, most)
	}
}

// validateReplacement is validatePodReplacementPolicy (validation.go:334@v1.37.2).
func (d *document) validateReplacement(at string, s *batchv1.JobSpec) {
	switch p := *s.PodReplacementPolicy; {
	case s.PodFailurePolicy != nil && p != batchv1.Failed:
		d.add(at, "%q (allowed with a podFailurePolicy: Failed)", cut(string(p)))
	case p != batchv1.TerminatingOrFailed && p != batchv1.Failed:
		d.add(at, "%q (allowed: TerminatingOrFailed, Failed)", cut(string(p)))
	}
}

var failureActions = map[batchv1.PodFailurePolicyAction]api.FailureAction{
	batchv1.PodFailurePolicyActionCount: api.CountFailure, batchv1.PodFailurePolicyActionIgnore: api.IgnoreFailure,
	batchv1.PodFailurePolicyActionFailIndex: api.FailIndex, batchv1.PodFailurePolicyActionFailJob: api.FailJob}

// validateFailurePolicy is validatePodFailurePolicy (validation.go:315@v1.37.2), and what of it is not modelled.
func (d *document) validateFailurePolicy(at string, s *batchv1.JobSpec) {
	if s.Template.Spec.RestartPolicy == corev1.RestartPolicyOnFailure {
		d.add(strings.TrimSuffix(at, "podFailurePolicy")+"template.spec.restartPolicy",
			"\"OnFailure\" (allowed with a podFailurePolicy: Never)")
	}
	rules := s.PodFailurePolicy.Rules
	if n := len(rules); n > maxPolicyRules {
		d.add(at+".rules", "%d rules (allowed: up to %d)", n, maxPolicyRules)
	}
	for i := range rules {
		r, field := &rules[i], fmt.Sprintf("%s.rules[%d]", at, i)
		if _, ok := failureActions[r.Action]; !ok {
			d.add(field+".action", "%q (allowed: Count, FailIndex, FailJob, Ignore)", cut(string(r.Action)))
		}
		if r.Action == batchv1.PodFailurePolicyActionFailIndex && s.BackoffLimitPerIndex == nil {
			d.add(field+".action", "\"FailIndex\" requires the backoffLimitPerIndex to be set")
		}
		if (r.OnExitCodes == nil) == (len(r.OnPodConditions) == 0) {
			d.add(field, "has both or none of onExitCodes and onPodConditions (allowed: one of them)")
		}
		if r.OnExitCodes != nil {
			d.validateExitCodes(field+".onExitCodes", r.OnExitCodes, &s.Template.Spec)
		}
		d.validatePatterns(field+".onPodConditions", r.OnPodConditions)
	}
}

func (d *document) validateExitCodes(at string, r *batchv1.PodFailurePolicyOnExitCodesRequirement, p *corev1.PodSpec) {
	in := r.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn
	if !in && r.Operator != batchv1.PodFailurePolicyOnExitCodesOpNotIn {
		d.add(at+".operator", "%q (allowed: In, NotIn)", cut(string(r.Operator)))
	}
	if r.ContainerName != nil && containerIndex(p, *r.ContainerName) < 0 {
		d.add(at+".containerName", "%q (allowed: a container or init container of the template)", cut(*r.ContainerName))
	}
	if n := len(r.Values); n == 0 || n > maxExitCodes {
		d.add(at+".values", "%d values (allowed: 1 to %d)", n, maxExitCodes)
	}
	for i, v := range r.Values {
		field := fmt.Sprintf("%s.values[%d]", at, i)
		switch {
		case v == 0 && in:
			d.add(field, "must not be 0 for the In operator")
		case i > 0 && v == r.Values[i-1]:
			d.add(field, "%d is given twice", v)
		case i > 0 && v < r.Values[i-1]:
			d.add(field, "%d comes after %d (allowed: increasing values)", v, r.Values[i-1])
		}
	}
}

// containerIndex is the position of a container in api.PodTemplate.Containers; -1 if there is none.
func containerIndex(p *corev1.PodSpec, name string) int32 {
	named := func(c corev1.Container) bool { return c.Name == name }
	if i := slices.IndexFunc(p.InitContainers, named); i >= 0 {
		return int32(i)
	}
	if i := slices.IndexFunc(p.Containers, named); i >= 0 {
		return int32(len(p.InitContainers) + i)
	}
	return -1
}

var conditionStatuses = map[corev1.ConditionStatus]api.ConditionStatus{corev1.ConditionTrue: api.ConditionTrue,
	corev1.ConditionFalse: api.ConditionFalse, corev1.ConditionUnknown: api.ConditionUnknown}

// ofKubelet are conditions that real kubelets and schedulers write and the model does not.
var ofKubelet = []corev1.PodConditionType{corev1.PodInitialized, corev1.PodReadyToStartContainers,
	corev1.PodResizePending, corev1.PodResizeInProgress}

func (d *document) validatePatterns(at string, patterns []batchv1.PodFailurePolicyOnPodConditionsPattern) {
	if n := len(patterns); n > maxPatterns {
		d.add(at, "%d patterns (allowed: up to %d)", n, maxPatterns)
	}
	for i, p := range patterns {
		field := fmt.Sprintf("%s[%d]", at, i)
		if msgs := validation.IsQualifiedName(string(p.Type)); len(msgs) > 0 {
			d.add(field+".type", "%q: %s", cut(string(p.Type)), msgs[0])
		}
		if _, ok := conditionStatuses[p.Status]; !ok {
			d.add(field+".status", "%q (allowed: False, True, Unknown)", cut(string(p.Status)))
		}
		if slices.Contains(ofKubelet, p.Type) || p.Type == corev1.PodScheduled && p.Status != corev1.ConditionTrue {
			d.add(field, "cannot be simulated: the condition %s=%s: %s (allowed: DisruptionTarget, Ready, ContainersReady, "+
				"PodScheduled=True, and conditions that nothing sets)", p.Type, p.Status, notYet)
		}
	}
}

// validateSuccessPolicy is validateSuccessPolicy (validation.go:435@v1.37.2). The Job is Indexed and has completions.
func (d *document) validateSuccessPolicy(at string, s *batchv1.JobSpec) {
	if n := len(s.SuccessPolicy.Rules); n == 0 || n > maxPolicyRules {
		d.add(at, "%d rules (allowed: 1 to %d)", n, maxPolicyRules)
	}
	for i := range s.SuccessPolicy.Rules {
		r, field := &s.SuccessPolicy.Rules[i], fmt.Sprintf("%s[%d]", at, i)
		most := *s.Completions
		if r.SucceededCount == nil && r.SucceededIndexes == nil {
			d.add(field, "is empty (allowed: at least one of succeededCount or succeededIndexes)")
		}
		if r.SucceededIndexes != nil {
			set, err := api.ParseIndexSet(*r.SucceededIndexes, most)
			if err != nil {
				d.add(field+".succeededIndexes", "%q: error parsing succeededIndexes: %v", cut(*r.SucceededIndexes), err)
				continue
			}
			if len(*r.SucceededIndexes) > maxSucceededLength {
				d.add(field+".succeededIndexes", "%d bytes (allowed: up to %d)", len(*r.SucceededIndexes), maxSucceededLength)
			}
			most = set.Len()
		}
		nonNegative(d, field+".succeededCount", r.SucceededCount)
		atMost(d, field+".succeededCount", r.SucceededCount, most)
	}
}

// failureRules are the rules of a podFailurePolicy as the simulator has them.
func failureRules(s *batchv1.JobSpec) (out []api.FailureRule) {
	if s.PodFailurePolicy == nil {
		return nil
	}
	for i := range s.PodFailurePolicy.Rules {
		r := &s.PodFailurePolicy.Rules[i]
		rule := api.FailureRule{Action: failureActions[r.Action], Container: api.AnyContainer}
		if e := r.OnExitCodes; e != nil {
			rule.NotIn, rule.Values = e.Operator == batchv1.PodFailurePolicyOnExitCodesOpNotIn, slices.Clone(e.Values)
			if e.ContainerName != nil {
				rule.Container = containerIndex(&s.Template.Spec, *e.ContainerName)
			}
		}
		for _, p := range r.OnPodConditions {
			rule.Conditions = append(rule.Conditions,
				api.PodCondition{Type: api.PodConditionType(p.Type), Status: conditionStatuses[p.Status]})
		}
		out = append(out, rule)
	}
	return out
}

// successRules are the rules of a successPolicy as the simulator has them. They have been validated.
func successRules(s *batchv1.JobSpec) (out []api.SuccessRule) {
	if s.SuccessPolicy == nil || s.Completions == nil {
		return nil
	}
	for i := range s.SuccessPolicy.Rules {
		r := &s.SuccessPolicy.Rules[i]
		rule := api.SuccessRule{Count: opt(r.SucceededCount)}
		if r.SucceededIndexes != nil {
			set, _ := api.ParseIndexSet(*r.SucceededIndexes, *s.Completions)
			rule.Indexes = api.Some(set)
		}
		out = append(out, rule)
	}
	return out
}
