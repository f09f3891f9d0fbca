package reports

import (
	"fmt"

	"github.com/jobsim/jobsim/reports/stats"
)

// Report is how two worlds compare over all scenarios. A is the model, B the world it is held against.
type Report struct {
	A           string        `json:"a"` // the worlds' names
	B           string        `json:"b"`
	Verdict     Verdict       `json:"verdict"` // the worst of the scenarios'
	Reason      string        `json:"reason"`
	Options     Options       `json:"options"`
	Exact       Count         `json:"exact"` // facts of all scenarios
	Timed       Count         `json:"timed"`
	Raced       Count         `json:"raced"`
	Start       *KS           `json:"startLatency"` // nil if no scenario has one
	Coverage    *Coverage     `json:"coverage"`     // of all makespans together; nil if no scenario has one
	Comparisons []*Comparison `json:"scenarios"`
}

// KS is the median of the KS distances of start latencies over N scenarios.
type KS struct {
	N      int     `json:"n"`
	Median float64 `json:"medianKS"`
}

// conclude makes the verdicts that take all scenarios together, and sums up.
func (r *Report) conclude() {
	r.adjust()
	r.judgeRaces()
	var distances []float64
	covered := Coverage{Nominal: 1}
	for _, c := range r.Comparisons {
		r.Exact.add(c.Exact)
		r.Timed.add(c.Timed)
		r.Raced.add(c.Raced)
		r.Verdict = max(r.Verdict, c.Verdict)
		if c.Start != nil {
			distances = append(distances, c.Start.KS)
		}
		if c.Coverage != nil {
			covered.Inside, covered.N = covered.Inside+c.Coverage.Inside, covered.N+c.Coverage.N
			covered.Nominal = min(covered.Nominal, c.Coverage.Nominal)
		}
	}
	if len(distances) > 0 {
		r.Start = &KS{len(distances), median(distances)}
	}
	if covered.N > 0 && covered.interval() == nil {
		r.Coverage = &covered
	}
	r.Reason = fmt.Sprintf("%d of %d scenarios are %s", r.Count(r.Verdict), len(r.Comparisons), r.Verdict)
	for v := range verdicts {
		if n := r.Count(Verdict(v)); n > 0 && Verdict(v) != r.Verdict {
			r.Reason += fmt.Sprintf(", %d %s", n, Verdict(v))
		}
	}
}

// Count is how many scenarios have the verdict v.
func (r *Report) Count(v Verdict) (n int) {
	for _, c := range r.Comparisons {
		if c.Verdict == v {
			n++
		}
	}
	return n
}

// adjust corrects the p-values of the makespans that await a verdict for their number (Holm), and judges those again.
func (r *Report) adjust() {
	var open []*Comparison
	var p []float64
	for _, c := range r.Comparisons {
		if c.Verdict == Equivalent || c.Verdict == Inconclusive && c.Makespan != nil {
			open, p = append(open, c), append(p, c.Makespan.P)
		}
	}
	adjusted, err := stats.Holm(p)
	if err != nil {
		return // there is none
	}
	for i, c := range open {
		c.Makespan.Adjusted = adjusted[i]
		c.judgeMakespan(&r.Options)
	}
}
