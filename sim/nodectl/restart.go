package nodectl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Stop is the end of the process: what it knew of nodes is lost, and when it would have evicted whom.
func (c *Controller) Stop() {
	c.down = true
	c.life++
	for i := range c.nodes {
		n := &c.nodes[i]
		n.gen++
		n.evicting++
	}
	c.watching, c.gcArmed = false, false
}

// Start is the begin of a new process, whose loops run at once for the first time. A silent node has all of its grace
// period before it, and the tolerations of the pods of an unreachable one begin anew, as the taint does.
func (c *Controller) Start() {
	now := c.kernel.Now()
	c.down, c.begun, c.late, c.tainted = false, now, round{now, now}, now-des.Time(taintEvery)
	for i := range c.nodes {
		n, node := &c.nodes[i], c.store.Node(api.NodeID(i))
		*n = nodeState{lost: n.lost, gen: n.gen, evicting: n.evicting, lastSeen: now, deleted: des.Never,
			exists: node.Version != 0, seen: node.Version}
		if !n.exists {
			n.deleted = now // the first round of the pod garbage collector misses it
		}
	}
	c.pods = c.pods[:0]
	c.Learn()
	for i := range c.nodes {
		if node := c.store.Node(api.NodeID(i)); node.Version != 0 {
			c.observeNode(node)
		}
	}
	c.listed = c.store.Version()
	c.watching, c.gcArmed = true, true
	c.kernel.Schedule(now, api.ClassNode, api.KindHeartbeat, 0, c.life)
	c.kernel.Schedule(now, api.ClassPodGC, api.KindPodGC, 0, c.life)
}

// meet is what the first look at nodes does about those that are new to it, which are all: they are reachable until it
// is seen that they are not (monitorNodeHealth, node_lifecycle_controller.go:695@v1.37.2).
func (c *Controller) meet() {
	for i := range c.nodes {
		if node := c.store.Node(api.NodeID(i)); c.nodes[i].exists && node.Version != 0 && node.Unreachable != des.Never {
			c.store.UpdateNode(c.writer(trace.NodeLifecycle, RuleReturned), node.ID, node.Ready, node.Unschedulable, des.Never)
		}
	}
}
