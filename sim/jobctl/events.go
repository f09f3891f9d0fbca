package jobctl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/store"
)

// The event spam filter: a burst of 25 for each object, then one in 300 s (client-go/tools/record/events_cache.go:47).
const (
	spamBurst   = 25
	spamQPS     = float64(float32(1. / 300))
	eventBuffer = 1000 // the broadcaster's queue; what does not fit is dropped (record/event.go)
)

// recorder writes Kubernetes Events one after another. They matter because they take tokens of the controller's client.
type recorder struct {
	queued int32
	busy   bool
	spam   []store.Limiter // by Job
	life   int32           // of the controller
}

func (r *recorder) reset() { *r = recorder{spam: r.spam[:0]} }

// restart forgets the events that are not written yet.
func (r *recorder) restart() { *r = recorder{spam: r.spam[:0], life: r.life + 1} }

// event records a Kubernetes Event about the Job. Where nothing limits the client, events change nothing and are not
// modelled.
func (c *Controller) event(j *jobState, _ string) {
	if !c.knobs.Events || c.client.Unlimited() {
		return
	}
	r := &c.events
	for int(j.job.ID) >= len(r.spam) {
		r.spam = append(r.spam, store.Limiter{})
		r.spam[len(r.spam)-1].Reset(spamQPS, spamBurst)
	}
	if r.spam[j.job.ID].Allow(c.kernel.Now()) && r.queued < eventBuffer {
		r.queued++
		c.nextEvent()
	}
}

// nextEvent begins with the next event, unless one is under way. Its request comes after those of all syncs in this
// instant: they are under way while the recorder is being told.
func (c *Controller) nextEvent() {
	r := &c.events
	if r.busy || r.queued == 0 {
		return
	}
	r.busy = true
	r.queued--
	c.kernel.Schedule(c.kernel.Now(), api.ClassEvents, api.KindAPIEvent, r.life, eventBegins)
}

// What Arg of a KindAPIEvent says.
const (
	eventBegins = iota
	eventEnds
)

// Event takes the write of an event a step further.
func (c *Controller) Event(life, step int32) {
	if life != c.events.life {
		return
	}
	if step == eventEnds {
		c.events.busy = false
		c.nextEvent()
		return
	}
	at := c.client.Event(c.kernel.Now())
	c.kernel.Schedule(at, api.ClassEvents, api.KindAPIEvent, c.events.life, eventEnds)
}
