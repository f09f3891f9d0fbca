package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/des"
)

// Margins of times, beyond the simulator's extremes: how much sooner, how much later. Of 122 replays on 2026-11-25
// and 26 (kind, three nodes on two cores at a load of 20 to 45, 12 at a time) 63 were not on an overloaded cluster; all
// but one, whose Job controller was kept busy by another replay, needed at most 1.2 s and 1.5 s. API times are cut to
// whole seconds, which makes a span up to a second shorter.
const (
	early = 2 * des.Second
	late  = 5 * des.Second
)

// Difference is a fact that is not as it should be.
type Difference struct {
	Fact      reports.Key
	Kind      reports.Kind
	Want, Got string
	// Exact says that the fact does not depend on the pace of the cluster.
	Exact bool
}

// String tells it in a line.
func (d Difference) String() string { return fmt.Sprintf("%v: want %s, got %s", d.Fact, d.Want, d.Got) }

// What stands in the place of a value where there is none.
const nothing = "nothing"

// slower is the pace of a cluster on which the slowest pod that was seen would be no exception, if none of the
// forecast's clusters is slow enough for it; else theirs. How slow a cluster is depends on what else its machines have
// to do, and not on what its Job controller is like.
func (f *Forecast) slower(seen []reports.Fact) float64 {
	pace := f.Pace
	for i := range seen {
		if longest, known := f.Longest[seen[i].Key]; known && aboutPace(seen[i].Key) && !f.holds(seen[i].Key) {
			pace = max(pace, f.Pace+f.Pace*(seen[i].Span-longest).Seconds()/usualLag)
		}
	}
	return pace
}

// holds says whether the replay itself may have kept a pod from its node.
func (f *Forecast) holds(k reports.Key) bool { return f.Held && strings.HasSuffix(k.Name, nodeFact) }

// usualLag is by how many seconds a pod of the slowest usual cluster may start and end later than it should: a start of
// 1.9 s, twice as long, and a second more until it is seen.
const usualLag = 5

// compare holds what was seen against the forecast: first the verdict on the exact facts, then that on the times.
//
//	Equal         every exact fact is as it should be, and every other has a value that was foreseen
//	Equivalent    every time lies within its margins
//	Different     an exact fact is not as it should be, or a time is outside
//	Inconclusive  a fact that depends on the pace of the cluster has a value that was not foreseen; or something differs,
//	              and the cluster could not be seen all the time, or was slower than clusters are: then the times are
//	              Inconclusive in any case, for a forecast for so slow a cluster foresees all but any time
func (f *Forecast) compare(seen []reports.Fact, gaps bool) (exact, times reports.Verdict, differences []Difference) {
	got := map[reports.Key]bool{}
	for i := range seen {
		fact := &seen[i]
		got[fact.Key] = true
		if d, differs := f.judge(fact); differs {
			differences = append(differences, d)
		}
	}
	for key, want := range f.Exact {
		if !got[key] {
			differences = append(differences, Difference{key, reports.Exact, want, nothing, true})
		}
	}
	slices.SortFunc(differences, func(a, b Difference) int { return strings.Compare(a.String(), b.String()) })
	exact, times = reports.Equal, reports.Equivalent
	if f.overloaded() {
		times = reports.Inconclusive
	}
	for _, d := range differences {
		verdict := reports.Different
		if gaps || f.overloaded() || !d.Exact && d.Kind != reports.Timed {
			verdict = reports.Inconclusive
		}
		if d.Kind == reports.Timed {
			times = max(times, verdict)
		} else {
			exact = max(exact, verdict)
		}
	}
	return exact, times, differences
}

// overloaded says whether the cluster was so slow that no forecast can be trusted to know all that may happen.
func (f *Forecast) overloaded() bool { return f.Pace > 1.25*slices.Max(paces) }

// Margins are what the times of a replay would have needed: by how much they went beyond the forecast's extremes.
type Margins struct {
	Early     float64 `json:"early"` // seconds
	EarlyFact string  `json:"earlyFact,omitempty"`
	Late      float64 `json:"late"` // seconds
	LateFact  string  `json:"lateFact,omitempty"`
}

// margins are what the times that were seen need.
func (f *Forecast) margins(seen []reports.Fact) (m Margins) {
	for i := range seen {
		fact := &seen[i]
		shortest, known := f.Shortest[fact.Key]
		if fact.Kind != reports.Timed || !known || aboutPace(fact.Key) {
			continue
		}
		if early := (shortest - fact.Span).Seconds(); early > m.Early {
			m.Early, m.EarlyFact = early, fact.Key.String()
		}
		if late := (fact.Span - f.Longest[fact.Key]).Seconds(); late > m.Late {
			m.Late, m.LateFact = late, fact.Key.String()
		}
	}
	return m
}

// judge says whether a fact that was observed is one that was foreseen.
func (f *Forecast) judge(fact *reports.Fact) (d Difference, differs bool) {
	if aboutPace(fact.Key) {
		return d, false
	}
	if fact.Kind == reports.Timed {
		shortest, known := f.Shortest[fact.Key]
		longest := f.Longest[fact.Key]
		return Difference{fact.Key, fact.Kind, fmt.Sprintf("%v to %v", shortest, longest), fact.Span.String(), false},
			known && (fact.Span < shortest-early || fact.Span > longest+late)
	}
	if want, exact := f.Exact[fact.Key]; exact {
		return Difference{fact.Key, fact.Kind, want, fact.Text, true}, fact.Text != want
	}
	if fact.Kind == reports.Story {
		return d, false
	}
	possible := f.Possible[fact.Key]
	if len(possible) == 0 {
		return Difference{fact.Key, fact.Kind, nothing, fact.Text, !f.open(fact.Key.Job)}, true
	}
	return Difference{fact.Key, fact.Kind, "one of " + strings.Join(possible, " | "), fact.Text, false},
		!slices.Contains(possible, fact.Text)
}

// open says whether the number of pods of a Job depends on the pace of the cluster.
func (f *Forecast) open(job string) bool {
	_, open := f.Possible[reports.Key{Job: job, Name: "pods"}]
	return open
}

// Excused says whether there is no verdict because the cluster could not be seen all the time, or was slower than
// clusters are.
func (r *Result) Excused() bool {
	return (r.Verdict == reports.Inconclusive || r.Times == reports.Inconclusive) &&
		(len(r.Seen.Gaps) > 0 || r.Case.Forecast.overloaded())
}
