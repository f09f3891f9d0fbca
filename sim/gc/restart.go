package gc

import (
	"cmp"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// secondLook is when the workers of a new process see that the graph is filled: at the first look it has no monitors
// (garbagecollector.go:161@v1.37.2; syncedPollPeriod, client-go/tools/cache/shared_informer.go@v0.37.2).
const secondLook = 100 * des.Millisecond

// Stop is the end of the process: the graph, the queues and the timers are lost, and so are requests on their way.
func (c *Collector) Stop() {
	c.down = true
	c.life++
	c.graph.reset()
	c.queue.reset(workers)
	c.added, c.held = c.added[:0], c.held[:0]
	c.work = append(c.work[:0], make([]work, workers)...)
	c.ttl.restart()
}

// Start is the begin of a new process. Every object is an addition to the graph: what was left undone of a deletion is
// found again, as the Jobs that are being deleted are, and the pods whose owner is gone. Every Job that has finished is
// looked at for its TTL, which counts from the end of the Job and not from now.
func (c *Collector) Start() {
	c.down, c.starting = false, true
	c.client.Restart()
	c.ttl.client.Restart()
	c.queue.idle = 0
	c.observePods()
	var jobs []*api.Job
	for i := range c.store.Jobs() {
		if j := c.store.Job(api.JobID(i)); j.Version != 0 {
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, func(a, b *api.Job) int { return cmp.Compare(a.Born, b.Born) })
	for _, j := range jobs {
		c.observeTTL(j)
		c.observeJob(j)
		if cron, ok := c.cronOf(j.ID); ok {
			c.add(cronItem(cron)) // which is not in the graph so far
		}
	}
	c.enqueue()
	c.listed = c.store.Version()
	c.kernel.Schedule(c.kernel.Now().Add(secondLook), api.ClassLook, api.KindCollectors, 0, c.life)
}

// Begin lets the workers of a new process begin.
func (c *Collector) Begin(life int32) {
	if life != c.life {
		return
	}
	c.starting, c.queue.idle = false, workers
	for _, id := range c.held {
		c.orphan(id)
	}
	c.held = c.held[:0]
	c.take()
}
