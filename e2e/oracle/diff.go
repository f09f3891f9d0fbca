package oracle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Diff plays a scenario here and in the simulator and returns where the two traces part, or else the metrics of the Job
// controller; nil if they do not. Errors are those of Play and of sim.Run.
func Diff(t *testing.T, s *scenarios.Scenario, seed uint64) (*trace.Divergence, error) {
	p, err := played(t, s, seed, 0)
	if err != nil {
		return nil, err
	}
	cfg := s.Config()
	cfg.Seed = seed
	modelled, out, err := sim.Run(cfg)
	if err != nil {
		return nil, fmt.Errorf("scenario %q: simulator: %w", s.Name, err)
	}
	if d := trace.Compare(p.trace, modelled); d != nil {
		return d, nil
	}
	if p.early && out.End == sim.EndHorizon { // syncs that have no effect went on
		cfg.Until.Horizon = des.Time(p.end)
		if _, out, err = sim.Run(cfg); err != nil {
			return nil, fmt.Errorf("scenario %q: simulator: %w", s.Name, err)
		}
	}
	return compareMetrics(p.trace.Header, modelled.Header, p.metrics, out.Metrics, out.At), nil
}

// Minor is the version of Kubernetes that runs here, such as 1.37.
var Minor = KubernetesVersion[1:strings.LastIndex(KubernetesVersion, ".")]

// Adapt gives a drawn scenario the version of Kubernetes that runs here, and the constants that nobody can change.
func Adapt(s *scenarios.Scenario) error {
	s.File.Cluster.Knobs.SlowStartBatch = nil
	return s.SetKubernetes(Minor)
}
