package cronctl

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

// spamFilter is that of an object of which there was no event yet.
var spamFilter = func() (l store.Limiter) {
	l.Reset(spamQPS, spamBurst)
	return l
}()

// recorder writes Kubernetes Events one after another. They matter because they take tokens of the controller's client.
type recorder struct {
	queued int
	busy   bool
}

// event records a Kubernetes Event about the CronJob. Where nothing limits the client, events change nothing and are
// not modelled.
func (c *Controller) event(st *cronState) {
	if !c.knobs.Events || c.limiter.Unlimited() {
		return
	}
	if st.spam.Allow(c.kernel.Now()) && c.events.queued < eventBuffer {
		c.events.queued++
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
	c.kernel.Schedule(c.kernel.Now(), api.ClassEvents, api.KindCronEvent, c.life, eventBegins)
}

// What Arg of a KindCronEvent says.
const (
	eventBegins = iota
	eventEnds
)

// Event takes the write of an event a step further.
func (c *Controller) Event(life, step int32) {
	if life != c.life {
		return
	}
	if step == eventEnds {
		c.events.busy = false
		c.nextEvent()
		return
	}
	at := c.limiter.Reserve(c.kernel.Now())
	c.kernel.Schedule(at, api.ClassEvents, api.KindCronEvent, c.life, eventEnds)
}
