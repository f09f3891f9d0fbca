package api

import (
	"slices"

	"github.com/jobsim/jobsim/sim/des"
)

// PodID is the dense number of a pod in its run, in the order of creation, from 0. It stands for the UID and the name.
type PodID int32

// NoIndex is the completion index of pods of NonIndexed Jobs.
const NoIndex int32 = -1

// Phase is a pod's status.phase.
type Phase uint8

// The pod phases. The zero value is Pending, as in a new pod.
const (
	Pending Phase = iota
	Running
	Succeeded
	Failed
)

// Terminal says whether the phase is final.
func (p Phase) Terminal() bool { return p >= Succeeded }

// String is the API's name.
func (p Phase) String() string {
	return [...]string{"Pending", "Running", "Succeeded", "Failed"}[p]
}

// RestartPolicy is a pod's restartPolicy, or a container's own.
type RestartPolicy uint8

// The restart policies. Only a container can have RestartAlways.
const (
	RestartNever RestartPolicy = iota
	RestartOnFailure
	RestartAlways
)

// String is the API's name.
func (p RestartPolicy) String() string { return [...]string{"Never", "OnFailure", "Always"}[p] }

// Restarts says whether what has exited with a code runs again.
func (p RestartPolicy) Restarts(exit int32) bool {
	return p == RestartAlways || p == RestartOnFailure && exit != 0
}

// RestartRule has a container that exits with one of the codes, or with none of them, restarted in place: an entry of
// restartPolicyRules.
type RestartRule struct {
	NotIn  bool // the operator: codes that are not among Values
	All    bool // the action: RestartAllContainers (since Kubernetes 1.36), else Restart
	Values []int32
}

// ContainerKind says in which list of the pod spec a container stands, and how it is treated there.
type ContainerKind uint8

// The kinds of container. A Sidecar is an init container with restartPolicy Always.
const (
	Main ContainerKind = iota
	Init
	Sidecar
)

// Container is what the model needs of a core/v1 Container.
type Container struct {
	Name string
	Kind ContainerKind
	// Restart is a main or init container's own restartPolicy and RestartRules go before it (since Kubernetes 1.35;
	// before, neither was kept). Absent: the pod's holds.
	Restart      Opt[RestartPolicy]
	RestartRules []RestartRule
	Requests     Resources
}

// RestartsAll says whether the first rule that matches an exit code has all containers of the pod begin anew.
func (c *Container) RestartsAll(exit int32) bool {
	for _, r := range c.RestartRules {
		if slices.Contains(r.Values, exit) != r.NotIn {
			return r.All
		}
	}
	return false
}

// Restarts says what the container's own policy and rules, where it has some, say of an exit code. The first rule that
// matches decides, and all of them restart (ContainerShouldRestart, pkg/api/v1/pod/util.go:419@v1.37.2).
func (c *Container) Restarts(exit int32) bool {
	for _, r := range c.RestartRules {
		if slices.Contains(r.Values, exit) != r.NotIn {
			return true
		}
	}
	return c.Restart.Value.Restarts(exit)
}

// Resources are amounts of what pods ask for and nodes have.
type Resources struct {
	MilliCPU int64 // thousandths of a core
	Memory   int64 // bytes
}

// PodTemplate is what the model needs of a Job's pod template after defaulting.
type PodTemplate struct {
	RestartPolicy                 RestartPolicy
	TerminationGracePeriodSeconds int64
	ActiveDeadlineSeconds         Opt[int64]
	// Containers has the init containers (sidecars among them) in order, then the main containers in order.
	Containers []Container
	// Requests are the pod's effective requests, as Effective has them.
	Requests PodRequests
	// NodeName is spec.nodeName, which bypasses the scheduler. Empty: scheduled.
	NodeName string
}

// PodRequests are what a pod asks for.
type PodRequests struct {
	Resources
	// Scored are the same with a default for what a container does not ask for: by them the scheduler tells how full a
	// node is.
	Scored Resources
}

// The scheduler's defaults (pkg/scheduler/util/pod_resources.go:28@v1.37.2).
var scoredDefault = Resources{MilliCPU: 100, Memory: 200 << 20}

// Effective is what a pod of these containers asks for: its main containers and sidecars together, or an init container
// with the sidecars before it where that is more (component-helpers/resource/helpers.go@v0.37.2, PodRequests).
func Effective(containers []Container) PodRequests {
	return PodRequests{effective(containers, Resources{}), effective(containers, scoredDefault)}
}

func effective(containers []Container, missing Resources) Resources {
	var sum, sidecars, most Resources
	for i := range containers {
		switch r := containers[i].Requests.or(missing); containers[i].Kind {
		case Main:
			sum = sum.plus(r)
		case Sidecar:
			sum, sidecars = sum.plus(r), sidecars.plus(r)
			most = most.larger(sidecars)
		case Init:
			most = most.larger(r.plus(sidecars))
		}
	}
	return sum.larger(most)
}

// or is r with what is 0 replaced.
func (r Resources) or(missing Resources) Resources {
	if r.MilliCPU == 0 {
		r.MilliCPU = missing.MilliCPU
	}
	if r.Memory == 0 {
		r.Memory = missing.Memory
	}
	return r
}

func (r Resources) plus(q Resources) Resources {
	return Resources{r.MilliCPU + q.MilliCPU, r.Memory + q.Memory}
}

func (r Resources) larger(q Resources) Resources {
	return Resources{max(r.MilliCPU, q.MilliCPU), max(r.Memory, q.Memory)}
}

// PodReason is a pod's status.reason, or why it ended where the API has no word.
type PodReason uint8

// The reasons that the model writes.
const (
	NoReason         PodReason = iota
	Evicted                    // node pressure
	DeadlineExceeded           // pod activeDeadlineSeconds
	AdmissionError             // UnexpectedAdmissionError: rejected by the kubelet, no container ever ran
)

// String is the API's word; empty for NoReason.
func (r PodReason) String() string {
	return [...]string{"", "Evicted", "DeadlineExceeded", "UnexpectedAdmissionError"}[r]
}

// Disruption is the reason of a true DisruptionTarget condition.
type Disruption uint8

// The sources of disruption that the model knows (job-semantics 8.6). The zero value: no such condition.
const (
	NoDisruption Disruption = iota
	PreemptionByScheduler
	DeletionByTaintManager
	EvictionByEvictionAPI
	DeletionByPodGC
	TerminationByKubelet
)

// String is the API's word; empty for NoDisruption.
func (d Disruption) String() string {
	return [...]string{"", "PreemptionByScheduler", "DeletionByTaintManager", "EvictionByEvictionAPI", "DeletionByPodGC",
		"TerminationByKubelet"}[d]
}

// Pod is a pod as the store holds it: a flat value, so that a million of them cost one allocation.
type Pod struct {
	ID      PodID
	Job     JobID // that made it
	Index   int32 // completion index; NoIndex for NonIndexed Jobs
	Attempt int32 // Indexed: the n-th pod of its index, from 0; NonIndexed: the n-th pod of the Job, from 0
	Number  int32 // the n-th pod of the Job, from 0
	Node    NodeID

	Version   uint64   // resourceVersion; 0: no such object
	Created   des.Time // creationTimestamp, whole seconds
	Deleted   des.Time // deletionTimestamp, whole seconds; Never: not being deleted
	Grace     int64    // deletionGracePeriodSeconds; meaningful while being deleted
	Finalizer bool     // carries batch.kubernetes.io/job-tracking
	Owner     JobID    // the Job that controls it; NoJob: none. At first that is Job
	Labels    LabelSet // what its labels are
	Unfit     int32    // stands for the message of a PodScheduled condition that is false; 0: none

	Status PodStatus
}

// IndexFailures are the failures of a completion index before a pod was created for it: the pod's annotations
// batch.kubernetes.io/job-index-failure-count and job-index-ignored-failure-count.
type IndexFailures struct{ Counted, Ignored int32 }

// Total is how many pods of the index have failed.
func (f IndexFailures) Total() int32 { return f.Counted + f.Ignored }

// PodStatus is what the kubelet reports of a pod, summed over its containers as far as anyone looks.
type PodStatus struct {
	Phase      Phase
	HasReady   bool // there is a Ready condition
	Ready      bool // and it is true
	Reason     PodReason
	Disruption Disruption
	OOMKilled  bool   // a container was killed for its memory
	Reports    uint16 // counts the kubelet's writes: tells apart statuses that differ in single containers only

	Restarts     int32    // restartCount summed over all containers and init containers
	MaxRestarts  int32    // the largest restartCount among main containers (controller_utils.go:948@v1.37.2)
	MaxSidecar   int32    // and that among sidecars
	Exit         int32    // the first non-zero exit code among terminated containers, else 0
	Exits        int32    // what Store.Exits knows it by; 0: Exit says it all
	ReadySince   des.Time // lastTransitionTime of Ready, whole seconds; meaningful with HasReady
	FinishedAt   des.Time // the latest finishedAt, whole seconds; Never until every main container and sidecar has ended
	StartTime    des.Time // status.startTime, whole seconds; Never before the kubelet has seen the pod
	RunningSince des.Time // when it became Running, exact; Never before
	EndedAt      des.Time // when its terminal phase was written, exact; Never before
}

// Clear makes s the status of a pod that no kubelet has seen.
func (s *PodStatus) Clear() {
	*s = PodStatus{}
	s.ReadySince, s.FinishedAt, s.StartTime = des.Never, des.Never, des.Never
	s.RunningSince, s.EndedAt = des.Never, des.Never
}

// Terminating says whether the pod counts in status.terminating: being deleted and not yet in a terminal phase
// (pkg/controller/controller_utils.go:1091@v1.37.2).
func (p *Pod) Terminating() bool { return p.Deleted != des.Never && !p.Status.Phase.Terminal() }

// Active says whether the pod counts in status.active (pkg/controller/controller_utils.go:1085@v1.37.2).
func (p *Pod) Active() bool { return p.Deleted == des.Never && !p.Status.Phase.Terminal() }
