package store

import (
	"cmp"
	"math"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// Call is a request of a component, and the event that it is when it takes effect.
type Call struct {
	About
	Class    des.Class
	Kind     des.Kind
	Obj, Arg int32
}

// About tells what a request is about.
type About struct {
	Job    api.JobID // which it concerns, or of which it concerns a pod; api.AnyJob: a CronJob
	Number int32     // of the pod there; api.TheJob

	place place
}

// place is where a request stands among those that are sent together: by the age of the object, creations last, and
// these by the age of the owner and by completion index. Requests about one object come in the order of their verbs.
type place struct {
	age, then uint64
	index     int32
}

// Verb is what a request does.
type Verb uint8

// The verbs of requests about objects that exist, in the order of their names.
const (
	Delete Verb = iota
	Get
	Patch
	Update
)

// AboutJob is a request about the Job itself.
func (s *Store) AboutJob(id api.JobID, v Verb) About {
	return About{id, api.TheJob, place{age: s.jobs[id].Born, then: uint64(v)}}
}

// AboutPod is a request about a pod.
func (s *Store) AboutPod(id api.PodID, v Verb) About {
	p := s.Pod(id)
	return About{p.Job, p.Number, place{age: s.PodBorn(id), then: uint64(v)}}
}

// PodBorn is a number that orders the pod among other pods, and Jobs and CronJobs by their Born.
func (s *Store) PodBorn(id api.PodID) uint64 { return s.age(id, math.MaxUint32) }

// AboutNewPod is the creation of a pod of the Job.
func (s *Store) AboutNewPod(id api.JobID, index int32) About {
	return About{id, api.TheJob, place{age: math.MaxUint64, then: s.jobs[id].Born, index: index}}
}

// AboutCronJob is a request about the CronJob itself.
func (s *Store) AboutCronJob(id api.CronJobID, v Verb) About {
	return About{api.AnyJob, api.TheJob, place{age: s.cronJobs[id].Born, then: uint64(v)}}
}

// AboutNewJob is the creation of a Job of the CronJob.
func (s *Store) AboutNewJob(id api.CronJobID) About {
	return About{Number: api.TheJob, place: place{age: math.MaxUint64, then: s.cronJobs[id].Born}}
}

// age is a number that orders objects by their creation: of pods, and of what was created when there were so many pods.
func (s *Store) age(pods api.PodID, nth uint32) uint64 { return uint64(uint32(pods))<<32 | uint64(nth) }

// bear is the age of a Job or CronJob that is being created.
func (s *Store) bear() uint64 {
	s.born++
	return s.age(s.pods.n, s.born)
}

// Send sends a request. What is sent by whoever looks at one instant, before anything else is written or told, goes
// together, in the order of their places: the real ones race for the tokens, and the oracle has them in the same order
// (e2e/oracle/gate.go).
func (c *Client) Send(call Call) {
	if c.direct {
		c.kernel.Schedule(c.kernel.Now(), call.Class, call.Kind, call.Obj, call.Arg)
		return
	}
	if len(c.calls) == 0 {
		c.store.sending |= 1 << c.id
		c.kernel.Schedule(c.kernel.Now(), api.ClassSend, api.KindSend, int32(c.id), 0)
	}
	c.calls = append(c.calls, call)
}

// seal puts what was sent so far into order: what follows comes later.
func (c *Client) seal() {
	if together := c.calls[c.sealed:]; len(together) > 1 {
		slices.SortStableFunc(together, func(a, b Call) int {
			p, q := a.place, b.place
			return cmp.Or(cmp.Compare(p.age, q.age), cmp.Compare(p.then, q.then), cmp.Compare(p.index, q.index))
		})
	}
	c.sealed = len(c.calls)
}

// flush has each of the requests take its token, in order, and take effect when it is due.
func (c *Client) flush() {
	c.seal()
	now := c.kernel.Now()
	for i := range c.calls {
		call := &c.calls[i]
		c.kernel.Schedule(c.request(now, call.Job, call.Number), call.Class, call.Kind, call.Obj, call.Arg)
	}
	c.calls, c.sealed = c.calls[:0], 0
}

// Seal parts the requests that were sent so far from those that will be.
func (s *Store) Seal() {
	for id := range s.clients {
		if s.sending>>id&1 != 0 {
			s.clients[id].seal()
		}
	}
}

// Sending says whether a client has requests to send.
func (s *Store) Sending() bool { return s.sending != 0 }

// Send sends what a client has to send.
func (s *Store) Send(id api.Client) {
	s.sending &^= 1 << id
	s.clients[id].flush()
}
