package trace_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

// instant is what may happen in one instant, in normal form.
func instant() []trace.Record {
	rec := func(actor trace.Actor, verb trace.Verb, ref trace.Ref, args ...trace.Arg) trace.Record {
		return trace.Record{At: 5 * s, Actor: actor, Verb: verb, Ref: ref, Args: args}
	}
	node := trace.Ref{Kind: trace.KindNode, Name: "n0"}
	return []trace.Record{
		rec(trace.NodeLifecycle, trace.Update, node, trace.Arg{Key: "ready", Value: "false"}),
		rec(trace.User, trace.Create, job("b")),
		rec(trace.Kubelet, trace.Succeed, pod("a", api.NoIndex, 2)),
		rec(trace.JobController, trace.Untrack, pod("a", api.NoIndex, 2)),
		rec(trace.GC, trace.Remove, pod("a", api.NoIndex, 2)),
		rec(trace.JobController, trace.Create, pod("a", api.NoIndex, 10)),
		rec(trace.Scheduler, trace.Bind, pod("a", api.NoIndex, 10)),
		rec(trace.JobController, trace.Create, pod("b", 0, 1)),
		rec(trace.JobController, trace.Create, pod("b", 2, 0)),
		rec(trace.JobController, trace.Status, job("a"), trace.Arg{Key: "active", Value: "1"}),
		rec(trace.JobController, trace.Status, job("a"), trace.Arg{Key: "active", Value: "0"}),
		rec(trace.GC, trace.Remove, job("a")),
	}
}

func isStatus(r trace.Record) bool { return r.Verb == trace.Status }

func TestNormalise_OneInstantHasOneOrder(t *testing.T) {
	want := instant()
	for shift := range want {
		// Rotations, but for the two status lines of job a, whose own order counts.
		mixed := slices.Concat(want[shift:], want[:shift])
		first := slices.IndexFunc(mixed, isStatus)
		mixed[first], mixed[slices.IndexFunc(mixed[first+1:], isStatus)+first+1] = want[9], want[10]
		in := &trace.Trace{Records: mixed}
		before := slices.Clone(mixed)
		if got := trace.Normalise(in); !reflect.DeepEqual(got.Records, want) {
			t.Errorf("shift %d: %v", shift, trace.Compare(&trace.Trace{Records: want}, got))
		}
		if !reflect.DeepEqual(in.Records, before) {
			t.Errorf("shift %d: the argument was changed", shift)
		}
	}
}

func TestNormalise_KeepsTheOrderOfStatusLines(t *testing.T) {
	swapped := instant()
	swapped[9], swapped[10] = swapped[10], swapped[9]
	if got := trace.Normalise(&trace.Trace{Records: swapped}).Records; !reflect.DeepEqual(got, swapped) {
		t.Errorf("(-want +got)\n-%v\n+%v", swapped, got)
	}
}

func TestNormalise_DropsWhatOnlyExplains(t *testing.T) {
	once := trace.Normalise(story())
	for _, r := range once.Records {
		if r.Verb.Explains() || r.Because != "" {
			t.Errorf("an explanation is left: %s", r.String())
		}
	}
	if want, got := len(story().Records)-1, len(once.Records); got != want {
		t.Errorf("records: want %d, got %d", want, got)
	}
	if once.Records[0].At != -s/10 {
		t.Errorf("records are not in the order of time: %s comes first", once.Records[0].String())
	}
	if twice := trace.Normalise(once); !reflect.DeepEqual(twice, once) {
		t.Errorf("the normal form of a normal form (-want +got)\n-%v\n+%v", once, twice)
	}
}

func TestDigest_StandsForWhatCanBeObserved(t *testing.T) {
	want := trace.Digest(story())
	if want != "663f548aa4d4da84" {
		t.Errorf("digest of the story: got %s", want)
	}
	for _, tc := range []struct {
		name     string
		change   func(*trace.Trace)
		wantSame bool
	}{
		{"another world and seed", func(t *trace.Trace) { t.Header = trace.Header{World: "oracle", Seed: 7} }, true},
		{"no explanations", func(t *trace.Trace) {
			t.Records[2].Because = ""
			t.Records = slices.Delete(t.Records, 3, 4)
		}, true},
		{"two pods of an instant swapped", func(t *trace.Trace) {
			t.Records[0], t.Records[1] = t.Records[1], t.Records[0]
		}, true},
		{"a nanosecond later", func(t *trace.Trace) { t.Records[2].At++ }, false},
		{"another exit code", func(t *trace.Trace) {
			t.Records[2].Args = []trace.Arg{{Key: "exit", Value: "2"}}
		}, false},
		{"cut short", func(t *trace.Trace) { t.Records = t.Records[:5] }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			other := story()
			tc.change(other)
			if same := trace.Digest(other) == want; same != tc.wantSame {
				t.Errorf("same digest: want %v, got %v", tc.wantSame, same)
			}
			if same := trace.Compare(story(), other) == nil; same != tc.wantSame {
				t.Errorf("Compare finds no difference: want %v, got %v", tc.wantSame, same)
			}
		})
	}
}

func TestCompare_ShowsTheFirstDifference(t *testing.T) {
	run := func(world string) *trace.Trace {
		out := &trace.Trace{Header: trace.Header{World: world}}
		for i := range int32(12) {
			out.Record(trace.Record{At: 10 * s, Actor: trace.JobController, Verb: trace.Create,
				Ref: pod("a", api.NoIndex, i)})
		}
		return out
	}
	const around = `
       3    10.000s job-controller create pod a/2  | 10.000s job-controller create pod a/2
       4    10.000s job-controller create pod a/3  | 10.000s job-controller create pod a/3
       5    10.000s job-controller create pod a/4  | 10.000s job-controller create pod a/4
       6    10.000s job-controller create pod a/5  | 10.000s job-controller create pod a/5
       7    10.000s job-controller create pod a/6  | 10.000s job-controller create pod a/6
`
	for _, tc := range []struct {
		name   string
		change func(*trace.Trace)
		want   string
	}{
		{"an argument", func(t *trace.Trace) {
			t.Records[7].Args = []trace.Arg{{Key: "reason", Value: "a long one that does not fit its cell"}}
		}, `first difference at record 8: args: reason
  sim     10.000s job-controller create pod a/7
  oracle  10.000s job-controller create pod a/7 reason="a long one that does not fit its cell"

  record    sim                                    | oracle` + around +
			`       8  ! 10.000s job-controller create pod a/7  | ` +
			`10.000s job-controller create pod a/7 reason="a long ...
       9    10.000s job-controller create pod a/8  | 10.000s job-controller create pod a/8
      10    10.000s job-controller create pod a/9  | 10.000s job-controller create pod a/9
      11    10.000s job-controller create pod a/10 | 10.000s job-controller create pod a/10
      12    10.000s job-controller create pod a/11 | 10.000s job-controller create pod a/11
`},
		{"an end", func(t *trace.Trace) { t.Records = t.Records[:7] }, `first difference at record 8: oracle has ended
  sim     10.000s job-controller create pod a/7
  oracle  (end)

  record    sim                                    | oracle` + around +
			`       8  ! 10.000s job-controller create pod a/7  | (end)
       9  ! 10.000s job-controller create pod a/8  | (end)
      10  ! 10.000s job-controller create pod a/9  | (end)
      11  ! 10.000s job-controller create pod a/10 | (end)
      12  ! 10.000s job-controller create pod a/11 | (end)
`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			other := run("oracle")
			tc.change(other)
			d := trace.Compare(run("sim"), other)
			if d == nil {
				t.Fatal("no difference found")
			}
			if got := d.String(); got != tc.want {
				t.Errorf("(-want +got)\n-%s\n+%s", tc.want, got)
			}
		})
	}
}

func TestCompare_IsSymmetric(t *testing.T) {
	a, b := story(), story()
	b.Records[4].At += 2 * s
	x, y := trace.Compare(a, b), trace.Compare(b, a)
	if x == nil || y == nil || x.At != y.At {
		t.Fatalf("want the same place both ways, got %v and %v", x, y)
	}
	if p, q := x.Records(); p.At != 12*s || q.At != 14*s {
		t.Errorf("want records at 12 s and 14 s, got %v and %v", p, q)
	}
}
