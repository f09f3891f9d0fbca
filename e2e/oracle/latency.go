package oracle

import (
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/rng"
)

// network gives the cluster the scenario's latencies. Each draw has the address that the simulator gives it. That tells
// what a request or a delivery is about: in both worlds the same things happen to an object in the same order.
func (p *player) network(o *Options) {
	l := &p.cfg.Knobs.Latency
	source := rng.Source{Seed: p.cfg.Seed, Replication: p.cfg.Replication}
	if !l.Request.IsZero() || !l.Bind.IsZero() {
		count := tally{}
		o.Network = func(r Request) (a Answer) {
			if r.Actor == Scheduler && r.Subresource == "binding" {
				run := p.tracer.named(types.NamespacedName{Namespace: r.Namespace, Name: r.Name})
				a.Before = time.Duration(source.Draw(&l.Bind, p.bindKey(run)))
				return a
			}
			client, ok := clients[r.Actor]
			if !ok || r.Verb == "list" || r.Verb == "watch" {
				return a
			}
			key := api.EventKey(client, 0)
			if r.Resource == "events" {
				key = api.EventKey(client, count.next(key)) // its number is the index
			} else {
				job, pod := p.about(r)
				key = api.RequestKey(client, job, pod, count.next(api.RequestKey(client, job, pod, 0)))
			}
			a.Before = time.Duration(source.Draw(&l.Request, key))
			return a
		}
	}
	if !l.Watch.IsZero() {
		o.WatchDelay = func(a Actor, w Write) time.Duration {
			watch, ok := timedWatches[watched{a, w.Resource.Resource}]
			job, object, n := p.tracer.lastWrite()
			if !ok || n == 0 {
				return 0 // nothing that the scenario tells of, such as a heartbeat
			}
			return time.Duration(source.Draw(&l.Watch, api.WatchKey(watch, job, object, n)))
		}
	}
}

// bindKey is the address of the latency of a pod's binding.
func (p *player) bindKey(run PodRun) rng.Key {
	return rng.Key{Purpose: rng.Bind, Job: int32(p.lives.jobID(run.Job)), Index: run.Index, Attempt: run.Attempt}
}

// clients are the actors whose requests take time. Those of the controllers that care for nodes do not, here and in the
// simulator.
var clients = map[Actor]api.Client{
	JobController: api.JobControllerClient, TTLController: api.TTLClient, GarbageCollector: api.CollectorClient,
}

// watched is what somebody watches.
type watched struct {
	actor    Actor
	resource string
}

// timedWatches are those whose deliveries take time.
var timedWatches = map[watched]api.Watch{
	{Kubelet, "pods"}: api.KubeletPods, {Scheduler, "pods"}: api.SchedulerPods, {Scheduler, "nodes"}: api.SchedulerNodes,
	{Manager, "pods"}: api.ManagerPods, {Manager, "jobs"}: api.ManagerJobs, {Manager, "nodes"}: api.ManagerNodes,
}

// tally counts what happens at addresses.
type tally map[rng.Key]int32

func (c tally) next(k rng.Key) int32 {
	n := c[k]
	c[k]++
	return n
}

// about is the Job that a request is about, and the number of its pod, or api.TheJob.
func (p *player) about(r Request) (api.JobID, int32) {
	switch {
	case r.Resource == "jobs":
		return p.lives.jobID(r.Name), api.TheJob
	case r.Resource == "pods" && r.Name != "":
		run := p.tracer.named(types.NamespacedName{Namespace: r.Namespace, Name: r.Name})
		return p.lives.jobID(run.Job), run.Number
	case r.Resource == "pods":
		return p.lives.jobID(r.Owner), api.TheJob
	}
	return api.AnyJob, api.TheJob
}

// jobID is the number of a Job of the scenario.
func (l *lives) jobID(name string) api.JobID {
	if id, ok := l.jobs[name]; ok {
		return id
	}
	return api.AnyJob
}
