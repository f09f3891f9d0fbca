package nodectl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// collectable says whether the pod garbage collector will have to end the pod: it is being deleted without ever having
// had a node, or its node is gone.
func (c *Controller) collectable(p *api.Pod) bool {
	if p.Version == 0 {
		return false
	}
	if p.Node == api.NoNode {
		return p.Deleted != des.Never && !p.Status.Phase.Terminal()
	}
	return c.store.Node(p.Node).Version == 0
}

func (c *Controller) armPodGC() {
	if !c.gcArmed {
		c.gcArmed = true
		at := ceil(c.kernel.Now()+1, c.knobs.PodGCPeriod)
		c.kernel.Schedule(at, api.ClassPodGC, api.KindPodGC, 0, 0)
	}
}

// CollectPods is one round of the pod garbage collector (gc, podgc/gc_controller.go:128@v1.37.2).
func (c *Controller) CollectPods() {
	c.gcArmed = false
	again := false
	for id := range c.store.PodCount() {
		p := c.store.Pod(id)
		switch {
		case !c.collectable(p):
		case p.Node == api.NoNode:
			c.force(p, RuleUnscheduled, api.NoDisruption)
		case c.quarantined(p.Node):
			again = true
		default:
			c.force(p, RuleOrphanPod, api.DeletionByPodGC)
		}
	}
	if again {
		c.armPodGC()
	}
}

// quarantined says whether the node has not been gone for long enough. It enters the quarantine in the first round that
// misses it.
func (c *Controller) quarantined(id api.NodeID) bool {
	entered := ceil(c.nodes[id].deleted, c.knobs.PodGCPeriod)
	return c.kernel.Now().Sub(entered) < c.knobs.PodGCQuarantine
}

// force makes the pod Failed, unless it has ended, and deletes it without grace (markFailedAndDeletePod,
// gc_controller.go:346@v1.37.2).
func (c *Controller) force(p *api.Pod, because trace.Rule, d api.Disruption) {
	w := store.Writer{Actor: trace.PodGC, Because: because}
	if !p.Status.Phase.Terminal() {
		c.store.FailPod(w, p.ID, d)
	}
	c.store.DeletePod(w, p.ID, api.Some(int64(0)))
}
