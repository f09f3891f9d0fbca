package oracle

import (
	"context"
	"math/rand"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/events"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

// startScheduler starts the real scheduler with informers of its own. One worker filters and
// scores: with the default of 16 the order of equal nodes would be a race.
func (c *Cluster) startScheduler() error {
	client, err := c.newClient(Scheduler)
	if err != nil {
		return err
	}
	f := newSchedulerInformers(client)
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	c.onClose = append(c.onClose, f.Shutdown, broadcaster.Shutdown) // the loop of the broadcaster outlives the context
	s, err := scheduler.New(c.ctx, client, f, nil, profile.NewRecorderFactory(broadcaster), scheduler.WithParallelism(1))
	if err != nil {
		return err
	}
	f.Start(c.ctx.Done())
	f.WaitForCacheSync(c.ctx.Done())
	if err := s.WaitForHandlersSync(c.ctx); err != nil {
		return err
	}
	c.wg.Go(func() { s.Run(c.ctx) })
	return nil
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
