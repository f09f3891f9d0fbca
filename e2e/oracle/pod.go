package oracle

import (
	"fmt"
	"strconv"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// PodRun is a pod and its place among the pods of its Job.
type PodRun struct {
	Pod     *corev1.Pod // as its node first sees it; shared: do not change it
	Job     string      // name of the owner; empty for a pod of its own
	Index   int32       // completion index; -1 in a NonIndexed Job
	Number  int32       // creation number in its Job, from 0
	Attempt int32       // creation number in its index, from 0; Number in a NonIndexed Job
}

// Life is what one pod does on its node. The driver calls Next when the pod is bound, at the times
// that Next asked for and when the API server wants the pod gone; it does what Next answers. A Life
// is used by one goroutine at a time and must neither sleep nor call the API.
type Life interface {
	Next(e PodEvent) PodStep
}

// PodEvent is why Next is called.
type PodEvent struct {
	Kind PodEventKind
	At   time.Time     // now, or later than the time asked for if the node was away
	Pod  *corev1.Pod   // the newest that the node knows; shared: do not change it
	Left time.Duration // PodDeleted: the grace period
}

// PodEventKind is the kind of a PodEvent.
type PodEventKind uint8

// The kinds of events in a pod's life.
const (
	PodBound   PodEventKind = iota // the node sees the pod for the first time
	PodWake                        // the time has come that the last step asked for
	PodDeleted                     // the pod is to end within Left; once more if the grace period is shortened
)

// PodStep is what a pod does now, and when it does more.
type PodStep struct {
	Status func(*corev1.PodStatus) // changes the newest status, which is then written; nil: nothing to write
	Remove bool                    // confirm the deletion, after the write
	Wake   time.Time               // when to call Next again; zero: at the next event only
}

// ledger numbers the pods of each Job.
type ledger struct {
	runs   map[types.UID]PodRun
	order  map[types.UID]int // of their creation
	counts map[string]int32
}

func newLedger() *ledger {
	return &ledger{runs: map[types.UID]PodRun{}, order: map[types.UID]int{}, counts: map[string]int32{}}
}

// born enters a pod; pods must come in the order of their creation.
func (l *ledger) born(p *corev1.Pod) {
	r := PodRun{Index: -1}
	owner := metav1.GetControllerOf(p)
	key := string(p.UID)
	if owner != nil {
		r.Job, key = owner.Name, string(owner.UID)
	}
	r.Number = l.next(key)
	r.Attempt = r.Number
	if i, err := strconv.ParseInt(p.Annotations[batchv1.JobCompletionIndexAnnotation], 10, 32); err == nil {
		r.Index = int32(i)
		r.Attempt = l.next(fmt.Sprint(key, "/", i))
	}
	r.Pod = p
	l.runs[p.UID], l.order[p.UID] = r, len(l.runs)
}

func (l *ledger) next(key string) int32 {
	n := l.counts[key]
	l.counts[key] = n + 1
	return n
}

// run is what the ledger knows of a pod.
func (l *ledger) run(p *corev1.Pod) PodRun {
	r := l.runs[p.UID]
	r.Pod = p
	return r
}
