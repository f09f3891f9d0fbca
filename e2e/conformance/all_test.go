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
		results := all(t.Context(), cases, Pace{Parallel: 2, Every: 3 * time.Second}, do, func(*Result) { over++ })
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

// What had not begun when the context ended carries its error, and nobody waits for its turn.
func TestAll_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		start := time.Now()
		results := all(ctx, []*Case{{}, {}, {Exclusive: true}}, Pace{Parallel: 1, Every: time.Hour},
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
