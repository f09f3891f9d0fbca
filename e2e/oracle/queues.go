package oracle

import (
	"cmp"
	"reflect"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/util/workqueue"
)

// birthOrdered has what comes into a queue at once taken in the order of creation. Upstream that is the order of a Go
// map (the dependents of an owner), of a heap of timers that end in one instant, or of a race between goroutines. It
// matters where more comes than there are idle workers. For that the queue and its delays are replaced before anybody
// uses them: together, since the delays' goroutine runs already.
func birthOrdered[T comparable](c *Cluster, q workqueue.TypedRateLimitingInterface[T], birth func(T) uint64) {
	delays := reflect.ValueOf(q).Elem().FieldByName("TypedDelayingInterface")
	delays.Interface().(workqueue.TypedDelayingInterface[T]).ShutDown()
	delays.Set(reflect.ValueOf(workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[T]{
		Queue: &birthQueue[T]{TypedInterface: workqueue.NewTyped[T](), c: c, birth: birth}})))
}

// keysByBirth does so with the queue of a controller, a field that is not exported, whose items are the keys of a
// resource.
func (c *Cluster) keysByBirth(controller any, gr schema.GroupResource) {
	field := reflect.ValueOf(controller).Elem().FieldByName("queue")
	q := *(*workqueue.TypedRateLimitingInterface[string])(field.Addr().UnsafePointer())
	prefix := resourcePrefix(gr)
	birthOrdered(c, q, func(key string) uint64 { return c.db.bornAt(prefix, prefix+"/"+key) })
}

// birthQueue adds what comes at once in the order of creation: when whoever adds is at rest, or is done with an item.
type birthQueue[T comparable] struct {
	workqueue.TypedInterface[T]
	c     *Cluster
	birth func(T) uint64

	mu    sync.Mutex
	added []T
}

// Add implements workqueue.TypedInterface.
func (q *birthQueue[T]) Add(item T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.added = append(q.added, item)
	if len(q.added) == 1 {
		q.c.spawn(q.flushAtRest)
	}
}

// Done implements workqueue.TypedInterface. What the worker has added is in the queue before it takes the next item.
func (q *birthQueue[T]) Done(item T) {
	q.flush()
	q.TypedInterface.Done(item)
}

func (q *birthQueue[T]) flushAtRest() {
	if q.c.gate.pass(q.c.ctx, rankWatch, 0, nil) == nil {
		q.flush()
	}
}

func (q *birthQueue[T]) flush() {
	q.mu.Lock()
	defer q.mu.Unlock()
	slices.SortStableFunc(q.added, func(a, b T) int { return cmp.Compare(q.birth(a), q.birth(b)) })
	for _, item := range q.added {
		q.TypedInterface.Add(item)
	}
	q.added = nil
}
