package answer

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim/study"
)

// Tally is all that is kept of the runs of a study, in bounded memory. The zero value is of no runs.
type Tally struct {
	Runs     int               `json:"runs"`
	Complete int               `json:"complete"` // runs in which every Job completed
	Makespan stats.Accumulator `json:"makespan"` // ns, of the runs in which every Job finished
	Pods     stats.Accumulator `json:"pods"`     // pods created
	Ran      stats.Accumulator `json:"ran"`      // ns, running time of pods
	Wasted   stats.Accumulator `json:"wasted"`   // ns, running time of pods that did not succeed
	Outcomes []Count           `json:"outcomes"` // by reason
	Due      int64             `json:"due"`      // schedule times of CronJobs, of all runs
	Missed   stats.Accumulator `json:"missed"`   // and how many had no Job
}

// Count is how many runs came out in one way.
type Count struct {
	Reason string `json:"reason"`
	Runs   int    `json:"runs"`
}

// Add takes a run in. The order of runs makes no difference.
func (t *Tally) Add(r *study.Result) {
	t.Runs++
	if r.Complete {
		t.Complete++
	}
	if r.Finished {
		t.Makespan.Add(int64(r.Makespan))
	}
	t.Pods.Add(int64(r.Pods))
	t.Ran.Add(int64(r.Ran))
	t.Wasted.Add(int64(r.Wasted))
	t.Due += int64(r.Due)
	t.Missed.Add(int64(r.Missed))
	t.count(r.Reason, 1)
}

func (t *Tally) count(reason string, runs int) {
	i, found := slices.BinarySearchFunc(t.Outcomes, reason,
		func(c Count, reason string) int { return strings.Compare(c.Reason, reason) })
	if !found {
		t.Outcomes = slices.Insert(t.Outcomes, i, Count{Reason: reason})
	}
	t.Outcomes[i].Runs += runs
}

// Merge takes another tally's runs in.
func (t *Tally) Merge(o *Tally) {
	t.Runs += o.Runs
	t.Complete += o.Complete
	t.Makespan.Merge(&o.Makespan)
	t.Pods.Merge(&o.Pods)
	t.Ran.Merge(&o.Ran)
	t.Wasted.Merge(&o.Wasted)
	t.Due += o.Due
	t.Missed.Merge(&o.Missed)
	for _, c := range o.Outcomes {
		t.count(c.Reason, c.Runs)
	}
}

// broken says whether the tally cannot be of so many runs as it says.
func (t *Tally) broken() bool {
	outcomes := 0
	for _, c := range t.Outcomes {
		outcomes += c.Runs
	}
	return t.Pods.N() != t.Runs || t.Missed.N() != t.Runs || outcomes != t.Runs || t.Complete < 0 || t.Complete > t.Runs
}

// equal says whether two tallies are of the same runs, in the same order.
func (t *Tally) equal(o *Tally) bool {
	a, err := json.Marshal(t)
	b, failed := json.Marshal(o)
	return err == nil && failed == nil && bytes.Equal(a, b)
}

// MissedStarts is the share of schedule times without a Job, if there are any, with Student's t interval over the runs:
// within a run, one missed start may be the cause of the next. Where all runs are alike it covers what one that differs
// would say, as often as Clopper and Pearson's interval allows.
func (t *Tally) MissedStarts(confidence float64) (s stats.Summary, some bool, err error) {
	if t.Due == 0 {
		return s, false, nil
	}
	if s, err = t.Missed.Mean(confidence); err != nil {
		return s, true, err
	}
	each := float64(t.Due) / float64(t.Runs) // the schedule is the same in every run
	s.Center, s.Lo, s.Hi = s.Center/each, max(0, s.Lo/each), min(1, s.Hi/each)
	if t.Runs > 1 && s.Lo == s.Hi {
		others, failed := stats.ClopperPearson(0, t.Runs, confidence)
		s.Lo, s.Hi, err = s.Lo*(1-others.Hi), s.Hi+others.Hi*(1-s.Hi), failed
	}
	return s, true, err
}

// Success is the share of complete runs with its Wilson interval.
func (t *Tally) Success(confidence float64) (stats.Summary, error) {
	return stats.Wilson(t.Complete, t.Runs, confidence)
}
