package api

import (
	"slices"

	"github.com/jobsim/jobsim/sim/des"
)

// FaultKind is what a user, or misfortune, does to the cluster at a time.
type FaultKind uint8

// The faults.
const (
	PatchJob          FaultKind = iota // change the Job's spec: suspend, resume, scale, new limits
	DeleteJob                          // delete the Job with Propagation
	DeletePod                          // kubectl delete pod
	EvictPod                           // the eviction API
	DrainNode                          // cordon, then evict every pod of the node
	CordonNode                         // spec.unschedulable: true
	UncordonNode                       // spec.unschedulable: false
	LoseNode                           // the node stops: no heartbeats, no pod ends, nothing is confirmed
	ReturnNode                         // the node comes back
	DeleteNode                         // the Node object is deleted
	RestartController                  // the kube-controller-manager ends, and begins anew after Downtime
	FailRequests                       // Requests of the Job controller fail with Error for a time
	PatchCronJob                       // change the CronJob's spec: suspend, resume, new limits
	SetQuota                           // a ResourceQuota for the pods of Namespace: Pods; absent: it is removed
	LabelPod                           // kubectl label pod: Relabel
)

// Propagation is how the dependents of a deleted Job are treated.
type Propagation uint8

// The propagation policies. The zero value is what kubectl sends.
const (
	Background Propagation = iota
	Foreground
	Orphan
)

// String is the API's word.
func (p Propagation) String() string { return [...]string{"Background", "Foreground", "Orphan"}[p] }

// JobPatch is a change of a Job's spec. Absent fields stay as they are.
type JobPatch struct {
	Parallelism             Opt[int32]
	Completions             Opt[int32]
	BackoffLimit            Opt[int32]
	MaxFailedIndexes        Opt[int32]
	ActiveDeadlineSeconds   Opt[int64]
	TTLSecondsAfterFinished Opt[int32]
	Suspend                 Opt[bool]
	PodReplacementPolicy    Opt[PodReplacementPolicy]
	Requests                []NewRequests // of containers of the template
}

// NewRequests are what a container asks for from now on; what is absent stays.
type NewRequests struct {
	Container int32 // position in PodTemplate.Containers
	MilliCPU  Opt[int64]
	Memory    Opt[int64]
}

// Apply is spec with the patch applied, and whether anything changed.
func (p *JobPatch) Apply(spec JobSpec) (JobSpec, bool) {
	changed := set(&spec.Parallelism, p.Parallelism)
	changed = set(&spec.BackoffLimit, p.BackoffLimit) || changed
	changed = set(&spec.Suspend, p.Suspend) || changed
	changed = set(&spec.PodReplacementPolicy, p.PodReplacementPolicy) || changed
	changed = setOpt(&spec.Completions, p.Completions) || changed
	changed = setOpt(&spec.MaxFailedIndexes, p.MaxFailedIndexes) || changed
	changed = setOpt(&spec.ActiveDeadlineSeconds, p.ActiveDeadlineSeconds) || changed
	changed = setOpt(&spec.TTLSecondsAfterFinished, p.TTLSecondsAfterFinished) || changed
	if len(p.Requests) > 0 {
		changed = p.resize(&spec.Template) || changed
	}
	return spec, changed
}

// resize gives the template's containers their new requests, and says whether that changes any.
func (p *JobPatch) resize(t *PodTemplate) (changed bool) {
	t.Containers = slices.Clone(t.Containers)
	for _, r := range p.Requests {
		c := &t.Containers[r.Container].Requests
		changed = set(&c.MilliCPU, r.MilliCPU) || changed
		changed = set(&c.Memory, r.Memory) || changed
	}
	t.Requests = Effective(t.Containers)
	return changed
}

func set[T comparable](dst *T, v Opt[T]) bool {
	if !v.Set || *dst == v.Value {
		return false
	}
	*dst = v.Value
	return true
}

func setOpt[T comparable](dst *Opt[T], v Opt[T]) bool {
	if !v.Set || *dst == v {
		return false
	}
	*dst = v
	return true
}

// Fault is one disturbance. Which fields count depends on Kind.
type Fault struct {
	At          des.Time
	Kind        FaultKind
	Job         JobID
	Patch       JobPatch
	Propagation Propagation
	// Index and Attempt name a pod of Job as its trace name does; Attempt is the creation number in a NonIndexed Job.
	Index, Attempt int32
	Node           NodeID
	Grace          Opt[int64] // gracePeriodSeconds of a deletion or eviction
	CronJob        CronJobID
	CronPatch      CronJobPatch
	Downtime       des.Duration
	Requests       Requests
	Error          APIError
	For            des.Duration
	Namespace      string
	Pods           Opt[int32]
	Relabel        []Relabel
}
