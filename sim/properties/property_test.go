package properties_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/scenarios/gen"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

var (
	firstSeed = flag.Uint64("seed", 0, "the first seed of the swarm")
	draws     = flag.Uint64("draws", 0, "how many scenarios each property is tried on; 0: as many as the test likes")
	soak      = flag.Bool("soak", false, "TestSoak tries all properties until a minute before -timeout")
)

// property is what every run of a scenario has.
type property struct {
	name string
	// why it must hold.
	why string
	// of are the features of the scenarios that have it.
	of gen.Set
	// broken says how a scenario does not have it, when run with a seed; "" if it does.
	broken func(s *scenarios.Scenario, seed uint64) string
}

// try draws the scenario of a seed and reports how it does not have the property: of the smallest scenario that does
// not.
func (p *property) try(t *testing.T, seed uint64) {
	t.Helper()
	s := gen.Draw(seed, p.of)
	if p.broken(s, seed) == "" {
		return
	}
	small := gen.Shrink(s, func(s *scenarios.Scenario) bool { return p.broken(s, seed) != "" })
	text, err := small.YAML()
	if err != nil {
		t.Error(err)
	}
	t.Errorf("seed %d: %s\n%s: it must be so: %s\n%s\nrepeat with: go test ./sim/properties -run 'TestSwarm/^%s$' -seed %d -draws 1",
		seed, p.broken(small, seed), p.name, p.why, text, p.name, seed)
}

// all are the properties.
func all() []property { return append(append([]property(nil), invariants...), relations...) }

// Random scenarios have every property.
func TestSwarm(t *testing.T) {
	n := *draws
	switch {
	case n == 0 && testing.Short():
		n = 60
	case n == 0:
		n = 400
	}
	for _, p := range all() {
		t.Run(p.name, func(t *testing.T) {
			for i := range n {
				p.try(t, *firstSeed+i)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// TestSoak goes on from -seed until a minute before -timeout, and says how far it came.
func TestSoak(t *testing.T) {
	deadline, bounded := t.Deadline()
	if !*soak || !bounded {
		t.Skip("make soak runs it")
	}
	ctx, cancel := context.WithDeadline(t.Context(), deadline.Add(-time.Minute))
	defer cancel()
	seed := *firstSeed
	for ; ctx.Err() == nil && !t.Failed(); seed++ {
		for _, p := range all() {
			p.try(t, seed)
		}
	}
	t.Logf("seeds %d to %d: %d scenarios for each of %d properties", *firstSeed, seed-1, seed-*firstSeed, len(all()))
}

// run is the trace of a scenario as it is compared: the digest of the text leaves nothing out.
func run(cfg *sim.Config) (*trace.Trace, sim.Outcome, error) {
	cfg.Until.MaxSteps = 5_000_000
	return sim.Run(cfg)
}

// config is the scenario compiled for a seed.
func config(s *scenarios.Scenario, seed uint64) *sim.Config {
	cfg := s.Config()
	cfg.Seed = seed
	return cfg
}

// reread is the scenario that is read from what a scenario is written as.
func reread(s *scenarios.Scenario) (*scenarios.Scenario, error) {
	text, err := s.YAML()
	if err != nil {
		return nil, err
	}
	list, _, err := scenarios.Load(s.Name, bytes.NewReader(text), nil, ".")
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	return list[0], nil
}
