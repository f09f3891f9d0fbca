package properties_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/scenarios/gen"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// chance are the features whose outcomes depend on the seed of the run.
var chance = gen.Of(gen.Coins, gen.RandomTimes, gen.TimesToFailure, gen.RestartJitter, gen.ControlLatency, gen.NodeLatency)

// shared are the features by which Jobs, or pods and the rest of the cluster, get into each other's way.
var shared = gen.Of(gen.ClientLimit, gen.SmallNodes, gen.Resizes, gen.Drain, gen.NodeLoss, gen.Constants,
	gen.ControlLatency)

// relations are the properties of two runs that have something to do with each other.
var relations = []property{
	related("seed-is-idle", "where nothing is random there is nothing for a seed to change",
		gen.All.Without(chance.Features()...), func(cfg *sim.Config) edit {
			cfg.Seed++
			return nil
		}),
	related("later", "time has no origin: all instants move with what users do, but for the periods of the node controllers "+
		"and the schedules of CronJobs",
		gen.All.Without(gen.NodeLoss, gen.CronJobs), func(cfg *sim.Config) edit {
			const delay = 1000 * des.Second
			for i := range cfg.Jobs {
				cfg.Jobs[i].At = cfg.Jobs[i].At.Add(delay)
			}
			for i := range cfg.Faults {
				cfg.Faults[i].At = cfg.Faults[i].At.Add(delay)
			}
			if cfg.Until.Horizon > 0 {
				cfg.Until.Horizon = cfg.Until.Horizon.Add(delay)
			}
			return func(r *trace.Record, changed bool) bool {
				r.Args = timeless(r.Args)
				if !changed {
					r.At = r.At.Add(delay)
				}
				return true
			}
		}),
	related("rename", "names are names: nothing is decided by them",
		gen.All, func(cfg *sim.Config) edit {
			for i := range cfg.Jobs {
				cfg.Jobs[i].Spec.Name = "renamed-" + cfg.Jobs[i].Spec.Name
			}
			return func(r *trace.Record, changed bool) bool {
				r.Ref.Name = strings.TrimPrefix(r.Ref.Name, "renamed-")
				r.Args = slices.Clone(r.Args)
				for i := range r.Args { // a message may name a pod
					r.Args[i].Value = strings.ReplaceAll(r.Args[i].Value, "renamed-", "")
				}
				return true
			}
		}),
	related("fate-for-nobody", "a fate that matches no run is not there; it comes last, since its place addresses coins",
		gen.All, func(cfg *sim.Config) edit {
			cfg.Fates = append(cfg.Fates, api.FateRule{Job: api.AnyJob, Container: api.AnyContainer, Chance: api.Certain,
				Number: api.Ranges{{From: 1 << 20, To: 1 << 20}}, Exit: 9, Run: rng.Const(des.Hour)})
			return nil
		}),
	related("fate-for-nobody-first", "without coins also one that comes first is not there",
		gen.All.Without(gen.Coins), func(cfg *sim.Config) edit {
			cfg.Fates = slices.Insert(cfg.Fates, 0, api.FateRule{Job: api.AnyJob, Container: api.AnyContainer,
				Chance: api.Certain, Attempt: api.Ranges{{From: 1 << 20, To: 1 << 20}}, End: api.EndRejected})
			return nil
		}),
	related("never-by-chance", "a fate with probability 0 applies to no run; without coins in others",
		gen.All.Without(gen.Coins), func(cfg *sim.Config) edit {
			cfg.Fates = slices.Insert(cfg.Fates, 0, api.FateRule{Job: api.AnyJob, Container: api.AnyContainer, Exit: 9})
			return nil
		}),
	related("fault-for-nobody", "to delete a pod that is not there is a 404",
		gen.All, func(cfg *sim.Config) edit {
			for _, at := range []des.Time{0, 3_333_333_333, 61_000_000_001} {
				cfg.Faults = append(cfg.Faults, api.Fault{At: at, Kind: api.DeletePod, Index: api.NoIndex, Attempt: 1 << 20})
			}
			return nil
		}),
	related("useless-node", "a node on which nothing fits is never bound to, and the others are chosen as before; "+
		"but how many nodes are lost counts by their share",
		gen.All.Without(gen.NodeLoss), func(cfg *sim.Config) edit {
			cfg.Nodes = append(cfg.Nodes, api.NodeSpec{Name: "useless"})
			return func(r *trace.Record, _ bool) bool { return r.Ref.Name != "useless" }
		}),
	related("stranger", "a Job that shares no node, worker or client limit with others is not noticed by them",
		gen.All.Without(shared.Features()...).Without(gen.CronJobs, gen.Adoption), func(cfg *sim.Config) edit {
			cfg.Jobs = append(cfg.Jobs, sim.Submission{At: 777_777_777, Spec: api.JobSpec{Name: "stranger", Parallelism: 3,
				Completions: api.Some(int32(7)), BackoffLimit: 2, Template: api.PodTemplate{TerminationGracePeriodSeconds: 1,
					Containers: []api.Container{{Name: "main"}}}}})
			cfg.Until.Quiescent = true
			return func(r *trace.Record, _ bool) bool { return r.Ref.Name != "stranger" }
		}),
	related("far-deadline", "a deadline after the horizon is never reached, and its timer disturbs no other",
		gen.All.Without(gen.JobDeadline, gen.Patches, gen.PodDeadline), func(cfg *sim.Config) edit {
			for i := range cfg.Jobs {
				cfg.Jobs[i].Spec.ActiveDeadlineSeconds = api.Some(int64(1_000_000))
				cfg.Jobs[i].Spec.Template.ActiveDeadlineSeconds = api.Some(int64(1_000_000))
			}
			return nil
		}),
	related("idle-parallelism", "no more pods are wanted than completions are missing, however many may run",
		gen.All.Without(gen.WorkQueue, gen.Scale, gen.ZeroParallelism, gen.Elastic), func(cfg *sim.Config) edit {
			for i := range cfg.Jobs {
				if s := &cfg.Jobs[i].Spec; s.Parallelism >= s.Completions.Value {
					s.Parallelism += 7
				}
			}
			return nil
		}),
	{"prefix", "what will happen after a horizon has no influence on what happens before", gen.All, prefix},
	{"limit-not-reached", "backoffLimit is only ever compared: a Job that ended otherwise ends the same way with a higher one, " +
		"under either restart policy, so no Complete becomes a Failed. What is no theorem: that a Job which exceeded its limit " +
		"would complete, or that a higher limit makes anything sooner", gen.All.Without(gen.Patches), limitNotReached},
	{"scaling", "the only unit of time is the API's second: with whole seconds everywhere, k times as long is the same k " +
		"times as slowly. Out are constants: the minimum grace periods, the pace at which taints are put on, the " +
		"back-off of pods that wait for room, and how long a new process waits before it collects garbage",
		gen.All.Without(chance.Features()...).Without(gen.Grace, gen.DeletePods, gen.EvictPods, gen.NodePressure,
			gen.ClientLimit, gen.NodeLoss, gen.SmallNodes, gen.Resizes, gen.CronJobs,
			gen.RestartController), scaling},
}

// edit makes records of the changed run and the other one comparable; false leaves a record out. nil leaves all as they
// are.
type edit func(r *trace.Record, changed bool) bool

// related is the property that a change of the Config changes nothing but what its edit undoes.
func related(name, why string, of gen.Set, change func(*sim.Config) edit) property {
	return property{name, why, of, func(s *scenarios.Scenario, seed uint64) string {
		a, b := config(s, seed), config(s, seed)
		undo := change(b)
		if b.Until.Quiescent {
			a.Until.Quiescent = true
		}
		return same(a, b, undo)
	}}
}

// same runs two configurations and says how their traces differ, after both were edited.
func same(a, b *sim.Config, undo edit) string {
	x, _, errA := run(a)
	y, _, errB := run(b)
	if errA != nil || errB != nil {
		return fmt.Sprintf("%v, %v", errA, errB)
	}
	if d := trace.Compare(edited(x, undo, false), edited(y, undo, true)); d != nil {
		return d.String()
	}
	return ""
}

func edited(t *trace.Trace, undo edit, changed bool) *trace.Trace {
	if undo == nil {
		return t
	}
	out := &trace.Trace{Header: t.Header}
	for _, r := range t.Records {
		if undo(&r, changed) {
			out.Records = append(out.Records, r)
		}
	}
	return out
}

// timeless are arguments without the times in them.
func timeless(args []trace.Arg) (out []trace.Arg) {
	for _, a := range args {
		switch a.Key {
		case "startTime", "completionTime":
			a.Value = "some"
		case "condition":
			before, after, _ := strings.Cut(a.Value, " at ")
			_, message, _ := strings.Cut(after, ":")
			a.Value = before + message
		}
		out = append(out, a)
	}
	return out
}

// prefix compares a run with one that ends halfway.
func prefix(s *scenarios.Scenario, seed uint64) string {
	cfg := config(s, seed)
	whole, out, err := run(cfg)
	if err != nil {
		return err.Error()
	}
	half := out.At / 2
	cfg.Until.Horizon = half
	part, _, err := run(cfg)
	if err != nil {
		return err.Error()
	}
	before := func(r *trace.Record, _ bool) bool { return r.At <= half }
	if d := trace.Compare(edited(whole, before, false), edited(part, before, true)); d != nil && half > 0 {
		return d.String()
	}
	return ""
}

func limitNotReached(s *scenarios.Scenario, seed uint64) string {
	a, b := config(s, seed), config(s, seed)
	_, out, err := run(a)
	if err != nil {
		return err.Error()
	}
	for i := range b.Jobs {
		exceeded := func(c api.Condition) bool { return c.Reason == api.ReasonBackoffLimitExceeded }
		if list := out.Jobs[i].Status.Conditions; len(list) == 0 || slices.ContainsFunc(list, exceeded) {
			return "" // with no condition it may have been deleted when it was about to exceed the limit
		}
		limit := &b.Jobs[i].Spec.BackoffLimit // with a limit per index it is the largest number unless it is given
		*limit += min(1+int32(seed%5), math.MaxInt32-*limit)
	}
	return same(a, b, nil)
}
