package reports

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim/trace"
)

// ErrEmpty is a comparison of nothing.
var ErrEmpty = errors.New("nothing to compare")

// Options say how worlds are compared. The zero value is strict statistics with the documented defaults.
type Options struct {
	// Lockstep says that both worlds promise every record at the same instant, so that nothing is forgiven.
	Lockstep bool `json:"lockstep"`
	// Named are the facts to compare, by patterns of their names as in path.Match; none means all. What is named must
	// be observed.
	Named []string `json:"facts,omitempty"`
	// SameFates says of a scenario that all its runs have the same fates, whatever their replication. Then a fact on which
	// the model's runs do not agree is decided by a race, and any value that one of them has was foreseen. nil: of none.
	// Worlds in lockstep must agree on races, too.
	SameFates func(scenario string) bool `json:"-"`
	// Margin within which makespans are equivalent, as a share; 0 is 0.05.
	Margin float64 `json:"margin"`
	// Alpha is the chance to call different makespans equivalent, over all scenarios together; 0 is 0.05.
	Alpha float64 `json:"alpha"`
}

func (o *Options) defaults() error {
	o.Margin, o.Alpha = cmp.Or(o.Margin, 0.05), cmp.Or(o.Alpha, 0.05)
	if !(o.Margin > 0 && o.Margin < 1) {
		return fmt.Errorf("margin %v (allowed: between 0 and 1, both excluded)", o.Margin)
	}
	if !(o.Alpha > 0 && o.Alpha < 0.5) {
		return fmt.Errorf("alpha %v (allowed: between 0 and 0.5, both excluded)", o.Alpha)
	}
	for _, pattern := range o.Named {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("fact %q: %w", pattern, err)
		}
	}
	return nil
}

func (o *Options) margins() stats.Margins { return stats.Margins{Lo: 1 - o.Margin, Hi: 1 + o.Margin} }

// maxDifferences is how many differences a Comparison keeps.
const maxDifferences = 20

// Comparison is how two worlds compare on one scenario. A is the model, B the world it is held against.
type Comparison struct {
	Scenario string  `json:"scenario"`
	Verdict  Verdict `json:"verdict"`
	Reason   string  `json:"reason"`
	// RunsA and RunsB are the runs of each world, by seed and replication.
	RunsA []*Run `json:"-"`
	RunsB []*Run `json:"-"`
	// Pairs is how many runs have a partner.
	Pairs int `json:"pairs"`
	// Exact and Timed are the facts of all pairs, of which both have the same value or differ.
	Exact Count `json:"exact"`
	Timed Count `json:"timed"`
	// Raced are those exact facts that a race decides, which are not among Exact; those differ that were not foreseen.
	Raced Count `json:"raced"`
	// Races are the odds of raced facts, in all runs of each world.
	Races []Race `json:"races,omitempty"`
	// Largest is by how much a timed fact differs at most, in seconds.
	Largest float64 `json:"largestDifferenceSeconds"`
	// Differences are the first of those that differ, exact ones before timed ones.
	Differences []Difference `json:"differences,omitempty"`
	// Divergence shows the first difference of a pair in lockstep; "" if there is none.
	Divergence string `json:"divergence,omitempty"`

	// What follows are the statistics, nil where there is nothing to make them of.

	// Makespan compares the runs of which both of a pair finished.
	Makespan *Ratio `json:"makespan"`
	// Gaps are the waits for another attempt that both of a pair had, in seconds.
	Gaps *Shift `json:"gaps"`
	// Start are the pods' start latencies, in seconds.
	Start *Distance `json:"startLatency"`
	// Coverage is of B's makespans by A's prediction intervals.
	Coverage *Coverage `json:"coverage"`
}

// Count is how many facts were compared, and how many of them differ.
type Count struct {
	Facts  int `json:"facts"`
	Differ int `json:"differ"`
}

func (c *Count) add(d Count) { c.Facts, c.Differ = c.Facts+d.Facts, c.Differ+d.Differ }

// Compare compares the runs of two worlds, scenario by scenario in the order of a, and sums it up. Runs are pairs if
// they have scenario, seed and replication in common. Errors: ErrEmpty if there is no pair, or a scenario without one;
// traces that cannot be read; bad options.
func Compare(a, b []*trace.Trace, o Options) (*Report, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	groupsA, names, err := group(a)
	if err != nil {
		return nil, err
	}
	groupsB, namesB, err := group(b)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(once(groupsA), once(groupsB)); err != nil {
		return nil, err
	}
	if len(a) == 0 || len(b) == 0 {
		return nil, fmt.Errorf("%w: %d runs of one world and %d of the other", ErrEmpty, len(a), len(b))
	}
	for _, name := range namesB {
		if groupsA[name] == nil {
			names = append(names, name)
		}
	}
	r := &Report{A: world(a), B: world(b), Options: o}
	if r.A == r.B {
		r.A, r.B = r.A+" (a)", r.B+" (b)"
	}
	for _, name := range names {
		c, err := r.compare(name, groupsA[name], groupsB[name])
		if err != nil {
			return nil, fmt.Errorf("scenario %s: %w", name, err)
		}
		r.Comparisons = append(r.Comparisons, c)
	}
	r.conclude()
	return r, nil
}

func world(traces []*trace.Trace) string { return traces[0].Header.World }

// group reads the traces and sorts those of each scenario by seed and replication.
func group(traces []*trace.Trace) (groups map[string][]*Run, names []string, err error) {
	groups = map[string][]*Run{}
	for _, t := range traces {
		run, err := Read(t)
		if err != nil {
			return nil, nil, err
		}
		name := t.Header.Scenario
		if t.Header.World != world(traces) {
			return nil, nil, fmt.Errorf("%s among traces of world %s", title(&t.Header), world(traces))
		}
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], run)
	}
	for _, name := range names {
		slices.SortStableFunc(groups[name], byRun)
	}
	return groups, names, nil
}

// once is an error if a run is there twice: which of them would be compared?
func once(groups map[string][]*Run) error {
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		for i, run := range groups[name][1:] {
			if byRun(run, groups[name][i]) == 0 {
				return fmt.Errorf("%s: there are two", title(&run.Trace.Header))
			}
		}
	}
	return nil
}

func byRun(a, b *Run) int {
	x, y := &a.Trace.Header, &b.Trace.Header
	return cmp.Or(cmp.Compare(x.Seed, y.Seed), cmp.Compare(x.Replication, y.Replication))
}

// pairs are the runs that have a partner in the other world.
func pairs(a, b []*Run) (out [][2]*Run) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch byRun(a[i], b[j]) {
		case -1:
			i++
		case 1:
			j++
		default:
			out = append(out, [2]*Run{a[i], b[j]})
			i, j = i+1, j+1
		}
	}
	return out
}

func (r *Report) compare(name string, a, b []*Run) (*Comparison, error) {
	c := &Comparison{Scenario: name, RunsA: a, RunsB: b}
	paired := pairs(a, b)
	c.Pairs = len(paired)
	if len(paired) == 0 {
		return nil, fmt.Errorf("%w: no run of both worlds has the same seed and replication (%d of %s, %d of %s)",
			ErrEmpty, len(a), r.A, len(b), r.B)
	}
	var open raced
	if same := r.Options.SameFates; !r.Options.Lockstep && same != nil && same(name) {
		open = races(a)
		var err error
		c.Races, err = open.odds(b, func(k Key) bool { return r.Options.wants(k, make([]bool, len(r.Options.Named))) })
		if err != nil {
			return nil, err
		}
	}
	var unforeseen, late []Difference
	seen := make([]bool, len(r.Options.Named))
	for _, p := range paired {
		got := align(p[0], p[1], &r.Options, open)
		c.Exact.add(Count{got.exact, len(got.differences)})
		c.Raced.add(Count{got.raced, len(got.unforeseen)})
		c.Timed.add(Count{got.timed, len(got.late)})
		c.Largest = max(c.Largest, got.largest.Seconds())
		c.Differences = append(c.Differences, got.differences...)
		unforeseen = append(unforeseen, got.unforeseen...)
		late = append(late, got.late...)
		for i := range seen {
			seen[i] = seen[i] || got.seen[i]
		}
		if r.Options.Lockstep && c.Divergence == "" {
			if d := trace.Compare(p[0].Trace, p[1].Trace); d != nil {
				c.Divergence = d.String()
			}
		}
	}
	c.Differences = slices.Concat(c.Differences, unforeseen, late)
	c.Differences = c.Differences[:min(len(c.Differences), maxDifferences)]
	if err := c.measure(paired, &r.Options); err != nil {
		return nil, err
	}
	c.judge(r, seen, late)
	return c, nil
}

// judge gives the verdict, as far as it does not depend on the other scenarios.
func (c *Comparison) judge(r *Report, seen []bool, late []Difference) {
	for i, ok := range seen {
		if !ok {
			c.decide(Different, "no fact %q was observed, in neither world", r.Options.Named[i])
			return
		}
	}
	oneSided := slices.IndexFunc(late, func(d Difference) bool { return d.A == notObserved || d.B == notObserved })
	switch {
	case c.Exact.Facts+c.Raced.Facts+c.Timed.Facts == 0:
		c.decide(Different, "no fact was observed, in neither world")
	case c.Exact.Differ > 0:
		c.decide(Different, "%d of %d exact facts differ: %s", c.Exact.Differ, c.Exact.Facts, c.Differences[0].text(r.A, r.B))
	case c.Raced.Differ > 0:
		c.decide(Different, "%d of %d facts that a race decides are as in no run of %s: %s", c.Raced.Differ, c.Raced.Facts,
			r.A, c.Differences[0].text(r.A, r.B))
	case r.Options.Lockstep && c.Timed.Differ > 0:
		c.decide(Different, "%d of %d timed facts differ: %s", c.Timed.Differ, c.Timed.Facts, late[0].text(r.A, r.B))
	case c.Divergence != "" && len(r.Options.Named) == 0:
		c.decide(Different, "a record differs, see the divergence")
	case len(r.Options.Named) > 0 && oneSided >= 0:
		c.decide(Different, "a named fact was not observed: %s", late[oneSided].text(r.A, r.B))
	case c.Timed.Differ == 0:
		c.decide(Equal, "%d exact and %d timed facts agree", c.Exact.Facts, c.Timed.Facts)
	case c.Makespan == nil:
		c.decide(Inconclusive, "the exact facts agree, and no run finished that could be measured")
	default:
		c.judgeMakespan(&r.Options)
	}
}

func (c *Comparison) decide(v Verdict, format string, args ...any) {
	c.Verdict, c.Reason = v, fmt.Sprintf(format, args...)
}
