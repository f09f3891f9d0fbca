package oracle

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
)

const gcSyncPeriod = 30 * time.Second // cmd/kube-controller-manager/app/core.go:696@v1.37.2

// newGarbageCollector is the real garbage collector, over the kinds that can own or be owned here.
func (c *Cluster) newGarbageCollector(m *manager) ([]run, error) {
	client, err := c.newClient(GarbageCollector)
	if err != nil {
		return nil, err
	}
	md, err := c.newMetadataClient(GarbageCollector)
	if err != nil {
		return nil, err
	}
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, k := range collected {
		mapper.Add(k.kind, meta.RESTScopeNamespace)
	}
	started := make(chan struct{})
	close(started)
	f := informerfactory.NewInformerFactory(m.factory, metadatainformer.NewSharedInformerFactory(md, resync))
	graph := garbagecollector.NewDependencyGraphBuilder(m.ctx, md, fixedMapper{mapper},
		garbagecollector.DefaultIgnoredResources(), f, started)
	c.takeByBirth(graph)
	gc, err := garbagecollector.NewComposedGarbageCollector(m.ctx, client, md, fixedMapper{mapper}, graph)
	if err != nil {
		return nil, err
	}
	return []run{
		func(ctx context.Context) { gc.Run(ctx, gcWorkers, gcSyncPeriod) },
		func(ctx context.Context) { gc.Sync(ctx, fixedDiscovery{}, gcSyncPeriod) },
	}, nil
}

// takeByBirth has the garbage collector take the objects that it has to look at in the order of their creation, as far
// as it comes to them at once: upstream it is the order of a Go map, the dependents of an owner. For that its queue is
// replaced before anybody uses it, a field that is not exported.
func (c *Cluster) takeByBirth(graph *garbagecollector.GraphBuilder) {
	queue, _, _ := graph.GetGraphResources()
	field := reflect.ValueOf(graph).Elem().FieldByName("attemptToDelete")
	reflect.NewAt(field.Type(), field.Addr().UnsafePointer()).Elem().Set(reflect.ValueOf(birthOrdered(c, queue)))
}

func birthOrdered[T comparable](c *Cluster, q workqueue.TypedRateLimitingInterface[T],
) workqueue.TypedRateLimitingInterface[T] {
	return &birthQueue[T]{TypedRateLimitingInterface: q, c: c}
}

// birthQueue adds what comes at once in the order of creation: when whoever adds is at rest, or is done with an item.
type birthQueue[T comparable] struct {
	workqueue.TypedRateLimitingInterface[T]
	c *Cluster

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
	q.TypedRateLimitingInterface.Done(item)
}

func (q *birthQueue[T]) flushAtRest() {
	if q.c.gate.pass(q.c.ctx, rankWatch, 0, nil) == nil {
		q.flush()
	}
}

func (q *birthQueue[T]) flush() {
	q.mu.Lock()
	defer q.mu.Unlock()
	slices.SortFunc(q.added, func(a, b T) int { return cmp.Compare(q.birth(a), q.birth(b)) })
	for _, item := range q.added {
		q.TypedRateLimitingInterface.Add(item)
	}
	q.added = nil
}

// birth is when the object of a node of the graph was created.
func (q *birthQueue[T]) birth(node T) uint64 {
	identity := reflect.ValueOf(node).Elem().FieldByName("identity")
	return q.c.db.birth(types.UID(identity.FieldByName("UID").String()))
}

// collected are the kinds in the garbage collector's graph.
var collected = []struct {
	kind     schema.GroupVersionKind
	resource string
}{
	{schema.GroupVersionKind{Version: "v1", Kind: "Pod"}, "pods"},
	{schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}, "jobs"},
	{schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "CronJob"}, "cronjobs"},
}

// fixedMapper is a mapper that never learns of new kinds.
type fixedMapper struct{ meta.RESTMapper }

// Reset implements meta.ResettableRESTMapper.
func (fixedMapper) Reset() {}

// fixedDiscovery reports the collected kinds.
type fixedDiscovery struct {
	discovery.ServerResourcesInterface
}

// ServerPreferredResources implements discovery.ServerResourcesInterface.
func (fixedDiscovery) ServerPreferredResources() ([]*metav1.APIResourceList, error) {
	verbs := metav1.Verbs{"delete", "list", "watch", "get", "patch", "update", "create"}
	var lists []*metav1.APIResourceList
	for _, k := range collected {
		r := metav1.APIResource{Name: k.resource, Kind: k.kind.Kind, Namespaced: true, Verbs: verbs}
		lists = append(lists, &metav1.APIResourceList{GroupVersion: k.kind.GroupVersion().String(),
			APIResources: []metav1.APIResource{r}})
	}
	return lists, nil
}
