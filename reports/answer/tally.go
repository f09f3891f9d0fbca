package answer

import (
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
	i, found := slices.BinarySearchFunc(t.Outcomes, r.Reason,
		func(c Count, reason string) int { return strings.Compare(c.Reason, reason) })
	if !found {
		t.Outcomes = slices.Insert(t.Outcomes, i, Count{Reason: r.Reason})
	}
	t.Outcomes[i].Runs++
}

// Success is the share of complete runs with its Wilson interval.
func (t *Tally) Success(confidence float64) (stats.Summary, error) {
	return stats.Wilson(t.Complete, t.Runs, confidence)
}
