package gc

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// The rules of this room, with their places in Kubernetes v1.37.2.
const (
	RuleTTL        trace.Rule = "ttl.expired"   // pkg/controller/ttlafterfinished/ttlafterfinished_controller.go:235
	RuleOwnerGone  trace.Rule = "gc.owner-gone" // pkg/controller/garbagecollector/garbagecollector.go:497
	RuleForeground trace.Rule = "gc.foreground" // pkg/controller/garbagecollector/garbagecollector.go:578
	RuleOrphans    trace.Rule = "gc.orphans"    // pkg/controller/garbagecollector/garbagecollector.go:730
)

// Collector is the garbage collector and the TTL controller of one run. Make one with New; Reset prepares it for
// another.
type Collector struct {
	kernel *des.Kernel
	store  *store.Store

	queue []api.JobID // Jobs whose pods are to be deleted, or that may be ready to go
	awake bool
	ttls  []expiry // by Job
	letGo []int32  // by Job that was deleted with Orphan: how many pods it had then
}

// New is a collector that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Collector { return &Collector{kernel: k, store: s} }

// Reset forgets everything and keeps the memory.
func (c *Collector) Reset() {
	c.queue, c.awake, c.ttls, c.letGo = c.queue[:0], false, c.ttls[:0], c.letGo[:0]
}

// Observe takes the next notice of the collector's view.
func (c *Collector) Observe(n *store.Notice) {
	switch {
	case n.Pod != nil:
		c.observePod(n.Pod, c.store.Job(n.Pod.Job))
	case n.Job != nil:
		c.observeJob(n.Job)
	}
}

func (c *Collector) observePod(p *api.Pod, j *api.Job) {
	switch {
	case j.Version == 0:
		if p.Version != 0 && p.Deleted == des.Never && !c.orphan(p) {
			c.enqueue(p.Job)
		}
	case j.Deleted != des.Never && p.Version == 0:
		c.enqueue(p.Job)
	}
}

func (c *Collector) observeJob(j *api.Job) {
	c.observeTTL(j)
	if j.Version != 0 && j.Deleted != des.Never || j.Version == 0 && !j.Orphaned {
		c.enqueue(j.ID)
	}
}

// release lets the pods of a Job go: they have no owner any more. One that the controller makes after that has an owner
// that is gone.
func (c *Collector) release(id api.JobID) {
	for int(id) >= len(c.letGo) {
		c.letGo = append(c.letGo, 0)
	}
	c.letGo[id] = c.store.Created(id)
	c.store.FinishDeletion(writer(RuleOrphans), id)
}

// orphan says whether the pod was let go.
func (c *Collector) orphan(p *api.Pod) bool {
	return int(p.Job) < len(c.letGo) && p.Number < c.letGo[p.Job]
}

func (c *Collector) enqueue(id api.JobID) {
	c.queue = append(c.queue, id)
	if !c.awake {
		c.awake = true
		c.kernel.Schedule(c.kernel.Now(), api.ClassCollector, api.KindCollect, 0, 0)
	}
}

// Collect looks at the Jobs that are gone or wait for their pods: the pods are deleted one by one, or let go if the Job
// asks for that, and a Job that waits for none any more goes too.
func (c *Collector) Collect() {
	c.awake = false
	for _, id := range c.queue { // nothing is enqueued meanwhile: notices come later
		if j := c.store.Job(id); j.Orphaned && j.Version != 0 {
			c.release(id)
			continue
		}
		left := 0
		c.store.PodsOf(id, func(p *api.Pod) bool {
			if p.Deleted == des.Never && !c.orphan(p) {
				c.kernel.Schedule(c.kernel.Now(), api.ClassCollector, api.KindCollectPod, int32(p.ID), 0)
			}
			left++
			return true
		})
		if left == 0 && c.store.Job(id).Version != 0 {
			c.store.FinishDeletion(writer(RuleForeground), id)
		}
	}
	c.queue = c.queue[:0]
}

// CollectPod deletes one pod.
func (c *Collector) CollectPod(id api.PodID) {
	p := c.store.Pod(id)
	if p.Version == 0 || p.Deleted != des.Never {
		return
	}
	because := RuleOwnerGone
	if c.store.Job(p.Job).Version != 0 {
		because = RuleForeground
	}
	c.store.DeletePod(writer(because), id, api.Opt[int64]{})
}

func writer(because trace.Rule) store.Writer { return store.Writer{Actor: trace.GC, Because: because} }
