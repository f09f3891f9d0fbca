package trace

import (
	"strconv"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// Actor is who wrote a record: a component of the cluster, or the user.
type Actor string

// The actors, named as the API server sees them.
const (
	User          Actor = "user"
	JobController Actor = "job-controller"
	Scheduler     Actor = "scheduler"
	Kubelet       Actor = "kubelet"
	TTL           Actor = "ttl-after-finished"
	GC            Actor = "garbage-collector"
	PodGC         Actor = "pod-garbage-collector"
	NodeLifecycle Actor = "node-lifecycle"
	TaintEviction Actor = "taint-eviction"
	CronJob       Actor = "cronjob-controller"
	Cloud         Actor = "cloud"
)

// Verb is what happened to the object of a record.
type Verb string

// The verbs of committed writes. Every world writes these, and they are what two worlds are compared by.
const (
	Create    Verb = "create"
	Update    Verb = "update"    // a Job's or node's spec, a pod's labels
	Status    Verb = "status"    // a Job's status
	Bind      Verb = "bind"      // a pod got its node
	Start     Verb = "start"     // a pod became Running
	Ready     Verb = "ready"     // a pod's Ready condition changed, nothing else of note did
	Restart   Verb = "restart"   // a container was restarted in place
	Succeed   Verb = "succeed"   // a pod became Succeeded
	Fail      Verb = "fail"      // a pod became Failed
	Disrupt   Verb = "disrupt"   // a pod got its DisruptionTarget condition
	Terminate Verb = "terminate" // deletionTimestamp was set
	Adopt     Verb = "adopt"     // a pod got an owner
	Release   Verb = "release"   // a pod lost its owner
	Untrack   Verb = "untrack"   // a pod lost the Job's tracking finalizer
	Remove    Verb = "remove"    // the object is gone
)

// The verbs that only explain. A world that cannot look into its components does not write them.
const (
	Wait   Verb = "wait"   // nothing is done until a time
	Decide Verb = "decide" // the outcome of a Job was decided
	Reset  Verb = "reset"  // the back-off was forgotten
	Refuse Verb = "refuse" // the API server did not accept a request
	Count  Verb = "count"  // a metric was counted that one would not expect
	Stop   Verb = "stop"   // a process ended
	Lead   Verb = "lead"   // a new process took over, with nothing in its memory
)

// Explains says whether the verb tells of a decision rather than of a committed write.
func (v Verb) Explains() bool {
	switch v {
	case Wait, Decide, Reset, Refuse, Count, Stop, Lead:
		return true
	default:
		return false
	}
}

// Kind is the kind of object that a record is about.
type Kind string

// The kinds of object.
const (
	KindJob     Kind = "job"
	KindPod     Kind = "pod"
	KindNode    Kind = "node"
	KindCronJob Kind = "cronjob"
	KindProcess Kind = "process" // of the control plane
)

// Ref names an object by what it is in the scenario, not by the random names and UIDs that a world gives it.
type Ref struct {
	Kind Kind
	// Name of the Job, of the node, or of the Job of the pod.
	Name string
	// Index of the pod; api.NoIndex in a NonIndexed Job.
	Index int32
	// Attempt of the pod at its index, from 0; the pod's creation number in a NonIndexed Job.
	Attempt int32
}

// String is "job a", "node n0", "pod a/3" (the fourth pod of a NonIndexed Job) or "pod a/2/0" (the first of index 2).
func (r Ref) String() string { return string(r.Kind) + " " + r.Path() }

// Path is the reference without its kind: "a", "n0", "a/3", "a/2/0".
func (r Ref) Path() string {
	s := r.Name
	if r.Kind != KindPod {
		return s
	}
	if r.Index != api.NoIndex {
		s += "/" + strconv.Itoa(int(r.Index))
	}
	return s + "/" + strconv.Itoa(int(r.Attempt))
}

// Arg is one detail of a record.
type Arg struct{ Key, Value string }

// Record is one line of a trace: at a time, someone did something to an object, because of a rule, with these details.
type Record struct {
	At      des.Time
	Actor   Actor
	Verb    Verb
	Ref     Ref
	Because Rule // empty in worlds that cannot know
	Args    []Arg
}

// Arg is the value of the detail named key, and whether there is one.
func (r *Record) Arg(key string) (string, bool) {
	for _, a := range r.Args {
		if a.Key == key {
			return a.Value, true
		}
	}
	return "", false
}

// Sink takes the records of a run as they come.
type Sink interface{ Record(Record) }

// Header says where a trace comes from.
type Header struct {
	Scenario    string
	World       string // sim, oracle, kind, ...
	Kubernetes  string // such as v1.37
	Seed        uint64
	Replication uint64
}

// Trace is what a world has to say about a run of a scenario.
type Trace struct {
	Header  Header
	Records []Record
}

// Record appends r, which makes a Trace a Sink.
func (t *Trace) Record(r Record) { t.Records = append(t.Records, r) }
