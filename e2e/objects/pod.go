package objects

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// admission are the reasons with which a kubelet rejects a pod before any container runs; the simulator has one word
// for them (pkg/kubelet/lifecycle/predicate.go:38@v1.37.2).
var admission = map[string]bool{"UnexpectedAdmissionError": true, "NodeAffinity": true, "OutOfcpu": true,
	"OutOfmemory": true, "OutOfpods": true, "OutOfephemeral-storage": true, "NodeSelectorMismatching": true}

// Pod is a pod in the simulator's terms. Its Version is 0 if p is nil or none of the scenario.
func (b *Book) Pod(p *corev1.Pod) api.Pod {
	out := api.Pod{Node: api.NoNode, Deleted: des.Never}
	if p == nil {
		return out
	}
	who, ok := b.Born(p)
	if !ok {
		return out
	}
	out.Version, out.Job, out.Index, out.Attempt, out.Number = 1, who.Job, who.Index, who.Attempt, who.Number
	out.Owner = api.NoJob
	if owner := metav1.GetControllerOf(p); owner != nil {
		if id, known := b.JobID(owner.Name); known {
			out.Owner = id
		}
	}
	out.Created = b.second(p.CreationTimestamp.Time)
	if p.Spec.NodeName != "" {
		out.Node = b.NodeID(p.Spec.NodeName)
	}
	if p.DeletionTimestamp != nil {
		out.Deleted = b.second(p.DeletionTimestamp.Time)
		if p.DeletionGracePeriodSeconds != nil {
			out.Grace = *p.DeletionGracePeriodSeconds
		}
	}
	for _, f := range p.Finalizers {
		out.Finalizer = out.Finalizer || f == batchv1.JobTrackingFinalizer
	}
	b.podStatus(&p.Status, &out.Status)
	return out
}

func (b *Book) podStatus(s *corev1.PodStatus, out *api.PodStatus) {
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
	if admission[s.Reason] {
		out.Reason = api.AdmissionError
	}
	for _, c := range s.Conditions {
		switch {
		case c.Type == corev1.PodReady:
			out.HasReady, out.Ready = true, c.Status == corev1.ConditionTrue
			out.ReadySince = b.second(c.LastTransitionTime.Time)
		case c.Type == corev1.DisruptionTarget && c.Status == corev1.ConditionTrue:
			for d := api.PreemptionByScheduler; d <= api.TerminationByKubelet; d++ {
				if c.Reason == d.String() {
					out.Disruption = d
				}
			}
		}
	}
	out.StartTime, out.FinishedAt = b.since(s.StartTime), des.Never
	early := int32(0)
	for i := range s.InitContainerStatuses {
		container(&s.InitContainerStatuses[i], out, &early)
	}
	for i := range s.ContainerStatuses {
		container(&s.ContainerStatuses[i], out, &out.Exit)
		out.MaxRestarts = max(out.MaxRestarts, s.ContainerStatuses[i].RestartCount)
	}
	if out.Exit == 0 {
		out.Exit = early
	}
}

// container adds one container to the sums of a pod.
func container(c *corev1.ContainerStatus, out *api.PodStatus, exit *int32) {
	out.Restarts += c.RestartCount
	if t := c.State.Terminated; t != nil {
		if *exit == 0 {
			*exit = t.ExitCode
		}
		out.OOMKilled = out.OOMKilled || t.Reason == "OOMKilled"
	}
}

func (b *Book) since(t *metav1.Time) des.Time {
	if t == nil {
		return des.Never
	}
	return b.second(t.Time)
}

// Node is a node in the simulator's terms. Its Version is 0 if n is nil.
func (b *Book) Node(n *corev1.Node) api.Node {
	out := api.Node{Unreachable: des.Never}
	if n == nil {
		return out
	}
	out.ID, out.Version, out.Unschedulable = b.NodeID(n.Name), 1, n.Spec.Unschedulable
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			out.Ready = c.Status == corev1.ConditionTrue
		}
	}
	for _, t := range n.Spec.Taints {
		if t.Key == corev1.TaintNodeUnreachable && t.Effect == corev1.TaintEffectNoExecute {
			out.Unreachable = b.since(t.TimeAdded)
		}
	}
	return out
}
