package scenarios_test

import (
	"os"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/check"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// spot is the example with other groups.
func spot(t *testing.T, groups string) (*scenarios.Scenario, error) {
	t.Helper()
	text, err := os.ReadFile("examples/spot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := scenarios.Load("spot", strings.NewReader(string(text)), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	return list[0].With(scenarios.Change{Field: "cluster.groups", Value: groups})
}

func TestGroups(t *testing.T) {
	s, err := spot(t, `[{max: 3, cpu: 500m, memory: 1Gi, reclaim: {every: "exponential:2h"}, break: {every: 9h, repair: 1h},
		drain: {every: never}}]`)
	if err != nil {
		t.Fatal(err)
	}
	cfg := s.Config()
	if g := cfg.Groups[0]; len(cfg.Nodes) != 0 || g.Name != "group" || g.Min != 0 || g.Max != 3 || g.Pods != 110 ||
		g.MilliCPU != 500 || g.Idle != 10*des.Minute || !g.Reclaim.Set || g.Notice != 2*des.Minute || !g.Break.Set ||
		g.Repair.String() != "constant:1h0m0s" || g.Drain.Set {
		t.Errorf("%+v", g)
	}
	for _, tc := range []struct{ groups, want string }{
		{`[{cpu: 1, memory: 1Gi}]`, "cluster.groups[0].max: is required"},
		{`[{max: 1, memory: 1Gi}]`, "cpu: is required"},
		{`[{max: 1, min: 2, cpu: 1, memory: 1Gi}]`, "min: 2 is above max"},
		{`[{max: 9999, cpu: 1, memory: 1Gi}]`, "max: 9999 (allowed: 0 to 5000)"},
		{`[{max: 1, cpu: 1, memory: 1Gi}, {max: 1, cpu: 1, memory: 1Gi}]`, "two groups named"},
		{`[{max: 1, cpu: 1, memory: 1Gi, boot: never}]`, "boot: never"},
		{`[{max: 1, cpu: 1, memory: 1Gi, drain: {for: 1m}}]`, "drain.every: is required"},
		{`[{max: 1, cpu: 1, memory: 1Gi, break: {every: 1ms}}]`, "break.every: constant:1ms has a median below 1s"},
		{`[{max: 1, cpu: 1, memory: 1Gi, spot: true}]`, "unknown field"},
	} {
		if _, err := spot(t, tc.groups); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.groups, err, tc.want)
		}
	}
}

// Whatever befalls the machines, all propositions about the cluster hold after every event, with and without latencies,
// and the same seed gives the same bytes.
func TestGroups_Checkers(t *testing.T) {
	for _, profile := range []string{"none", "default"} {
		s, err := spot(t, `[{name: a, min: 1, max: 4, cpu: 4, memory: 16Gi, boot: "uniform:30s,2m", idle: 1m,
			reclaim: {every: "exponential:20m", notice: 30s}, break: {every: "exponential:40m", repair: 2m},
			drain: {every: "exponential:30m", for: 3m}}, {name: b, max: 3, cpu: 2, memory: 8Gi, boot: 90s}]`)
		if err == nil {
			err = s.SetProfile(profile)
		}
		if err != nil {
			t.Fatal(err)
		}
		w := sim.NewWorld()
		for seed := range uint64(10) {
			cfg := s.Config()
			cfg.Seed = seed
			var c check.Checker
			w.Check(func(s *store.Store) {
				for _, broken := range c.After(s) {
					t.Errorf("%s, seed %d, at %v: %s", profile, seed, w.Now(), broken)
				}
			})
			out, err := w.Run(cfg, nil)
			if err != nil || !out.Jobs[0].Complete() || out.Groups[0].Launched < 4 {
				t.Errorf("%s, seed %d: %+v, %v", profile, seed, out, err)
			}
			a, _, errA := sim.Run(cfg)
			b, _, errB := sim.Run(cfg)
			if errA != nil || errB != nil || trace.Digest(a) != trace.Digest(b) {
				t.Errorf("%s, seed %d: %v, %v", profile, seed, errA, errB)
			}
		}
	}
}
