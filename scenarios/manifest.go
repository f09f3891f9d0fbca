package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// setDefaults is SetDefaults_Job and what of the pod's defaults counts (pkg/apis/batch/v1/defaults.go:35,
// pkg/apis/core/v1/defaults.go@v1.37.2).
func setDefaults(job *batchv1.Job) {
	s := &job.Spec
	if s.Completions == nil && s.Parallelism == nil {
		s.Completions = ptr(int32(1))
	}
	setDefault(&s.Parallelism, 1)
	if s.BackoffLimitPerIndex != nil {
		setDefault(&s.BackoffLimit, math.MaxInt32)
	}
	setDefault(&s.BackoffLimit, 6)
	setDefault(&s.CompletionMode, batchv1.NonIndexedCompletion)
	setDefault(&s.Suspend, false)
	if s.PodFailurePolicy != nil {
		setDefault(&s.PodReplacementPolicy, batchv1.Failed)
		for i := range s.PodFailurePolicy.Rules {
			for k := range s.PodFailurePolicy.Rules[i].OnPodConditions {
				p := &s.PodFailurePolicy.Rules[i].OnPodConditions[k]
				p.Status = cmp.Or(p.Status, corev1.ConditionTrue)
			}
		}
	}
	setDefault(&s.PodReplacementPolicy, batchv1.TerminatingOrFailed)
	setDefault(&s.Template.Spec.TerminationGracePeriodSeconds, 30)
	if job.Namespace == "" {
		job.Namespace = corev1.NamespaceDefault
	}
	for _, list := range [][]corev1.Container{s.Template.Spec.InitContainers, s.Template.Spec.Containers} {
		for i := range list {
			r := &list[i].Resources
			for name, limit := range r.Limits { // a limit without a request is also the request
				if _, ok := r.Requests[name]; !ok {
					if r.Requests == nil {
						r.Requests = corev1.ResourceList{}
					}
					r.Requests[name] = limit
				}
			}
		}
	}
}

func ptr[T any](v T) *T { return &v }

func setDefault[T any](p **T, v T) {
	if *p == nil {
		*p = &v
	}
}

// validateJob is what the API server checks of the modelled fields (pkg/apis/batch/validation/validation.go@v1.37.2),
// and what is not modelled of them.
func (d *document) validateJob(at string, job *batchv1.Job) {
	s, spec := &job.Spec, at
	if spec != "" {
		spec += "."
	}
	spec += "spec."
	if job.Name == "" && job.GenerateName == "" {
		d.add(join(at, "metadata.name"), "is required")
	} else if msgs := validation.IsDNS1123Subdomain(job.Name); job.Name != "" && len(msgs) > 0 {
		d.add(join(at, "metadata.name"), "%q: %s", job.Name, msgs[0])
	}
	if job.Name == "" { // without the random letters that the API server puts behind it
		job.Name, job.GenerateName = strings.TrimRight(job.GenerateName, "-."), ""
	}
	if msgs := validation.IsDNS1123Label(job.Namespace); len(msgs) > 0 {
		d.add(join(at, "metadata.namespace"), "%q: %s", cut(job.Namespace), msgs[0])
	}
	d.validateLabels(join(at, "metadata.labels"), job.Labels)
	d.validateLabels(spec+"template.metadata.labels", s.Template.Labels)
	nonNegative(d, spec+"parallelism", s.Parallelism)
	nonNegative(d, spec+"completions", s.Completions)
	nonNegative(d, spec+"backoffLimit", s.BackoffLimit)
	nonNegative(d, spec+"activeDeadlineSeconds", s.ActiveDeadlineSeconds)
	nonNegative(d, spec+"ttlSecondsAfterFinished", s.TTLSecondsAfterFinished)
	if m := *s.CompletionMode; m != batchv1.NonIndexedCompletion && m != batchv1.IndexedCompletion {
		d.add(spec+"completionMode", "%q (allowed: NonIndexed, Indexed)", cut(string(m)))
	}
	if s.ManagedBy != nil {
		d.validateManagedBy(spec+"managedBy", *s.ManagedBy)
	}
	d.validateSelector(spec, s)
	d.validateIndexed(at, job)
	d.validateReplacement(spec+"podReplacementPolicy", s)
	if s.PodFailurePolicy != nil {
		d.validateFailurePolicy(spec+"podFailurePolicy", s)
	}
	d.validateTemplate(spec+"template.spec.", &s.Template.Spec)
}

// maxManagedBy is how long managedBy may be (pkg/apis/batch/validation/validation.go:70@v1.37.2).
const maxManagedBy = 63

func (d *document) validateManagedBy(at, value string) {
	for _, err := range validation.IsDomainPrefixedPath(field.NewPath(at), value) {
		d.add(at, "%s", err.ErrorBody())
	}
	if len(value) > maxManagedBy {
		d.add(at, "%d bytes (allowed: up to %d)", len(value), maxManagedBy)
	}
}

// validateLabels is ValidateLabels (apimachinery/pkg/apis/meta/v1/validation/validation.go:129@v0.37.2).
func (d *document) validateLabels(at string, labels map[string]string) {
	for key, value := range labels {
		for _, msg := range append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...) {
			d.add(joinKey(at, key), "%s", msg)
		}
	}
}

func (d *document) validateTemplate(at string, p *corev1.PodSpec) {
	if p.RestartPolicy != corev1.RestartPolicyNever && p.RestartPolicy != corev1.RestartPolicyOnFailure {
		given := "is not given, and Always by default"
		if p.RestartPolicy != "" {
			given = strconv.Quote(cut(string(p.RestartPolicy)))
		}
		d.add(at+"restartPolicy", "%s: a Job's pods are not restarted for ever (allowed: OnFailure, Never)", given)
	}
	nonNegative(d, at+"terminationGracePeriodSeconds", p.TerminationGracePeriodSeconds)
	if s := p.ActiveDeadlineSeconds; s != nil && (*s < 1 || *s > 1<<31-1) {
		d.add(at+"activeDeadlineSeconds", "%d (allowed: 1 to 2147483647)", *s)
	}
	if len(p.Containers) == 0 {
		d.add(at+"containers", "is required: a pod has at least one container")
	}
	if n := len(p.Containers) + len(p.InitContainers); n > maxContainers {
		d.add(at+"containers", "%d containers (allowed: up to %d)", n, maxContainers)
	}
	names := map[string]bool{}
	check := func(list string, i int, c *corev1.Container) {
		field := fmt.Sprintf("%s%s[%d]", at, list, i)
		if msgs := validation.IsDNS1123Label(c.Name); len(msgs) > 0 {
			d.add(field+".name", "%q: %s", c.Name, msgs[0])
		} else if names[c.Name] {
			d.add(field+".name", "%q is given twice", c.Name)
		}
		names[c.Name] = true
		if c.Image == "" {
			d.add(field+".image", "is required")
		}
		d.validateRequests(field, c)
		d.validateRestarts(field, c)
	}
	for i := range p.InitContainers {
		check("initContainers", i, &p.InitContainers[i])
	}
	for i := range p.Containers {
		check("containers", i, &p.Containers[i])
	}
}

// maxContainers is how many containers of a pod are told apart by the draws of their fates.
const maxContainers = 200

// The most that is counted of a resource: sums of requests must not overflow.
const (
	maxCPU    = 1e6 // cores
	maxMemory = 1 << 50
)

// tooMuch reports a quantity above what is counted.
func tooMuch(d *document, at string, q resource.Quantity, most float64) {
	if v := q.AsApproximateFloat64(); !(v <= most) {
		limit := resource.NewQuantity(int64(most), resource.BinarySI)
		d.add(at, "%s is too much (allowed: up to %s)", cut(q.String()), limit)
	}
}

func (d *document) validateRequests(at string, c *corev1.Container) {
	at += ".resources."
	for name, q := range c.Resources.Limits {
		if q.Sign() < 0 {
			d.add(joinKey(at+"limits", string(name)), "%s is negative", q.String())
		}
	}
	for name, q := range c.Resources.Requests {
		field := joinKey(at+"requests", string(name))
		limit, limited := c.Resources.Limits[name]
		switch {
		case limited && q.Cmp(limit) > 0:
			d.add(field, "%s is more than the limit %s", q.String(), limit.String())
		case q.Sign() < 0 && !limited:
			d.add(field, "%s is negative", q.String())
		}
		switch name {
		case corev1.ResourceCPU:
			tooMuch(d, field, q, maxCPU)
		case corev1.ResourceMemory:
			tooMuch(d, field, q, maxMemory)
		default: // see validatePlacement
		}
	}
}

func nonNegative[T int32 | int64](d *document, at string, v *T) {
	if v != nil && *v < 0 {
		d.add(at, "%d is negative", *v)
	}
}

// JobSpec is the manifest as the simulator has it. The manifest has its defaults.
func JobSpec(job *batchv1.Job) api.JobSpec {
	s := &job.Spec
	out := api.JobSpec{
		Name: job.Name, Namespace: job.Namespace,
		Parallelism:             *s.Parallelism,
		Completions:             opt(s.Completions),
		BackoffLimit:            *s.BackoffLimit,
		ActiveDeadlineSeconds:   opt(s.ActiveDeadlineSeconds),
		TTLSecondsAfterFinished: opt(s.TTLSecondsAfterFinished),
		BackoffLimitPerIndex:    opt(s.BackoffLimitPerIndex),
		MaxFailedIndexes:        opt(s.MaxFailedIndexes),
		Suspend:                 *s.Suspend,
		ManagedBy:               otherController(s.ManagedBy),
		Labelled:                len(job.Labels) > 0 || len(s.Template.Labels) > 0,
		PodFailurePolicy:        failureRules(s),
		SuccessPolicy:           successRules(s),
	}
	if *s.CompletionMode == batchv1.IndexedCompletion {
		out.CompletionMode = api.Indexed
	}
	if *s.PodReplacementPolicy == batchv1.Failed {
		out.PodReplacementPolicy = api.ReplaceFailed
	}
	out.Template = PodTemplate(&s.Template.Spec)
	return out
}

// PodTemplate is a pod's spec, with its defaults, as the simulator has it.
func PodTemplate(p *corev1.PodSpec) api.PodTemplate {
	t := api.PodTemplate{TerminationGracePeriodSeconds: *p.TerminationGracePeriodSeconds,
		ActiveDeadlineSeconds: opt(p.ActiveDeadlineSeconds)}
	if p.RestartPolicy == corev1.RestartPolicyOnFailure {
		t.RestartPolicy = api.RestartOnFailure
	}
	for i := range p.InitContainers {
		kind := api.Init
		if isSidecar(&p.InitContainers[i]) {
			kind = api.Sidecar
		}
		t.Containers = append(t.Containers, container(&p.InitContainers[i], kind))
	}
	for i := range p.Containers {
		t.Containers = append(t.Containers, container(&p.Containers[i], api.Main))
	}
	t.Requests = api.Effective(t.Containers)
	return t
}

func opt[T any](p *T) (out api.Opt[T]) {
	if p != nil {
		out = api.Some(*p)
	}
	return out
}

func requests(c *corev1.Container) api.Resources {
	return api.Resources{MilliCPU: milli(c.Resources.Requests[corev1.ResourceCPU]),
		Memory: value(c.Resources.Requests[corev1.ResourceMemory])}
}

func milli(q resource.Quantity) int64 { return q.MilliValue() }
func value(q resource.Quantity) int64 { return q.Value() }

// otherController is the controller that manages a Job instead of Kubernetes' own; empty if none does.
func otherController(managedBy *string) string {
	if managedBy == nil || *managedBy == batchv1.JobControllerName {
		return ""
	}
	return *managedBy
}
