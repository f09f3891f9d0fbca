package oracle

import (
	"math"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// orderCaches makes the controllers read their caches in a stated order: that of the objects'
// creation, or a permutation of it by the seed. A cache is a Go map, whose order is random anew
// each time; any fixed order is one that a real controller could have seen. The informers come from
// a second factory that is never started.
func (c *Cluster) orderCaches(f informers.SharedInformerFactory, client kubernetes.Interface) {
	spare := informers.NewSharedInformerFactory(client, resync)
	order := func(obj runtime.Object, informer cache.SharedIndexInformer) {
		f.InformerFor(obj, func(kubernetes.Interface, time.Duration) cache.SharedIndexInformer {
			return orderedInformer{informer, c.place}
		})
	}
	order(&corev1.Pod{}, spare.Core().V1().Pods().Informer())
	order(&batchv1.Job{}, spare.Batch().V1().Jobs().Informer())
	if c.options.CronJob || c.options.GarbageCollector {
		order(&batchv1.CronJob{}, spare.Batch().V1().CronJobs().Informer())
	}
	if c.options.PodGC || c.options.NodeLifecycle {
		order(&corev1.Node{}, spare.Core().V1().Nodes().Informer())
	}
}

// place is where an object stands in a cache.
func (c *Cluster) place(obj any) uint64 {
	m, err := meta.Accessor(obj)
	if err != nil {
		return math.MaxUint64
	}
	born := c.db.birth(m.GetUID())
	if c.options.Shuffle {
		return mix(c.options.Seed ^ mix(born))
	}
	return born
}

// orderedInformer reads its cache in order.
type orderedInformer struct {
	cache.SharedIndexInformer
	place func(any) uint64
}

// GetIndexer is what listers and controllers read.
func (i orderedInformer) GetIndexer() cache.Indexer {
	return orderedIndexer{i.SharedIndexInformer.GetIndexer(), i.place}
}

// GetStore is the same store.
func (i orderedInformer) GetStore() cache.Store { return i.GetIndexer() }

// orderedIndexer is an indexer whose answers are in order.
type orderedIndexer struct {
	cache.Indexer
	place func(any) uint64
}

// List is all objects, in order.
func (i orderedIndexer) List() []any { return i.ordered(i.Indexer.List()) }

// Index is the objects that share an index value with obj, in order.
func (i orderedIndexer) Index(name string, obj any) ([]any, error) {
	objs, err := i.Indexer.Index(name, obj)
	return i.ordered(objs), err
}

// ByIndex is the objects with the index value, in order.
func (i orderedIndexer) ByIndex(name, value string) ([]any, error) {
	objs, err := i.Indexer.ByIndex(name, value)
	return i.ordered(objs), err
}

// ordered sorts objs, which the cache has made for this call.
func (i orderedIndexer) ordered(objs []any) []any {
	type placed struct {
		place uint64
		obj   any
	}
	ps := make([]placed, len(objs))
	for n, o := range objs {
		ps[n] = placed{i.place(o), o}
	}
	slices.SortFunc(ps, func(a, b placed) int {
		switch {
		case a.place < b.place:
			return -1
		case a.place > b.place:
			return 1
		default:
			return 0
		}
	})
	for n, p := range ps {
		objs[n] = p.obj
	}
	return objs
}
