package nodectl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// The rules of this room, with their places in Kubernetes v1.37.2.
const (
	RuleUnknown     trace.Rule = "node.unknown"      // pkg/controller/nodelifecycle/node_lifecycle_controller.go:768
	RuleUnreachable trace.Rule = "node.unreachable"  // node_lifecycle_controller.go:609
	RuleReturned    trace.Rule = "node.returned"     // node_lifecycle_controller.go:560
	RuleTaint       trace.Rule = "node.taint-evicts" // pkg/controller/tainteviction/taint_eviction.go:129
	RuleOrphanPod   trace.Rule = "podgc.orphan"      // pkg/controller/podgc/gc_controller.go:228
	RuleUnscheduled trace.Rule = "podgc.unscheduled" // pkg/controller/podgc/gc_controller.go:302
)

// taintEvery is the node lifecycle controller's pace of tainting: 0.1 nodes a second
// (cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go:46@v1.37.2).
const taintEvery = 10 * des.Second

// taintPass is how often it looks for nodes to taint (pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go:35).
const taintPass = 100 * des.Millisecond

// largeCluster is the largest number of nodes of a small one
// (pkg/controller/nodelifecycle/config/v1alpha1/defaults.go:43@v1.37.2).
const largeCluster = 50

// Controller is the node side of the control plane of one run. Make one with New; Reset prepares it for another.
type Controller struct {
	kernel *des.Kernel
	store  *store.Store
	knobs  *api.Knobs

	nodes    []nodeState
	watching bool     // a heartbeat check is scheduled
	gcArmed  bool     // a pod garbage collection is scheduled
	tainted  des.Time // when the latest node was or will be tainted
}

// nodeState is what is known of a node's heartbeats.
type nodeState struct {
	lost     bool
	lastSeen des.Time // of its heartbeat, as the monitor noticed it
	gen      int32    // of its eviction timer
	tainting bool     // that timer was set
	deleted  des.Time // when its object was seen to be gone; Never
}

// New is a controller that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Controller { return &Controller{kernel: k, store: s} }

// Reset forgets everything and keeps the memory.
func (c *Controller) Reset(knobs *api.Knobs, nodes int) {
	c.knobs = knobs
	c.nodes = c.nodes[:0]
	for range nodes {
		c.nodes = append(c.nodes, nodeState{deleted: des.Never})
	}
	c.watching, c.gcArmed, c.tainted = false, false, -des.Time(taintEvery)
}

// Observe takes the next notice of the controller's view.
func (c *Controller) Observe(n *store.Notice) {
	switch {
	case n.Pod != nil:
		if c.collectable(n.Pod) {
			c.armPodGC()
		}
	case n.Node != nil:
		c.observeNode(n.Node)
	}
}

func (c *Controller) observeNode(n *api.Node) {
	if n.Version == 0 && c.nodes[n.ID].deleted == des.Never {
		c.nodes[n.ID].deleted = c.kernel.Now()
		c.armPodGC()
	}
}

// Lose is a node falling silent: its last heartbeat was the latest one due, and the monitor noticed it at its next
// look after that instant.
func (c *Controller) Lose(id api.NodeID) {
	n := &c.nodes[id]
	n.lost = true
	renewed := floor(c.kernel.Now(), c.knobs.LeaseRenew)
	n.lastSeen = floor(renewed, c.knobs.NodeMonitorPeriod).Add(c.knobs.NodeMonitorPeriod)
	c.watch()
}

// Return is a node's heartbeat coming back. Its kubelet reports at once that it is ready (tryUpdateNodeStatus,
// pkg/kubelet/kubelet_node_status.go:560@v1.37.2); the monitor takes off the taint at its next look.
func (c *Controller) Return(id api.NodeID) {
	c.nodes[id].lost = false
	if node := c.store.Node(id); node.Version != 0 && !node.Ready {
		c.store.UpdateNode(c.writer(trace.Kubelet, RuleReturned), id, true, node.Unschedulable, node.Unreachable)
	}
	c.watch()
}

func (c *Controller) watch() {
	if !c.watching {
		c.watching = true
		at := ceil(c.kernel.Now()+1, c.knobs.NodeMonitorPeriod)
		c.kernel.Schedule(at, api.ClassNode, api.KindHeartbeat, 0, 0)
	}
}

// Monitor looks at every node's heartbeat (monitorNodeHealth).
func (c *Controller) Monitor() {
	c.watching = false
	now := c.kernel.Now()
	again := false
	for i := range c.nodes {
		n, node := &c.nodes[i], c.store.Node(api.NodeID(i))
		switch {
		case node.Version == 0:
		case n.lost && node.Ready && now.Sub(n.lastSeen) > c.knobs.NodeMonitorGrace:
			c.unknown(node)
		case n.lost && node.Ready:
			again = true
		case !n.lost:
			c.reachable(n, node)
		}
	}
	c.taintSilent()
	if again {
		c.watch()
	}
}

// unknown marks a silent node: Ready=Unknown, its pods not ready, and the NoExecute taint when its turn has come.
func (c *Controller) unknown(node *api.Node) {
	w := c.writer(trace.NodeLifecycle, RuleUnknown)
	c.store.UpdateNode(w, node.ID, false, node.Unschedulable, node.Unreachable)
	for pod := range c.store.PodCount() {
		p := c.store.Pod(pod)
		if p.Version != 0 && p.Node == node.ID && p.Status.Ready {
			s := p.Status
			s.Ready, s.ReadySince = false, c.kernel.Now().Truncate()
			c.store.UpdatePodStatus(w, p.ID, &s)
		}
	}
}

// reachable forgets that the node was silent (markNodeAsReachable, node_lifecycle_controller.go:560).
func (c *Controller) reachable(n *nodeState, node *api.Node) {
	if n.tainting {
		n.tainting = false
		n.gen++
	}
	if node.Unreachable != des.Never {
		c.store.UpdateNode(c.writer(trace.NodeLifecycle, RuleReturned), node.ID, node.Ready, node.Unschedulable, des.Never)
	}
}

// taintSilent has the silent nodes tainted one after the other, unless it is rather the control plane that is cut off.
func (c *Controller) taintSilent() {
	if c.disrupted() {
		return
	}
	for i := range c.nodes {
		n, node := &c.nodes[i], c.store.Node(api.NodeID(i))
		if !n.lost || node.Version == 0 || node.Ready || n.tainting {
			continue
		}
		n.tainting = true
		c.tainted = max(c.kernel.Now().Add(taintPass), c.tainted.Add(taintEvery))
		c.schedule(node.ID, c.tainted.Sub(c.kernel.Now()))
	}
}

// disrupted says whether so many nodes are silent that none is tainted: all of them, or in a cluster of up to 50 nodes
// three or more that are 55 % of all (ComputeZoneState and handleDisruption, node_lifecycle_controller.go:940-1040;
// ReducedQPSFunc:1115).
func (c *Controller) disrupted() bool {
	ready, silent := 0, 0
	for i := range c.nodes {
		switch node := c.store.Node(api.NodeID(i)); {
		case node.Version == 0:
		case node.Ready:
			ready++
		default:
			silent++
		}
	}
	all := ready + silent
	return silent > 0 && ready == 0 || silent > 2 && 100*silent >= 55*all && all <= largeCluster
}

func (c *Controller) schedule(id api.NodeID, d des.Duration) {
	n := &c.nodes[id]
	n.gen++
	c.kernel.Schedule(c.kernel.Now().Add(d), api.ClassTaint, api.KindTaint, int32(id), n.gen)
}

// Taint is the node's next step towards eviction: the taint, and when the pods' tolerations have run out, their
// deletion.
func (c *Controller) Taint(id api.NodeID, gen int32) {
	node := c.store.Node(id)
	if c.nodes[id].gen != gen || node.Version == 0 {
		return
	}
	if node.Unreachable == des.Never {
		c.store.UpdateNode(c.writer(trace.NodeLifecycle, RuleUnreachable), id, node.Ready, node.Unschedulable, c.kernel.Now())
		c.schedule(id, api.Seconds(c.knobs.UnreachableSeconds))
		return
	}
	w := c.writer(trace.TaintEviction, RuleTaint)
	for pod := range c.store.PodCount() {
		p := c.store.Pod(pod)
		if p.Version != 0 && p.Node == id { // also one that is being deleted (tainteviction/taint_eviction.go:129)
			c.store.Disrupt(w, p.ID, api.DeletionByTaintManager)
			c.store.DeletePod(w, p.ID, api.Opt[int64]{})
		}
	}
}

func (c *Controller) writer(actor trace.Actor, because trace.Rule) store.Writer {
	return store.Writer{Actor: actor, Because: because}
}

func floor(t des.Time, period des.Duration) des.Time { return t - t%des.Time(period) }

func ceil(t des.Time, period des.Duration) des.Time { return floor(t+des.Time(period)-1, period) }
