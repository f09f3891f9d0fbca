package oracle

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/rng"
)

// network gives the cluster the scenario's latencies. A draw has the address that the simulator gives it where the
// order of events leaves no doubt; requests and deliveries are numbered as they come, so that only constant latencies
// of those are the same in both worlds.
func (p *player) network(o *Options) {
	l := &p.cfg.Knobs.Latency
	source := rng.Source{Seed: p.cfg.Seed, Replication: p.cfg.Replication}
	if !l.Request.IsZero() {
		requests := int32(0)
		o.Network = func(r Request) (a Answer) {
			if r.Actor == JobController && r.Verb != "get" && r.Verb != "list" && r.Verb != "watch" {
				a.Before = time.Duration(source.Draw(&l.Request, rng.Key{Purpose: rng.Latency, Job: -2, Index: requests}))
				requests++
			}
			return a
		}
	}
	if !l.Watch.IsZero() {
		deliveries := int32(0)
		o.WatchDelay = func(a Actor, _ string) time.Duration {
			d := source.Draw(&l.Watch, rng.Key{Purpose: rng.Watch, Job: -2, Index: deliveries})
			deliveries++
			return time.Duration(d)
		}
	}
	o.Bind = func(pod *corev1.Pod) (string, time.Duration) {
		run := p.tracer.run(pod)
		return p.cfg.Nodes[0].Name, time.Duration(source.Draw(&l.Bind, rng.Key{Purpose: rng.Bind,
			Job: int32(p.lives.jobID(run.Job)), Index: run.Index, Attempt: run.Attempt}))
	}
}

// jobID is the number of a Job of the scenario.
func (l *lives) jobID(name string) api.JobID {
	if id, ok := l.jobs[name]; ok {
		return id
	}
	return api.AnyJob
}
