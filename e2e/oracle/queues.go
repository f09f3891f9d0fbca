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
func birthOrdered[T comparable](c *Cluster, q workqueue.TypedRateLimitingInterface[T], birth func(T) uint64,
) *birthQueue[T] {
	b := &birthQueue[T]{TypedInterface: workqueue.NewTyped[T](), c: c, birth: birth}
	delays := reflect.ValueOf(q).Elem().FieldByName("TypedDelayingInterface")
	delays.Interface().(workqueue.TypedDelayingInterface[T]).ShutDown()
	delays.Set(reflect.ValueOf(workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[T]{
		Queue: b})))
	return b
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
	asked map[T]uint64 // of what is worked on, how many turns had been given when it was taken; nil: nobody asks
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

// settle has a worker that has had an answer be done when all that the answer set in motion is at rest. Upstream the
// garbage collector's worker that finds an object gone tells the graph, and the two race for the queue.
func (q *birthQueue[T]) settle() { q.asked = map[T]uint64{} }

// Get implements workqueue.TypedInterface.
func (q *birthQueue[T]) Get() (T, bool) {
	item, over := q.TypedInterface.Get()
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.asked != nil {
		q.asked[item] = q.c.gate.turns()
	}
	return item, over
}

// Done implements workqueue.TypedInterface. What the worker has added is in the queue before it takes the next item.
func (q *birthQueue[T]) Done(item T) {
	if q.answered(item) && q.c.gate.pass(q.c.ctx, rankWatch, 0, nil) != nil {
		return // the run is over
	}
	q.flush()
	q.TypedInterface.Done(item)
}

// answered says whether the worker may have had an answer since it took the item.
func (q *birthQueue[T]) answered(item T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	then, ok := q.asked[item]
	delete(q.asked, item)
	return ok && then < q.c.gate.turns()
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
