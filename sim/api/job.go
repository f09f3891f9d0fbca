package api

import "github.com/jobsim/jobsim/sim/des"

// JobID is the dense number of a Job in its run: the position of the submission in the scenario, from 0.
type JobID int32

// CompletionMode says how the completions of a Job are told apart.
type CompletionMode uint8

// The completion modes of batch/v1. The zero value is the API's default.
const (
	NonIndexed CompletionMode = iota
	Indexed
)

// String is the API's name.
func (m CompletionMode) String() string {
	if m == Indexed {
		return "Indexed"
	}
	return "NonIndexed"
}

// PodReplacementPolicy says when a replacement pod may be created.
type PodReplacementPolicy uint8

// The replacement policies of batch/v1. The zero value is the API's default without a podFailurePolicy.
const (
	TerminatingOrFailed PodReplacementPolicy = iota
	ReplaceFailed                            // "Failed": only once the pod has reached a terminal phase
)

// String is the API's name.
func (p PodReplacementPolicy) String() string {
	if p == ReplaceFailed {
		return "Failed"
	}
	return "TerminatingOrFailed"
}

// JobSpec is batch/v1 JobSpec after defaulting. A JobSpec is never changed in place: an update makes a new one.
type JobSpec struct {
	Name      string
	Namespace string

	Parallelism             int32
	Completions             Opt[int32] // absent: a work-queue Job
	CompletionMode          CompletionMode
	BackoffLimit            int32
	BackoffLimitPerIndex    Opt[int32]
	MaxFailedIndexes        Opt[int32]
	ActiveDeadlineSeconds   Opt[int64]
	TTLSecondsAfterFinished Opt[int32]
	Suspend                 bool
	ManagedBy               string   // another controller; empty: Kubernetes' own
	Labelled                bool     // it or its template came with labels: see Job.LabelsDue
	PodLabels               LabelSet // of its template
	PodReplacementPolicy    PodReplacementPolicy
	PodFailurePolicy        []FailureRule // nil: there is none
	SuccessPolicy           []SuccessRule // nil: there is none
	Template                PodTemplate
}

// ActiveDeadline is the deadline as a span, saturated, and whether there is one.
func (s *JobSpec) ActiveDeadline() (des.Duration, bool) {
	return Seconds(s.ActiveDeadlineSeconds.Value), s.ActiveDeadlineSeconds.Set
}

// Seconds is n seconds as a span; it saturates at Forever.
func Seconds(n int64) des.Duration {
	if n > int64(des.Forever/des.Second) {
		return des.Forever
	}
	return des.Duration(n) * des.Second
}

// Job is a batch/v1 Job as the store holds it.
//
// A Job without labels, whose template has none either, is stored without: the template gets those of the selector only
// after defaulting (strategy.go:210@v1.37.2). As read, it has the template's (pkg/apis/batch/v1/defaults.go:49). So its
// labels are due with the first update, which is therefore a write even if it changes nothing else.
type Job struct {
	ID         JobID
	Version    uint64 // resourceVersion; 0: no such object
	Born       uint64 // orders objects by their creation
	Generation int64
	Created    des.Time // creationTimestamp, whole seconds
	Deleted    des.Time // deletionTimestamp; Never: not being deleted
	Foreground bool     // carries the foregroundDeletion finalizer
	Orphaned   bool     // deleted with propagation Orphan: its pods stay
	LabelsDue  bool     // any update writes it: see above
	Spec       *JobSpec // shared and immutable
	Status     JobStatus
}

// JobStatus is batch/v1 JobStatus. Its slices are immutable once stored: an update replaces them.
type JobStatus struct {
	Active      int32
	Succeeded   int32
	Failed      int32
	Ready       Opt[int32]
	Terminating Opt[int32]

	StartTime      des.Time // Never: nil
	CompletionTime des.Time // Never: nil

	CompletedIndexes string
	FailedIndexes    Opt[string]

	UncountedSucceeded []PodID // uncountedTerminatedPods.succeeded
	UncountedFailed    []PodID // uncountedTerminatedPods.failed
	Conditions         []Condition
}

// Finished says whether the Job has a true Complete or Failed condition (pkg/controller/job/util/utils.go:27@v1.37.2).
func (s *JobStatus) Finished() bool {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; c.Status && (c.Type == JobComplete || c.Type == JobFailed) {
			return true
		}
	}
	return false
}

// FinishedCondition is the true Complete or Failed condition, if there is one.
func (s *JobStatus) FinishedCondition() (Condition, bool) {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; c.Status && (c.Type == JobComplete || c.Type == JobFailed) {
			return *c, true
		}
	}
	return Condition{}, false
}
