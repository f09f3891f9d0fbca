package oracle

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
)

// report is a pod's status as its kubelet reports it.
type report struct {
	start      time.Time // the scenario's time 0
	status     api.PodStatus
	containers []kubelet.ContainerStatus
}

// messages of a pod's status.reason (pkg/kubelet/active_deadline.go:31 and eviction/helpers.go@v1.37.2).
var messages = map[api.PodReason]string{
	api.DeadlineExceeded: "Pod was active on the node longer than the specified deadline",
	api.Evicted:          "The node was low on resource: memory.",
	api.AdmissionError:   "Pod was rejected",
}

// write puts the report into s and leaves what others have written there.
func (r *report) write(s *corev1.PodStatus) {
	st := &r.status
	s.Phase = corev1.PodPhase(st.Phase.String())
	if st.StartTime != des.Never {
		t := r.time(st.StartTime)
		s.StartTime = &t
	}
	if st.Reason != api.NoReason {
		s.Reason, s.Message = st.Reason.String(), messages[st.Reason]
	}
	if st.Disruption == api.TerminationByKubelet {
		setCondition(s, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue,
			Reason: corev1.PodReasonTerminationByKubelet, Message: s.Message, LastTransitionTime: metav1.Now()})
	}
	if st.HasReady {
		c := corev1.PodCondition{Type: corev1.PodReady, Status: conditionStatus(st.Ready),
			LastTransitionTime: r.time(st.ReadySince)}
		setCondition(s, c)
		c.Type = corev1.ContainersReady
		setCondition(s, c)
	}
	s.ContainerStatuses, s.InitContainerStatuses = nil, nil
	for i := range r.containers {
		c := &r.containers[i]
		if c.Kind == api.Main {
			s.ContainerStatuses = append(s.ContainerStatuses, r.container(c))
		} else {
			s.InitContainerStatuses = append(s.InitContainerStatuses, r.container(c))
		}
	}
	slices.SortFunc(s.ContainerStatuses, func(a, b corev1.ContainerStatus) int { return strings.Compare(a.Name, b.Name) })
}

func (r *report) container(c *kubelet.ContainerStatus) corev1.ContainerStatus {
	out := corev1.ContainerStatus{Name: c.Name, Ready: c.Ready, Started: &c.Started, RestartCount: c.Restarts}
	switch c.State {
	case kubelet.Waiting:
		out.State.Waiting = &corev1.ContainerStateWaiting{Reason: c.Reason}
	case kubelet.Running:
		out.State.Running = &corev1.ContainerStateRunning{StartedAt: r.time(c.StartedAt)}
	case kubelet.Terminated:
		out.State.Terminated = r.termination(&c.Terminated)
	}
	if c.Last.Set {
		out.LastTerminationState.Terminated = r.termination(&c.Last.Value)
	}
	return out
}

func (r *report) termination(t *kubelet.Termination) *corev1.ContainerStateTerminated {
	return &corev1.ContainerStateTerminated{ExitCode: t.Exit, Reason: t.Reason,
		StartedAt: r.time(t.StartedAt), FinishedAt: r.time(t.FinishedAt)}
}

// time is t in the API's terms; Never is the zero time.
func (r *report) time(t des.Time) metav1.Time {
	if t == des.Never {
		return metav1.Time{}
	}
	return metav1.NewTime(r.start.Add(time.Duration(t)))
}

func conditionStatus(b bool) corev1.ConditionStatus {
	if b {
		return corev1.ConditionTrue
	}
	return corev1.ConditionFalse
}

func setCondition(s *corev1.PodStatus, c corev1.PodCondition) {
	for i := range s.Conditions {
		if s.Conditions[i].Type == c.Type {
			s.Conditions[i] = c
			return
		}
	}
	s.Conditions = append(s.Conditions, c)
}
