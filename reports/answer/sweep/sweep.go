package sweep

import (
	"context"
	"fmt"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/study"
)

// Row is what the study of one point says.
type Row struct {
	Point Point
	Tally *answer.Tally
	Level float64 // the confidence to ask of each interval
	// Exact is P(success) as theory knows it; nil: it does not.
	Exact *answer.Exact
}

// Sweep says how to run a design.
type Sweep struct {
	Pool      *study.Pool
	Scenario  *scenarios.Scenario
	Points    []Point
	Seed      uint64
	Runs      int
	Precision float64
	// Done is called after each point, with how many are done. nil: nobody looks.
	Done func(int)
}

// Run runs all points, in their order. All are read and checked before the first is run. What it returns stands also
// beside an error: the points that are done.
func (s *Sweep) Run(ctx context.Context) (rows []Row, err error) {
	for _, p := range s.Points {
		if _, err := s.Scenario.With(p...); err != nil {
			return nil, err
		}
	}
	for _, p := range s.Points {
		sc, err := s.Scenario.With(p...)
		if err != nil {
			return rows, err
		}
		cfg := sc.Config()
		cfg.Seed = s.Seed
		st := answer.Study{Pool: s.Pool, Config: cfg, Runs: s.Runs, Precision: s.Precision}
		t, err := st.Run(ctx)
		if err != nil {
			return rows, fmt.Errorf("point %v: %w", p, err)
		}
		row := Row{Point: p, Tally: t, Level: st.Level()}
		if x, ok := answer.ExactSuccess(cfg); ok {
			row.Exact = &x
		}
		rows = append(rows, row)
		if s.Done != nil {
			s.Done(len(rows))
		}
	}
	return rows, nil
}
