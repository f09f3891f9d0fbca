package oracle

import (
	"context"
	"math/rand"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/scheduler"
	schedulerconfig "k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/queuesort"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// flushEvery is how often the scheduler looks for pods that have waited for too long, from when it begins
// (PriorityQueue.Run). The informers of a process that starts are waited for in tenths of a second, so that it begins
// at no round time by itself.
const flushEvery = 30 * time.Second

// startScheduler starts the real scheduler with informers of its own. One worker filters and
// scores: with the default of 16 the order of equal nodes would be a race. Of pods that its queue
// holds for equal the oldest comes first, where a Go map would decide (see birthOrder).
func (c *Cluster) startScheduler() error {
	client, err := c.newClient(Scheduler)
	if err != nil {
		return err
	}
	f := newSchedulerInformers(client)
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	c.onClose = append(c.onClose, f.Shutdown, broadcaster.Shutdown) // the loop of the broadcaster outlives the context
	cfg, err := latest.Default()
	if err != nil {
		return err
	}
	sortByBirth(cfg.Profiles[0].Plugins)
	plugins := c.birthOrder()
	c.preferOldNodes(cfg.Profiles[0].Plugins, plugins)
	// Until this context ends, two recorders of metrics look a thousand times a second whether there is anything to
	// record: half of the work of a run. All that goes on has the context of Run.
	starting, started := context.WithCancel(c.ctx)
	defer started()
	s, err := scheduler.New(starting, client, f, nil, profile.NewRecorderFactory(broadcaster),
		scheduler.WithParallelism(1), scheduler.WithProfiles(cfg.Profiles...),
		scheduler.WithFrameworkOutOfTreeRegistry(plugins))
	if err != nil {
		return err
	}
	f.Start(c.ctx.Done())
	f.WaitForCacheSync(c.ctx.Done())
	if err := s.WaitForHandlersSync(c.ctx); err != nil {
		return err
	}
	c.wg.Go(func() {
		if sleep(c.ctx, time.Until(c.Start)%flushEvery) == nil {
			s.Run(c.ctx)
		}
	})
	return nil
}

// birthOrder is the plugin that sorts the scheduler's queue: as the one that it replaces, and pods of equal priority
// that came into the queue in one instant by their creation. Without it that is left to a heap, which is filled in the
// order of a Go map when room is made (PriorityQueue.collectEntitiesToEvaluate).
func (c *Cluster) birthOrder() frameworkruntime.Registry {
	return frameworkruntime.Registry{birthSort{}.Name(): func(context.Context, runtime.Object, schedulerHandle,
	) (schedulerPlugin, error) {
		return birthSort{c.db}, nil
	}}
}

func sortByBirth(p *schedulerconfig.Plugins) {
	p.QueueSort = schedulerconfig.PluginSet{Enabled: []schedulerconfig.Plugin{{Name: birthSort{}.Name()}},
		Disabled: []schedulerconfig.Plugin{{Name: queuesort.Name}}}
}

type birthSort struct{ db *database }

// Name names the plugin.
func (birthSort) Name() string { return "BirthSort" }

// Less says whether a is to be scheduled before b.
func (s birthSort) Less(a, b schedulerEntity) bool {
	var byPriority queuesort.PrioritySort
	if byPriority.Less(a, b) != byPriority.Less(b, a) {
		return byPriority.Less(a, b)
	}
	return s.birth(a) < s.birth(b)
}

func (s birthSort) birth(e schedulerEntity) uint64 {
	if pod, ok := e.(*framework.QueuedPodInfo); ok {
		return s.db.birth(pod.Pod.UID)
	}
	return 0
}

// seedGlobalRand decides the scheduler's choice among equal nodes, which it draws from the
// generator of the process: it is repeatable only while one cluster with a scheduler runs. go.mod
// sets randseednop=0, without which Seed does nothing.
func seedGlobalRand(seed uint64) {
	rand.Seed(int64(mix(seed))) //nolint:staticcheck // the only way to seed the generator that the scheduler uses
}

var podResource = schema.GroupResource{Resource: "pods"}

// startBinder stands in for the scheduler: it binds every pod as Options.Bind says, through the
// same API.
func (c *Cluster) startBinder() error {
	client, err := c.newClient(Scheduler)
	if err != nil {
		return err
	}
	choose := c.options.Bind
	if choose == nil {
		first := ""
		if len(c.options.Nodes) > 0 {
			first = c.options.Nodes[0].Name
		}
		choose = func(*corev1.Pod) (string, time.Duration) { return first, 0 }
	}
	c.db.subscribe(c.ctx, Scheduler, podResource, func(ch change) {
		if ch.cur == nil {
			return
		}
		pod, ok := ch.cur.v1("").(*corev1.Pod)
		if !ok || !schedulable(pod) {
			return
		}
		if ch.old != nil && schedulable(ch.old.v1("").(*corev1.Pod)) {
			return // it is in hand
		}
		if node, after := choose(pod); node != "" {
			c.spawn(func() { bind(c.ctx, client, pod, node, after) })
		}
	})
	return nil
}

func schedulable(p *corev1.Pod) bool {
	return p.Spec.NodeName == "" && len(p.Spec.SchedulingGates) == 0 && p.DeletionTimestamp == nil &&
		p.Status.Phase == corev1.PodPending
}

// bind tries until the pod is bound or gone, as the scheduler does.
func bind(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod, node string, after time.Duration) {
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, UID: pod.UID},
		Target: corev1.ObjectReference{Kind: "Node", Name: node}}
	for sleep(ctx, after) == nil {
		err := client.CoreV1().Pods(pod.Namespace).Bind(ctx, binding, metav1.CreateOptions{})
		if err == nil || final(err) {
			return
		}
		after = time.Second // the scheduler's initial back-off
	}
}
