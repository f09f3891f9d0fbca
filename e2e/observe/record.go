package observe

import (
	"cmp"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Entry is a watch event as it came.
type Entry struct {
	Received time.Time `json:"received"`
	Version  uint64    `json:"resourceVersion"`
	Kind     string    `json:"kind"`
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	// Writer and Written are who changed the object last and when, in whole seconds, as the API server has it.
	Writer  string    `json:"writer,omitempty"`
	Written time.Time `json:"written,omitzero"`
	// Text is the record that came of it, or what the API event says.
	Text string `json:"text,omitempty"`
}

// write is a record and its place in the order of all writes.
type write struct {
	version uint64
	record  trace.Record
}

// recorder puts the records of one watch event into their place.
type recorder struct {
	w       *Watcher
	version uint64
	text    string
}

// Record implements trace.Sink.
func (r *recorder) Record(rec trace.Record) {
	r.w.writes = append(r.w.writes, write{r.version, rec})
	r.text = rec.String()
}

func (w *Watcher) observer(r *recorder) *trace.Observer {
	return &trace.Observer{Sink: r, JobName: w.book.JobName, NodeName: w.book.NodeName}
}

// note logs a watch event.
func (w *Watcher) note(now time.Time, kind watch.EventType, what string, o metav1.Object, writer string, text string) {
	e := Entry{Received: now, Version: version(o), Kind: what, Type: string(kind), Name: o.GetName(), Writer: writer,
		Text: text}
	for _, m := range o.GetManagedFields() {
		if m.Time != nil && m.Time.After(e.Written) {
			e.Written = m.Time.Time
		}
	}
	w.log = append(w.log, e)
}

// takeJob takes one change of a Job.
func (w *Watcher) takeJob(now time.Time, kind watch.EventType, job *batchv1.Job) {
	before := w.jobs[job.UID]
	if before != nil && kind != watch.Deleted && version(job) <= version(before) {
		return // known from a list
	}
	after := job
	if kind == watch.Deleted {
		after = nil
		delete(w.jobs, job.UID)
	} else {
		w.jobs[job.UID] = job
	}
	author := manager(before, job)
	r := &recorder{w: w, version: version(job)}
	w.recordJob(r, now, author, before, after)
	w.note(now, kind, "Job", job, author, r.text)
	_, ours := w.book.JobID(job.Name)
	if _, before := w.ended[job.Name]; ours && !before && (after == nil || Finished(job)) {
		w.ended[job.Name] = version(job)
	}
}

func (w *Watcher) recordJob(r *recorder, now time.Time, author string, before, after *batchv1.Job) {
	a, b := w.book.Job(before), w.book.Job(after)
	if a.Version == 0 && b.Version == 0 {
		return
	}
	if before != nil && after != nil {
		if equality.Semantic.DeepEqual(before.Spec, after.Spec) {
			b.Spec = a.Spec
		}
		if b.Spec == a.Spec && equality.Semantic.DeepEqual(before.Status, after.Status) && a.Deleted == b.Deleted {
			return // of metadata only
		}
	}
	w.observer(r).Job(w.book.Since(now), w.jobActor(author, before, after, &a, &b), "", &a, &b)
}

// Finished says whether the Job is Complete or Failed.
func Finished(job *batchv1.Job) bool {
	return slices.ContainsFunc(job.Status.Conditions, func(c batchv1.JobCondition) bool {
		return (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue
	})
}

// takePod takes one change of a pod, and returns what is to be called when the Watcher is not locked any more.
func (w *Watcher) takePod(now time.Time, kind watch.EventType, pod *corev1.Pod) func() {
	before := w.pods[pod.UID]
	if before != nil && kind != watch.Deleted && version(pod) <= version(before) {
		return nil // known from a list
	}
	who, ours := w.book.Born(pod)
	if !ours {
		return nil
	}
	after := pod
	if kind == watch.Deleted {
		after = nil
		delete(w.pods, pod.UID)
	} else {
		w.pods[pod.UID] = pod
	}
	author := manager(before, pod)
	r := &recorder{w: w, version: version(pod)}
	a, b := w.book.Pod(before), w.book.Pod(after)
	w.observer(r).Pod(w.book.Since(now), w.podActor(author, pod, &a, &b), "", &a, &b)
	w.note(now, kind, "Pod", pod, author, r.text)
	if w.o.OnPod == nil || after == nil {
		return nil
	}
	return func() { w.o.OnPod(who, after) }
}

// manager is who wrote the newer of two versions of an object: whose entry in managedFields is new. Empty if no field
// changed that has a manager, as in a deletion.
func manager(before, after metav1.Object) string {
	var old []metav1.ManagedFieldsEntry
	switch o := before.(type) {
	case *batchv1.Job:
		if o != nil {
			old = o.ManagedFields
		}
	case *corev1.Pod:
		if o != nil {
			old = o.ManagedFields
		}
	}
	for _, m := range after.GetManagedFields() {
		if !slices.ContainsFunc(old, func(k metav1.ManagedFieldsEntry) bool { return equality.Semantic.DeepEqual(k, m) }) {
			return m.Manager
		}
	}
	return ""
}

// managers are the trace's names for managers of fields, as far as these tell who it was.
var managers = map[string]trace.Actor{"kubelet": trace.Kubelet, "kube-scheduler": trace.Scheduler, "jobsim": trace.User}

// controllerManager is the field manager of all built-in controllers: which of them it was must be concluded.
const controllerManager = "kube-controller-manager"

func (w *Watcher) jobActor(author string, before, after *batchv1.Job, a, b *api.Job) trace.Actor {
	switch {
	case after == nil && before != nil && before.DeletionTimestamp == nil && w.touched[before.Name]:
		return trace.User // nothing holds the Job
	case after == nil:
		return trace.GC
	case before != nil && a.Deleted == des.Never && b.Deleted != des.Never && !w.touched[after.Name]:
		return trace.TTL
	case before == nil, a.Deleted != b.Deleted, a.Spec != b.Spec:
		return trace.User
	case author != "" && author != controllerManager:
		return actorOf(author)
	}
	return trace.JobController
}

func actorOf(manager string) trace.Actor {
	if actor, ok := managers[manager]; ok {
		return actor
	}
	return trace.Actor(manager)
}

func (w *Watcher) podActor(author string, pod *corev1.Pod, a, b *api.Pod) trace.Actor {
	switch {
	case a.Version == 0, a.Finalizer && !b.Finalizer && b.Version != 0:
		return trace.JobController
	case b.Version != 0 && a.Owner != b.Owner:
		return trace.GC // of a Job that lets its pods go
	case b.Version == 0, b.Deleted != des.Never && a.Grace != b.Grace && b.Grace == 0:
		return trace.Kubelet
	case a.Deleted == des.Never && b.Deleted != des.Never:
		return w.deleter(pod, b)
	case a.Node != b.Node && author == "":
		return trace.Scheduler // a binding has no manager
	case author == controllerManager && b.Status.Disruption == api.DeletionByTaintManager:
		return trace.TaintEviction
	case author == controllerManager && b.Status.Disruption == api.DeletionByPodGC:
		return trace.PodGC
	case author == "":
		return trace.Kubelet
	}
	return actorOf(author)
}

// deleter is who marked a pod for deletion.
func (w *Watcher) deleter(pod *corev1.Pod, b *api.Pod) trace.Actor {
	switch {
	case w.touched[pod.Name]:
		return trace.User
	case b.Status.Disruption == api.DeletionByTaintManager:
		return trace.TaintEviction
	case b.Status.Disruption == api.PreemptionByScheduler:
		return trace.Scheduler
	case b.Status.Disruption == api.DeletionByPodGC:
		return trace.PodGC
	}
	owner := metav1.GetControllerOf(pod)
	if owner == nil {
		return trace.GC
	}
	if job := w.jobs[owner.UID]; job == nil || job.DeletionTimestamp != nil {
		return trace.GC
	}
	return trace.JobController
}

// trace is what was seen, in the order in which it was committed. What was committed before something else was not
// later than that, so that a receipt that was held up does not count.
func (w *Watcher) trace() *trace.Trace {
	slices.SortStableFunc(w.writes, func(a, b write) int { return cmp.Compare(a.version, b.version) })
	t := &trace.Trace{Header: w.o.Header}
	earliest := des.Never
	for i := len(w.writes) - 1; i >= 0; i-- {
		earliest = min(earliest, w.writes[i].record.At)
		w.writes[i].record.At = earliest
	}
	for i := range w.writes {
		if w.o.UntilFinished && len(w.ended) == len(w.o.Jobs) && w.writes[i].version > w.end() {
			break
		}
		t.Record(w.writes[i].record)
	}
	return t
}

// end is the version at which the last Job finished.
func (w *Watcher) end() (last uint64) {
	for _, v := range w.ended {
		last = max(last, v)
	}
	return last
}
