package jobctl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/rng"
)

// orphans is the queue of pods that keep the tracking finalizer although their Job is gone or finished. One worker
// takes it off them, one request at a time (orphanWorker, job_controller.go:735).
type orphans struct {
	queue []api.PodID
	busy  bool // a request is under way, for the first of them
}

func (o *orphans) reset() { *o = orphans{queue: o.queue[:0]} }

// enqueueOrphans has the tracking finalizer taken off whatever pod of the Job still has it (job_controller.go:660-672).
func (c *Controller) enqueueOrphans(j *jobState) {
	for _, id := range j.seen.active {
		if c.cache.pod(id).Finalizer {
			c.enqueueOrphan(id)
		}
	}
	for _, id := range j.seen.ended {
		c.enqueueOrphan(id)
	}
}

func (c *Controller) enqueueOrphan(id api.PodID) {
	c.orphans.queue = append(c.orphans.queue, id)
	c.nextOrphan()
}

// nextOrphan begins with the next orphan, if there is one and the worker is idle (handleSingleOrphanPod,
// job_controller.go:833).
func (c *Controller) nextOrphan() {
	o := &c.orphans
	for !o.busy && len(o.queue) > 0 {
		p := c.cache.lookup(o.queue[0])
		if p == nil || !p.pod.Finalizer || c.tracked(&p.pod) {
			o.queue = o.queue[:copy(o.queue, o.queue[1:])]
			continue
		}
		o.busy = true
		address := rng.Key{Purpose: rng.Latency, Job: int32(p.pod.Job), Index: c.calls}
		at := c.limiter.reserve(c.kernel.Now()).Add(c.source.Draw(&c.knobs.Latency.Request, address))
		c.calls++
		c.kernel.Schedule(at, api.ClassJobController, api.KindOrphan, 0, 0)
	}
}

// tracked says whether the pod's Job is there and unfinished: then the pod is no orphan.
func (c *Controller) tracked(p *api.Pod) bool {
	j := &c.jobs[p.Job].job
	return j.Version != 0 && !j.Status.Finished()
}

// OrphanCalled is the moment the request for the first orphan takes effect and returns.
func (c *Controller) OrphanCalled() {
	o := &c.orphans
	c.store.Untrack(c.writer(RuleOrphan), o.queue[0])
	o.queue, o.busy = o.queue[:copy(o.queue, o.queue[1:])], false
	c.nextOrphan()
}
