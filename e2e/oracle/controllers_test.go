package oracle

import (
	"fmt"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/ptr"
)

// countInto counts writes by what they did: "ADDED jobs".
func countInto(counts map[string]int) func(Write) {
	return func(w Write) { counts[fmt.Sprint(w.Type, " ", w.Resource.Resource)]++ }
}

// A CronJob every five minutes for a day: 288 Jobs, of which two are kept; the garbage collector
// takes the pods.
func TestCronJob_Day(t *testing.T) {
	counts := map[string]int{}
	o := Options{CronJob: true, TTL: true, GarbageCollector: true, Observe: countInto(counts),
		Life: always(exits(61500*time.Millisecond, 0))}
	inCluster(t, o, func(c *Cluster) error {
		cj := &batchv1.CronJob{ObjectMeta: metav1.ObjectMeta{Name: "c", Namespace: "default"}, Spec: batchv1.CronJobSpec{
			Schedule: "*/5 * * * *", ConcurrencyPolicy: batchv1.ForbidConcurrent, SuccessfulJobsHistoryLimit: ptr.To(int32(2)),
			JobTemplate: batchv1.JobTemplateSpec{Spec: newJob("x", 1, 1).Spec}}}
		if _, err := c.User.BatchV1().CronJobs("default").Create(ctx, cj, metav1.CreateOptions{}); err != nil {
			return err
		}
		return c.SleepUntil(24 * time.Hour)
	})
	got := fmt.Sprint(counts["ADDED jobs"], counts["DELETED jobs"], counts["ADDED pods"], counts["DELETED pods"])
	if want := "288 286 288 286"; got != want { // the day ends at 24:01:30, after the last Job
		t.Errorf("jobs made and removed, pods made and removed: %s, want %s", got, want)
	}
}

// A node goes silent at 20.3 s. After 50 s of grace it is unknown, then tainted; its pods stay for
// 300 s more and are replaced on the other node. The Job cannot complete, because the silent node
// never confirms their end.
func TestNode_Lost(t *testing.T) {
	var c *Cluster
	when := map[string]time.Duration{}
	note := func(what string, w Write) {
		if _, ok := when[what]; !ok && c != nil {
			when[what] = w.At.Sub(c.Start)
		}
	}
	o := allOn
	o.Life = always(exits(500*time.Second, 0))
	o.Observe = func(w Write) {
		switch x := w.New.(type) {
		case *corev1.Node:
			for _, taint := range x.Spec.Taints {
				note(string(taint.Effect), w)
			}
		case *corev1.Pod:
			if w.Type == watch.Modified && x.DeletionTimestamp != nil {
				note("deleted by "+string(w.Actor), w)
			}
			if x.Spec.NodeName == "n1" && c != nil && w.At.Sub(c.Start) > time.Minute {
				note("replaced", w)
			}
		case *batchv1.Job:
			if hasCondition(x, batchv1.JobSuccessCriteriaMet) {
				note("criteria", w)
			}
		}
	}
	inCluster(t, o, func(cl *Cluster) error {
		c = cl
		j := newJob("a", 4, 4)
		cpus := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10")}
		j.Spec.Template.Spec.Containers[0].Resources.Requests = cpus
		if err := submit(c, j); err != nil {
			return err
		}
		if _, err := c.Play([]Action{loseNode(20300*time.Millisecond, "n0")}); err != nil {
			return err
		}
		err := c.SleepUntil(30 * time.Minute)
		if err != nil {
			return err
		}
		if j, err = getJob(c, "a"); err != nil {
			return err
		}
		if *j.Status.Terminating != 2 || hasCondition(j, batchv1.JobComplete) {
			t.Errorf("terminating %d and complete %v, want 2 and not", *j.Status.Terminating,
				hasCondition(j, batchv1.JobComplete))
		}
		return nil
	})
	for _, tc := range []struct {
		what     string
		from, to time.Duration
	}{
		{"NoSchedule", 70 * time.Second, 80 * time.Second},
		{"NoExecute", 70 * time.Second, 90 * time.Second},
		{"deleted by taint-eviction-controller", 370 * time.Second, 390 * time.Second},
		{"replaced", 370 * time.Second, 391 * time.Second},
		{"criteria", 870 * time.Second, 893 * time.Second},
	} {
		if at, ok := when[tc.what]; !ok || at < tc.from || at > tc.to {
			t.Errorf("%s at %v (seen: %v), want %v to %v", tc.what, at, ok, tc.from, tc.to)
		}
	}
}

// A node that returns reports what its pods did meanwhile, and the node is ready again.
func TestNode_Returns(t *testing.T) {
	o := Options{NodeLifecycle: true, Life: always(exits(30*time.Second, 0))}
	inCluster(t, o, func(c *Cluster) error {
		if err := submit(c, newJob("a", 2, 2)); err != nil {
			return err
		}
		outcomes, err := c.Play([]Action{loseNode(20*time.Second, "n0"), returnNode(120*time.Second, "n0"),
			loseNode(130*time.Second, "absent")})
		if err != nil {
			return err
		}
		if outcomes[0].Err != nil || outcomes[1].Err != nil || outcomes[2].Err == nil {
			t.Errorf("outcomes %v", outcomes)
		}
		if err := c.SleepUntil(150 * time.Second); err != nil {
			return err
		}
		j, err := getJob(c, "a")
		if err != nil {
			return err
		}
		if !hasCondition(j, batchv1.JobComplete) || j.Status.CompletionTime.Sub(c.Start) < 120*time.Second {
			t.Errorf("complete %v at %v, want after 2m", hasCondition(j, batchv1.JobComplete), j.Status.CompletionTime)
		}
		if !c.isReady("n0") {
			t.Error("the node is not ready")
		}
		return nil
	})
}

// A finished Job goes when its time to live is over, and its pods with it.
func TestTTL_RemovesJobAndPods(t *testing.T) {
	counts := map[string]int{}
	var gone time.Duration
	var c *Cluster
	o := gcOnly
	o.Life = always(exits(2*time.Second, 0))
	o.Observe = func(w Write) {
		countInto(counts)(w)
		if w.Type == watch.Deleted && w.Resource.Resource == "jobs" {
			gone = w.At.Sub(c.Start)
		}
	}
	inCluster(t, o, func(cl *Cluster) error {
		c = cl
		if err := submit(c, work(3, 3, ttl(30))); err != nil {
			return err
		}
		return c.SleepUntil(time.Minute)
	})
	if counts["DELETED jobs"] != 1 || counts["DELETED pods"] != 3 || gone != 33*time.Second {
		t.Errorf("%d jobs and %d pods gone, the Job at %v; want 1, 3, 33s", counts["DELETED jobs"],
			counts["DELETED pods"], gone)
	}
}

// PodGC removes the pods of a node that was deleted, and so lets the Job go on.
func TestPodGC_CollectsOrphans(t *testing.T) {
	o := Options{PodGC: true, Nodes: twoNodes, Life: always(exits(100*time.Second, 0)), Bind: firstOn("n0", "n1")}
	inCluster(t, o, func(c *Cluster) error {
		if err := submit(c, newJob("a", 1, 1)); err != nil {
			return err
		}
		if _, err := c.Play([]Action{loseNode(5*sec, "n0"), deleteNode(5*sec, "n0")}); err != nil {
			return err
		}
		if err := c.SleepUntil(5 * time.Minute); err != nil {
			return err
		}
		j, err := getJob(c, "a")
		if err != nil {
			return err
		}
		if !hasCondition(j, batchv1.JobComplete) || j.Status.Failed != 1 {
			t.Errorf("complete %v with %d failed, want 1", hasCondition(j, batchv1.JobComplete), j.Status.Failed)
		}
		return nil
	})
}

// A pod fails at 3 s and 16 s; the third comes at 36 s, after a back-off of 20 s. A restart of the
// manager in between forgets it: the failures are counted already, so the new controller has no
// record of them and makes the pod at once.
func TestManager_RestartForgetsBackoff(t *testing.T) {
	created := func(script ...Action) (at []time.Duration) {
		var c *Cluster
		o := Options{Life: always(exits(3*time.Second, 1)), Observe: func(w Write) {
			if w.Type == watch.Added && w.Resource.Resource == "pods" {
				at = append(at, w.At.Sub(c.Start))
			}
		}}
		inCluster(t, o, func(cl *Cluster) error {
			c = cl
			if err := submit(c, work(1, 1, limit(2))); err != nil {
				return err
			}
			if _, err := c.Play(script); err != nil {
				return err
			}
			return c.SleepUntil(5 * time.Minute)
		})
		return at
	}
	got := fmt.Sprint(created(), created(restart(20*time.Second, 5*time.Second)))
	if want := "[0s 13s 36s] [0s 13s 25s]"; got != want {
		t.Errorf("creations without and with a restart (-want +got):\n-%s\n+%s", want, got)
	}
}

// To have no node at all is an error to the scheduler: it tries again after 1, 2, 4, 8 and then 10 s, each time at the
// first whole second after that, and a node that comes wakes nobody. So sim/sched has it for groups of machines.
func TestNode_ComesToNone(t *testing.T) {
	for _, tc := range []struct{ created, node, bound time.Duration }{
		{0, 1500 * time.Millisecond, 2 * time.Second},
		{0, 2 * time.Second, 5 * time.Second},
		{0, 4500 * time.Millisecond, 5 * time.Second},
		{300 * time.Millisecond, 4500 * time.Millisecond, 5 * time.Second},
		{3 * time.Second, 100 * time.Second, 110 * time.Second},
	} {
		var c *Cluster
		var bound time.Duration
		o := Options{Scheduler: true, Nodes: []corev1.Node{}, Life: always(exits(time.Second, 0))}
		o.Observe = func(w Write) {
			if p, ok := w.New.(*corev1.Pod); ok && bound == 0 && p.Spec.NodeName != "" {
				bound = w.At.Sub(c.Start)
			}
		}
		inCluster(t, o, func(cl *Cluster) error {
			c = cl
			if err := c.SleepUntil(tc.created); err != nil {
				return err
			}
			if err := submit(c, newJob("a", 1, 1)); err != nil {
				return err
			}
			if err := c.SleepUntil(tc.node); err != nil {
				return err
			}
			n := NewNode("n1")
			if err := c.AddNode(&n); err != nil {
				return err
			}
			return c.SleepUntil(200 * time.Second)
		})
		if bound != tc.bound {
			t.Errorf("created at %v, node at %v: bound at %v, want %v", tc.created, tc.node, bound, tc.bound)
		}
	}
}
