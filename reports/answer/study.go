package answer

import (
	"context"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/study"
)

// Confidence of the intervals of a study.
const Confidence = 0.95

// Study is many runs of one configuration.
type Study struct {
	Pool   *study.Pool
	Config *sim.Config
	// First is the first replication.
	First int
	// Runs are how many runs there are at most.
	Runs int
	// Precision, if not 0, ends the study earlier: at the first of stats.DefaultLooks at which the interval of
	// P(success) reaches no further than Precision to either side, and that of the mean makespan no further than this
	// part of it.
	Precision float64
	// From is what a checkpoint has kept of runs before; nil: none.
	From *Tally
	// Taken is called after each run, in their order and one at a time. nil: nobody looks.
	Taken func(*Tally)
}

// Run runs the study. What it returns stands also beside an error: the runs from the first on, without a gap. Errors
// are those of study.Replicate.
func (s *Study) Run(ctx context.Context) (*Tally, error) {
	t := s.From
	if t == nil {
		t = &Tally{}
	}
	level, look := s.Level(), stats.DefaultLooks.Next(t.Runs-1)
	if s.Precision > 0 && t.Runs == look && t.precise(s.Precision, level) {
		return t, ctx.Err()
	}
	take := func(_ uint64, r study.Result) bool {
		t.Add(&r)
		if s.Taken != nil {
			s.Taken(t)
		}
		if s.Precision == 0 || t.Runs < look {
			return true
		}
		look = stats.DefaultLooks.Next(t.Runs)
		return !t.precise(s.Precision, level)
	}
	if t.Runs >= s.Runs {
		return t, ctx.Err()
	}
	err := study.Replicate(ctx, s.Pool, study.Fixed(s.Config), uint64(s.First+t.Runs), uint64(s.First+s.Runs),
		study.ResultOf, take)
	return t, err
}

// Level is the confidence to ask of each interval, so that it covers with Confidence: more where the study looks at
// them to decide when to end.
func (s *Study) Level() float64 {
	if s.Precision == 0 {
		return Confidence
	}
	return sequentialLevel()
}

// precise says whether the intervals are narrow enough.
func (t *Tally) precise(precision, level float64) bool {
	share, err := t.Success(level)
	if err != nil || share.Hi-share.Center > precision || share.Center-share.Lo > precision {
		return false
	}
	mean, err := t.Makespan.Mean(level)
	return err != nil || len(mean.Warnings) == 0 && mean.Hi-mean.Center <= precision*mean.Center
}
