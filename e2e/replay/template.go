package replay

import (
	"fmt"
	"maps"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/jobsim/jobsim/e2e/objects"
	"github.com/jobsim/jobsim/sim/api"
)

// What a replay writes into objects.
const (
	gateName       = "jobsim.dev/fate"
	fatePrefix     = "fate.jobsim.dev/" // and the container's name: the annotation that holds its fate
	resourcePrefix = "jobsim.dev/"
	volume         = "fate"
	nobody         = 65532
	memoryLimit    = "64Mi" // of containers that take memory until they are killed
	volumeLimit    = "1Mi"  // of pods that fill their volume until they are evicted
)

// job is the manifest of a Job as it is submitted: its spec is the user's, and so are labels, grace period, deadline
// and the names and kinds of containers; what runs in them is the worker.
func (r *run) job(id api.JobID) *batchv1.Job {
	from := r.o.Scenario.Manifests[id]
	job := &batchv1.Job{Spec: *from.Spec.DeepCopy(),
		ObjectMeta: metav1.ObjectMeta{Name: from.Name, Namespace: r.namespace, Labels: maps.Clone(from.Labels)}}
	t := &job.Spec.Template
	spec := corev1.PodSpec{
		RestartPolicy:                 t.Spec.RestartPolicy,
		TerminationGracePeriodSeconds: t.Spec.TerminationGracePeriodSeconds,
		ActiveDeadlineSeconds:         t.Spec.ActiveDeadlineSeconds,
		SchedulingGates:               []corev1.PodSchedulingGate{{Name: gateName}},
		AutomountServiceAccountToken:  ptr(false),
		EnableServiceLinks:            ptr(false),
		SecurityContext:               securityContext(),
		Volumes: []corev1.Volume{
			{Name: volume, VolumeSource: corev1.VolumeSource{EmptyDir: r.emptyDir(id)}}},
		Affinity: r.affinity(),
	}
	for i := range t.Spec.InitContainers {
		spec.InitContainers = append(spec.InitContainers, r.container(id, &t.Spec.InitContainers[i], true))
	}
	for i := range t.Spec.Containers {
		spec.Containers = append(spec.Containers, r.container(id, &t.Spec.Containers[i], false))
	}
	if r.placed() {
		tolerate(&spec, r.cfg.Knobs.UnreachableSeconds)
		if r.apart() {
			spec.Tolerations = append(spec.Tolerations, corev1.Toleration{
				Key: objects.ReservedTaint, Operator: corev1.TolerationOpExists})
		}
		name, one := r.resource("pods"), resource.MustParse("1")
		spec.Containers[0].Resources.Requests[name], spec.Containers[0].Resources.Limits[name] = one, one
	}
	job.Spec.Template = corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: t.Labels}, Spec: spec}
	return job
}

// securityContext and containerSecurity are what the Pod Security Standard "restricted" asks for.
func securityContext() *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{RunAsNonRoot: ptr(true), RunAsUser: ptr(int64(nobody)),
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}}
}

func containerSecurity() *corev1.SecurityContext {
	return &corev1.SecurityContext{AllowPrivilegeEscalation: ptr(false),
		Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}}
}

func ptr[T any](v T) *T { return &v }

func (r *run) emptyDir(id api.JobID) *corev1.EmptyDirVolumeSource {
	dir := &corev1.EmptyDirVolumeSource{}
	if evicts(r.cfg, id) {
		dir.SizeLimit = ptr(resource.MustParse(volumeLimit))
	}
	return dir
}

func (r *run) container(id api.JobID, from *corev1.Container, init bool) corev1.Container {
	c := corev1.Container{Name: from.Name, Image: r.o.Image, ImagePullPolicy: corev1.PullIfNotPresent,
		RestartPolicy: from.RestartPolicy, RestartPolicyRules: from.RestartPolicyRules,
		Env: []corev1.EnvVar{{Name: "NAME", Value: from.Name}, {Name: "FATES", ValueFrom: &corev1.EnvVarSource{
			FieldRef: &corev1.ObjectFieldSelector{
				FieldPath: fmt.Sprintf("metadata.annotations['%s%s']", fatePrefix, from.Name)}}}},
		VolumeMounts:    []corev1.VolumeMount{{Name: volume, MountPath: "/fate"}},
		SecurityContext: containerSecurity(),
		Resources:       corev1.ResourceRequirements{Requests: corev1.ResourceList{}, Limits: corev1.ResourceList{}}}
	if anyFate(r.cfg, id, func(f *api.FateRule) bool { return f.End == api.EndOOM }) {
		c.Resources.Limits[corev1.ResourceMemory] = resource.MustParse(memoryLimit)
		c.Resources.Requests[corev1.ResourceMemory] = resource.MustParse("1Mi")
	}
	late := anyFate(r.cfg, id, func(f *api.FateRule) bool { return f.NoReady || !f.Ready.IsZero() })
	if late && !init {
		c.ReadinessProbe = &corev1.Probe{PeriodSeconds: 1, TimeoutSeconds: 5, ProbeHandler: corev1.ProbeHandler{
			Exec: &corev1.ExecAction{Command: []string{"/worker", "ready"}}}}
	}
	if r.placed() {
		cpu, memory := from.Resources.Requests.Cpu().MilliValue(), from.Resources.Requests.Memory().Value()
		r.ask(&c.Resources, "cpu", cpu)
		r.ask(&c.Resources, "memory", (memory+mebi-1)/mebi)
	}
	return c
}

const mebi = 1 << 20

// resource is the extended resource that stands for one of the scenario's resources in this replay alone.
func (r *run) resource(what string) corev1.ResourceName {
	return corev1.ResourceName(resourcePrefix + r.id + "-" + what)
}

func (r *run) ask(to *corev1.ResourceRequirements, what string, n int64) {
	if n > 0 {
		q := *resource.NewQuantity(n, resource.DecimalSI)
		to.Requests[r.resource(what)], to.Limits[r.resource(what)] = q, q
	}
}

// placed says whether the scenario has nodes of its own.
func (r *run) placed() bool { return limited(r.cfg) }

// affinity keeps the pods on the nodes that stand for the scenario's.
func (r *run) affinity() *corev1.Affinity {
	if !r.placed() {
		return nil
	}
	here := corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{
		{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: r.nodes}}}
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
			NodeSelectorTerms: []corev1.NodeSelectorTerm{here}}}}
}

// tolerate says how long pods stay on a node that is lost.
func tolerate(spec *corev1.PodSpec, seconds int64) {
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		spec.Tolerations = append(spec.Tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists,
			Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds})
	}
}
