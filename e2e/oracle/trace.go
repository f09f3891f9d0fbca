package oracle

import (
	"slices"
	"strings"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// actors are the trace's words for who wrote.
var actors = map[Actor]trace.Actor{
	User: trace.User, Kubelet: trace.Kubelet, Scheduler: trace.Scheduler, JobController: trace.JobController,
	CronJobController: trace.CronJob, TTLController: trace.TTL, PodGC: trace.PodGC, GarbageCollector: trace.GC,
	NodeLifecycle: trace.NodeLifecycle, TaintEviction: trace.TaintEviction,
}

// tracer turns the writes of a run into the records of its trace, with the words of trace.Observer.
type tracer struct {
	start    time.Time // the scenario's time 0
	jobs     []string  // names by id
	ids      map[string]api.JobID
	nodes    []string // names by id
	observer trace.Observer
	trace    *trace.Trace

	mu     sync.Mutex
	over   bool
	ledger *ledger
	latest map[string]*batchv1.Job // as last written
	ends   map[string]time.Time    // of Jobs: when they finished or were removed
	last   time.Time               // of the latest write
	wrote  object                  // by the latest write; of another kind if it does not count
	writes map[object]int32        // so far
	byName map[types.NamespacedName]types.UID
	labels map[string]api.LabelSet // of pods, by their text
}

// object is a pod by its Job and number, a Job (number api.TheJob), or a node (api.AnyJob).
type object struct {
	job    api.JobID
	number int32
}

// noObject is none that counts.
var noObject = object{api.AnyJob, api.TheJob}

func newTracer(cfg *sim.Config, start time.Time, t *trace.Trace) *tracer {
	r := &tracer{start: start, trace: t, ledger: newLedger(), ends: map[string]time.Time{}, last: start,
		latest: map[string]*batchv1.Job{}, writes: map[object]int32{}, byName: map[types.NamespacedName]types.UID{},
		ids: map[string]api.JobID{}, labels: map[string]api.LabelSet{}}
	for id, spec := range cfg.JobSpecs {
		r.jobs = append(r.jobs, spec.Name)
		r.ids[spec.Name] = id
	}
	for i := range cfg.Nodes {
		r.nodes = append(r.nodes, cfg.Nodes[i].Name)
	}
	r.observer = trace.Observer{Sink: t,
		JobName:  func(id api.JobID) string { return r.jobs[id] },
		NodeName: func(id api.NodeID) string { return r.nodes[id] }}
	return r
}

// write takes one committed write.
func (r *tracer) write(w Write) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := since(r.start, w.At)
	r.wrote = noObject
	if now < 0 || r.over {
		return // the cluster starts up, or is being closed
	}
	actor, known := actors[w.Actor]
	if !known {
		actor = trace.Actor(w.Actor)
	}
	switch w.Resource.Resource {
	case "pods":
		r.pod(now, actor, w)
	case "jobs":
		r.job(now, actor, w)
	case "cronjobs":
		r.cronJob(now, actor, w)
	case "nodes":
		r.node(now, actor, w)
	default:
		return
	}
	if r.wrote != noObject { // a heartbeat tells nobody anything
		r.last = w.At
	}
}

func (r *tracer) pod(now des.Time, actor trace.Actor, w Write) {
	before, _ := w.Old.(*corev1.Pod)
	after, _ := w.New.(*corev1.Pod)
	if before == nil && after != nil {
		r.ledger.born(after)
		r.byName[types.NamespacedName{Namespace: after.Namespace, Name: after.Name}] = after.UID
	}
	a, b := r.podOf(before), r.podOf(after)
	if a.Version == 0 && b.Version == 0 {
		return
	}
	if b.Version != 0 {
		r.count(object{b.Job, b.Number})
	} else {
		r.count(object{a.Job, a.Number})
	}
	r.observer.Pod(now, actor, "", &a, &b)
}

func (r *tracer) job(now des.Time, actor trace.Actor, w Write) {
	before, _ := w.Old.(*batchv1.Job)
	after, _ := w.New.(*batchv1.Job)
	a, b := r.jobOf(before), r.jobOf(after)
	if after != nil {
		r.latest[after.Name] = after
	}
	r.count(object{max(a.ID, b.ID), api.TheJob})
	if before != nil && after != nil {
		if equality.Semantic.DeepEqual(before.Spec, after.Spec) {
			b.Spec = a.Spec
		}
		if b.Spec == a.Spec && equality.Semantic.DeepEqual(before.Status, after.Status) && a.Deleted == b.Deleted {
			return // of metadata only
		}
	}
	r.observer.Job(now, actor, "", &a, &b)
	if name := nameOf(before, after); after == nil || b.Status.Finished() {
		if _, ended := r.ends[name]; !ended {
			r.ends[name] = w.At
		}
	}
}

func nameOf(jobs ...*batchv1.Job) string {
	for _, j := range jobs {
		if j != nil {
			return j.Name
		}
	}
	return ""
}

func (r *tracer) node(now des.Time, actor trace.Actor, w Write) {
	before, _ := w.Old.(*corev1.Node)
	after, _ := w.New.(*corev1.Node)
	a, b := r.nodeOf(before), r.nodeOf(after)
	same := a.Version != 0 && b.Version != 0 &&
		a.Ready == b.Ready && a.Unschedulable == b.Unschedulable && a.Unreachable == b.Unreachable
	if same && a.NoSchedule == b.NoSchedule {
		return // a heartbeat
	}
	r.count(object{api.AnyJob, int32(max(a.ID, b.ID))})
	if same {
		return
	}
	r.observer.Node(now, actor, "", &a, &b)
}

// count counts a write of an object that other components learn of.
func (r *tracer) count(o object) {
	r.wrote = o
	r.writes[o]++
}

// stop ends the trace. What happens while the cluster is closed is no part of it: requests of the garbage collector
// that wait for a token are waited for.
func (r *tracer) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
}

// lastWrite is the object of the latest write, and how often it was written; 0 where that does not count.
func (r *tracer) lastWrite() (api.JobID, int32, int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wrote.job, r.wrote.number, r.writes[r.wrote]
}

// named is the pod that has or had the name.
func (r *tracer) named(name types.NamespacedName) PodRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ledger.runs[r.byName[name]]
}

// finished says whether every Job of the scenario has finished, and when the last one did.
func (r *tracer) finished() (time.Time, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var last time.Time
	for _, t := range r.ends {
		if t.After(last) {
			last = t
		}
	}
	return last, len(r.ends) == len(r.jobs)
}

// quiet is since when nothing was written, in the scenario's time.
func (r *tracer) quiet() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last.Sub(r.start)
}

// find is the name of a Job's pod, as the trace names it; empty if there never was one.
func (r *tracer) find(job string, index, attempt int32) types.NamespacedName {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.ledger.runs {
		if run.Job == job && run.Index == index && run.Attempt == attempt {
			return types.NamespacedName{Namespace: run.Pod.Namespace, Name: run.Pod.Name}
		}
	}
	return types.NamespacedName{}
}

// run is what the trace knows of a pod.
func (r *tracer) run(p *corev1.Pod) PodRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ledger.run(p)
}

func (r *tracer) jobID(name string) (api.JobID, bool) {
	id, ok := r.ids[name]
	return id, ok
}

// jobOf is a Job in the simulator's terms; its Version is 0 if there is none.
func (r *tracer) jobOf(j *batchv1.Job) api.Job {
	out := api.Job{Deleted: des.Never}
	if j == nil {
		return out
	}
	id, _ := r.jobID(j.Name)
	out.ID, out.Version, out.Generation = id, 1, j.Generation
	if j.DeletionTimestamp != nil {
		out.Deleted = since(r.start, j.DeletionTimestamp.Time)
	}
	spec := scenarios.JobSpec(j)
	out.Spec = &spec
	s := &j.Status
	out.Status = api.JobStatus{Active: s.Active, Succeeded: s.Succeeded, Failed: s.Failed,
		Ready: opt(s.Ready), Terminating: opt(s.Terminating), StartTime: r.since(s.StartTime),
		CompletionTime: r.since(s.CompletionTime), CompletedIndexes: s.CompletedIndexes, FailedIndexes: opt(s.FailedIndexes)}
	if u := s.UncountedTerminatedPods; u != nil {
		out.Status.UncountedSucceeded = make([]api.PodID, len(u.Succeeded))
		out.Status.UncountedFailed = make([]api.PodID, len(u.Failed))
	}
	for _, c := range s.Conditions {
		out.Status.Conditions = append(out.Status.Conditions, api.Condition{Type: api.ConditionType(c.Type),
			Status: c.Status == corev1.ConditionTrue, Reason: c.Reason, Message: r.podNames(j, c.Message),
			Transition: r.since(&c.LastTransitionTime)})
	}
	return out
}

// podNames is a message of the Job with the names that the trace has for its pods.
func (r *tracer) podNames(j *batchv1.Job, message string) string {
	for _, run := range r.ledger.runs {
		if run.Pod.Namespace == j.Namespace {
			ref := trace.Ref{Kind: trace.KindPod, Name: run.Job, Index: run.Index, Attempt: run.Attempt}
			message = strings.ReplaceAll(message, j.Namespace+"/"+run.Pod.Name+" ", j.Namespace+"/"+ref.Path()+" ")
		}
	}
	return message
}

func opt[T any](p *T) (out api.Opt[T]) {
	if p != nil {
		out = api.Some(*p)
	}
	return out
}

func (r *tracer) since(t *metav1.Time) des.Time {
	if t == nil {
		return des.Never
	}
	return since(r.start, t.Time)
}

// nodeOf is a node in the simulator's terms; its Version is 0 if there is none.
func (r *tracer) nodeOf(n *corev1.Node) api.Node {
	out := api.Node{Unreachable: des.Never}
	if n == nil {
		return out
	}
	out.Version, out.Unschedulable = 1, n.Spec.Unschedulable
	for i, name := range r.nodes {
		if name == n.Name {
			out.ID = api.NodeID(i)
		}
	}
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			out.Ready = c.Status == corev1.ConditionTrue
		}
	}
	for _, t := range n.Spec.Taints {
		switch {
		case t.Key == corev1.TaintNodeUnreachable && t.Effect == corev1.TaintEffectNoExecute:
			out.Unreachable = r.since(t.TimeAdded)
		case t.Key == corev1.TaintNodeUnreachable && t.Effect == corev1.TaintEffectNoSchedule:
			out.NoSchedule |= api.TaintUnreachable
		case t.Key == corev1.TaintNodeUnschedulable && t.Effect == corev1.TaintEffectNoSchedule:
			out.NoSchedule |= api.TaintUnschedulable
		}
	}
	return out
}

// byBirth puts pods into the order of their creation.
func (r *tracer) byBirth(pods []corev1.Pod) []corev1.Pod {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortFunc(pods, func(a, b corev1.Pod) int { return r.ledger.order[a.UID] - r.ledger.order[b.UID] })
	return pods
}
