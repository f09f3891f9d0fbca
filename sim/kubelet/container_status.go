package kubelet

import (
	"slices"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// ContainerState says which state of core/v1 ContainerState is set.
type ContainerState uint8

// The states of a container in the API.
const (
	Waiting ContainerState = iota
	Running
	Terminated
)

// String is the API's word in lower case.
func (s ContainerState) String() string { return [...]string{"waiting", "running", "terminated"}[s] }

// The reasons of container states (pkg/kubelet/kubelet_pods.go:88, container/sync_result.go:77,
// container/runtime.go:308@v1.37.2 and containerd's own).
const (
	ReasonContainerCreating = "ContainerCreating"
	ReasonPodInitializing   = "PodInitializing"
	ReasonCrashLoopBackOff  = "CrashLoopBackOff"
	ReasonCompleted         = "Completed"
	ReasonError             = "Error"
	ReasonOOMKilled         = "OOMKilled"
	ReasonStatusUnknown     = "ContainerStatusUnknown"
	ReasonRestartingAll     = "RestartingAllContainers"
)

// Termination is how a run ended: core/v1 ContainerStateTerminated. Its times are exact where the API has whole
// seconds; Never stands for a time that is not known.
type Termination struct {
	Exit       int32
	Reason     string
	StartedAt  des.Time
	FinishedAt des.Time
}

// ContainerStatus is what the kubelet reports of one container: core/v1 ContainerStatus as far as it is modelled.
type ContainerStatus struct {
	Name     string
	Kind     api.ContainerKind // Init and Sidecar stand in initContainerStatuses
	Ready    bool
	Started  bool // as long as it runs, as there are no startup probes
	Restarts int32

	State      ContainerState
	Reason     string      // with Waiting
	StartedAt  des.Time    // with Running, exact
	Terminated Termination // with Terminated

	Last api.Opt[Termination] // lastTerminationState
}

// Containers are the containers one by one as they are after the last Act, in the order of the template; a rejected
// pod has none. The slice is the Life's own and is overwritten by the next call.
func (l *Life) Containers() []ContainerStatus {
	l.reports = l.reports[:0]
	waiting := ReasonContainerCreating
	if len(l.containers) > 0 && l.containers[0].kind != api.Main {
		waiting = ReasonPodInitializing
	}
	for i := range l.containers {
		c := &l.containers[i]
		s := ContainerStatus{Name: l.t.Containers[i].Name, Kind: c.kind,
			Ready: c.ready, Restarts: c.restarts, Last: c.last.report()}
		switch {
		case c.state == running:
			s.State, s.StartedAt, s.Started = Running, c.startedAt, true
		case c.terminated():
			s.State, s.Terminated = Terminated, c.latest().report().Value
			s.Ready = c.kind == api.Init && c.exit == 0
		case c.reset:
			s.Reason = ReasonRestartingAll
		case c.startedAt != des.Never:
			s.Reason, s.Last = ReasonCrashLoopBackOff, c.latest().report()
		default:
			s.Reason = waiting
		}
		l.reports = append(l.reports, s)
	}
	return l.reports
}

// exits appends the containers that have terminated with a code other than 0: main containers by name, as the API lists
// them (kubelet_pods.go:2797@v1.37.2), then the others in the order of the template.
func (l *Life) exits(out []api.ContainerExit) []api.ContainerExit {
	for i := range l.containers {
		if c := &l.containers[i]; c.kind == api.Main && c.terminated() && c.exit != 0 {
			out = append(out, api.ContainerExit{Container: int32(i), Exit: c.exit})
		}
	}
	slices.SortFunc(out, func(a, b api.ContainerExit) int {
		return strings.Compare(l.t.Containers[a.Container].Name, l.t.Containers[b.Container].Name)
	})
	for i := range l.containers {
		if c := &l.containers[i]; c.kind != api.Main && c.terminated() && c.exit != 0 {
			out = append(out, api.ContainerExit{Container: int32(i), Exit: c.exit})
		}
	}
	return out
}

// report is how the run ended, in the API's words; absent if there was none. Only a lost one has no times.
func (p past) report() api.Opt[Termination] {
	t := Termination{Exit: p.exit, Reason: ReasonError, StartedAt: p.startedAt, FinishedAt: p.finishedAt}
	switch {
	case p.removed:
		t.Reason = ReasonRestartingAll
	case p.startedAt == des.Never:
		t.Reason = ReasonStatusUnknown
	case p.oom:
		t.Reason = ReasonOOMKilled
	case p.exit == 0:
		t.Reason = ReasonCompleted
	}
	if !p.ended {
		return api.Opt[Termination]{}
	}
	return api.Some(t)
}
