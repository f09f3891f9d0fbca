package oracle

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// nodes are the kubelets of all nodes: they carry out the pods' lives through the API, a goroutine for each pod.
type nodes struct {
	c      *Cluster
	client kubernetes.Interface

	mu      sync.Mutex
	ledger  *ledger
	nodes   map[string]*node
	workers map[types.UID]*worker
}

// statusRetry is when a kubelet tries again to write a status
// (pkg/kubelet/status/status_manager.go:172@v1.37.2, syncPeriod).
const statusRetry = 10 * time.Second

func (c *Cluster) startKubelet() (*nodes, error) {
	client, err := c.newClient(Kubelet)
	if err != nil {
		return nil, err
	}
	k := &nodes{c: c, client: client, ledger: newLedger(), nodes: map[string]*node{}, workers: map[types.UID]*worker{}}
	c.db.subscribe(c.ctx, Kubelet, podResource, k.see)
	return k, nil
}

// see takes notice of a change of a pod.
func (k *nodes) see(ch change) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if ch.cur == nil {
		k.lose(ch.old.v1("").(*corev1.Pod))
		return
	}
	pod := ch.cur.v1("").(*corev1.Pod)
	if ch.old == nil {
		k.ledger.born(pod)
	}
	if n := k.nodes[pod.Spec.NodeName]; n != nil && n.up {
		k.take(n, pod)
	}
}

// take gives a pod to its worker; k.mu is held.
func (k *nodes) take(n *node, pod *corev1.Pod) {
	w := k.workers[pod.UID]
	if w == nil {
		w = &worker{k: k, node: n, run: k.ledger.run(pod), pod: pod, grace: -1, told: make(chan struct{}, 1)}
		k.workers[pod.UID] = w
		k.c.spawn(func() { w.work(k.c.ctx) })
	}
	w.tell(pod)
}

// lose ends the worker of a pod that is gone, unless its node cannot know; k.mu is held.
func (k *nodes) lose(pod *corev1.Pod) {
	if w := k.workers[pod.UID]; w != nil && w.node.up {
		delete(k.workers, pod.UID)
		w.end()
	}
}

// worker is one pod on its node.
type worker struct {
	k    *nodes
	node *node
	run  PodRun
	told chan struct{} // something below changed

	mu    sync.Mutex
	pod   *corev1.Pod
	grace int64 // seconds of a deletion that the life has not heard of; -1: none
	heard bool  // of a deletion
	least int64 // the shortest grace period so far
	gone  bool
}

func (w *worker) tell(pod *corev1.Pod) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pod = pod
	if pod.DeletionTimestamp != nil {
		g := int64(0)
		if pod.DeletionGracePeriodSeconds != nil {
			g = *pod.DeletionGracePeriodSeconds
		}
		if !w.heard || g < w.least {
			w.grace, w.heard, w.least = g, true, g
		}
	}
	w.wake()
}

func (w *worker) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	w.wake()
}

func (w *worker) wake() {
	select {
	case w.told <- struct{}{}:
	default:
	}
}

// work lives the pod's life until the pod is gone.
func (w *worker) work(ctx context.Context) {
	life := w.k.c.options.Life(w.run)
	e := PodEvent{Kind: PodBound, At: time.Now(), Pod: w.run.Pod}
	for {
		step := life.Next(e)
		if step.Status != nil && !w.write(ctx, step.Status) {
			return
		}
		if step.Remove && !w.remove(ctx) {
			return
		}
		var ok bool
		if e, ok = w.wait(ctx, step.Wake); !ok {
			return
		}
	}
}

// wait returns the next event of the pod's life; false: there is none.
func (w *worker) wait(ctx context.Context, until time.Time) (PodEvent, bool) {
	for {
		if !w.node.wait(ctx) {
			return PodEvent{}, false
		}
		if e, ok := w.due(until); ok {
			return e, true
		}
		if w.over() {
			return PodEvent{}, false
		}
		if !w.rest(ctx, until) {
			return PodEvent{}, false
		}
	}
}

// rest sleeps until the time, if there is one, or until something changes.
func (w *worker) rest(ctx context.Context, until time.Time) bool {
	var at <-chan time.Time
	if !until.IsZero() {
		t := time.NewTimer(time.Until(until))
		defer t.Stop()
		at = t.C
	}
	select {
	case <-at:
	case <-w.told:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// due is the event that is due now. What was planned for this instant comes before a deletion in
// it.
func (w *worker) due(until time.Time) (PodEvent, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := PodEvent{At: time.Now(), Pod: w.pod}
	switch {
	case w.gone:
		return e, false
	case !until.IsZero() && !e.At.Before(until):
		e.Kind = PodWake
		return e, true
	case w.grace >= 0:
		e.Kind, e.Left = PodDeleted, time.Duration(w.grace)*time.Second
		w.grace = -1
		return e, true
	default:
		return e, false
	}
}

func (w *worker) over() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.gone
}

// write changes the pod's status, against other writers too; false: the pod is gone.
func (w *worker) write(ctx context.Context, change func(*corev1.PodStatus)) bool {
	w.mu.Lock()
	pod := w.pod
	w.mu.Unlock()
	pods := w.k.client.CoreV1().Pods(pod.Namespace)
	for {
		if !w.node.wait(ctx) || w.over() {
			return false
		}
		next := pod.DeepCopy()
		change(&next.Status)
		err := w.k.putStatus(ctx, next)
		if err == nil {
			return true
		}
		if apierrors.IsConflict(err) {
			var fresh *corev1.Pod
			if fresh, err = pods.Get(ctx, pod.Name, metav1.GetOptions{}); err == nil && fresh.UID == pod.UID {
				pod = fresh
				continue
			}
		}
		if err == nil || final(err) || sleep(ctx, statusRetry) != nil {
			return false
		}
	}
}

// putStatus is UpdateStatus without the pod in the answer, which nobody reads.
func (k *nodes) putStatus(ctx context.Context, pod *corev1.Pod) error {
	const metadataOnly = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
	return k.client.CoreV1().RESTClient().Put().Namespace(pod.Namespace).Resource("pods").Name(pod.Name).
		SubResource("status").SetHeader("Accept", metadataOnly).Body(pod).Do(ctx).Error()
}

// remove confirms the deletion of the pod; false: the pod is gone.
func (w *worker) remove(ctx context.Context) bool {
	pod, zero := w.run.Pod, int64(0)
	opts := metav1.DeleteOptions{GracePeriodSeconds: &zero, Preconditions: metav1.NewUIDPreconditions(string(pod.UID))}
	for {
		if !w.node.wait(ctx) || w.over() {
			return false
		}
		err := w.k.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, opts)
		if err == nil {
			return true
		}
		if final(err) || sleep(ctx, statusRetry) != nil {
			return false
		}
	}
}

// final says whether trying again is of no use. A conflict is one of the UID: the name belongs to
// another pod.
func final(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsInvalid(err) || apierrors.IsConflict(err) ||
		apierrors.IsBadRequest(err)
}
