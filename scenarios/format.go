package scenarios

import (
	"encoding/json"

	batchv1 "k8s.io/api/batch/v1"
)

// APIVersion and Kind of a scenario file.
const (
	APIVersion = "jobsim.dev/v1alpha1"
	Kind       = "Scenario"
)

// File is a scenario file as written. Every field that is absent has its default.
type File struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Why        string   `json:"why"`        // what the scenario teaches
	Kubernetes string   `json:"kubernetes"` // the minor version: "1.34" to "1.37"; default 1.37
	Cluster    Cluster  `json:"cluster"`
	Jobs       []Job    `json:"jobs"`
	Fates      []Fate   `json:"fates"`
	Faults     []Fault  `json:"faults"`
	Until      Until    `json:"until"`
	Expect     []Expect `json:"expect"`
}

// Metadata names the scenario.
type Metadata struct {
	Name string `json:"name"`
}

// Cluster is where the Jobs run.
type Cluster struct {
	Nodes   []Node  `json:"nodes"`   // default: one node on which everything fits
	Profile string  `json:"profile"` // the latencies and client limits to start from: none or default
	Latency Latency `json:"latency"` // what differs from the profile
	Knobs   Knobs   `json:"knobs"`   // what differs from the profile
}

// Node is one node, or Count alike ones.
type Node struct {
	Name   string `json:"name"`   // default node; with Count > 1 a number is appended
	Count  *int32 `json:"count"`  // default 1
	CPU    Amount `json:"cpu"`    // such as 4 or 500m; required
	Memory Amount `json:"memory"` // such as 8Gi; required
	Pods   *int32 `json:"pods"`   // default 110, the kubelet's maxPods
}

// Latency is what the cluster adds to the pure logic.
type Latency struct {
	Request   Dist `json:"request"`   // one API request of the Job controller, there and back
	Watch     Dist `json:"watch"`     // from a write to the watchers' learning of it
	Bind      Dist `json:"bind"`      // from a pod's creation to its binding
	Start     Dist `json:"start"`     // from binding to the start of the first container
	Observe   Dist `json:"observe"`   // from a container's end to the report of it
	Remove    Dist `json:"remove"`    // from the end of a deleted pod to its removal
	PhaseStep Span `json:"phaseStep"` // gives every pod a sub-second phase of its own: 1 ms and so much per pod before it
}

// Knobs are the constants of the modelled system; each has Kubernetes' default.
type Knobs struct {
	SyncBatch           Span     `json:"syncBatch"`
	APIBackoff          Span     `json:"apiBackoff"`
	MaxAPIBackoff       Span     `json:"maxAPIBackoff"`
	PodFailureBackoff   Span     `json:"podFailureBackoff"`
	MaxPodBackoff       Span     `json:"maxPodBackoff"`
	MaxUncountedPods    *int32   `json:"maxUncountedPods"`
	MaxPodsPerSync      *int32   `json:"maxPodsPerSync"`
	SlowStartBatch      *int32   `json:"slowStartBatch"`
	ExpectationTimeout  Span     `json:"expectationTimeout"`
	JobSyncs            *int32   `json:"concurrentJobSyncs"`
	QPS                 *float64 `json:"kubeAPIQPS"` // 0: unlimited
	Burst               *int32   `json:"kubeAPIBurst"`
	Events              *bool    `json:"events"`
	RestartBackoff      Span     `json:"restartBackoff"`
	MaxRestartBackoff   Span     `json:"maxContainerRestartPeriod"`
	RestartBackoffReset Span     `json:"restartBackoffReset"`
	RestartJitter       *bool    `json:"restartJitter"`
	NodeMonitorPeriod   Span     `json:"nodeMonitorPeriod"`
	NodeMonitorGrace    Span     `json:"nodeMonitorGracePeriod"`
	LeaseRenew          Span     `json:"leaseRenewInterval"`
	UnreachableSeconds  *int64   `json:"unreachableTolerationSeconds"`
	PodGCPeriod         Span     `json:"podGCPeriod"`
	PodGCQuarantine     Span     `json:"podGCQuarantine"`
}

// Job is a Job and when it is submitted. Exactly one of Manifest and File is given.
type Job struct {
	At       Span         `json:"at"` // default 0s
	Manifest *batchv1.Job `json:"manifest"`
	File     string       `json:"file"` // relative to the scenario's
}

// Fate is what happens to the container runs that it matches. The first fate that matches decides; a run that none
// matches exits with 0 at once.
type Fate struct {
	Match       Match    `json:"match"`
	Probability *float64 `json:"probability"` // that the fate applies to a run that it matches; default 1
	Start       Dist     `json:"start"`       // before the container starts: image pull and the like; default 0s
	Ready       Dist     `json:"ready"`       // from start to readiness, or never; default 0s
	Run         Dist     `json:"run"`         // from start to end, or forever; default 0s
	FailAfter   Dist     `json:"failAfter"`   // time to failure: ends the run where it is shorter than run
	Exit        *int32   `json:"exit"`        // exit code; default 0
	Signal      string   `json:"signal"`      // dies by a signal, such as SIGSEGV: exit code 128 and its number
	OOM         bool     `json:"oom"`         // is killed for its memory: exit code 137
	Evict       bool     `json:"evict"`       // the kubelet evicts the pod after run
	Reject      bool     `json:"reject"`      // the kubelet rejects the pod
	Stuck       bool     `json:"stuck"`       // never starts, as with an image that cannot be pulled
	OnTerm      OnTerm   `json:"onTerm"`
}

// OnTerm is what a container does on SIGTERM.
type OnTerm struct {
	After Dist   `json:"after"` // how long it lives on, or never for a container that ignores the signal; default 0s
	Exit  *int32 `json:"exit"`  // default 143
}

// Match selects container runs. What is absent matches all.
type Match struct {
	Job       string `json:"job"`
	Container string `json:"container"` // default: every main container
	Index     Ranges `json:"index"`     // completion index
	Attempt   Ranges `json:"attempt"`   // the n-th pod of its index, from 0; in a NonIndexed Job the n-th pod of the Job
	Pod       Ranges `json:"pod"`       // the n-th pod of the Job, from 0
	Restart   Ranges `json:"restart"`   // the n-th restart in place; 0 is the first run
	Every     *int32 `json:"every"`     // only pods whose number divided by this leaves Offset
	Offset    *int32 `json:"offset"`
}

// Fault is one disturbance at a time. Exactly one of the others is given.
type Fault struct {
	At         Span       `json:"at"`
	DeletePod  *PodRef    `json:"deletePod"`
	EvictPod   *PodRef    `json:"evictPod"`
	DeleteJob  *JobDelete `json:"deleteJob"`
	Suspend    string     `json:"suspend"` // the Job
	Resume     string     `json:"resume"`  // the Job
	Scale      *Scale     `json:"scale"`
	Patch      *Patch     `json:"patch"`
	Drain      string     `json:"drain"` // the node, and so on
	Cordon     string     `json:"cordon"`
	Uncordon   string     `json:"uncordon"`
	LoseNode   string     `json:"loseNode"`
	ReturnNode string     `json:"returnNode"`
	DeleteNode string     `json:"deleteNode"`
}

// PodRef names a pod as its trace name does.
type PodRef struct {
	Job     string `json:"job"`
	Index   *int32 `json:"index"`
	Attempt int32  `json:"attempt"`
	Grace   *int64 `json:"gracePeriodSeconds"`
}

// JobDelete deletes a Job.
type JobDelete struct {
	Job         string `json:"job"`
	Propagation string `json:"propagationPolicy"` // Background, Foreground or Orphan; default Background, as kubectl's
}

// Scale changes a Job's parallelism.
type Scale struct {
	Job         string `json:"job"`
	Parallelism int32  `json:"parallelism"`
}

// Patch changes fields of a Job's spec.
type Patch struct {
	Job                     string `json:"job"`
	Parallelism             *int32 `json:"parallelism"`
	BackoffLimit            *int32 `json:"backoffLimit"`
	ActiveDeadlineSeconds   *int64 `json:"activeDeadlineSeconds"`
	TTLSecondsAfterFinished *int32 `json:"ttlSecondsAfterFinished"`
	Suspend                 *bool  `json:"suspend"`
}

// Until says when a run ends; by default when every Job is finished.
type Until struct {
	Horizon   Span `json:"horizon"`   // the latest instant that is simulated; default 8760h
	Quiescent bool `json:"quiescent"` // go on until nothing is left to happen
}

// Expect is what must have become of a Job. What is absent is not looked at.
type Expect struct {
	Job             string `json:"job"`
	Condition       string `json:"condition"` // Complete, Failed, or Unfinished
	Reason          string `json:"reason"`
	Succeeded       *int32 `json:"succeeded"`
	Failed          *int32 `json:"failed"`
	Pods            *int32 `json:"pods"` // pods created
	FinishedNotFrom Span   `json:"finishedAfter"`
	FinishedBy      Span   `json:"finishedBefore"`
}

// leaf is a value that is one scalar in a file and reads itself.
type leaf interface{ json.Unmarshaler }
