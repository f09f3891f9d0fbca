package verify

import (
	"math"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/study"
)

// century is a horizon that no case reaches.
const century = des.Time(100 * 365 * 24 * des.Hour)

// base is a cluster without latencies, client limits and jitter, and one Job.
func base(spec api.JobSpec, fates ...api.FateRule) *sim.Config {
	k := api.DefaultKnobs()
	k.QPS, k.Events, k.RestartJitter = 0, false, false
	spec.Name = "job"
	spec.Template.TerminationGracePeriodSeconds = 30
	spec.Template.Containers = []api.Container{{Name: "main"}}
	return &sim.Config{Scenario: "closed form", Knobs: k, Nodes: []api.NodeSpec{{Name: "node", Unlimited: true}},
		Jobs: []sim.Submission{{Spec: spec}}, Fates: fates, Until: sim.Until{Horizon: century}}
}

// coin are runs of a duration that fail with probability p.
func coin(p float64, run rng.Dist) []api.FateRule {
	ok := api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: run}
	fails := ok
	fails.Chance, fails.Exit = uint64(math.Ldexp(p, 63)), 1
	return []api.FateRule{fails, ok}
}

// exponential has the given mean, which is sound.
func exponential(mean des.Duration) rng.Dist {
	d, err := rng.NewExponential(mean)
	if err != nil {
		panic(err)
	}
	return d
}

// hyperexponential has a mean and a coefficient of variation above 1: one exponential or another, which have the same
// share in the mean.
func hyperexponential(mean des.Duration, cv float64) rng.Dist {
	often := (1 + math.Sqrt((cv*cv-1)/(cv*cv+1))) / 2
	part := func(weight float64) rng.Part {
		return rng.Part{Weight: weight, Dist: exponential(des.Duration(float64(mean) / (2 * weight)))}
	}
	d, err := rng.NewMixture(part(often), part(1-often))
	if err != nil {
		panic(err)
	}
	return d
}

// complete is 1 where the Job completed.
func complete(_ *sim.World, out *sim.Outcome) float64 {
	if out.Jobs[0].Complete() {
		return 1
	}
	return 0
}

// running is the time from the start of the first pod to the end of the last one, in hours.
func running(w *sim.World, _ *sim.Outcome) float64 {
	first, last := des.Never, des.Time(0)
	for id := range w.Store().PodCount() {
		s := &w.Store().Pod(id).Status
		first, last = min(first, s.RunningSince), max(last, s.EndedAt)
	}
	return hours(last.Sub(first))
}

func hours(d des.Duration) float64 { return d.Seconds() / 3600 }

// service is the mean of the services of a queue.
const service = des.Hour

// queue is a queueing system: Jobs of one pod each, which arrive at exponential intervals and wait until one of servers
// places is free.
type queue struct {
	servers int
	load    float64 // offered: arrival rate times mean service
	cv      float64 // of services
	service rng.Dist
}

// relaxation is how many customers come while the queue forgets how it was, to a factor of e: the relaxation time of
// M/M/c, which is 1/(c (1-sqrt(utilisation))^2) services where that is more than one (Abate and Whitt 1987,
// https://doi.org/10.1007/BF01182933, for one server), longer or shorter with the variance of services as in heavy
// traffic.
func (q *queue) relaxation() float64 {
	idle := 1 - math.Sqrt(q.load/float64(q.servers))
	return q.load * max(1, 1/(float64(q.servers)*idle*idle)) * (1 + q.cv*q.cv) / 2
}

// A queue begins empty. The first customers, for so many relaxations, do not count: by then it has forgotten that to a
// factor of e^-10. So many count, so that the mean of a replication is one of some fifty independent waits: the 40 of
// them, which are independent, are then near enough to normal for Student's t.
const (
	warmRelaxations    = 10
	countedRelaxations = 100
	leastCustomers     = 1000
)

func (q *queue) warm() int { return leastCustomers/10 + int(warmRelaxations*q.relaxation()) }

func (q *queue) customers() int {
	return q.warm() + leastCustomers + int(countedRelaxations*q.relaxation())
}

// configure submits the Jobs of one replication.
func (q *queue) configure(cfg *sim.Config) study.Configure {
	interval := exponential(des.Duration(float64(service) / q.load))
	return func(replication uint64) sim.Config {
		own := *cfg
		own.Replication, own.Jobs = replication, make([]sim.Submission, q.customers())
		source := rng.Source{Seed: own.Seed, Replication: replication}
		at := des.Time(0)
		for i := range own.Jobs {
			at = at.Add(source.Draw(&interval, rng.Key{Purpose: rng.Arrival, Job: int32(i), Index: -1}))
			own.Jobs[i] = sim.Submission{At: at, Spec: cfg.Jobs[0].Spec}
		}
		return own
	}
}

// config has one node on which as many pods fit as there are servers.
func (q *queue) config() *sim.Config {
	cfg := base(api.JobSpec{Completions: api.Some(int32(1)), Parallelism: 1, BackoffLimit: 6},
		api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: q.service})
	cfg.Nodes = []api.NodeSpec{{Name: "node", Pods: int32(q.servers)}}
	return cfg
}

// wait is the mean time that customers waited for their service, in mean services.
func (q *queue) wait(w *sim.World, out *sim.Outcome) float64 {
	sum, n, warm := 0.0, 0, q.warm()
	for id := range w.Store().PodCount() {
		p := w.Store().Pod(id)
		if int(p.Job) >= warm {
			sum += float64(p.Status.RunningSince.Sub(out.Jobs[p.Job].Submitted)) / float64(service)
			n++
		}
	}
	return sum / float64(n)
}
