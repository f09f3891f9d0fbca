package store

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// The event spam filter: of each object a burst of 25 normal events and one of 25 warnings, then one of each in 300 s
// (client-go/tools/record/events_cache.go:47 and :69@v0.37.2).
const (
	spamBurst   = 25
	spamQPS     = float64(float32(1. / 300))
	eventBuffer = 1000 // the broadcaster's queue; what does not fit is dropped (record/event.go)
)

// EventType is the type of a Kubernetes Event.
type EventType uint8

// The types.
const (
	Normal EventType = iota
	Warning
	eventTypes
)

// Recorder writes the Kubernetes Events of a controller one after another. They matter because they take tokens of the
// controller's client. The zero value is not usable; Reset makes it so.
type Recorder struct {
	client *Client
	on     bool
	queue  []event
	busy   bool
	spam   [eventTypes][]Limiter // by object
	life   int32                 // of the process
}

// event is one that is to be written.
type event struct {
	object int32
	of     EventType
}

// Reset begins a run and keeps the memory. Where nothing limits the client, events change nothing, and it is off.
func (r *Recorder) Reset(client *Client, on bool) {
	*r = Recorder{client: client, on: on && !client.Unlimited(), queue: r.queue[:0], spam: r.spam}
	r.forget()
	client.recorder = r
}

// Restart is the end of the process: events that are not written are lost, and the filter knows of none.
func (r *Recorder) Restart() {
	r.life++
	r.busy, r.queue = false, r.queue[:0]
	r.forget()
}

func (r *Recorder) forget() {
	for of := range r.spam {
		r.spam[of] = r.spam[of][:0]
	}
}

// Event records one about an object of the controller's kind.
func (r *Recorder) Event(object int32, of EventType) {
	if r.on && len(r.queue) < eventBuffer {
		r.queue = append(r.queue, event{object, of})
		r.next()
	}
}

// next begins with the next event that the filter lets through, unless one is under way. Its request comes after those
// of all syncs in this instant: they are under way while the recorder is being told.
func (r *Recorder) next() {
	for !r.busy && len(r.queue) > 0 {
		e := r.queue[0]
		r.queue = r.queue[:copy(r.queue, r.queue[1:])]
		if r.busy = r.allowed(e); r.busy {
			r.schedule(r.now(), eventBegins)
		}
	}
}

func (r *Recorder) allowed(e event) bool {
	spam := &r.spam[e.of]
	for int(e.object) >= len(*spam) {
		*spam = append(*spam, Limiter{})
		(*spam)[len(*spam)-1].Reset(spamQPS, spamBurst)
	}
	return (*spam)[e.object].Allow(r.now())
}

func (r *Recorder) now() des.Time { return r.client.kernel.Now() }

// What an event of the kernel says, beside the life of the process.
const (
	eventBegins int32 = iota
	eventEnds
	eventSteps
)

func (r *Recorder) schedule(at des.Time, step int32) {
	r.client.kernel.Schedule(at, api.ClassEvents, api.KindAPIEvent, int32(r.client.id), r.life*eventSteps+step)
}

// WriteEvent takes the write that a client's recorder is about a step further.
func (s *Store) WriteEvent(id api.Client, arg int32) {
	r := s.clients[id].recorder
	switch {
	case arg/eventSteps != r.life:
	case arg%eventSteps == eventBegins:
		r.schedule(r.client.event(r.now()), eventEnds)
	default:
		r.busy = false
		r.next()
	}
}
