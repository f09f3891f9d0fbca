package api

import "github.com/jobsim/jobsim/sim/des"

// ConditionType is the type of a Job condition, in the API's words.
type ConditionType string

// The condition types of batch/v1 (staging/src/k8s.io/api/batch/v1/types.go@v1.37.2).
const (
	JobSuspended          ConditionType = "Suspended"
	JobComplete           ConditionType = "Complete"
	JobFailed             ConditionType = "Failed"
	JobFailureTarget      ConditionType = "FailureTarget"
	JobSuccessCriteriaMet ConditionType = "SuccessCriteriaMet"
)

// The reasons of Job conditions (types.go and job_controller.go@v1.37.2).
const (
	ReasonBackoffLimitExceeded     = "BackoffLimitExceeded"
	ReasonDeadlineExceeded         = "DeadlineExceeded"
	ReasonPodFailurePolicy         = "PodFailurePolicy"
	ReasonMaxFailedIndexesExceeded = "MaxFailedIndexesExceeded"
	ReasonFailedIndexes            = "FailedIndexes"
	ReasonSuccessPolicy            = "SuccessPolicy"
	ReasonCompletionsReached       = "CompletionsReached"
	ReasonJobSuspended             = "JobSuspended"
	ReasonJobResumed               = "JobResumed"
)

// Condition is a Job condition. Status is true for "True" and false for "False"; nothing writes "Unknown".
type Condition struct {
	Type       ConditionType
	Status     bool
	Reason     string
	Message    string
	Transition des.Time // lastTransitionTime, and lastProbeTime, which the controller always sets alike
}

// FindCondition is the position of the condition of type t in list, or -1.
func FindCondition(list []Condition, t ConditionType) int {
	for i := range list {
		if list[i].Type == t {
			return i
		}
	}
	return -1
}
