package conformance

import (
	"context"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Cases begin one after another, no more at a time than they may, and those that stand no other when all are over.
func TestAll_KeepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		cases := []*Case{{}, {Exclusive: true}, {Skip: "it cannot be"}, {}, {}, {}}
		begun := make([]time.Duration, len(cases))
		do := func(_ context.Context, c *Case) *Result {
			begun[slices.Index(cases, c)] = time.Since(start)
			time.Sleep(10 * time.Second)
			return &Result{Case: c}
		}
		over := 0
		results := all(t.Context(), cases, Pace{Parallel: 2, Every: rng.Const(3 * des.Second)}, do, func(*Result) { over++ })
		want := []time.Duration{0, 23 * time.Second, 0, 3 * time.Second, 10 * time.Second, 13 * time.Second}
		if !slices.Equal(begun, want) || over != len(cases) {
			t.Errorf("want beginnings at %v, got %v; %d are over", want, begun, over)
		}
		for i, r := range results {
			if r == nil || r.Case != cases[i] {
				t.Errorf("case %d: got %+v", i, r)
			}
		}
	})
}

// Where beginnings are drawn they come at random, as far apart as they should on the average, and the same every time.
func TestAll_BeginsAtRandom(t *testing.T) {
	begin := func() (begun []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			cases := make([]*Case, 400)
			begun = make([]time.Duration, len(cases))
			for i := range cases {
				cases[i] = &Case{}
			}
			every, err := rng.NewExponential(3 * des.Second)
			if err != nil {
				t.Fatal(err)
			}
			all(t.Context(), cases, Pace{Parallel: 1, Every: every}, func(_ context.Context, c *Case) *Result {
				begun[slices.Index(cases, c)] = time.Since(start)
				return &Result{Case: c}
			}, func(*Result) {})
		})
		return begun
	}
	begun := begin()
	soon := 0 // within a second of the one before: 1 - exp(-1/3) of them
	for i := range begun[1:] {
		if begun[i+1]-begun[i] < time.Second {
			soon++
		}
	}
	if mean := begun[399].Seconds() / 399; mean < 2.7 || mean > 3.3 || soon < 90 || soon > 136 {
		t.Errorf("want a mean of 3 s and 113 within a second, got %v s and %d", mean, soon)
	}
	if !slices.Equal(begun, begin()) {
		t.Error("want the same every time")
	}
}

// What had not begun when the context ended carries its error, and nobody waits for its turn.
func TestAll_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		start := time.Now()
		results := all(ctx, []*Case{{}, {}, {Exclusive: true}}, Pace{Parallel: 1, Every: rng.Const(des.Hour)},
			func(_ context.Context, c *Case) *Result {
				time.Sleep(time.Second)
				cancel(context.Canceled)
				return &Result{Case: c}
			}, func(*Result) {})
		if results[0].Err != nil || results[1].Err == nil || results[2].Err == nil || time.Since(start) != time.Second {
			t.Errorf("want the first alone, after 1s, got %v, %v, %v after %v", results[0].Err, results[1].Err, results[2].Err,
				time.Since(start))
		}
	})
}

func TestKeep_LeavesNoTraceOfHalfAReplay(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want []string
	}{
		{nil, []string{"hello.events.jsonl", "hello.trace", "hello.verdict.json"}},
		{context.Canceled, []string{"hello.error", "hello.events.jsonl"}},
	} {
		dir := t.TempDir()
		r := &Result{Case: &Case{Scenario: &scenarios.Scenario{Name: "hello"}}, Err: tc.err,
			Seen: &observe.Observation{Trace: &trace.Trace{}}}
		if err := r.Keep(dir); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if !slices.Equal(names, tc.want) {
			t.Errorf("error %v: want %q, got %q", tc.err, tc.want, names)
		}
	}
}
