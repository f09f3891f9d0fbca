package answer

import (
	"fmt"

	"github.com/jobsim/jobsim/reports/stats"
)

// Metric is a number about the runs of a study, by its name.
type Metric struct {
	Name string // such as success, or p95(makespan)
	Unit string // empty for a count and a share
	// Of is the number with its interval. Errors are those of reports/stats: of no runs, nothing can be said.
	Of func(t *Tally, confidence float64) (stats.Summary, error)
}

// samples are what a run says beside how it came out.
var samples = []struct {
	name, unit string
	scale      float64
	of         func(*Tally) *stats.Accumulator
}{
	{"makespan", "s", 1e-9, func(t *Tally) *stats.Accumulator { return &t.Makespan }},
	{"pods", "", 1, func(t *Tally) *stats.Accumulator { return &t.Pods }},
	{"ran", "pod-seconds", 1e-9, func(t *Tally) *stats.Accumulator { return &t.Ran }},
	{"wasted", "pod-seconds", 1e-9, func(t *Tally) *stats.Accumulator { return &t.Wasted }},
}

// quantiles of a sample that have a name.
var quantiles = []struct {
	name string
	q    float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}}

// Metrics are all there are: success; mean, p50, p90, p95 and p99 of makespan, pods, ran and wasted.
func Metrics() []Metric {
	out := []Metric{{"success", "", (*Tally).Success}}
	for _, s := range samples {
		scaled := func(v stats.Summary, err error) (stats.Summary, error) {
			v.Center, v.Lo, v.Hi = v.Center*s.scale, v.Lo*s.scale, v.Hi*s.scale
			return v, err
		}
		out = append(out, Metric{"mean(" + s.name + ")", s.unit, func(t *Tally, confidence float64) (stats.Summary, error) {
			return scaled(s.of(t).Mean(confidence))
		}})
		for _, q := range quantiles {
			out = append(out, Metric{q.name + "(" + s.name + ")", s.unit,
				func(t *Tally, confidence float64) (stats.Summary, error) {
					return scaled(s.of(t).Quantile(q.q, confidence))
				}})
		}
	}
	return out
}

// MetricNamed is the metric of a name.
func MetricNamed(name string) (Metric, error) {
	for _, m := range Metrics() {
		if m.Name == name {
			return m, nil
		}
	}
	return Metric{}, fmt.Errorf("no metric %q (allowed: success, and mean, p50, p90, p95 or p99 of makespan, pods, ran, "+
		"wasted, such as p95(makespan))", name)
}
