package main

import (
	"bytes"
	"fmt"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// maxParts bounds --on-cluster; so many pods a study on a cluster has at most.
const maxParts = 10_000

// partRetries are how often a part is tried again.
const partRetries = 3

// printManifests prints a ConfigMap with the scenario and an Indexed Job whose pods run a part each. They talk to no
// API, need no rights, and leave what they found in their logs.
func (o *runOptions) printManifests(s streams, sc *scenarios.Scenario, cfg *sim.Config) error {
	text, err := carried(sc, cfg)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("jobsim-%s-%dx%d", answer.Digest(cfg)[:8], o.runs, o.onCluster)
	labels := map[string]string{"app.kubernetes.io/name": "jobsim"}
	scenario := &corev1.ConfigMap{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}, Data: map[string]string{"scenario.yaml": string(text)}}
	job := o.job(name, labels)
	for _, object := range []any{scenario, job} {
		manifest, err := yaml.Marshal(object)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "---\n%s", manifest)
	}
	fmt.Fprintf(s.err, "kubectl wait --for=condition=Complete job/%s, and then\n"+
		"kubectl logs -l batch.kubernetes.io/job-name=%s --tail=-1 --max-log-requests=%d | jobsim merge -\n", name, name,
		o.onCluster)
	return nil
}

// carried is the scenario as a file on its own, which must mean the same elsewhere.
func carried(sc *scenarios.Scenario, cfg *sim.Config) ([]byte, error) {
	text, err := sc.YAML()
	if err != nil {
		return nil, err
	}
	list, _, err := scenarios.Load("scenario.yaml", bytes.NewReader(text), nil, ".")
	if err != nil {
		return nil, usageError{fmt.Errorf("--on-cluster: the scenario needs files beside it: %w", err)}
	}
	again := list[0].Config()
	again.Seed = cfg.Seed
	if answer.Digest(again) != answer.Digest(cfg) {
		return nil, usagef("--on-cluster: the scenario means something else where its files are not (allowed: one whose " +
			"profile has a name)")
	}
	return text, nil
}

func (o *runOptions) job(name string, labels map[string]string) *batchv1.Job {
	parts := int32(o.onCluster)
	command := []string{"run", "-f", "/study/scenario.yaml", "-n", fmt.Sprint(o.runs), "--seed", fmt.Sprint(o.seed),
		"--workers", "1", "--shard", fmt.Sprintf("$(JOB_COMPLETION_INDEX)/%d", o.onCluster)}
	cpu := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1"),
		corev1.ResourceMemory: resource.MustParse("512Mi")}
	pod := corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: new(bool),
		SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: ref(true), RunAsUser: ref(int64(65532)),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}},
		Containers: []corev1.Container{{Name: "jobsim", Image: o.image, Args: command,
			Resources: corev1.ResourceRequirements{Requests: cpu},
			SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: new(bool), ReadOnlyRootFilesystem: ref(true),
				Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			VolumeMounts: []corev1.VolumeMount{{Name: "study", MountPath: "/study", ReadOnly: true}}}},
		Volumes: []corev1.Volume{{Name: "study", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: name}}}}}}
	return &batchv1.Job{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: batchv1.JobSpec{Completions: &parts, Parallelism: &parts, CompletionMode: ref(batchv1.IndexedCompletion),
			BackoffLimitPerIndex: ref(int32(partRetries)),
			PodFailurePolicy: &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{
				{Action: batchv1.PodFailurePolicyActionIgnore, OnPodConditions: []batchv1.PodFailurePolicyOnPodConditionsPattern{
					{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue}}},
				{Action: batchv1.PodFailurePolicyActionFailJob, OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{
					Operator: batchv1.PodFailurePolicyOnExitCodesOpIn, Values: []int32{exitUsage}}}}},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: pod}}}
}

func ref[T any](v T) *T { return &v }
