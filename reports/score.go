package reports

import "fmt"

// Score is one answer to how close the worlds are.
type Score struct {
	Name   string
	Value  string
	Target string // what is wanted; "" is nothing
	Met    Met
}

// Met is whether a target was met.
type Met string

// What is known of a target.
const (
	MetYes     Met = "yes"
	MetNo      Met = "no"
	MetUnknown Met = "unknown"
)

// Word says it in words.
func (m Met) Word() string {
	return map[Met]string{MetYes: "met", MetNo: "not met", MetUnknown: "nothing to judge by"}[m]
}

func met(ok bool) Met {
	if ok {
		return MetYes
	}
	return MetNo
}

// The targets of a simulator that is calibrated to its cluster.
const (
	wantClose        = 0.9  // share of the scenarios whose makespans are Equal or Equivalent
	wantKS           = 0.10 // median over the scenarios
	wantLow, wantTop = 0.93, 0.97
)

// Scores are the few numbers that say how close the worlds are, each with what is wanted of it.
func (r *Report) Scores() []Score {
	scores := []Score{{"Exact facts", exactText(r.Exact, r.Raced), "all equal",
		met(r.Exact.Differ+r.Raced.Differ == 0 && r.Exact.Facts > 0)}}
	if r.Options.Lockstep {
		return append(scores, Score{"Timed facts", r.Timed.String(), "all equal, to the nanosecond",
			met(r.Timed.Differ == 0 && r.Timed.Facts > 0)})
	}
	timed := Score{Name: "Timed facts", Value: r.Timed.String(), Met: MetUnknown}
	n, close := len(r.Comparisons), r.Count(Equal)+r.Count(Equivalent)
	makespans := Score{"Makespans", fmt.Sprintf("%d of %d scenarios close", close, n),
		fmt.Sprintf("within %.4g %% in %.0f %% of them", r.Percent(), 100*wantClose),
		met(float64(close) >= wantClose*float64(n))}
	start := Score{"Start latency", "-", fmt.Sprintf("at most %.2f", wantKS), MetUnknown}
	if r.Start != nil {
		start.Value = fmt.Sprintf("KS %.3f, median of %d", r.Start.Median, r.Start.N)
		start.Met = met(r.Start.Median <= wantKS)
	}
	covered := Score{"Makespans foreseen", "-", fmt.Sprintf("%.0f to %.0f %%", 100*wantLow, 100*wantTop), MetUnknown}
	if c := r.Coverage; c != nil {
		share := float64(c.Inside) / float64(c.N)
		covered.Value, covered.Met = c.String(), met(wantLow <= share && share <= wantTop)
	}
	return append(scores, timed, makespans, start, covered)
}

// Percent is the margin of the makespans.
func (r *Report) Percent() float64 { return 100 * r.Options.Margin }

// RatioConfidence is that of the intervals of makespan ratios, in percent.
func (r *Report) RatioConfidence() float64 { return 100 * (1 - 2*r.Options.Alpha) }
