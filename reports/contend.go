package reports

import (
	"slices"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// crowd is how many other pods of the run were starting while p was.
func crowd(run *Run, p *Pod) (n int) {
	for _, j := range run.Jobs {
		for _, q := range j.Pods {
			until := min(q.Started, q.Terminated, q.Ended)
			if q != p && q.Bound != des.Never && q.Bound <= p.Started && p.Bound <= until {
				n++
			}
		}
	}
	return n
}

// fitContend fits by how much each other pod delays the start of one, in seconds: the median slope between starts in
// crowds of different sizes (Theil 1950, Sen 1968), which some slow ones do not move.
func (c *Calibration) fitContend(half, other *spans) float64 {
	fit, n := half.slope()
	judge, judged := other.slope()
	if n < leastFit || judged < leastFit {
		c.Missing = append(c.Missing, "latency.contend")
		return 0
	}
	contend := span(max(0, fit))
	drawn, err := rng.NewExponential(contend)
	if err != nil {
		drawn = rng.Const(0)
	}
	c.Fits = append(c.Fits, Fit{Name: "latency.contend",
		What: "what each other pod that is starting adds to a start, at the mean, and taken to be exponential",
		Dist: drawn, N: n, Judged: judged, Median: contend.Seconds(), MedianOfTrace: judge, P: 1})
	return contend.Seconds()
}

// leastAlone is how many starts say how long one takes alone.
const leastAlone = 100

// mostStarts bounds those whose slopes are compared, all with all.
const mostStarts = 2000

// slope is by how much a start takes longer for each other pod that is starting, and how many starts had company.
func (s *spans) slope() (slope float64, company int) {
	var slopes []float64
	step := 1 + len(s.crowd)/mostStarts
	for i := 0; i < len(s.crowd); i += step {
		if s.crowd[i] > 0 {
			company++
		}
		for k := 0; k < i; k += step {
			if more := s.crowd[i] - s.crowd[k]; more != 0 {
				slopes = append(slopes, (s.start[i]-s.start[k])/float64(more))
			}
		}
	}
	if len(slopes) == 0 {
		return 0, 0
	}
	slices.Sort(slopes)
	return slopes[len(slopes)/2], company
}

// alone are the starts of pods beside which none was starting; if there are too few, all without what others added.
func (s *spans) alone(contend float64) []float64 {
	var out, all []float64
	for i, v := range s.start {
		if s.crowd[i] == 0 {
			out = append(out, v)
		}
		all = append(all, max(0, v-contend*float64(s.crowd[i])))
	}
	if len(out) >= leastAlone {
		return out
	}
	return all
}
