package scenarios

import (
	"encoding/json"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
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
	Why        string   `json:"why,omitempty"`        // what the scenario teaches
	Kubernetes string   `json:"kubernetes,omitempty"` // the minor version: "1.34" to "1.37"; default 1.37
	Cluster    Cluster  `json:"cluster,omitzero"`
	Start      string   `json:"start,omitempty"` // of the run on the clock, such as 2025-01-01T00:00:00Z, the default
	Jobs       []Job    `json:"jobs,omitempty"`

	CronJobs []CronJob `json:"cronJobs,omitempty"` // each needs until.horizon

	Fates  []Fate   `json:"fates,omitempty"`
	Faults []Fault  `json:"faults,omitempty"`
	Until  Until    `json:"until,omitzero"`
	Expect []Expect `json:"expect,omitempty"`
}

// Metadata names the scenario.
type Metadata struct {
	Name string `json:"name"`
}

// Cluster is where the Jobs run.
type Cluster struct {
	Nodes   []Node      `json:"nodes,omitempty"`   // default: one node on which everything fits, if there is no group
	Groups  []NodeGroup `json:"groups,omitempty"`  // nodes that come and go
	Profile string      `json:"profile,omitempty"` // the latencies and client limits to start from: none or default
	Latency Latency     `json:"latency,omitzero"`  // what differs from the profile
	Knobs   Knobs       `json:"knobs,omitzero"`    // what differs from the profile
}

// Node is one node, or Count alike ones.
type Node struct {
	Name   string `json:"name,omitempty"`  // default node; with Count > 1 a number is appended
	Count  *int32 `json:"count,omitempty"` // default 1
	CPU    Amount `json:"cpu,omitzero"`    // such as 4 or 500m; required
	Memory Amount `json:"memory,omitzero"` // such as 8Gi; required
	Pods   *int32 `json:"pods,omitempty"`  // default 110, the kubelet's maxPods
}

// Latency is what the cluster adds to the pure logic.
type Latency struct {
	Request   Dist     `json:"request,omitzero"`   // one API request of the Job controller, there and back
	Watch     Dist     `json:"watch,omitzero"`     // from a write to the watchers' learning of it
	Bind      Dist     `json:"bind,omitzero"`      // from a pod's creation to its binding
	Start     Dist     `json:"start,omitzero"`     // from binding to the start of the first container
	Contend   Dist     `json:"contend,omitzero"`   // by how much two pods that start at the same time delay each other
	Relist    Span     `json:"relist,omitzero"`    // how often a kubelet looks for containers that have ended
	Kubelets  *int32   `json:"kubelets,omitempty"` // how many of them look each at instants of its own; 0: one a pod
	Observe   Dist     `json:"observe,omitzero"`   // from the look that finds a container's end to its report
	Restart   Dist     `json:"restart,omitzero"`   // from then to the next start in the pod
	Stop      Dist     `json:"stop,omitzero"`      // from the look after that to the pod's end
	Kill      Dist     `json:"kill,omitzero"`      // instead of both if the pod is deleted, past its deadline or evicted
	Remove    Dist     `json:"remove,omitzero"`    // from the end of a deleted pod to its removal
	Shared    *float64 `json:"shared,omitempty"`   // what those that begin in one second have in common, 0 to 1
	PhaseStep Span     `json:"phaseStep,omitzero"` // a phase before each report of a pod: 1 ms and so much per pod
}

// Knobs are the constants of the modelled system; each has Kubernetes' default.
type Knobs struct {
	SyncBatch           Span     `json:"syncBatch,omitzero"`
	APIBackoff          Span     `json:"apiBackoff,omitzero"`
	MaxAPIBackoff       Span     `json:"maxAPIBackoff,omitzero"`
	PodFailureBackoff   Span     `json:"podFailureBackoff,omitzero"`
	MaxPodBackoff       Span     `json:"maxPodBackoff,omitzero"`
	MaxUncountedPods    *int32   `json:"maxUncountedPods,omitempty"`
	MaxPodsPerSync      *int32   `json:"maxPodsPerSync,omitempty"`
	SlowStartBatch      *int32   `json:"slowStartBatch,omitempty"`
	ExpectationTimeout  Span     `json:"expectationTimeout,omitzero"`
	JobSyncs            *int32   `json:"concurrentJobSyncs,omitempty"`
	QPS                 *float64 `json:"kubeAPIQPS,omitempty"` // 0: unlimited
	Burst               *int32   `json:"kubeAPIBurst,omitempty"`
	Events              *bool    `json:"events,omitempty"`
	RestartBackoff      Span     `json:"restartBackoff,omitzero"`
	MaxRestartBackoff   Span     `json:"maxContainerRestartPeriod,omitzero"`
	RestartBackoffReset Span     `json:"restartBackoffReset,omitzero"`
	RestartJitter       *bool    `json:"restartJitter,omitempty"`
	NodeMonitorPeriod   Span     `json:"nodeMonitorPeriod,omitzero"`
	NodeMonitorGrace    Span     `json:"nodeMonitorGracePeriod,omitzero"`
	LeaseRenew          Span     `json:"leaseRenewInterval,omitzero"`
	UnreachableSeconds  *int64   `json:"unreachableTolerationSeconds,omitempty"`
	PodGCPeriod         Span     `json:"podGCPeriod,omitzero"`
	PodGCQuarantine     Span     `json:"podGCQuarantine,omitzero"`
	Uptime              Span     `json:"uptime,omitzero"`
}

// Job is a Job and when it is submitted. Exactly one of Manifest and File is given.
type Job struct {
	At       Span         `json:"at,omitzero"` // default 0s
	Manifest *batchv1.Job `json:"manifest,omitempty"`
	File     string       `json:"file,omitempty"` // relative to the scenario's
}

// CronJob is a CronJob and when it is created. Exactly one of Manifest and File is given.
type CronJob struct {
	At       Span             `json:"at,omitzero"` // default 0s
	Manifest *batchv1.CronJob `json:"manifest,omitempty"`
	File     string           `json:"file,omitempty"` // relative to the scenario's
}

// Fate is what happens to the container runs that it matches. The first fate that matches decides; a run that none
// matches exits with 0 at once; a sidecar's goes on until it is told to end.
type Fate struct {
	Match       Match    `json:"match,omitzero"`
	Probability *float64 `json:"probability,omitempty"` // that the fate applies to a run that it matches; default 1
	Start       Dist     `json:"start,omitzero"`        // before it starts: image pull and the like; default 0s
	Ready       Dist     `json:"ready,omitzero"`        // from start to readiness, or never; default 0s
	Run         Dist     `json:"run,omitzero"`          // from start to end, or forever; default 0s
	FailAfter   Dist     `json:"failAfter,omitzero"`    // where it is shorter than run, the run fails then; else exit 0
	Exit        *int32   `json:"exit,omitempty"`        // exit code; default 0
	Signal      string   `json:"signal,omitempty"`      // dies by a signal, such as SIGSEGV: exit code 128 + number
	OOM         bool     `json:"oom,omitempty"`         // is killed for its memory: exit code 137
	Evict       bool     `json:"evict,omitempty"`       // the kubelet evicts the pod after run
	Reject      bool     `json:"reject,omitempty"`      // the kubelet rejects the pod
	Stuck       bool     `json:"stuck,omitempty"`       // never starts, as with an image that cannot be pulled
	OnTerm      OnTerm   `json:"onTerm,omitzero"`
}

// OnTerm is what a container does on SIGTERM.
type OnTerm struct {
	After Dist   `json:"after,omitzero"` // how long it lives on, or never if it ignores the signal; default 0s
	Exit  *int32 `json:"exit,omitempty"` // default 143
}

// Match selects container runs. What is absent matches all.
type Match struct {
	Job       string `json:"job,omitempty"`
	CronJob   string `json:"cronJob,omitempty"`   // its Jobs
	Slot      Ranges `json:"slot,omitzero"`       // with CronJob: of its n-th schedule time, from 0
	Container string `json:"container,omitempty"` // default: every main container
	Index     Ranges `json:"index,omitzero"`      // completion index
	Attempt   Ranges `json:"attempt,omitzero"`    // the n-th pod of its index, from 0; in a NonIndexed Job, as Pod
	Pod       Ranges `json:"pod,omitzero"`        // the n-th pod of the Job, from 0
	Restart   Ranges `json:"restart,omitzero"`    // the n-th restart in place; 0 is the first run
	Every     *int32 `json:"every,omitempty"`     // only pods whose number divided by this leaves Offset
	Offset    *int32 `json:"offset,omitempty"`
}

// Fault is one disturbance at a time, which is required. Exactly one of the others is given.
type Fault struct {
	At         Span       `json:"at"`
	DeletePod  *PodRef    `json:"deletePod,omitempty"`
	EvictPod   *PodRef    `json:"evictPod,omitempty"`
	DeleteJob  *JobDelete `json:"deleteJob,omitempty"`
	Suspend    string     `json:"suspend,omitempty"` // the Job or CronJob
	Resume     string     `json:"resume,omitempty"`  // the Job or CronJob
	Scale      *Scale     `json:"scale,omitempty"`
	Patch      *Patch     `json:"patch,omitempty"`
	Drain      string     `json:"drain,omitempty"` // the node, and so on
	Cordon     string     `json:"cordon,omitempty"`
	Uncordon   string     `json:"uncordon,omitempty"`
	LoseNode   string     `json:"loseNode,omitempty"`
	ReturnNode string     `json:"returnNode,omitempty"`
	DeleteNode string     `json:"deleteNode,omitempty"`

	RestartController *Restart      `json:"restartController,omitempty"`
	FailRequests      *FailRequests `json:"failRequests,omitempty"`
	Quota             *Quota        `json:"quota,omitempty"`
	PatchCronJob      *PatchCronJob `json:"patchCronJob,omitempty"`
	LabelPod          *PodLabels    `json:"labelPod,omitempty"`
}

// PodLabels changes labels of a pod; null takes a label off. Job, Attempt and Labels are required.
type PodLabels struct {
	Job     string             `json:"job"`
	Index   *int32             `json:"index,omitempty"`
	Attempt *int32             `json:"attempt"`
	Labels  map[string]*string `json:"labels"`
}

// Restart is a restart of the kube-controller-manager.
type Restart struct {
	Downtime Span `json:"downtime,omitzero"` // until the new process leads; default 0s
}

// FailRequests lets requests of the Job controller fail. Requests and For are required.
type FailRequests struct {
	Requests []string `json:"requests"` // of createPods, deletePods, patchPods, updateStatus
	For      Span     `json:"for"`
	Error    string   `json:"error,omitempty"` // InternalError (the default), Forbidden or Conflict
}

// Quota is a ResourceQuota: how many pods of a namespace may exist that have not ended. Without Pods it is removed.
type Quota struct {
	Namespace string `json:"namespace,omitempty"` // default default
	Pods      *int32 `json:"pods,omitempty"`
}

// PodRef names a pod as its trace name does. Job and Attempt are required.
type PodRef struct {
	Job     string `json:"job"`
	Index   *int32 `json:"index,omitempty"`
	Attempt *int32 `json:"attempt"`
	Grace   *int64 `json:"gracePeriodSeconds,omitempty"`
}

// JobDelete deletes a Job.
type JobDelete struct {
	Job         string `json:"job"`
	Propagation string `json:"propagationPolicy,omitempty"` // default Background, as kubectl's
}

// Scale changes a Job's parallelism, which is required, and its completions, which an Indexed Job lets change together.
type Scale struct {
	Job         string `json:"job"`
	Parallelism *int32 `json:"parallelism"`
	Completions *int32 `json:"completions,omitempty"`
}

// Patch changes fields of a Job's spec: at least one.
type Patch struct {
	Job                     string `json:"job"`
	Parallelism             *int32 `json:"parallelism,omitempty"`
	Completions             *int32 `json:"completions,omitempty"`
	BackoffLimit            *int32 `json:"backoffLimit,omitempty"`
	MaxFailedIndexes        *int32 `json:"maxFailedIndexes,omitempty"`
	ActiveDeadlineSeconds   *int64 `json:"activeDeadlineSeconds,omitempty"`
	TTLSecondsAfterFinished *int32 `json:"ttlSecondsAfterFinished,omitempty"`
	Suspend                 *bool  `json:"suspend,omitempty"`

	PodReplacementPolicy batchv1.PodReplacementPolicy `json:"podReplacementPolicy,omitempty"`

	// Requests are new resource requests of containers, by name: since 1.36 a suspended Job lets them change.
	Requests map[string]corev1.ResourceList `json:"requests,omitempty"`
}

// PatchCronJob changes fields of a CronJob's spec: at least one.
type PatchCronJob struct {
	CronJob                    string `json:"cronJob"`
	Schedule                   string `json:"schedule,omitempty"`
	TimeZone                   string `json:"timeZone,omitempty"`
	Suspend                    *bool  `json:"suspend,omitempty"`
	StartingDeadlineSeconds    *int64 `json:"startingDeadlineSeconds,omitempty"`
	SuccessfulJobsHistoryLimit *int32 `json:"successfulJobsHistoryLimit,omitempty"`
	FailedJobsHistoryLimit     *int32 `json:"failedJobsHistoryLimit,omitempty"`

	ConcurrencyPolicy batchv1.ConcurrencyPolicy `json:"concurrencyPolicy,omitempty"`
}

// Until says when a run ends; by default when every Job is finished.
type Until struct {
	Horizon   Span `json:"horizon,omitzero"`    // the latest instant that is simulated; default 8760h
	Quiescent bool `json:"quiescent,omitempty"` // go on until nothing is left to happen
}

// Expect is what must have become of a Job, or of a CronJob. What is absent is not looked at.
type Expect struct {
	Job              string  `json:"job,omitempty"`
	Condition        string  `json:"condition,omitempty"` // Complete, Failed, or Unfinished
	Reason           string  `json:"reason,omitempty"`
	Succeeded        *int32  `json:"succeeded,omitempty"`
	Failed           *int32  `json:"failed,omitempty"`
	Pods             *int32  `json:"pods,omitempty"` // pods created
	Active           *int32  `json:"active,omitempty"`
	Ready            *int32  `json:"ready,omitempty"`
	Terminating      *int32  `json:"terminating,omitempty"`
	CompletedIndexes *string `json:"completedIndexes,omitempty"`
	FailedIndexes    *string `json:"failedIndexes,omitempty"`
	FinishedNotFrom  Span    `json:"finishedAfter,omitzero"`
	FinishedBy       Span    `json:"finishedBefore,omitzero"`
	PodsCreatedAt    []Span  `json:"podsCreatedAt,omitempty"` // the first pods, from the Job's creation on
	Margin           Span    `json:"margin,omitzero"`         // by which podsCreatedAt may be missed; absent: exact

	CronJob  string `json:"cronJob,omitempty"` // then succeeded and failed count its Jobs
	Started  *int32 `json:"started,omitempty"` // Jobs that it made
	Missed   *int32 `json:"missed,omitempty"`  // schedule times without a Job
	Late     *int32 `json:"late,omitempty"`    // Jobs made a second or more after their schedule time
	Replaced *int32 `json:"replaced,omitempty"`
}

// YAML is the scenario as a file of its own: what it says is what was written, and manifests read from other files
// stand in it.
func (s *Scenario) YAML() ([]byte, error) {
	out := s.File
	out.Metadata.Name = s.Name
	out.Jobs = append([]Job(nil), s.File.Jobs...)
	for i := range out.Jobs {
		out.Jobs[i].File = ""
	}
	out.CronJobs = append([]CronJob(nil), s.File.CronJobs...)
	for i := range out.CronJobs {
		out.CronJobs[i].File = ""
	}
	text, err := json.Marshal(&out)
	var value any
	if err == nil {
		err = yaml.Unmarshal(text, &value) // JSON is YAML, and its tags and omissions are those of the manifests
	}
	if err == nil {
		text, err = yaml.Marshal(withoutEmpty(value))
	}
	if err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	return text, nil
}

// withoutEmpty takes out the empty parts of a manifest that its type writes though nobody has.
func withoutEmpty(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, part := range v {
			m, ok := withoutEmpty(part).(map[string]any)
			if ok && len(m) == 0 && slices.Contains([]string{"metadata", "resources", "status"}, key) {
				delete(v, key)
			}
		}
	case []any:
		for _, part := range v {
			withoutEmpty(part)
		}
	}
	return value
}
