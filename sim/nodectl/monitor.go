package nodectl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// A status that could not be written for a conflict is written again, onto the node as it is read then
// (node_lifecycle_controller.go:721 and nodelifecycle/scheduler/rate_limited_queue.go:32@v1.37.2).
const (
	healthRetry = 20 * des.Millisecond
	healthTries = 6
)

// round is one look at all nodes. The next begins a period after its end.
type round struct{ begin, end des.Time }

// roundAfter is when the monitor begins to look at the nodes after t.
func (c *Controller) roundAfter(t des.Time) des.Time {
	period := c.knobs.NodeMonitorPeriod
	if t < c.late.begin {
		return floor(t, c.late.begin, period).Add(period)
	}
	return floor(max(t, c.late.end), c.late.end, period).Add(period)
}

func (c *Controller) watch() {
	if !c.watching && !c.down {
		c.watching = true
		c.kernel.Schedule(c.roundAfter(c.kernel.Now()), api.ClassNode, api.KindHeartbeat, 0, c.life)
	}
}

// Monitor looks at every node's heartbeat (monitorNodeHealth), or tries again to write what it saw there.
func (c *Controller) Monitor(try, life int32) {
	if life != c.life {
		return
	}
	if try == 0 {
		c.look()
		return
	}
	for i := range c.nodes {
		if n := &c.nodes[i]; n.read != 0 {
			c.unknown(n, c.store.Node(api.NodeID(i)), n.read)
		}
	}
	c.conclude(try, true)
}

func (c *Controller) look() {
	if c.kernel.Now() == c.begun && c.life > 0 {
		c.meet()
	}
	now := c.kernel.Now()
	again := false
	for i := range c.nodes {
		n, node := &c.nodes[i], c.store.Node(api.NodeID(i))
		switch {
		case !n.exists:
		case n.lost && n.ready && now.Sub(n.lastSeen) > c.knobs.NodeMonitorGrace:
			c.unknown(n, node, n.seen)
		case n.lost && n.ready:
			again = true
		case !n.lost && !n.ready:
			again = true // the kubelet's word is on its way
		case !n.lost:
			c.reachable(n, node)
		}
	}
	c.conclude(0, again)
}

// conclude ends the look after so many further tries, unless there is to be another.
func (c *Controller) conclude(try int32, again bool) {
	now, conflict := c.kernel.Now(), false
	for i := range c.nodes {
		conflict = conflict || c.nodes[i].read != 0
	}
	switch {
	case conflict && try+1 < healthTries:
		c.kernel.Schedule(now.Add(healthRetry), api.ClassNode, api.KindHeartbeat, try+1, c.life)
		return
	case try > 0:
		c.late = round{now - des.Time(try)*des.Time(healthRetry), now}
	}
	for i := range c.nodes {
		c.nodes[i].read = 0
	}
	c.watching = false
	c.taintSilent()
	if again {
		c.watch()
	}
}

// unknown marks a silent node: Ready=Unknown, its pods not ready, and the NoExecute taint when its turn has come. That
// is done to the node as it was read, and refused if it has changed since. One that is gone or has come back meanwhile
// is left alone.
func (c *Controller) unknown(n *nodeState, node *api.Node, read uint64) {
	n.read = 0
	if node.Version == 0 || !n.lost {
		return
	}
	if node.Version != read {
		n.read = node.Version
		return
	}
	w := c.writer(trace.NodeLifecycle, RuleUnknown)
	c.store.UpdateNode(w, node.ID, false, node.Unschedulable, node.Unreachable)
	for i := range c.pods {
		p := c.store.Pod(api.PodID(i))
		if seen := &c.pods[i]; seen.exists && seen.node == node.ID && seen.ready && p.Version != 0 && p.Status.Ready {
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
		if !n.lost || !n.exists || node.Ready || n.tainting {
			continue
		}
		n.tainting = true
		n.gen++
		pass := floor(c.kernel.Now(), c.begun, taintPass).Add(taintPass)
		c.tainted = max(pass, c.tainted.Add(taintEvery))
		c.kernel.Schedule(c.tainted, api.ClassTaint, api.KindTaint, int32(i), n.gen)
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
