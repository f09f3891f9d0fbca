package store

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// Client is how a component's requests come to the API server: each waits for its token of the client's rate limit, and
// then takes its time (send.go). The zero value is not usable; Reset makes it so.
type Client struct {
	Limiter
	kernel   *des.Kernel
	store    *Store
	id       api.Client
	latency  *rng.Dist
	source   rng.Source
	direct   bool
	recorder *Recorder // of the events that it writes, if there is one
	calls    []Call    // sent, and not yet on their way
	sealed   int       // so many of them are in order
	counts   [][]int32 // requests so far, by Job + 1 and the pod's number + 1; kept only where latencies are random
	events   int32
}

// Reset begins a run with a full bucket and keeps the memory.
func (c *Client) Reset(s *Store, id api.Client, qps float64, burst int32, latency *rng.Dist, source rng.Source) {
	c.Limiter.Reset(qps, burst)
	c.kernel, c.store, s.clients[id] = s.kernel, s, c
	c.id, c.latency, c.source, c.events = id, latency, source, 0
	c.direct = c.Unlimited() && latency.IsZero() && len(s.jobs) == 1
	c.calls, c.sealed = c.calls[:0], 0
	for i := range c.counts {
		c.counts[i] = c.counts[i][:0]
	}
}

// Restart is a new process with a full bucket. Its requests are counted on: they are others.
func (c *Client) Restart() { c.Limiter.Reset(c.qps, int32(c.burst)) }

// Direct says whether it does not matter how requests are sent: they take effect in the instant, and there is one Job,
// whose requests come in order by themselves.
func (c *Client) Direct() bool { return c.direct }

// request is when a request that is sent now takes effect. It concerns a pod of the Job, by its number there, or
// api.TheJob.
func (c *Client) request(now des.Time, job api.JobID, pod int32) des.Time {
	at := c.Reserve(now)
	switch {
	case c.latency.IsZero():
		return at
	case c.latency.Kind == rng.Constant:
		return at.Add(c.source.Draw(c.latency, rng.Key{}))
	}
	return at.Add(c.source.Draw(c.latency, api.RequestKey(c.id, job, pod, c.count(job, pod+1))))
}

// count is how many requests came before this one.
func (c *Client) count(job api.JobID, at int32) int32 {
	job++ // from api.AnyJob
	for int(job) >= len(c.counts) {
		c.counts = append(c.counts, nil)
	}
	for int(at) >= len(c.counts[job]) {
		c.counts[job] = append(c.counts[job], 0)
	}
	n := c.counts[job][at]
	c.counts[job][at]++
	return n
}

// event is when a request about a Kubernetes Event that is sent now takes effect.
func (c *Client) event(now des.Time) des.Time {
	at := c.Reserve(now).Add(c.source.Draw(c.latency, api.EventKey(c.id, c.events)))
	c.events++
	return at
}
