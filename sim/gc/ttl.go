package gc

import (
	"cmp"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

const ttlWorkers = 5 // pkg/controller/ttlafterfinished/config/v1alpha1/defaults.go@v1.37.2

// ttl is the TTL-after-finished controller.
type ttl struct {
	client  store.Client
	queue   queue
	jobs    []expiry // by Job
	settled int      // so many in the queue are in order
	awake   bool     // the workers are about to look at it
}

// expiry is a Job as the controller has seen it, and when it is to look again; gen tells the latest timer.
type expiry struct {
	at      des.Time // when the Job expires, as far as is known; Never
	waiting des.Time // Never: no timer
	gen     int32
	read    bool // the Job was read, and is to be deleted
}

func (t *ttl) reset(s *store.Store, knobs *api.Knobs, source rng.Source) {
	t.client.Reset(s, api.TTLClient, knobs.QPS, knobs.Burst, &knobs.Latency.Request, source)
	t.queue.reset(ttlWorkers)
	t.jobs, t.settled, t.awake = t.jobs[:0], 0, false
}

// restart forgets all but the numbers of the timers.
func (t *ttl) restart() {
	t.queue.reset(ttlWorkers)
	for i := range t.jobs {
		t.jobs[i] = expiry{at: des.Never, waiting: des.Never, gen: t.jobs[i].gen + 1}
	}
}

// observeTTL is addJob and updateJob (ttlafterfinished_controller.go:131-150@v1.37.2).
func (c *Collector) observeTTL(j *api.Job) {
	for int(j.ID) >= len(c.ttl.jobs) {
		c.ttl.jobs = append(c.ttl.jobs, expiry{at: des.Never, waiting: des.Never})
	}
	e := &c.ttl.jobs[j.ID]
	e.at = expires(j)
	if e.at != des.Never {
		c.addTTL(j.ID)
	}
}

// addTTL adds a Job to the queue. What comes at once goes by age, where there may be more than there are workers.
func (c *Collector) addTTL(id api.JobID) {
	t := &c.ttl
	t.queue.add(jobItem(id))
	switch {
	case len(t.jobs) <= ttlWorkers:
		c.workTTL()
	case !t.awake:
		t.awake = true
		c.kernel.Schedule(c.kernel.Now(), api.ClassLook, api.KindTTL, int32(api.AnyJob), 0)
	}
}

// wakeTTL lets the workers look at what has come.
func (c *Collector) wakeTTL() {
	t := &c.ttl
	t.awake = false
	slices.SortStableFunc(t.queue.ready[t.settled:], func(a, b item) int {
		return cmp.Compare(c.store.Job(a.job()).Born, c.store.Job(b.job()).Born)
	})
	c.workTTL()
}

// expires is when the Job's TTL ends, counted from the terminal condition's lastTransitionTime; Never without a TTL,
// while the Job runs, and once it is being deleted (processTTL, ttlafterfinished_controller.go:266@v1.37.2).
func expires(j *api.Job) des.Time {
	ttl := j.Spec.TTLSecondsAfterFinished
	if !ttl.Set || j.Version == 0 || j.Deleted != des.Never {
		return des.Never
	}
	cond, finished := j.Status.FinishedCondition()
	if !finished {
		return des.Never
	}
	return cond.Transition.Add(api.Seconds(int64(ttl.Value)))
}

// workTTL lets idle workers look at Jobs: one that has expired, as far as is known, is read (processJob,
// ttlafterfinished_controller.go:214@v1.37.2).
func (c *Collector) workTTL() {
	for {
		i, ok := c.ttl.queue.take()
		c.ttl.settled = len(c.ttl.queue.ready)
		if !ok {
			return
		}
		e := &c.ttl.jobs[i.job()]
		if e.at == des.Never || e.at > c.kernel.Now() {
			c.waitTTL(i.job(), e, e.at)
			c.ttl.queue.done(i)
			continue
		}
		e.read = false
		c.sendTTL(i.job(), store.Get)
	}
}

// waitTTL looks at the Job again when it expires. Of several times the earliest counts.
func (c *Collector) waitTTL(id api.JobID, e *expiry, at des.Time) {
	if at >= e.waiting {
		return
	}
	e.waiting = at
	e.gen++
	c.kernel.Schedule(at, api.ClassLook, api.KindTTL, int32(id), e.gen)
}

func (c *Collector) sendTTL(id api.JobID, v store.Verb) {
	c.ttl.client.Send(store.Call{About: c.store.AboutJob(id, v), Class: api.ClassTTL, Kind: api.KindExpire,
		Obj: int32(id), Arg: c.life})
}

// Due is the end of a Job's TTL, unless an earlier one was set. Without a Job: what was due has been added.
func (c *Collector) Due(id api.JobID, gen int32) {
	if id == api.AnyJob {
		c.wakeTTL()
		return
	}
	e := &c.ttl.jobs[id]
	if e.gen != gen || e.waiting == des.Never {
		return
	}
	e.waiting = des.Never
	c.addTTL(id)
}

// Expire is the effect of a request: the Job is read, and if it has expired indeed it is deleted in the foreground.
func (c *Collector) Expire(id api.JobID, life int32) {
	if life != c.life {
		return
	}
	j, e := c.store.Job(id), &c.ttl.jobs[id]
	switch at := expires(j); {
	case e.read:
		c.store.DeleteJob(store.Writer{Actor: trace.TTL, Because: RuleTTL}, id, api.Foreground)
	case at <= c.kernel.Now():
		e.read = true
		c.sendTTL(id, store.Delete)
		return
	case at != des.Never:
		c.waitTTL(id, e, at)
	}
	c.ttl.queue.done(jobItem(id))
	c.workTTL()
}
