package oracle

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Diff plays a scenario here and in the simulator and returns where the two traces part; nil if they do not. Errors
// are those of Play and of sim.Run.
func Diff(t *testing.T, s *scenarios.Scenario, seed uint64) (*trace.Divergence, error) {
	if err := exact(s.Config()); err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	real, err := Play(t, s, seed, 0)
	if err != nil {
		return nil, err
	}
	cfg := s.Config()
	cfg.Seed = seed
	modelled, _, err := sim.Run(cfg)
	if err != nil {
		return nil, fmt.Errorf("scenario %q: simulator: %w", s.Name, err)
	}
	return trace.Compare(real, modelled), nil
}

// exact says what of a scenario is not the same to the nanosecond in both worlds, by their making.
func exact(cfg *sim.Config) error {
	l := &cfg.Knobs.Latency
	switch {
	case l.Request.Kind != rng.Constant, l.Watch.Kind != rng.Constant:
		return fmt.Errorf("%w exactly: cluster.latency: requests and deliveries are numbered differently "+
			"(allowed: constants)", ErrUnsupported)
	case !l.Bind.IsZero() && scheduled(cfg):
		return fmt.Errorf("%w exactly: cluster.latency.bind: the real scheduler decides first and waits then",
			ErrUnsupported)
	case !l.Watch.IsZero() && collects(cfg):
		return fmt.Errorf("%w exactly: cluster.latency.watch: the garbage collector has watches of its own", ErrUnsupported)
	}
	return nil
}

// collects says whether a Job may be deleted.
func collects(cfg *sim.Config) bool {
	return slices.ContainsFunc(cfg.Jobs, func(j sim.Submission) bool { return j.Spec.TTLSecondsAfterFinished.Set }) ||
		slices.ContainsFunc(cfg.Faults, func(f api.Fault) bool {
			return f.Kind == api.DeleteJob || f.Patch.TTLSecondsAfterFinished.Set
		})
}
