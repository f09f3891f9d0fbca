package nodectl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// collectable says whether the pod garbage collector will have to end the pod: it is being deleted without ever having
// had a node, or its node is gone.
func (c *Controller) collectable(s *podState) bool {
	switch {
	case !s.exists:
		return false
	case s.node == api.NoNode:
		return s.deleting
	}
	return !c.nodes[s.node].exists
}

func (c *Controller) armPodGC() {
	if !c.gcArmed {
		c.gcArmed = true
		at := c.ceil(c.kernel.Now()+1, c.knobs.PodGCPeriod)
		c.kernel.Schedule(at, api.ClassPodGC, api.KindPodGC, 0, c.life)
	}
}

// CollectPods is one round of the pod garbage collector (gc, podgc/gc_controller.go:128@v1.37.2).
func (c *Controller) CollectPods(life int32) {
	if life != c.life {
		return
	}
	c.gcArmed = false
	again := false
	for i := range c.pods {
		s, p := &c.pods[i], c.store.Pod(api.PodID(i))
		switch {
		case !c.collectable(s):
		case s.node == api.NoNode:
			c.force(s, p, RuleUnscheduled, api.NoDisruption)
		case c.quarantined(s.node):
			again = true
		default:
			c.force(s, p, RuleOrphanPod, api.DeletionByPodGC)
		}
	}
	if again {
		c.armPodGC()
	}
}

// quarantined says whether the node has not been gone for long enough. It enters the quarantine in the first round that
// misses it.
func (c *Controller) quarantined(id api.NodeID) bool {
	entered := c.ceil(c.nodes[id].deleted, c.knobs.PodGCPeriod)
	return c.kernel.Now().Sub(entered) < c.knobs.PodGCQuarantine
}

// force makes the pod Failed, unless it has ended, and deletes it without grace (markFailedAndDeletePod,
// gc_controller.go:346@v1.37.2).
func (c *Controller) force(s *podState, p *api.Pod, because trace.Rule, d api.Disruption) {
	w := store.Writer{Actor: trace.PodGC, Because: because}
	if !s.terminal && p.Version != 0 {
		c.store.FailPod(w, p.ID, d)
	}
	c.store.DeletePod(w, p.ID, api.Some(int64(0)))
}
