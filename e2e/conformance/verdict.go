package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/des"
)

// Margins of times, beyond the simulator's extremes: how much sooner, how much later, and a share of the longest. API
// times are cut to whole seconds, which makes a span up to a second shorter. The margin of lateness is that of a
// cluster whose two cores are shared with other work; e2e/README.md has the runs.
const (
	early     = 1500 * des.Millisecond
	late      = 15 * des.Second
	lateShare = 0.5
)

// Difference is a fact that is not as it should be.
type Difference struct {
	Fact      reports.Key
	Want, Got string
	// Exact says that the fact does not depend on the pace of the cluster.
	Exact bool
}

// String tells it in a line.
func (d Difference) String() string { return fmt.Sprintf("%v: want %s, got %s", d.Fact, d.Want, d.Got) }

// What stands in the place of a value where there is none.
const nothing = "nothing"

// Compare holds an observation against a forecast.
//
//	Equal         every exact fact is as it should be, and every time within its margins
//	Different     an exact fact is not
//	Inconclusive  only times are, or facts that depend on the pace of the cluster; or the cluster could not be seen
//	              all the time
//
// The verdict is Equal exactly if there are no differences.
func Compare(f *Forecast, seen *observe.Observation) (reports.Verdict, []Difference, error) {
	list, err := facts(seen.Trace)
	if err != nil {
		return reports.Inconclusive, nil, err
	}
	var differences []Difference
	got := map[reports.Key]bool{}
	for i := range list {
		fact := &list[i]
		got[fact.Key] = true
		if d, differs := f.judge(fact); differs {
			differences = append(differences, d)
		}
	}
	for key, want := range f.Exact {
		if !got[key] {
			differences = append(differences, Difference{key, want, nothing, true})
		}
	}
	slices.SortFunc(differences, func(a, b Difference) int { return strings.Compare(a.String(), b.String()) })
	return verdict(differences, seen), differences, nil
}

// judge says whether a fact that was observed is one that was foreseen.
func (f *Forecast) judge(fact *reports.Fact) (d Difference, differs bool) {
	if fact.Kind == reports.Timed {
		shortest, known := f.Shortest[fact.Key]
		longest := f.Longest[fact.Key]
		limit := longest + late + des.Duration(float64(longest)*lateShare)
		return Difference{fact.Key, fmt.Sprintf("%v to %v", shortest, longest), fact.Span.String(), false},
			known && (fact.Span < shortest-early || fact.Span > limit)
	}
	if want, exact := f.Exact[fact.Key]; exact {
		return Difference{fact.Key, want, fact.Text, true}, fact.Text != want
	}
	possible := f.Possible[fact.Key]
	if len(possible) == 0 {
		return Difference{fact.Key, nothing, fact.Text, !f.open(fact.Key.Job)}, true
	}
	return Difference{fact.Key, "one of " + strings.Join(possible, " | "), fact.Text, false},
		!slices.Contains(possible, fact.Text)
}

// open says whether the number of pods of a Job depends on the pace of the cluster.
func (f *Forecast) open(job string) bool {
	_, open := f.Possible[reports.Key{Job: job, Name: "pods"}]
	return open
}

func verdict(differences []Difference, seen *observe.Observation) reports.Verdict {
	switch {
	case len(differences) == 0:
		return reports.Equal
	case len(seen.Gaps) > 0:
		return reports.Inconclusive
	case slices.ContainsFunc(differences, func(d Difference) bool { return d.Exact }):
		return reports.Different
	}
	return reports.Inconclusive
}
