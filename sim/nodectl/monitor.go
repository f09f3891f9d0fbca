package nodectl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// healthRetry is how long the monitor waits when it could not write a node (retrySleepTime,
// pkg/controller/nodelifecycle/node_lifecycle_controller.go:134@v1.37.2).
const healthRetry = 20 * des.Millisecond

func (c *Controller) watch() {
	if !c.watching && !c.down {
		c.watching = true
		c.kernel.Schedule(c.roundAfter(c.kernel.Now()), api.ClassNode, api.KindHeartbeat, 0, c.life)
	}
}

// round is one look at all nodes. The next begins a period after its end.
type round struct{ begin, end des.Time }

// roundAfter is when the monitor begins to look at the nodes after t.
func (c *Controller) roundAfter(t des.Time) des.Time {
	from := c.late.end
	if t < c.late.begin {
		from = c.late.begin
	} else {
		t = max(t, from)
	}
	return floor(t, from, c.knobs.NodeMonitorPeriod).Add(c.knobs.NodeMonitorPeriod)
}

// Monitor looks at every node's heartbeat (monitorNodeHealth).
func (c *Controller) Monitor(life int32) {
	if life != c.life {
		return
	}
	c.watching = false
	if c.kernel.Now() == c.begun && life > 0 {
		c.meet()
	}
	now := c.kernel.Now()
	again, conflict := false, false
	for i := range c.nodes {
		n, node := &c.nodes[i], c.store.Node(api.NodeID(i))
		switch {
		case !n.exists:
		case n.lost && n.ready && now.Sub(n.lastSeen) > c.knobs.NodeMonitorGrace:
			switch node.Version {
			case n.seen:
				c.unknown(node)
			case 0: // gone meanwhile
			default: // written meanwhile
				conflict = true
				c.kernel.Schedule(now.Add(healthRetry), api.ClassNode, api.KindHealth, int32(i), c.life)
			}
		case n.lost && n.ready:
			again = true
		case !n.lost && !n.ready:
			again = true // the kubelet's word is on its way
		case !n.lost:
			c.reachable(n, node)
		}
	}
	if conflict {
		c.late = round{now, now.Add(healthRetry)}
	}
	c.taintSilent()
	if again {
		c.watch()
	}
}

// Health marks a silent node after all, which the monitor could not write.
func (c *Controller) Health(id api.NodeID, life int32) {
	if node := c.store.Node(id); life == c.life && node.Version != 0 {
		c.unknown(node)
		c.taintSilent()
	}
}

// unknown marks a silent node: Ready=Unknown, its pods not ready, and the NoExecute taint when its turn has come.
func (c *Controller) unknown(node *api.Node) {
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
		c.tainted = max(floor(c.kernel.Now(), c.begun, taintPass).Add(taintPass), c.tainted.Add(taintEvery))
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
