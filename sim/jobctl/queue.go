package jobctl

import (
	"cmp"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// queue is the controller's work queue: client-go's delaying queue in front of a first-in-first-out queue that never
// holds a key twice and never gives one to two workers. What comes at once goes by age, where upstream it is the order
// of a heap or a race.
type queue struct {
	ready   []api.JobID
	settled int   // so many of them are in order
	busy    int32 // workers that sync
	awake   bool  // a KindSync event is pending
}

// enqueue adds the Job after a delay. Of several pending delays the earliest wins
// (client-go/util/workqueue/delaying_queue.go:355).
func (c *Controller) enqueue(j *jobState, delay des.Duration) {
	if delay <= 0 {
		c.add(j)
		if !j.syncing {
			c.wakeWorkers()
		}
		return
	}
	at := c.kernel.Now().Add(delay)
	if at >= j.waiting {
		return
	}
	j.waiting = at
	j.waitGen++
	c.kernel.Schedule(at, api.ClassLook, api.KindQueue, int32(j.job.ID), j.waitGen)
}

// apiBackoff is the delay after so many failures in a row: 1 s, 2 s, 4 s, ... 60 s (job_controller.go:262).
func (c *Controller) apiBackoff(failures int32) des.Duration {
	delay := c.knobs.APIBackoff
	for i := int32(0); i < failures && delay < c.knobs.MaxAPIBackoff; i++ {
		delay *= 2
	}
	return min(delay, c.knobs.MaxAPIBackoff)
}

// enqueueRateLimited adds the Job after its API back-off.
func (c *Controller) enqueueRateLimited(j *jobState) {
	delay := c.apiBackoff(j.failures)
	j.failures++
	if c.observer != nil && j.sync.refused {
		c.explain(j, trace.Wait, RuleRetry, trace.Arg{Key: "errors", Value: itoa(j.failures)},
			trace.Arg{Key: "until", Value: c.kernel.Now().Add(delay).String()})
	}
	j.sync.refused = false
	c.enqueue(j, delay)
}

// Due is the end of the Job's delay, and an idle worker takes it up, when it is known what else is due; gen tells a
// delay that was overtaken by an earlier one.
func (c *Controller) Due(id api.JobID, gen int32) {
	j := &c.jobs[id]
	if gen != j.waitGen || j.waiting == des.Never {
		return
	}
	j.waiting = des.Never
	c.add(j)
	if len(c.jobs) > int(c.knobs.JobSyncs) {
		c.wakeWorkers()
	} else {
		c.Work() // there is a worker for each
	}
}

// add puts the Job into the queue, unless it is there; a Job that is being synced is queued again when that sync is
// done.
func (c *Controller) add(j *jobState) {
	if j.queued {
		return
	}
	j.queued = true
	if !j.syncing {
		c.queue.ready = append(c.queue.ready, j.job.ID)
	}
}

// wakeWorkers has the queue worked off in this instant, before anything else is written.
func (c *Controller) wakeWorkers() {
	if !c.queue.awake {
		c.queue.awake = true
		c.kernel.Schedule(c.kernel.Now(), api.ClassLook, api.KindSync, 0, 0)
	}
}

// Work lets idle workers take Jobs from the queue.
func (c *Controller) Work() {
	c.queue.awake = false
	if come := c.queue.ready[c.queue.settled:]; len(come) > 1 {
		slices.SortStableFunc(come, func(a, b api.JobID) int {
			return cmp.Compare(c.jobs[a].job.Born, c.jobs[b].job.Born)
		})
	}
	for len(c.queue.ready) > 0 && c.queue.busy < c.knobs.JobSyncs {
		id := c.queue.ready[0]
		c.queue.ready = c.queue.ready[:copy(c.queue.ready, c.queue.ready[1:])]
		j := &c.jobs[id]
		j.queued = false
		j.syncing = true
		c.queue.busy++
		c.queue.settled = len(c.queue.ready)
		c.syncJob(j)
	}
	c.queue.settled = len(c.queue.ready)
}

// done is the end of a sync; failed is whether it returned an error.
func (c *Controller) done(j *jobState, failed bool) {
	j.syncing = false
	c.queue.busy--
	if failed {
		c.enqueueRateLimited(j)
	} else {
		j.failures = 0
	}
	if j.queued {
		c.queue.ready = append(c.queue.ready, j.job.ID)
	}
	c.Work() // a worker takes the next Job before it learns what its own last write has changed
}
