package plot

import (
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/reports"
)

// Scenario are the pictures that tell what runs of one scenario did, in one world or more: status over time, the first
// run's pods in each world, and, where there is something to see, waits and distributions. Their names differ.
func Scenario(name string, worlds ...World) ([]*Figure, error) {
	var list []*Figure
	add := func(as string, f *Figure) { f.Name = as; list = append(list, f) }
	add("status", Status(name+": status", worlds...))
	var makespans, starts []Sample
	waits := 0
	for _, w := range worlds {
		if len(w.Runs) == 0 {
			return nil, fmt.Errorf("scenario %s: no run in world %s", name, w.Name)
		}
		add("pods-"+w.Name, Gantt(name+": pods in "+w.Name, w.Runs[0]))
		s := reports.SamplesOf(w.Runs)
		makespans = append(makespans, Sample{w.Name, s.Makespans})
		starts = append(starts, Sample{w.Name, s.Starts})
		waits += len(s.Gaps)
	}
	if waits > 0 {
		add("waits", Ladder(name+": waits for another attempt", worlds...))
	}
	for _, q := range []struct {
		name, quantity string
		samples        []Sample
	}{{"makespan", "makespan", makespans}, {"start-latency", "creation to start", starts}} {
		if !spread(q.samples) {
			continue
		}
		f, err := ECDF(name+": "+q.quantity, q.quantity, q.samples...)
		if err != nil {
			return nil, fmt.Errorf("scenario %s: %s: %w", name, q.quantity, err)
		}
		add(q.name, f)
		if len(worlds) == 2 {
			add(q.name+"-qq", QQ(name+": "+q.quantity+", quantiles", q.quantity, q.samples[0], q.samples[1]))
		}
	}
	return list, nil
}

// spread says whether each sample has two values or more, and not all values are equal.
func spread(samples []Sample) bool {
	differ := false
	for _, s := range samples {
		if len(s.Values) < 2 {
			return false
		}
		first := samples[0].Values[0]
		differ = differ || slices.ContainsFunc(s.Values, func(v float64) bool { return v != first })
	}
	return differ
}
