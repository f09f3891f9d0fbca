package oracle

import (
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

// Every scenario of the library happens in the simulator as it does in Kubernetes.
func TestPlay_Library(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			s, err := scenarios.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			compareWithSim(t, s)
		})
	}
}

func compareWithSim(t *testing.T, s *scenarios.Scenario) {
	t.Helper()
	cfg := s.Config()
	cfg.Seed = 1
	want, err := Play(t, s, cfg.Seed, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := sim.Run(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if d := trace.Compare(want, got); d != nil {
		t.Errorf("%v", d)
	}
}
