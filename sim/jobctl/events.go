package jobctl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// The event spam filter: a burst of 25 for each object, then one in 300 s (client-go/tools/record/events_cache.go:47).
const (
	spamBurst                = 25
	spamRefill  des.Duration = 300 * des.Second
	eventBuffer              = 1000 // the broadcaster's queue; what does not fit is dropped (record/event.go)
)

// recorder writes Kubernetes Events one after another. They matter because they take tokens of the controller's client.
type recorder struct {
	queued int32
	busy   bool
	spam   []limiter // by Job
	calls  int32
}

func (r *recorder) reset() { *r = recorder{spam: r.spam[:0]} }

// event records a Kubernetes Event about the Job. Where nothing limits the client, events change nothing and are not
// modelled.
func (c *Controller) event(j *jobState, _ string) {
	if !c.knobs.Events || c.limiter.unlimited() {
		return
	}
	r := &c.events
	for int(j.job.ID) >= len(r.spam) {
		r.spam = append(r.spam, limiter{every: spamRefill, depth: spamBurst * spamRefill})
	}
	spam := &r.spam[j.job.ID]
	before := *spam
	if spam.reserve(c.kernel.Now()) > c.kernel.Now() {
		*spam = before // refused, and no token taken
		return
	}
	if r.queued < eventBuffer {
		r.queued++
		c.writeEvents()
	}
}

// writeEvents starts the next event's write, unless one is under way.
func (c *Controller) writeEvents() {
	r := &c.events
	if r.busy || r.queued == 0 {
		return
	}
	r.busy = true
	r.queued--
	now := c.kernel.Now()
	at := c.limiter.reserve(now)
	at = at.Add(c.source.Draw(&c.knobs.Latency.Request, rng.Key{Purpose: rng.Latency, Job: -1, Index: r.calls}))
	r.calls++
	c.kernel.Schedule(at, api.ClassJobController, api.KindAPIEvent, 0, 0)
}

// EventWritten is the end of an event's write.
func (c *Controller) EventWritten() {
	c.events.busy = false
	c.writeEvents()
}
