package oracle

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// podOf is a pod in the simulator's terms; its Version is 0 if there is none, or none of the scenario.
func (r *tracer) podOf(p *corev1.Pod) api.Pod {
	out := api.Pod{Node: api.NoNode, Deleted: des.Never}
	if p == nil {
		return out
	}
	run := r.ledger.run(p)
	id, ok := r.jobID(run.Job)
	if !ok {
		return out
	}
	out.Version, out.Job, out.Index, out.Attempt, out.Number = 1, id, run.Index, run.Attempt, run.Number
	out.Owner = api.NoJob
	if owner := metav1.GetControllerOf(p); owner != nil {
		if id, ok := r.jobID(owner.Name); ok {
			out.Owner = id
		}
	}
	out.Labels = r.labelSet(p.Labels)
	for i, n := range r.nodes {
		if n == p.Spec.NodeName {
			out.Node = api.NodeID(i)
		}
	}
	if p.DeletionTimestamp != nil {
		out.Deleted = since(r.start, p.DeletionTimestamp.Time)
		if p.DeletionGracePeriodSeconds != nil {
			out.Grace = *p.DeletionGracePeriodSeconds
		}
	}
	for _, f := range p.Finalizers {
		out.Finalizer = out.Finalizer || f == batchv1.JobTrackingFinalizer
	}
	podStatusOf(&p.Status, &out.Status)
	return out
}

// labelSet is a number for some labels.
func (r *tracer) labelSet(list map[string]string) api.LabelSet {
	key := labels.Set(list).String()
	if _, known := r.labels[key]; !known {
		r.labels[key] = api.LabelSet(len(r.labels))
	}
	return r.labels[key]
}

func podStatusOf(s *corev1.PodStatus, out *api.PodStatus) {
	for _, phase := range []api.Phase{api.Pending, api.Running, api.Succeeded, api.Failed} {
		if string(s.Phase) == phase.String() {
			out.Phase = phase
		}
	}
	for _, reason := range []api.PodReason{api.Evicted, api.DeadlineExceeded, api.AdmissionError} {
		if s.Reason == reason.String() {
			out.Reason = reason
		}
	}
	for _, c := range s.Conditions {
		switch {
		case c.Type == corev1.PodReady:
			out.HasReady, out.Ready = true, c.Status == corev1.ConditionTrue
		case c.Type == corev1.DisruptionTarget && c.Status == corev1.ConditionTrue:
			for d := api.PreemptionByScheduler; d <= api.TerminationByKubelet; d++ {
				if c.Reason == d.String() {
					out.Disruption = d
				}
			}
		}
	}
	early := int32(0)
	for i := range s.InitContainerStatuses {
		containerOf(&s.InitContainerStatuses[i], out, &early)
	}
	for i := range s.ContainerStatuses {
		containerOf(&s.ContainerStatuses[i], out, &out.Exit)
	}
	if out.Exit == 0 {
		out.Exit = early
	}
}

// containerOf adds one container to the sums of a pod.
func containerOf(c *corev1.ContainerStatus, out *api.PodStatus, exit *int32) {
	out.Restarts += c.RestartCount
	if t := c.State.Terminated; t != nil {
		if *exit == 0 {
			*exit = t.ExitCode
		}
		out.OOMKilled = out.OOMKilled || t.Reason == "OOMKilled"
	}
}
