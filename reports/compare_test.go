package reports_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

var lockstep = reports.Options{Lockstep: true}

func TestCompare_ARunEqualsItself(t *testing.T) {
	for _, name := range scenarios.Names() {
		a := play(t, name, "sim", 2, nil)
		for _, o := range []reports.Options{{}, lockstep} {
			r := compare(t, a, relabelled(a, "oracle"), o)
			if r.Verdict != reports.Equal || r.Exact.Facts == 0 || r.Timed.Facts == 0 || r.Comparisons[0].Pairs != 2 {
				t.Errorf("%s, lockstep %v: want Equal, got %s: %s", name, o.Lockstep, r.Verdict, r.Comparisons[0].Reason)
			}
		}
	}
}

// A trace that was cut short anywhere is Different in lockstep, and nowhere Equal.
func TestCompare_CutShort(t *testing.T) {
	for _, name := range scenarios.Names() {
		a := []*trace.Trace{trace.Normalise(play(t, name, "sim", 1, nil)[0])}
		for cut := range a[0].Records {
			b := relabelled(a, "oracle")
			b[0].Records = b[0].Records[:cut]
			r := compare(t, a, b, lockstep)
			if r.Verdict != reports.Different {
				t.Fatalf("%s, cut after %d records, lockstep: want Different, got %s", name, cut, r.Verdict)
			}
			if d := r.Comparisons[0].Divergence; !strings.Contains(d, "oracle has ended") {
				t.Fatalf("%s, cut after %d records: want the divergence to say so, got\n%s", name, cut, d)
			}
			if r = compare(t, a, b, reports.Options{}); r.Verdict == reports.Equal {
				t.Fatalf("%s, cut after %d records: got Equal: %s", name, cut, r.Comparisons[0].Reason)
			}
		}
	}
}

// A trace that is 2 s late, from anywhere on, is Different in lockstep, and never Equal.
func TestCompare_Late(t *testing.T) {
	for _, name := range scenarios.Names() {
		a := play(t, name, "sim", 1, nil)
		for from := range a[0].Records {
			if a[0].Records[len(a[0].Records)-1].Verb.Explains() || a[0].Records[from].Ref.Kind == trace.KindNode {
				continue
			}
			b := relabelled([]*trace.Trace{shifted(a[0], from, 2*des.Second)}, "oracle")
			r := compare(t, a, b, lockstep)
			if c := r.Comparisons[0]; r.Verdict != reports.Different || c.Divergence == "" {
				t.Fatalf("%s, late from record %d on: want Different, got %s: %s", name, from, r.Verdict, c.Reason)
			}
		}
		r := compare(t, a, relabelled([]*trace.Trace{shifted(a[0], 0, 2*des.Second)}, "oracle"), reports.Options{})
		if r.Verdict == reports.Equal {
			t.Errorf("%s, late: got Equal", name)
		}
	}
}

// Runs that took each other's place are Different in lockstep; worlds that did mirror the statistics and change nothing
// else.
func TestCompare_Swapped(t *testing.T) {
	a := play(t, "five-by-two", "sim", 2, random(t))
	b := relabelled([]*trace.Trace{a[1], a[0]}, "oracle")
	b[0].Header.Replication, b[1].Header.Replication = 0, 1
	for _, o := range []reports.Options{{}, lockstep} {
		if r := compare(t, a, b, o); r.Verdict != reports.Different {
			t.Errorf("runs, lockstep %v: want Different, got %s", o.Lockstep, r.Verdict)
		}
	}

	a = play(t, "retry-loop", "sim", 10, profile(t, "none"))
	b = play(t, "retry-loop", "kind", 10, profile(t, "default"))
	ab, ba := compare(t, a, b, reports.Options{}), compare(t, b, a, reports.Options{})
	x, y := ab.Comparisons[0], ba.Comparisons[0]
	if ab.Verdict != ba.Verdict || x.Exact != y.Exact || x.Timed != y.Timed || x.Largest != y.Largest {
		t.Errorf("worlds: want the same, got %+v and %+v", x, y)
	}
	if p := x.Makespan.Estimate * y.Makespan.Estimate; math.Abs(p-1) > 1e-12 || x.Gaps.Mean != -y.Gaps.Mean {
		t.Errorf("worlds: want mirrored statistics, got %+v and %+v", x.Makespan, y.Makespan)
	}
}

// The verdict of makespans, and what it rests on.
func TestCompare_Makespan(t *testing.T) {
	spread := []float64{100, 101, 99, 100.5, 98, 102, 100, 101, 99.5, 100}
	times := func(factor float64, wobble float64) []float64 {
		out := slices.Clone(spread)
		for i := range out {
			out[i] *= factor + wobble*float64(i%3-1)
		}
		return out
	}
	for _, tc := range []struct {
		name   string
		a, b   []float64
		want   reports.Verdict
		reason string
	}{
		{"the same", spread, spread, reports.Equal, "exact and"},
		{"one percent off", spread, times(1.01, 0.01), reports.Equivalent, "makespan ratio 0.9"},
		{"one percent off, always", spread, times(1.01, 0), reports.Equivalent, "makespan ratio 0.9901 (0.9901 to 0.9901) within"},
		{"ten percent off", spread, times(1.1, 0.01), reports.Different, "lies outside of 0.95 to 1.05"},
		{"ten percent the other way", times(1.1, 0.01), spread, reports.Different, "lies outside of 0.95 to 1.05"},
		{"too noisy", spread, times(1, 0.3), reports.Inconclusive, "10 pairs are too few"},
		{"off, and too noisy", spread, times(1.15, 0.3), reports.Inconclusive, "is off, and 10 pairs are too few"},
		{"one pair", spread[:1], times(1.3, 0)[:1], reports.Inconclusive, "one pair of runs says nothing"},
	} {
		r := compare(t, runs("sim", tc.a...), runs("kind", tc.b...), reports.Options{})
		if c := r.Comparisons[0]; c.Verdict != tc.want || !strings.Contains(c.Reason, tc.reason) || r.Verdict != tc.want {
			t.Errorf("%s: want %s (%s), got %s: %s", tc.name, tc.want, tc.reason, c.Verdict, c.Reason)
		}
	}
}

// Many scenarios that are each just within the margins are no longer all equivalent: Holm's correction.
func TestCompare_ManyScenarios(t *testing.T) {
	near := func(scenario, world string, wobble float64) []*trace.Trace {
		var seconds []float64
		for i := range 8 {
			seconds = append(seconds, 100+wobble*float64(i%3-1))
		}
		out := runs(world, seconds...)
		for _, one := range out {
			one.Header.Scenario = scenario
		}
		return out
	}
	count := func(scenarioCount int) (n int) {
		var a, b []*trace.Trace
		for i := range scenarioCount {
			name := "s" + string(rune('a'+i))
			a, b = append(a, near(name, "sim", 0)...), append(b, near(name, "kind", 6)...)
		}
		return compare(t, a, b, reports.Options{}).Count(reports.Equivalent)
	}
	if one, ten := count(1), count(10); one != 1 || ten != 0 {
		t.Errorf("want 1 of 1 and 0 of 10 Equivalent, got %d and %d", one, ten)
	}
}

func TestCompare_ExactFacts(t *testing.T) {
	edit := func(f func(r *trace.Record)) []*trace.Trace {
		out := runs("kind", 10, 11)
		for i := range out[1].Records {
			f(&out[1].Records[i])
		}
		return out
	}
	for _, tc := range []struct {
		name, want string
		b          []*trace.Trace
	}{
		{"a counter", "job a: succeeded is 1 in sim and 2 in kind", edit(func(r *trace.Record) {
			if r.Verb == trace.Status {
				r.Args = []trace.Arg{{Key: "succeeded", Value: "2"}, r.Args[1]}
			}
		})},
		{"a message", `condition Complete is True CompletionsReached: done in sim and True CompletionsReached: over in kind`,
			edit(func(r *trace.Record) {
				if r.Verb == trace.Status {
					r.Args = []trace.Arg{r.Args[0], {Key: "condition", Value: "Complete=True CompletionsReached at 0.000s: over"}}
				}
			})},
		{"an outcome", "pod a/0 outcome is Succeeded in sim and Failed exit=1 in kind", edit(func(r *trace.Record) {
			if r.Verb == trace.Succeed {
				r.Verb, r.Args = trace.Fail, []trace.Arg{{Key: "exit", Value: "1"}}
			}
		})},
		{"another pod", "pod a/0 outcome is Succeeded in sim and not observed in kind", edit(func(r *trace.Record) {
			if r.Ref.Kind == trace.KindPod {
				r.Ref.Attempt = 1
			}
		})},
		{"another index", "pod a/0 outcome is Succeeded in sim and not observed in kind", edit(func(r *trace.Record) {
			if r.Ref.Kind == trace.KindPod {
				r.Ref.Index = 0
			}
		})},
		{"another Job", "conditions is Complete in sim and not observed in kind", edit(func(r *trace.Record) { r.Ref.Name = "b" })},
	} {
		c := compare(t, runs("sim", 10, 11), tc.b, reports.Options{}).Comparisons[0]
		found := slices.ContainsFunc(c.Differences, func(d reports.Difference) bool { return d.Replication == 1 })
		if c.Verdict != reports.Different || !found {
			t.Errorf("%s: want Different in replication 1, got %s: %s", tc.name, c.Verdict, c.Reason)
		}
		all := ""
		for _, d := range c.Differences {
			all += d.Key.String() + " is " + d.A + " in sim and " + d.B + " in kind\n"
		}
		if !strings.Contains(all, tc.want) {
			t.Errorf("%s: want %q in\n%s", tc.name, tc.want, all)
		}
	}
}

// What a race decides, which is where the model's runs do not agree though their fates are the same, must be as in one of
// them; what they agree on is exact.
func TestCompare_Races(t *testing.T) {
	ends := func(world string, failed ...bool) []*trace.Trace {
		out := runs(world, make([]float64, len(failed))...)
		for i, fails := range failed {
			out[i].Records[0].At = -des.Time(i) * des.Time(des.Second) // there is a time that differs
			if r := &out[i].Records[3]; fails {
				r.Verb, r.Args = trace.Fail, []trace.Arg{{Key: "exit", Value: "1"}}
			}
		}
		return out
	}
	gone := func(all []*trace.Trace) []*trace.Trace {
		last := all[len(all)-1]
		last.Records = slices.Delete(last.Records, 1, 4) // no pod
		return all
	}
	mostly := func(n int) []bool { // three of four
		out := make([]bool, n)
		for i := range out {
			out[i] = i%4 != 0
		}
		return out
	}
	always := func(string) bool { return true }
	never := func(string) bool { return false }
	for _, tc := range []struct {
		name      string
		a, b      []*trace.Trace
		o         reports.Options
		exact     reports.Count
		raced     reports.Count
		different bool
	}{
		{"a race that ends otherwise", ends("sim", true, false, false), ends("kind", false, false, true),
			reports.Options{SameFates: always}, reports.Count{Facts: 12}, reports.Count{Facts: 3}, false},
		{"an end that the model has never", ends("sim", false, false), ends("kind", false, true),
			reports.Options{SameFates: always}, reports.Count{Facts: 10, Differ: 1}, reports.Count{}, true},
		{"no pod, where the model's runs have all one", ends("sim", true, false, false), gone(ends("kind", false, false, true)),
			reports.Options{SameFates: always}, reports.Count{Facts: 12, Differ: 1}, reports.Count{Facts: 3, Differ: 1}, true},
		{"no pod, as in a run of the model", gone(ends("sim", true, false, false)), gone(ends("kind", false, false, true)),
			reports.Options{SameFates: always}, reports.Count{Facts: 9}, reports.Count{Facts: 5}, false},
		{"other fates", ends("sim", true, false, false), ends("kind", false, false, true),
			reports.Options{SameFates: never}, reports.Count{Facts: 15, Differ: 2}, reports.Count{}, true},
		{"in lockstep", ends("sim", true, false, false), ends("kind", false, false, true),
			reports.Options{SameFates: always, Lockstep: true}, reports.Count{Facts: 21, Differ: 4}, reports.Count{}, true},
		{"a race that always ends as the model's does seldom", ends("sim", mostly(40)...), ends("kind", make([]bool, 20)...),
			reports.Options{SameFates: always}, reports.Count{Facts: 80}, reports.Count{Facts: 20}, true},
		{"a race that seems to", ends("sim", mostly(4)...), ends("kind", make([]bool, 4)...),
			reports.Options{SameFates: always}, reports.Count{Facts: 16}, reports.Count{Facts: 4}, false},
	} {
		r := compare(t, tc.a, tc.b, tc.o)
		c := r.Comparisons[0]
		if tc.name == "a race that always ends as the model's does seldom" {
			const want = "a race ends otherwise: job a: pod a/0 outcome is Failed exit=1 in 30 of 40 runs of sim and in 0 of 20 of kind"
			if race := c.Races[0]; !strings.HasPrefix(c.Reason, want) || len(c.Races) != 1 || race.P != race.Adjusted || race.P > 1e-6 {
				t.Errorf("%s: want %q, got %q, %+v", tc.name, want, c.Reason, c.Races)
			}
		}
		if c.Exact != tc.exact || c.Raced != tc.raced || r.Raced != tc.raced || (c.Verdict == reports.Different) != tc.different {
			t.Errorf("%s: got %s (%s), exact %+v, raced %+v", tc.name, c.Verdict, c.Reason, c.Exact, c.Raced)
		}
		if tc.raced.Differ > 0 {
			got := c.Differences[tc.exact.Differ]
			if got.A != "one of Failed exit=1 | Succeeded" || got.B != "not observed" || !strings.Contains(c.Row()[3], "1 of 3 unforeseen") {
				t.Errorf("%s: got %+v, %q", tc.name, got, c.Row())
			}
		}
	}
}

// What is named must be observed, and nothing else counts.
func TestCompare_NamedFacts(t *testing.T) {
	for _, tc := range []struct {
		name  string
		named []string
		want  reports.Verdict
	}{
		{"all", nil, reports.Different},
		{"one that agrees", []string{"conditions"}, reports.Equal},
		{"one that differs", []string{"succeeded"}, reports.Different},
		{"a pattern", []string{"pod a/* outcome"}, reports.Different},
		{"one that is nowhere", []string{"conditions", "completedIndexes"}, reports.Different},
		{"a timed one that one world lacks", []string{"pod a/0 started"}, reports.Different},
	} {
		b := runs("kind", 10)
		b[0].Records[4].Args = []trace.Arg{{Key: "succeeded", Value: "2"}, b[0].Records[4].Args[1]}
		b[0].Records = slices.Delete(b[0].Records, 2, 3) // it never started
		b[0].Records[2].Verb = trace.Fail
		c := compare(t, runs("sim", 10), b, reports.Options{Named: tc.named}).Comparisons[0]
		if c.Verdict != tc.want {
			t.Errorf("%s: want %s, got %s: %s", tc.name, tc.want, c.Verdict, c.Reason)
		}
	}
}

func TestCompare_RefusesWhatSaysNothing(t *testing.T) {
	a, b := runs("sim", 10), runs("kind", 10)
	other := runs("kind", 10)
	other[0].Header.Seed = 2
	elsewhere := runs("kind", 10)
	elsewhere[0].Header.Scenario = "other"
	orphan := runs("kind", 10)
	orphan[0].Records = orphan[0].Records[1:]
	for _, tc := range []struct {
		name string
		a, b []*trace.Trace
		o    reports.Options
		want string
		is   error
	}{
		{"no runs", nil, nil, reports.Options{}, "0 runs of one world and 0 of the other", reports.ErrEmpty},
		{"no runs of one", a, nil, reports.Options{}, "1 runs of one world and 0 of the other", reports.ErrEmpty},
		{"no pair", a, other, reports.Options{}, "same seed and replication (1 of sim, 1 of kind)", reports.ErrEmpty},
		{"no scenario in common", a, elsewhere, reports.Options{}, "same seed and replication (1 of sim, 0 of kind)", reports.ErrEmpty},
		{"two of the same", a, append(b, b...), reports.Options{}, "there are two", nil},
		{"two worlds as one", a, append(runs("kind", 10), a...), reports.Options{}, "among traces of world kind", nil},
		{"a pod without a Job", a, orphan, reports.Options{}, "the Job was not created", nil},
		{"a bad margin", a, b, reports.Options{Margin: -1}, "margin -1 (allowed", nil},
		{"a bad alpha", a, b, reports.Options{Alpha: 0.5}, "alpha 0.5 (allowed", nil},
		{"a bad pattern", a, b, reports.Options{Named: []string{"["}}, "syntax error in pattern", nil},
	} {
		_, err := reports.Compare(tc.a, tc.b, tc.o)
		if err == nil || !strings.Contains(err.Error(), tc.want) || tc.is != nil && !errors.Is(err, tc.is) {
			t.Errorf("%s: want %q, got %v", tc.name, tc.want, err)
		}
	}
}

// The prediction interval of runs from one distribution covers as often as it says.
func TestCompare_Coverage(t *testing.T) {
	a := play(t, "five-by-two", "sim", 200, random(t))
	b := play(t, "five-by-two", "kind", 400, random(t))[200:]
	for _, tr := range b {
		tr.Header.Replication -= 200
	}
	c := compare(t, a, b, reports.Options{}).Comparisons[0].Coverage
	if c.N < 100 || c.Nominal < 0.95 || c.Nominal > 0.97 || c.Hi < c.Nominal || c.Lo > c.Nominal {
		t.Errorf("want the interval around the nominal coverage, got %+v", c)
	}
	if few := compare(t, a[:19], b[:19], reports.Options{}).Comparisons[0].Coverage; few != nil {
		t.Errorf("18 other runs are too few for 90 %%, got %+v", few)
	}
}

func TestGaps(t *testing.T) {
	run, err := reports.Read(play(t, "retry-loop", "sim", 1, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	var got []des.Duration
	for i, g := range run.Jobs[0].Gaps() {
		if g.Attempt != i || g.After.Ref.Index != api.NoIndex {
			t.Errorf("gap %d: %+v", i, g)
		}
		got = append(got, g.Span)
	}
	want := []des.Duration{10 * des.Second, 20 * des.Second, 40 * des.Second, 80 * des.Second}
	if !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}
