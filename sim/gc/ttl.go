package gc

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// expiry is when a finished Job is to be looked at; gen tells the latest timer.
type expiry struct {
	at  des.Time
	gen int32
}

// observeTTL arms the timer of a finished Job with a TTL, counted from the terminal condition's lastTransitionTime
// (ttlafterfinished_controller.go:305@v1.37.2).
func (c *Collector) observeTTL(j *api.Job) {
	for int(j.ID) >= len(c.ttls) {
		c.ttls = append(c.ttls, expiry{at: des.Never})
	}
	at := expires(j)
	e := &c.ttls[j.ID]
	if at == e.at {
		return
	}
	e.at = at
	e.gen++
	if at != des.Never {
		c.kernel.Schedule(max(at, c.kernel.Now()), api.ClassTTL, api.KindTTL, int32(j.ID), e.gen)
	}
}

// expires is when the Job's TTL ends; Never without a TTL, while the Job runs, and once it is being deleted.
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

// Expire deletes the Job in the foreground if it has expired, as it is now
// (ttlafterfinished_controller.go:214@v1.37.2).
func (c *Collector) Expire(id api.JobID, gen int32) {
	j := c.store.Job(id)
	if c.ttls[id].gen == gen && expires(j) <= c.kernel.Now() {
		c.store.DeleteJob(store.Writer{Actor: trace.TTL, Because: RuleTTL}, id, api.Foreground)
	}
}
