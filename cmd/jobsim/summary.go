package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"text/tabwriter"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/stats"
	"sigs.k8s.io/yaml"
)

// summaryVersion is the schema of run -o json. It changes when a field changes its meaning or goes.
const summaryVersion = "jobsim.dev/v1alpha1"

// summary is what many runs of a scenario say: the schema of run -o json. Times are in seconds; a number that cannot be
// known, such as the makespan where no run finished, is null.
type summary struct {
	APIVersion      string         `json:"apiVersion"`
	Kind            string         `json:"kind"`
	Scenario        string         `json:"scenario"`
	Seed            uint64         `json:"seed"`
	Runs            int            `json:"runs"`
	Success         proportion     `json:"success"`
	MakespanSeconds quantiles      `json:"makespanSeconds"` // of the runs in which every Job finished
	PodsCreated     podQuantiles   `json:"podsCreated"`
	Wasted          mean           `json:"wastedPodSeconds"` // running time of pods that did not succeed
	Outcomes        map[string]int `json:"outcomes"`         // runs by the Jobs' conditions and reasons
	// MissedStarts is the share of the schedule times of CronJobs that had no Job; absent where there are none.
	MissedStarts *proportion `json:"missedStarts,omitempty"`
	// QuantileError is by how much a quantile is off at most, relative to it; absent where it is exact.
	QuantileError float64 `json:"quantileRelativeError,omitempty"`
	Stopping      string  `json:"stopping,omitempty"`    // the rule that ended the study, with --precision
	Interrupted   bool    `json:"interrupted,omitempty"` // fewer runs than were asked for
}

type proportion struct {
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

type quantiles struct {
	Mean *float64 `json:"mean"`
	P50  *float64 `json:"p50"`
	P95  *float64 `json:"p95"`
	P99  *float64 `json:"p99"`
	// Intervals are the 95 % intervals of the numbers beside them; one that so few runs cannot give is absent.
	Intervals map[string]interval `json:"intervals,omitempty"`
}

type podQuantiles struct {
	Mean      *float64            `json:"mean"`
	P95       *float64            `json:"p95"`
	Intervals map[string]interval `json:"intervals,omitempty"`
}

type mean struct {
	Mean      *float64            `json:"mean"`
	Intervals map[string]interval `json:"intervals,omitempty"`
}

type interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// summarise makes the summary of at least one run. level is the confidence to ask of each interval.
func summarise(scenario string, seed uint64, t *answer.Tally, level float64) *summary {
	out := &summary{APIVersion: summaryVersion, Kind: "RunSummary", Scenario: scenario, Seed: seed, Runs: t.Runs,
		Outcomes: map[string]int{}}
	for _, c := range t.Outcomes {
		out.Outcomes[c.Reason] = c.Runs
	}
	if w, err := t.Success(level); err == nil {
		out.Success = proportion{w.Center, w.Lo, w.Hi}
	}
	if m, some, err := t.MissedStarts(level); some && err == nil {
		out.MissedStarts = &proportion{m.Center, m.Lo, m.Hi}
	}
	const ns = 1e-9
	m, p, w := estimates{of: &t.Makespan, unit: ns}, estimates{of: &t.Pods, unit: 1}, estimates{of: &t.Wasted, unit: ns}
	out.MakespanSeconds = quantiles{Mean: m.mean(level),
		P50: m.quantile("p50", 0.5, level), P95: m.quantile("p95", 0.95, level), P99: m.quantile("p99", 0.99, level)}
	out.MakespanSeconds.Intervals = m.intervals
	out.PodsCreated = podQuantiles{p.mean(level), p.quantile("p95", 0.95, level), p.intervals}
	out.Wasted = mean{w.mean(level), w.intervals}
	if t.Makespan.Sketched() || t.Pods.Sketched() {
		out.QuantileError = stats.SketchError
	}
	return out
}

// estimates are numbers about one sample, and the intervals that they have.
type estimates struct {
	of        *stats.Accumulator
	unit      float64 // of a value, in that of what is printed
	intervals map[string]interval
}

func (e *estimates) mean(level float64) *float64 {
	v, err := e.of.Mean(level)
	return e.note("mean", v, err)
}

func (e *estimates) quantile(name string, q, level float64) *float64 {
	v, err := e.of.Quantile(q, level)
	return e.note(name, v, err)
}

// note keeps the interval, if there is a full one, and returns the estimate, if there is one.
func (e *estimates) note(name string, v stats.Summary, err error) *float64 {
	if err != nil {
		return nil
	}
	if len(v.Warnings) == 0 {
		if e.intervals == nil {
			e.intervals = map[string]interval{}
		}
		e.intervals[name] = interval{v.Lo * e.unit, v.Hi * e.unit}
	}
	center := v.Center * e.unit
	return &center
}

func printSummary(w io.Writer, format string, s *summary) error {
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(s)
	case "yaml":
		text, err := yaml.Marshal(s)
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	}
	return printTable(w, s)
}

func printTable(w io.Writer, s *summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(t, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	row("scenario", "%s (%d runs, seed %d)", s.Scenario, s.Runs, s.Seed)
	row("P(success)", "%.4f (%.4f to %.4f)", s.Success.Estimate, s.Success.Low, s.Success.High)
	m := s.MakespanSeconds
	row("makespan", "p50 %s   p95 %s   p99 %s",
		show(m.P50, " s", m.Intervals, "p50"), show(m.P95, " s", m.Intervals, "p95"), show(m.P99, " s", m.Intervals, "p99"))
	if s.MissedStarts != nil {
		row("missed starts", "%.4f of the schedule times (%.4f to %.4f)", s.MissedStarts.Estimate, s.MissedStarts.Low,
			s.MissedStarts.High)
	}
	row("pods created", "mean %s   p95 %s", show(s.PodsCreated.Mean, "", s.PodsCreated.Intervals, "mean"),
		show(s.PodsCreated.P95, "", s.PodsCreated.Intervals, "p95"))
	row("wasted", "mean %s", show(s.Wasted.Mean, " pod-seconds", s.Wasted.Intervals, "mean"))
	reasons := make([]string, 0, len(s.Outcomes))
	for r := range s.Outcomes {
		reasons = append(reasons, r)
	}
	sort.Slice(reasons, func(i, j int) bool {
		a, b := s.Outcomes[reasons[i]], s.Outcomes[reasons[j]]
		return a > b || a == b && reasons[i] < reasons[j]
	})
	for _, r := range reasons {
		row("outcome", "%s   %d (%.1f %%)", r, s.Outcomes[r], 100*float64(s.Outcomes[r])/float64(s.Runs))
	}
	row("", "in parentheses: 95 %% intervals")
	if s.QuantileError > 0 {
		row("", "of so many runs, quantiles are off by %v %% at most", 100*s.QuantileError)
	}
	if s.Stopping != "" {
		row("", "%s", s.Stopping)
	}
	return t.Flush()
}

// show is a number with its interval, or what stands for them where too few runs say nothing.
func show(v *float64, unit string, intervals map[string]interval, name string) string {
	if v == nil {
		return "unknown"
	}
	i, ok := intervals[name]
	if !ok {
		return fmt.Sprintf("%.1f%s (too few runs for an interval)", *v, unit)
	}
	return fmt.Sprintf("%.1f%s (%.1f to %.1f)", *v, unit, i.Low, i.High)
}
