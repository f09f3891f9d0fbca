package oracle

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// running is the status of a pod whose containers have just started.
func (l *podLife) running() func(*corev1.PodStatus) {
	bound, started, last, restarts := l.bound, l.started, l.last, l.restarts
	return func(s *corev1.PodStatus) {
		s.Phase, s.StartTime = corev1.PodRunning, &bound
		setCondition(s, corev1.PodInitialized, corev1.ConditionTrue, "", "")
		setCondition(s, corev1.PodReady, corev1.ConditionTrue, "", "")
		setCondition(s, corev1.ContainersReady, corev1.ConditionTrue, "", "")
		s.ContainerStatuses = nil
		for _, c := range l.run.Pod.Spec.Containers {
			cs := corev1.ContainerStatus{Name: c.Name, Ready: true, RestartCount: restarts}
			cs.State.Running = &corev1.ContainerStateRunning{StartedAt: started}
			cs.LastTerminationState.Terminated = last
			s.ContainerStatuses = append(s.ContainerStatuses, cs)
		}
	}
}

// waiting is the status of a pod whose containers wait for their restart.
func (l *podLife) waiting() func(*corev1.PodStatus) {
	last := l.last
	return func(s *corev1.PodStatus) {
		setCondition(s, corev1.PodReady, corev1.ConditionFalse, "ContainersNotReady", "")
		setCondition(s, corev1.ContainersReady, corev1.ConditionFalse, "ContainersNotReady", "")
		for i := range s.ContainerStatuses {
			c := &s.ContainerStatuses[i]
			c.Ready, c.LastTerminationState.Terminated = false, last
			c.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
		}
	}
}

// terminalStatus ends a pod; without a phase the exit codes decide.
func terminalStatus(phase corev1.PodPhase, cs []corev1.ContainerStatus, more func(*corev1.PodStatus),
) func(*corev1.PodStatus) {
	if phase == "" {
		phase = corev1.PodSucceeded
		for _, c := range cs {
			if c.State.Terminated.ExitCode != 0 {
				phase = corev1.PodFailed
			}
		}
	}
	return func(s *corev1.PodStatus) {
		s.Phase = phase
		setCondition(s, corev1.PodReady, corev1.ConditionFalse, "PodFailed", "")
		setCondition(s, corev1.ContainersReady, corev1.ConditionFalse, "PodFailed", "")
		if cs != nil {
			s.ContainerStatuses = cs
		}
		if more != nil {
			more(s)
		}
	}
}

// terminated is the status of the containers when they have exited; only, if set, is the one with
// the code.
func (l *podLife) terminated(code int32, only string, at time.Time) []corev1.ContainerStatus {
	var out []corev1.ContainerStatus
	for _, c := range l.run.Pod.Spec.Containers {
		exit, reason := code, "Error"
		if only != "" && c.Name != only {
			exit = 0
		}
		if exit == 0 {
			reason = "Completed"
		}
		cs := corev1.ContainerStatus{Name: c.Name, RestartCount: l.restarts}
		cs.LastTerminationState.Terminated = l.last
		cs.State.Terminated = &corev1.ContainerStateTerminated{ExitCode: exit, Reason: reason, StartedAt: l.started,
			FinishedAt: metav1.NewTime(at)}
		out = append(out, cs)
	}
	return out
}

// afterBackOff is the status of containers that will not be restarted any more: that of their last
// run.
func (l *podLife) afterBackOff() []corev1.ContainerStatus {
	out := l.terminated(l.last.ExitCode, "", l.last.FinishedAt.Time)
	for i := range out {
		out[i].RestartCount = l.restarts - 1
		out[i].State.Terminated = l.last
		out[i].LastTerminationState.Terminated = nil
	}
	return out
}

// setCondition sets a condition, whose transition time moves when its status does.
func setCondition(s *corev1.PodStatus, typ corev1.PodConditionType, status corev1.ConditionStatus, reason, msg string) {
	for i := range s.Conditions {
		c := &s.Conditions[i]
		if c.Type != typ {
			continue
		}
		if c.Status != status {
			c.LastTransitionTime = metav1.Now()
		}
		c.Status, c.Reason, c.Message = status, reason, msg
		return
	}
	s.Conditions = append(s.Conditions, corev1.PodCondition{Type: typ, Status: status, Reason: reason, Message: msg,
		LastTransitionTime: metav1.Now()})
}
