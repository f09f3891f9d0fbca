package oracle

import (
	"context"
	"reflect"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
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
	f := replayed{informerfactory.NewInformerFactory(m.factory, metadatainformer.NewSharedInformerFactory(md, resync)),
		m.ctx, c}
	graph := garbagecollector.NewDependencyGraphBuilder(m.ctx, md, fixedMapper{mapper},
		garbagecollector.DefaultIgnoredResources(), f, started)
	attemptToDelete, _, _ := graph.GetGraphResources()
	birthOrdered(c, attemptToDelete, birthOfNode(c, attemptToDelete)).settle()
	gc, err := garbagecollector.NewComposedGarbageCollector(m.ctx, client, md, fixedMapper{mapper}, graph)
	if err != nil {
		return nil, err
	}
	return []run{
		func(ctx context.Context) { gc.Run(ctx, gcWorkers, gcSyncPeriod) },
		func(ctx context.Context) {
			// Else it would race with Run, which looks every 100 ms whether there is a graph: discovery takes its time.
			if c.gate.pass(ctx, rankWatch, 0, nil) == nil {
				gc.Sync(ctx, fixedDiscovery{}, gcSyncPeriod)
			}
		},
	}, nil
}

// replayed are informers that tell what they know already in a stated order: pods, then Jobs, then CronJobs, of each
// kind the oldest first. The garbage collector asks in the order of a Go map, and the informers answer side by side.
type replayed struct {
	informerfactory.InformerFactory
	ctx context.Context
	c   *Cluster
}

// ForResource implements informerfactory.InformerFactory.
func (f replayed) ForResource(r schema.GroupVersionResource) (informers.GenericInformer, error) {
	g, err := f.InformerFactory.ForResource(r)
	kind := slices.IndexFunc(collected, func(k collectedKind) bool { return k.resource == r.Resource })
	return replayedKind{g, f, uint64(kind)}, err
}

type replayedKind struct {
	informers.GenericInformer
	f    replayed
	kind uint64 // its place among them
}

// Informer implements informers.GenericInformer.
func (k replayedKind) Informer() cache.SharedIndexInformer {
	return replayedInformer{k.GenericInformer.Informer(), k.f, k.kind}
}

type replayedInformer struct {
	cache.SharedIndexInformer
	f    replayed
	kind uint64
}

// AddEventHandlerWithResyncPeriod implements cache.SharedInformer.
func (i replayedInformer) AddEventHandlerWithResyncPeriod(h cache.ResourceEventHandler, period time.Duration,
) (cache.ResourceEventHandlerRegistration, error) {
	return i.SharedIndexInformer.AddEventHandlerWithResyncPeriod(cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(obj any, initial bool) {
			if initial {
				// If the run is over it does not matter in which order.
				_ = i.f.c.gate.pass(i.f.ctx, rankWatch, i.kind<<48|i.f.c.place(obj)&(1<<48-1), nil)
			}
			h.OnAdd(obj, initial)
		}, UpdateFunc: h.OnUpdate, DeleteFunc: h.OnDelete}, period)
}

// birthOfNode is when the object of a node of the graph was created. The type of nodes is not exported.
func birthOfNode[T comparable](c *Cluster, _ workqueue.TypedRateLimitingInterface[T]) func(T) uint64 {
	return func(node T) uint64 {
		identity := reflect.ValueOf(node).Elem().FieldByName("identity")
		return c.db.birth(types.UID(identity.FieldByName("UID").String()))
	}
}

// collected are the kinds in the garbage collector's graph.
var collected = []collectedKind{
	{schema.GroupVersionKind{Version: "v1", Kind: "Pod"}, "pods"},
	{schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "Job"}, "jobs"},
	{schema.GroupVersionKind{Group: "batch", Version: "v1", Kind: "CronJob"}, "cronjobs"},
}

type collectedKind struct {
	kind     schema.GroupVersionKind
	resource string
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
