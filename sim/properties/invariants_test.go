package properties_test

import (
	"errors"
	"fmt"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/scenarios/gen"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/check"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// indexes are the features of Indexed Jobs.
var indexes = gen.Of(gen.Indexed, gen.PerIndexLimit, gen.MaxFailedIndexes, gen.SuccessPolicy, gen.Elastic)

// invariants are the properties of one run and of its repetition.
var invariants = []property{
	{"invariants", "they are what the API server and the Job controller promise after every write",
		gen.All, checked},
	{"invariants-default-profile", "the same with the latencies and client limits of a real cluster added",
		gen.All, func(s *scenarios.Scenario, seed uint64) string {
			slow, err := reread(s)
			if err = errors.Join(err, slow.SetProfile("default")); err != nil {
				return err.Error()
			}
			return checked(slow, seed)
		}},
	{"repeats", "a run is a pure function of its Config, also in a World that has been used before",
		gen.All, repeats},
	{"reads-back", "what a scenario is written as is all there is to it",
		gen.All, func(s *scenarios.Scenario, seed uint64) string {
			again, err := reread(s)
			if err != nil {
				return err.Error()
			}
			return same(config(s, seed), config(again, seed), nil)
		}},
	{"ties", "where every actor has a phase of its own, the order within an instant decides nothing. Out is what has " +
		"a right to: which of two pods is placed first, or still in a quota, in what order requests ask for tokens and watch " +
		"delays are drawn, whether the garbage collector or the Job controller is first at a pod of a deleted Job, who " +
		"adopts it, and which index of several " +
		"has the first pod, whose number gives the phase",
		gen.Default.Without(gen.SmallNodes, gen.Resizes, gen.Drain, gen.NodeLoss, gen.ControlLatency, gen.ClientLimit,
			gen.DeleteJob, gen.TTL, gen.Patches, gen.Quota, gen.Adoption).Without(indexes.Features()...), shuffled},
	{"ties-outcome", "what becomes of a Job that nobody touches does not depend on the order within an instant, however much " +
		"coincides: a sync looks at all that has happened. Out are users as well, who may come before or after",
		gen.All.Without(gen.SmallNodes, gen.Drain, gen.NodeLoss, gen.ControlLatency, gen.ClientLimit, gen.SuspendResume,
			gen.Scale, gen.Patches, gen.DeletePods, gen.EvictPods, gen.DeleteJob, gen.TTL, gen.ZeroParallelism,
			gen.StartSuspended, gen.ReplacementChanges, gen.Resizes, gen.Quota, gen.Adoption).Without(indexes.Features()...), shuffledOutcome},
	{"codec", "a trace that is written and read is the same trace",
		gen.All, func(s *scenarios.Scenario, seed uint64) string {
			t, _, err := run(config(s, seed))
			if err != nil {
				return err.Error()
			}
			again, err := trace.Decode(trace.Encode(t))
			if err != nil || trace.Digest(again) != trace.Digest(t) {
				return fmt.Sprintf("%v, or another digest", err)
			}
			return ""
		}},
}

// checked runs a scenario with the Checker after every event.
func checked(s *scenarios.Scenario, seed uint64) (broken string) {
	var c check.Checker
	w := sim.NewWorld()
	w.Check(func(st *store.Store) {
		for _, what := range c.After(st) {
			if broken == "" {
				broken = fmt.Sprintf("at %v: %s", w.Now(), what)
			}
		}
	})
	cfg := config(s, seed)
	cfg.Until.MaxSteps = 5_000_000
	if _, err := w.Run(cfg, nil); err != nil {
		return err.Error()
	}
	return broken
}

var used = sim.NewWorld()

func repeats(s *scenarios.Scenario, seed uint64) string {
	first, _, err := run(config(s, seed))
	second := &trace.Trace{Header: first.Header}
	_, again := used.Run(config(s, seed), second)
	if err != nil || again != nil {
		return errors.Join(err, again).Error()
	}
	if a, b := trace.Digest(first), trace.Digest(second); a != b {
		return fmt.Sprintf("digests %s and %s: %v", a, b, trace.Compare(first, second))
	}
	return ""
}

// shuffled runs a scenario with the order of what happens in one instant shuffled, and compares what became of the
// Jobs.
func shuffled(s *scenarios.Scenario, seed uint64) string {
	cfg := config(s, seed)
	x, _, err := run(cfg)
	if err != nil {
		return err.Error()
	}
	for key := range uint64(3) {
		cfg.TieShuffle = key + 1
		y, _, err := run(cfg)
		if err != nil {
			return err.Error()
		}
		if d := trace.Compare(x, y); d != nil {
			return d.String()
		}
	}
	return ""
}

// shuffledOutcome is as shuffled, for what became of the Jobs in the end.
func shuffledOutcome(s *scenarios.Scenario, seed uint64) string {
	cfg := config(s, seed)
	_, want, err := run(cfg)
	if err != nil {
		return err.Error()
	}
	for key := range uint64(3) {
		cfg.TieShuffle = key + 1
		_, got, err := run(cfg)
		if err != nil {
			return err.Error()
		}
		for i := range want.Jobs {
			x, y := &want.Jobs[i], &got.Jobs[i]
			if x.Reason() != y.Reason() || x.Status.Succeeded != y.Status.Succeeded || x.Status.Failed != y.Status.Failed {
				return fmt.Sprintf("%s: %s, %d/%d, but with shuffled ties %s, %d/%d", cfg.Jobs[i].Spec.Name, x.Reason(),
					x.Status.Succeeded, x.Status.Failed, y.Reason(), y.Status.Succeeded, y.Status.Failed)
			}
		}
	}
	return ""
}
