package observe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/jobsim/jobsim/e2e/objects"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

// Options are what a Watcher needs to know.
type Options struct {
	Client    kubernetes.Interface
	Namespace string
	// Called is what the scenario calls the namespace.
	Called string
	Header trace.Header
	Jobs   []string // names, by id
	// OnPod is called for every change of a pod of the scenario, in order, from one goroutine; it must not block.
	OnPod func(who objects.Pod, pod *corev1.Pod)
	// UntilFinished ends the trace with the write in which the last Job finished.
	UntilFinished bool
	// Ping asks the API server whether it is there; nil: for its version.
	Ping func(context.Context) error
}

// Watcher watches one namespace. Its methods are safe for concurrent use.
type Watcher struct {
	o       Options
	cancel  context.CancelFunc
	done    sync.WaitGroup
	changed chan struct{}

	mu       sync.Mutex
	started  time.Time // of the watches; then the scenario's time 0
	book     *objects.Book
	jobs     map[types.UID]*batchv1.Job
	pods     map[types.UID]*corev1.Pod
	ended    map[string]uint64 // resource versions at which Jobs finished or were removed
	touched  map[string]bool   // pods and Jobs that the replay itself deletes
	lastSeen time.Time         // of the latest change
	answered time.Time         // when the API server last answered the pulse
	writes   []write
	log      []Entry
	gaps     []Gap
}

// Start begins to watch, and returns when every watch stands: whatever is created afterwards is seen.
func Start(ctx context.Context, o Options) (*Watcher, error) {
	now := time.Now()
	if o.Ping == nil {
		o.Ping = func(ctx context.Context) error {
			return o.Client.Discovery().RESTClient().Get().AbsPath("/version").Do(ctx).Error()
		}
	}
	w := &Watcher{o: o, changed: make(chan struct{}, 1), started: now, book: objects.NewBook(now, o.Jobs),
		jobs: map[types.UID]*batchv1.Job{}, pods: map[types.UID]*corev1.Pod{}, ended: map[string]uint64{},
		touched: map[string]bool{}, lastSeen: now, answered: now}
	w.book.SetNamespace(o.Namespace, o.Called)
	ctx, w.cancel = context.WithCancel(ctx)
	streams := []*stream{w.jobStream(), w.podStream(), w.eventStream()}
	for _, s := range streams {
		if err := s.begin(ctx); err != nil {
			w.cancel()
			w.done.Wait()
			return nil, fmt.Errorf("watching %s in namespace %s: %w", s.kind, o.Namespace, err)
		}
		w.done.Add(1)
		go func() { defer w.done.Done(); s.run(ctx) }()
	}
	w.done.Add(1)
	go func() { defer w.done.Done(); w.pulse(ctx) }()
	return w, nil
}

// SetStart says when the scenario's time 0 is. It must be called before anything is created.
func (w *Watcher) SetStart(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started = t
	w.book.SetStart(t)
}

// Changed gets something whenever something may have changed.
func (w *Watcher) Changed() <-chan struct{} { return w.changed }

func (w *Watcher) tell() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// Touch says that the replay itself is about to delete an object of this name, so that the trace may name the author.
func (w *Watcher) Touch(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touched[name] = true
}

// Refused puts a change of a Job that the API server did not accept into the trace, as the simulator does: with what is
// wrong first, and where.
func (w *Watcher) Refused(job string, refusal *apierrors.StatusError) {
	w.mu.Lock()
	defer w.mu.Unlock()
	why := refusal.Error()
	if d := refusal.ErrStatus.Details; d != nil && len(d.Causes) > 0 {
		parts := strings.Split(d.Causes[0].Message, ": ") // the kind of error, the value, what is wrong
		why = d.Causes[0].Field + ": " + parts[len(parts)-1]
	}
	id, _ := w.book.JobID(job)
	var latest uint64
	for _, known := range w.jobs {
		latest = max(latest, version(known))
	}
	r := &recorder{w: w, version: latest}
	w.observer(r).Explain(w.book.Since(time.Now()), trace.User, trace.Refuse, id, trace.RuleInvalid,
		trace.Arg{Key: "error", Value: "invalid: " + why})
}

// Finished says whether all Jobs of the scenario have finished or are gone.
func (w *Watcher) Finished() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.ended) == len(w.o.Jobs)
}

// Ended says which Jobs have finished or are gone.
func (w *Watcher) Ended(job string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ended := w.ended[job]
	return ended
}

// Quiet is since when nothing has changed.
func (w *Watcher) Quiet() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lastSeen
}

// Busy says whether something is still to come: a pod has not ended yet, or a Job is about to be removed.
func (w *Watcher) Busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.jobs {
		if j.DeletionTimestamp != nil || j.Spec.TTLSecondsAfterFinished != nil {
			return true
		}
	}
	return w.alive()
}

// Asleep says whether every Job that has not finished is suspended, and no pod is left that has not ended.
func (w *Watcher) Asleep() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range w.jobs {
		if _, ended := w.ended[j.Name]; !ended && (j.Spec.Suspend == nil || !*j.Spec.Suspend) {
			return false
		}
	}
	return !w.alive()
}

func (w *Watcher) alive() bool {
	for _, p := range w.pods {
		if p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed {
			return true
		}
	}
	return false
}

// FindPod is the pod that the trace names so, and whether there ever was one.
func (w *Watcher) FindPod(job api.JobID, index, attempt int32) (objects.Pod, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.book.Find(job, index, attempt)
}

// NodeOf is the node of the pod that the trace names so; empty if it has none, as far as is known.
func (w *Watcher) NodeOf(job api.JobID, index, attempt int32) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	who, _ := w.book.Find(job, index, attempt)
	for _, p := range w.pods {
		if p.Name == who.Name {
			return p.Spec.NodeName
		}
	}
	return ""
}

// PodsOn are the names of the pods on a node that have not ended, as far as is known, in the order of their creation.
func (w *Watcher) PodsOn(node string) (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, who := range w.book.Pods() {
		for _, p := range w.pods {
			if p.Name == who.Name && p.Spec.NodeName == node && p.DeletionTimestamp == nil &&
				p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed {
				names = append(names, p.Name)
			}
		}
	}
	return names
}

// Observation is what a Watcher has seen.
type Observation struct {
	Trace *trace.Trace
	// Gaps are spans in which the trace is not what it should be. Empty: it is complete.
	Gaps []Gap
	// Log is every watch event, as it came.
	Log []Entry
}

// settleTimeout is how long a Watcher may lag behind the API server when it is asked to stop.
const settleTimeout = 10 * time.Second

// Stop ends the watches, once they have seen what the API server holds now, and returns what was seen.
func (w *Watcher) Stop(ctx context.Context) *Observation {
	err := w.catchUp(ctx)
	w.cancel()
	w.done.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		now := w.book.Since(time.Now())
		w.gaps = append(w.gaps, Gap{From: w.book.Since(w.lastSeen), To: now, Kind: Lost, What: err.Error()})
	}
	return &Observation{Trace: w.trace(), Gaps: w.gaps, Log: w.log}
}

// catchUp waits until the watches have seen everything that a list shows.
func (w *Watcher) catchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for {
		missing, err := w.missing(ctx)
		if err == nil && missing == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, fmt.Errorf("the end was not seen: %s", missing))
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (w *Watcher) missing(ctx context.Context) (string, error) {
	jobs, err := w.o.Client.BatchV1().Jobs(w.o.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return "Jobs", err
	}
	pods, err := w.o.Client.CoreV1().Pods(w.o.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return "pods", err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range jobs.Items {
		if known := w.jobs[jobs.Items[i].UID]; known == nil || version(known) < version(&jobs.Items[i]) {
			return "job " + jobs.Items[i].Name, nil
		}
	}
	for i := range pods.Items {
		if known := w.pods[pods.Items[i].UID]; known == nil || version(known) < version(&pods.Items[i]) {
			return "pod " + pods.Items[i].Name, nil
		}
	}
	return "", nil
}

// The pulse: how often the API server is asked whether it is there, and how long it may take.
const (
	pulsePeriod = time.Second
	pulseLimit  = 3 * time.Second
)

// pulse asks the API server for its version again and again, and notes when it does not answer.
func (w *Watcher) pulse(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pulsePeriod):
		}
		limited, cancel := context.WithTimeout(ctx, pulseLimit)
		err := w.o.Ping(limited)
		cancel()
		w.mu.Lock()
		now := time.Now()
		if ctx.Err() == nil && (err == nil || apierrors.ReasonForError(err) != metav1.StatusReasonUnknown) {
			if silence := now.Sub(w.answered); silence > pulsePeriod+pulseLimit {
				w.gaps = append(w.gaps, Gap{From: w.book.Since(w.answered), To: w.book.Since(now), Kind: Silent,
					What: fmt.Sprintf("the API server did not answer for %v", silence.Round(100*time.Millisecond))})
			}
			w.answered = now
		}
		w.mu.Unlock()
	}
}
