package sched

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// The scores are those of the real plugins, worked out by hand from their source.
func TestNode_Score(t *testing.T) {
	spec := api.NodeSpec{Resources: api.Resources{MilliCPU: 2000, Memory: 4 << 30}, Pods: 110}
	asks := func(cpu, memory int64) *api.PodRequests {
		r := api.Effective([]api.Container{{Requests: api.Resources{MilliCPU: cpu, Memory: memory}}})
		return &r
	}
	for _, tc := range []struct {
		name        string
		there, more *api.PodRequests
		want        int64
		before136   int64
	}{
		// (95 + 95)/2, and nothing for balance
		{"best effort on an empty node", nil, asks(0, 0), 95, 95},
		// cpu 50, memory (4096-200)*100/4096 = 95: 72. Balance: 100 before, 100*(1-0.25) = 75 after: 50+(50-25)/2 = 62
		{"cpu only on an empty node", nil, asks(1000, 0), 72 + 62, 72 + 75},
		// cpu 0, memory (4096-1224)*100/4096 = 70: 35. Balance: 75 before, fractions 1 and 0.25: 62 after: 50+(50-13)/2 = 68
		{"what it has, on one half full", asks(1000, 0), asks(1000, 1<<30), 35 + 68, 35 + 62},
	} {
		n := node{spec: &spec, exists: true}
		if tc.there != nil {
			n.take(tc.there, 1)
		}
		if got, old := n.score(tc.more, true), n.score(tc.more, false); got != tc.want || old != tc.before136 {
			t.Errorf("%s: %d, before 1.36 %d, want %d and %d", tc.name, got, old, tc.want, tc.before136)
		}
	}
}

// Back-offs are 1, 2, 4, 8, 10, 10 s, and end with the second in which they end.
func TestWaiter_Backoff(t *testing.T) {
	for i, want := range []des.Duration{1, 2, 4, 8, 10, 10} {
		w := waiter{tries: int32(i + 1), since: des.Time(100*des.Second + 700*des.Millisecond)}
		if got := w.backoff(); got != des.Time((100+want)*des.Second) {
			t.Errorf("after %d tries: %v, want %v", i+1, got, (100+want)*des.Second)
		}
	}
}

// A pod that nothing wakes for five minutes is tried again, at the next half minute.
func TestWaiter_Flushed(t *testing.T) {
	w := waiter{tries: 1, since: des.Time(10 * des.Second)}
	w.flushed(des.Time(329 * des.Second))
	if w.tries != 1 {
		t.Errorf("%d tries before 330 s, want 1", w.tries)
	}
	w.flushed(des.Time(331 * des.Second))
	if w.tries != 2 || w.since != des.Time(330*des.Second) {
		t.Errorf("%d tries, the latest at %v; want 2, 330 s", w.tries, w.since)
	}
}
