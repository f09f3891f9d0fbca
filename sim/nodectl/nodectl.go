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

	down   bool     // the process is away
	life   int32    // of the process
	listed uint64   // the version at which its caches were filled
	begun  des.Time // when it began: its periods count from there
	late   round    // of the monitor: the latest that took its time, or the first

	nodes    []nodeState
	pods     []podState // by pod
	watching bool       // a round of the monitor is scheduled or under way
	gcArmed  bool       // a pod garbage collection is scheduled
	tainted  des.Time   // when the latest node was or will be tainted
}

// nodeState is what is known of a node.
type nodeState struct {
	lost     bool
	lastSeen des.Time // of its heartbeat, as the monitor noticed it
	gen      int32    // of its turn to be tainted
	tainting bool     // it waits for that turn, or has had it

	exists, ready bool   // as the caches have it
	seen          uint64 // and its version there
	read          uint64 // its version as it was read after a conflict; 0: there was none
	want          api.NodeTaints
	tainted       bool // and so is it seen by the taint eviction controller
	evicting      int32
	deleted       des.Time // when its object was seen to be gone; Never
}

// podState is a pod as the caches have it.
type podState struct {
	node                              api.NodeID
	exists, deleting, terminal, ready bool
	evicted                           int32 // by which taint of its node it will be; 0: by none
}

// New is a controller that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Controller { return &Controller{kernel: k, store: s} }

// Reset forgets everything and keeps the memory.
func (c *Controller) Reset(knobs *api.Knobs, nodes int) {
	c.knobs = knobs
	c.down, c.life, c.listed, c.begun = false, 0, 0, -des.Time(knobs.Uptime)
	c.late = round{c.begun, c.begun}
	c.nodes, c.pods = c.nodes[:0], c.pods[:0]
	c.Reach(nodes)
	c.watching, c.gcArmed, c.tainted = false, false, -des.Time(taintEvery)
}

// Reach makes room for so many nodes.
func (c *Controller) Reach(nodes int) {
	for len(c.nodes) < nodes {
		c.nodes = append(c.nodes, nodeState{exists: true, ready: true, evicting: 1, deleted: des.Never,
			seen: c.store.Node(api.NodeID(len(c.nodes))).Version})
	}
}

// Observe takes the next notice of the controllers' watches.
func (c *Controller) Observe(n *store.Notice) {
	switch {
	case c.down, n.Version <= c.listed:
	case n.Pod != nil:
		c.observePod(n.Pod)
	case n.Node != nil:
		c.observeNode(n.Node)
	}
}

// Learn sees all pods that there are, where nobody has told of them so far.
func (c *Controller) Learn() {
	if c.down {
		return
	}
	for id := range c.store.PodCount() {
		if p := c.store.Pod(id); p.Version != 0 {
			c.observePod(p)
		}
	}
}

func (c *Controller) observePod(p *api.Pod) {
	for int(p.ID) >= len(c.pods) {
		c.pods = append(c.pods, podState{node: api.NoNode})
	}
	s := &c.pods[p.ID]
	bound := s.node == api.NoNode && p.Node != api.NoNode
	s.node, s.exists, s.deleting, s.terminal = p.Node, p.Version != 0, p.Deleted != des.Never, p.Status.Phase.Terminal()
	s.ready = p.Status.Ready
	if c.collectable(s) {
		c.armPodGC()
	}
	if bound && c.nodes[p.Node].tainted {
		s.evicted = c.nodes[p.Node].evicting
		c.kernel.Schedule(c.evictionDue(), api.ClassTaint, api.KindEvict, int32(p.ID), s.evicted)
	}
}

func (c *Controller) observeNode(now *api.Node) {
	n := &c.nodes[now.ID]
	n.exists, n.ready, n.seen = now.Version != 0, now.Ready, now.Version
	if !n.exists && n.deleted == des.Never {
		n.deleted = c.kernel.Now()
		c.armPodGC()
	}
	if n.want = noSchedule(now); n.exists && n.want != now.NoSchedule {
		c.kernel.Schedule(c.kernel.Now(), api.ClassNode, api.KindNoSchedule, int32(now.ID), c.life)
	}
	switch tainted := n.exists && now.Unreachable != des.Never; {
	case tainted && !n.tainted:
		n.tainted = true
		for i := range c.pods {
			if s := &c.pods[i]; s.exists && s.node == now.ID {
				s.evicted = n.evicting
			}
		}
		c.kernel.Schedule(c.evictionDue(), api.ClassTaint, api.KindEvictAll, int32(now.ID), n.evicting)
	case !n.exists: // what was planned for its pods happens all the same
		n.tainted = false
	case !tainted && n.tainted:
		n.tainted = false
		n.evicting++
	}
}

// noSchedule are the taints that keep the scheduler away from a node (doNoScheduleTaintingPass,
// node_lifecycle_controller.go:535@v1.37.2).
func noSchedule(n *api.Node) (t api.NodeTaints) {
	if !n.Ready {
		t |= api.TaintUnreachable
	}
	if n.Unschedulable {
		t |= api.TaintUnschedulable
	}
	return t
}

// NoSchedule puts those taints on a node and takes the others off.
func (c *Controller) NoSchedule(id api.NodeID, life int32) {
	if life == c.life {
		c.store.TaintNode(id, c.nodes[id].want)
	}
}

// evictionDue is when the tolerations of a pod end whose node is seen to be tainted now.
func (c *Controller) evictionDue() des.Time {
	return c.kernel.Now().Add(api.Seconds(c.knobs.UnreachableSeconds))
}

// Lose is a node falling silent: its last heartbeat was the latest one due, and the monitor noticed it at its next
// look after that instant.
func (c *Controller) Lose(id api.NodeID) {
	n := &c.nodes[id]
	n.lost = true
	up := c.kernel.Now().Add(c.knobs.Uptime)
	renewed := c.kernel.Now() - up%des.Time(c.knobs.LeaseRenew)
	n.lastSeen = max(c.begun, c.roundAfter(renewed))
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

// Taint is the node's turn to be tainted (doNoExecuteTaintingPass, node_lifecycle_controller.go:609). Where it is still
// seen to be ready it has to wait for another.
func (c *Controller) Taint(id api.NodeID, gen int32) {
	n, node := &c.nodes[id], c.store.Node(id)
	switch {
	case n.gen != gen || !n.exists || node.Version == 0:
	case n.ready:
		n.tainting = false
		c.watch()
	default:
		c.store.UpdateNode(c.writer(trace.NodeLifecycle, RuleUnreachable), id, node.Ready, node.Unschedulable, c.kernel.Now())
	}
}

// EvictAll deletes the pods that were on a node when it was seen to be tainted, those that have ended or are being
// deleted among them (deletePodHandler, taint_eviction.go:106@v1.37.2).
func (c *Controller) EvictAll(id api.NodeID, gen int32) {
	if c.nodes[id].evicting != gen {
		return
	}
	for i := range c.pods {
		if s := &c.pods[i]; s.node == id && s.evicted == gen && s.exists {
			c.evict(api.PodID(i))
		}
	}
}

// evictNow stands for the taint of a pod that has its condition already.
const evictNow = -1

// Evict deletes a pod that came to a tainted node.
func (c *Controller) Evict(id api.PodID, gen int32) {
	switch {
	case gen == evictNow:
		c.store.DeletePod(c.writer(trace.TaintEviction, RuleTaint), id, api.Opt[int64]{})
	case int(id) >= len(c.pods): // of a former process
	case c.pods[id].exists && c.nodes[c.pods[id].node].evicting == gen:
		c.evict(id)
	}
}

// evict gives the pod its condition. Pods have workers of their own (timed_workers.go:78): all of an instant have
// theirs before the first of them is deleted.
func (c *Controller) evict(id api.PodID) {
	if c.store.Disrupt(c.writer(trace.TaintEviction, RuleTaint), id, api.DeletionByTaintManager) {
		c.kernel.Schedule(c.kernel.Now(), api.ClassTaint, api.KindEvict, int32(id), evictNow)
		return
	}
	c.Evict(id, evictNow)
}

func (c *Controller) writer(actor trace.Actor, because trace.Rule) store.Writer {
	return store.Writer{Actor: actor, Because: because}
}

// floor is the latest multiple of a period up to t, counted from an instant.
func floor(t, from des.Time, period des.Duration) des.Time {
	since := (t - from) % des.Time(period)
	if since < 0 {
		since += des.Time(period)
	}
	return t - since
}

// ceil is the earliest multiple of a period from t on, counted from the begin of the process.
func (c *Controller) ceil(t des.Time, period des.Duration) des.Time {
	return floor(t+des.Time(period)-1, c.begun, period)
}
