package gen

import (
	"github.com/jobsim/jobsim/scenarios"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func parallel(d *drawing, job *batchv1.Job) {
	job.Spec.Parallelism = ptr(int32(2 + d.below(3)))
	if d.coin(1, 2) {
		job.Spec.Completions = ptr(int32(2 + d.below(5)))
	}
}

func manyPods(d *drawing, job *batchv1.Job) {
	job.Spec.Completions = ptr(int32(10 + d.below(41)))
	job.Spec.Parallelism = ptr(int32(1 + d.below(30)))
}

func workQueue(_ *drawing, job *batchv1.Job) { job.Spec.Completions = nil }

func zeroCompletions(d *drawing, job *batchv1.Job) {
	if d.coin(1, 2) {
		job.Spec.Completions = ptr(int32(0))
	}
}

// zeroParallelism is a Job that waits for somebody to scale it up, mostly not in vain.
func zeroParallelism(d *drawing, job *batchv1.Job) {
	job.Spec.Parallelism = ptr(int32(0))
	if d.coin(3, 4) {
		to := ptr(int32(1 + d.below(4)))
		d.fault(scenarios.Fault{At: d.when(busy), Scale: &scenarios.Scale{Job: job.Name, Parallelism: to}})
	}
}

func backoffLimit(d *drawing, job *batchv1.Job) {
	job.Spec.BackoffLimit = ptr(int32(pick(d, 0, 0, 1, 1, 2, 3, 5, 9)))
}

func onFailure(_ *drawing, job *batchv1.Job) {
	job.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyOnFailure
}

func replaceFailed(_ *drawing, job *batchv1.Job) { job.Spec.PodReplacementPolicy = ptr(batchv1.Failed) }

func jobDeadline(d *drawing, job *batchv1.Job) {
	job.Spec.ActiveDeadlineSeconds = ptr(int64(pick(d, 0, 1, 3, 5, 10, 12, 20, 30, 60, 100, 300)))
}

func podDeadline(d *drawing, job *batchv1.Job) {
	job.Spec.Template.Spec.ActiveDeadlineSeconds = ptr(int64(pick(d, 1, 2, 5, 10, 15, 40)))
}

// startSuspended is a Job that waits for somebody to resume it, mostly not in vain.
func startSuspended(d *drawing, job *batchv1.Job) {
	job.Spec.Suspend = ptr(true)
	if d.coin(3, 4) {
		d.fault(scenarios.Fault{At: d.when(busy), Resume: job.Name})
	}
}

func ttl(d *drawing, job *batchv1.Job) {
	job.Spec.TTLSecondsAfterFinished = ptr(int32(pick(d, 0, 1, 5, 30, 100)))
	d.file.Until.Quiescent = true // else the run is over when the Job is
}

// grace is how long pods may take to die, and a fate that takes its time.
func grace(d *drawing, job *batchv1.Job) {
	pod := &job.Spec.Template.Spec
	pod.TerminationGracePeriodSeconds = ptr(int64(pick(d, 0, 1, 2, 5, 10, 30, 60)))
	fate := d.fate(job)
	fate.Run = d.span()
	fate.OnTerm.After = d.span()
	switch d.below(4) {
	case 0:
		fate.OnTerm.After = scenarios.Dist{Forever: true, Set: true}
	case 1:
		fate.OnTerm.Exit = ptr(int32(0))
	}
	if d.coin(1, 2) {
		d.some(&fate)
	}
	d.file.Fates = append(d.file.Fates, fate)
}

func initContainers(d *drawing, job *batchv1.Job) {
	d.companion(job, corev1.Container{Name: "init", Image: "busybox"})
}

func sidecars(d *drawing, job *batchv1.Job) {
	d.companion(job, corev1.Container{Name: "sidecar", Image: "envoy",
		RestartPolicy: ptr(corev1.ContainerRestartPolicyAlways)})
}

// companion adds an init container with a fate of its own, now and then a failing one. A sidecar mostly stays.
func (d *drawing) companion(job *batchv1.Job, c corev1.Container) {
	pod := &job.Spec.Template.Spec
	pod.InitContainers = append(pod.InitContainers, c)
	fate := scenarios.Fate{Match: scenarios.Match{Job: job.Name, Container: c.Name}, Run: d.span()}
	fate.OnTerm.After = d.span()
	if c.RestartPolicy != nil && d.coin(3, 4) {
		fate.Run = scenarios.Dist{Forever: true, Set: true}
	} else if d.coin(1, 3) {
		failing := fate
		d.some(&failing)
		failing.Exit = ptr(int32(3))
		d.file.Fates = append(d.file.Fates, failing)
	}
	d.file.Fates = append(d.file.Fates, fate)
}

func secondContainer(d *drawing, job *batchv1.Job) {
	pod := &job.Spec.Template.Spec
	pod.Containers = append(pod.Containers, corev1.Container{Name: "second", Image: "busybox"})
	fate := scenarios.Fate{Match: scenarios.Match{Job: job.Name, Container: "second"}, Run: d.span()}
	if d.coin(1, 3) {
		d.some(&fate)
		fate.Exit = ptr(int32(4))
	}
	d.file.Fates = append(d.file.Fates, fate)
}

// requests make the pods of a Job compete for the small nodes; now and then one fits nowhere.
func requests(d *drawing, job *batchv1.Job) {
	list := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(pick(d, "250m", "500m", "1", "1", "2", "5"))}
	if d.coin(1, 2) {
		list[corev1.ResourceMemory] = resource.MustParse(pick(d, "100Mi", "1Gi", "2Gi"))
	}
	job.Spec.Template.Spec.Containers[0].Resources.Requests = list
}
