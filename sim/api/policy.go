package api

// FailureAction is what a podFailurePolicy does about a failed pod.
type FailureAction uint8

// The actions of batch/v1. The zero value is what happens without a rule that matches.
const (
	CountFailure FailureAction = iota
	IgnoreFailure
	FailIndex
	FailJob
)

// String is the API's name.
func (a FailureAction) String() string {
	return [...]string{"Count", "Ignore", "FailIndex", "FailJob"}[a]
}

// FailureRule is one rule of a podFailurePolicy: on exit codes or, if Conditions is not empty, on pod conditions.
type FailureRule struct {
	Action     FailureAction
	Container  int32   // position in PodTemplate.Containers; AnyContainer: all
	NotIn      bool    // the operator: codes that are not among Values
	Values     []int32 // exit codes
	Conditions []PodCondition
}

// PodCondition is a pod's condition, or a pattern for one.
type PodCondition struct {
	Type   PodConditionType
	Status ConditionStatus
}

// PodConditionType is the type of a pod's condition, in the API's words.
type PodConditionType string

// The types of condition that the model knows.
const (
	PodScheduled     PodConditionType = "PodScheduled"
	PodReady         PodConditionType = "Ready"
	ContainersReady  PodConditionType = "ContainersReady"
	DisruptionTarget PodConditionType = "DisruptionTarget"
)

// ConditionStatus is the status of a pod's condition.
type ConditionStatus uint8

// The statuses. Nothing in the model writes ConditionUnknown.
const (
	ConditionTrue ConditionStatus = iota
	ConditionFalse
	ConditionUnknown
)

// String is the API's word.
func (s ConditionStatus) String() string { return [...]string{"True", "False", "Unknown"}[s] }

// SuccessRule is one rule of a successPolicy: Indexes, or Count of them, or Count of any.
type SuccessRule struct {
	Indexes Opt[IndexSet]
	Count   Opt[int32]
}

// ContainerExit is how a container of a pod stands, as far as a podFailurePolicy asks.
type ContainerExit struct {
	Container int32 // position in PodTemplate.Containers
	Exit      int32 // exit code of a terminated container
}
