package oracle

import (
	"context"
	"errors"
	"fmt"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// node is one node as the cluster's kubelet knows it.
type node struct {
	k    *nodes
	name string
	up   bool          // guarded by kubelet.mu
	back chan struct{} // closed while the node is up; guarded by kubelet.mu
}

var nodeResource = schema.GroupResource{Resource: "nodes"}

// The heartbeats of a kubelet.
const (
	leaseSeconds = 40               // pkg/kubelet/apis/config/v1beta1/defaults.go@v1.37.2, NodeLeaseDurationSeconds
	leaseRenew   = 10 * time.Second // a quarter of it: pkg/kubelet/kubelet.go:237@v1.37.2
	statusReport = 30               // lease renewals in one nodeStatusReportFrequency of 5 min
)

// NewNode is a node with room for 1000 pods, 64 CPUs and 256 GiB.
func NewNode(name string) corev1.Node {
	room := corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("64"),
		corev1.ResourceMemory: resource.MustParse("256Gi"),
		corev1.ResourcePods:   resource.MustParse("1000"),
	}
	labels := map[string]string{corev1.LabelHostname: name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64"}
	return corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Status: corev1.NodeStatus{Capacity: room, Allocatable: room}}
}

// AddNode registers a node as ready and starts its kubelet. With NodeLifecycle it renews its Lease
// every 10 s from now on and reports its status every 5 min.
func (c *Cluster) AddNode(n *corev1.Node) error {
	ready := n.DeepCopy()
	declareFeatures(ready)
	now := metav1.Now()
	ready.Status.Conditions = append(ready.Status.Conditions, corev1.NodeCondition{Type: corev1.NodeReady,
		Status: corev1.ConditionTrue, Reason: "KubeletReady", LastHeartbeatTime: now, LastTransitionTime: now})
	k := c.kubelet
	if _, err := k.client.CoreV1().Nodes().Create(c.ctx, ready, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("oracle: node %s: %w", n.Name, err)
	}
	up := make(chan struct{})
	close(up)
	added := &node{k: k, name: n.Name, up: true, back: up}
	k.mu.Lock()
	k.nodes[n.Name] = added
	k.mu.Unlock()
	if c.options.NodeLifecycle {
		c.spawn(func() { added.beat(c.ctx, k.client) })
	}
	return nil
}

var errUnknownNode = errors.New("oracle: no such node")

// LoseNode cuts a node off: no heartbeats, no status of its pods, no confirmed deletions.
func (c *Cluster) LoseNode(name string) error {
	c.kubelet.mu.Lock()
	defer c.kubelet.mu.Unlock()
	n := c.kubelet.nodes[name]
	if n == nil {
		return fmt.Errorf("%w: %s", errUnknownNode, name)
	}
	if n.up {
		n.up, n.back = false, make(chan struct{})
	}
	return nil
}

// ReturnNode reconnects a node: it renews its Lease at its next beat, learns what became of its
// pods and reports what they did meanwhile, which is what they would have done at any rate.
func (c *Cluster) ReturnNode(name string) error {
	k := c.kubelet
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.nodes[name]
	if n == nil {
		return fmt.Errorf("%w: %s", errUnknownNode, name)
	}
	if n.up {
		return nil
	}
	n.up = true
	here := map[types.UID]bool{}
	for _, p := range c.pods() {
		if p.Spec.NodeName == name {
			here[p.UID] = true
			k.take(n, p)
		}
	}
	for uid, w := range k.workers {
		if w.node == n && !here[uid] {
			delete(k.workers, uid)
			w.end()
		}
	}
	close(n.back)
	return nil
}

// pods are the pods in the database, in the order of their names.
func (c *Cluster) pods() []*corev1.Pod {
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	prefix := resourcePrefix(podResource)
	var pods []*corev1.Pod
	for _, e := range c.db.bucket(prefix, podResource).list(prefix, true) {
		pods = append(pods, e.v1("").(*corev1.Pod))
	}
	return pods
}

// wait returns when the node is up; false: never.
func (n *node) wait(ctx context.Context) bool {
	n.k.mu.Lock()
	back := n.back
	n.k.mu.Unlock()
	select {
	case <-back:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// beat renews the node's Lease and reports its status. Errors are left to the next beat, as a
// kubelet does.
func (n *node) beat(ctx context.Context, client kubernetes.Interface) {
	for i := 1; n.wait(ctx); i++ {
		n.renew(ctx, client)
		if i%statusReport == 0 || !n.k.c.isReady(n.name) {
			n.report(ctx, client)
		}
		if sleep(ctx, leaseRenew) != nil {
			return
		}
	}
}

// isReady says whether the API holds the node for ready, or for gone.
func (c *Cluster) isReady(name string) bool {
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	prefix := resourcePrefix(nodeResource)
	e := c.db.bucket(prefix, nodeResource).objects[prefix+"/"+name]
	if e == nil {
		return true
	}
	for _, cond := range e.v1("").(*corev1.Node).Status.Conditions {
		if cond.Type == corev1.NodeReady {
			return cond.Status == corev1.ConditionTrue
		}
	}
	return true
}

func (n *node) renew(ctx context.Context, client kubernetes.Interface) {
	leases := client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	now, seconds := metav1.NowMicro(), int32(leaseSeconds)
	l, err := leases.Get(ctx, n.name, metav1.GetOptions{})
	if err != nil {
		fresh := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: n.name},
			Spec: coordinationv1.LeaseSpec{HolderIdentity: &n.name, LeaseDurationSeconds: &seconds, RenewTime: &now}}
		_, _ = leases.Create(ctx, fresh, metav1.CreateOptions{})
		return
	}
	l.Spec.RenewTime = &now
	_, _ = leases.Update(ctx, l, metav1.UpdateOptions{})
}

func (n *node) report(ctx context.Context, client kubernetes.Interface) {
	cur, err := client.CoreV1().Nodes().Get(ctx, n.name, metav1.GetOptions{})
	if err != nil {
		return
	}
	now := metav1.Now()
	for i := range cur.Status.Conditions {
		c := &cur.Status.Conditions[i]
		c.LastHeartbeatTime = now
		if c.Type == corev1.NodeReady && c.Status != corev1.ConditionTrue {
			c.Status, c.Reason, c.Message, c.LastTransitionTime = corev1.ConditionTrue, "KubeletReady", "", now
		}
	}
	_, _ = client.CoreV1().Nodes().UpdateStatus(ctx, cur, metav1.UpdateOptions{})
}
