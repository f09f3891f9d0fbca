package oracle

import (
	"errors"
	"fmt"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
)

// creations are the times at which the pods of a Job were created.
func creations(t *testing.T, o Options, j *batchv1.Job, horizon time.Duration,
) (at []time.Duration, final *batchv1.Job) {
	t.Helper()
	var c *Cluster
	o.Observe = func(w Write) {
		if w.Type == watch.Added && w.Resource.Resource == "pods" {
			at = append(at, w.At.Sub(c.Start))
		}
	}
	inCluster(t, o, func(cl *Cluster) (err error) {
		c = cl
		if err := submit(c, j); err != nil {
			return err
		}
		if err := c.SleepUntil(horizon); err != nil {
			return err
		}
		final, err = getJob(c, j.Name)
		return err
	})
	return at, final
}

// A slow start costs a round trip for each doubling; a rate limit of 20/30 makes one pod in 50 ms
// after the burst. Of what waits for tokens an API event has one between two batches: 500 pods beyond a burst of 30 meet
// four such gaps, (500-30+4)/20 s = 23.7 s; beyond one of 100 two, (500-100+2)/50 s = 8.04 s.
func TestNetwork_PacesCreations(t *testing.T) {
	latency := func(r Request) Answer {
		if r.Actor == JobController {
			return Answer{Before: 5 * time.Millisecond}
		}
		return Answer{}
	}
	for _, tc := range []struct {
		name    string
		limit   Limit
		network func(Request) Answer
		n       int
		at      time.Duration
	}{
		{"no limit, no latency", Limit{}, nil, 500, 0},
		{"latency, first batch", Limit{}, latency, 1, 5 * time.Millisecond},
		{"latency, fourth batch", Limit{}, latency, 8, 20 * time.Millisecond},
		{"latency, last batch", Limit{}, latency, 500, 45 * time.Millisecond},
		{"limit, within the burst", ManagerLimit, nil, 8, 0},
		{"limit, far beyond the burst", ManagerLimit, nil, 500, 23700 * time.Millisecond},
		{"a larger limit", Limit{QPS: 50, Burst: 100}, nil, 500, 8040 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := Options{ManagerLimit: tc.limit, Network: tc.network, Life: always(exits(600*time.Second, 0))}
			at, _ := creations(t, o, newJob("a", 500, 500), time.Minute)
			if len(at) != 500 {
				t.Fatalf("%d pods", len(at))
			}
			if got := at[tc.n-1]; (got-tc.at).Abs() > 100*time.Millisecond || tc.at == 0 && got != 0 {
				t.Errorf("pod %d at %v, want %v", tc.n, got, tc.at)
			}
			if tc.limit.QPS == 0 {
				return
			}
			for i := 280; i < 500; i++ { // in the last batch: an API event takes one token between two batches
				gap, want := at[i]-at[i-20], 20*time.Duration(float64(time.Second)/tc.limit.QPS)
				if (gap - want).Abs() > time.Millisecond {
					t.Fatalf("20 pods in %v before pod %d, want %v", gap, i+1, want)
				}
			}
		})
	}
}

// The Job controller gets over errors of the API server, conflicts and lost answers.
func TestNetwork_Faults(t *testing.T) {
	pods := schema.GroupResource{Resource: "pods"}
	creates := func(r Request) bool { return r.Verb == "create" && r.Resource == "pods" && r.Subresource == "" }
	counts := func(r Request) bool { return r.Verb == "update" && r.Resource == "jobs" }
	releases := func(r Request) bool { return r.Verb == "patch" && r.Resource == "pods" }
	reports := func(r Request) bool { return r.Actor == Kubelet && r.Verb == "update" }
	for _, tc := range []struct {
		name    string
		fault   Answer
		hits    func(Request) bool
		strikes func(n int) bool // the n-th request that is hit, from 0
	}{
		{"every third creation fails", Answer{Err: apierrors.NewInternalError(errors.New("etcd is slow"))}, creates,
			func(n int) bool { return n%3 == 2 }},
		{"the first status update conflicts", Answer{Err: apierrors.NewConflict(pods, "a", errors.New("stale"))}, counts,
			func(n int) bool { return n == 0 }},
		{"finalizers cannot be removed for a while", Answer{Err: apierrors.NewServerTimeout(pods, "patch", 1)}, releases,
			func(n int) bool { return n < 2 }},
		{"too many requests", Answer{Err: apierrors.NewTooManyRequests("later", 2)}, creates,
			func(n int) bool { return n == 1 }},
		{"the answer of a creation is lost", Answer{Lose: true}, creates, func(n int) bool { return n == 1 }},
		{"a connection breaks", Answer{Err: errors.New("broken pipe")}, counts, func(n int) bool { return n == 1 }},
		{"the kubelet's status is refused", Answer{Err: apierrors.NewInternalError(errors.New("no"))}, reports,
			func(n int) bool { return n == 2 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, struck := 0, 0
			o := Options{Life: always(exits(3*time.Second, 0)), Network: func(r Request) (a Answer) {
				if tc.hits(r) {
					if tc.strikes(n) {
						struck++
						a = tc.fault
					}
					n++
				}
				return a
			}}
			_, j := creations(t, o, newJob("a", 4, 8), 10*time.Minute)
			if struck == 0 {
				t.Fatal("the fault never struck")
			}
			if !hasCondition(j, batchv1.JobComplete) || j.Status.Succeeded != 8 {
				t.Errorf("status %+v, want 8 succeeded", j.Status)
			}
		})
	}
}

// A controller that learns late of its own pods does not make more of them.
func TestNetwork_SlowWatch(t *testing.T) {
	o := Options{Life: always(exits(3*time.Second, 0)), WatchDelay: func(a Actor, w Write) time.Duration {
		if a == Manager && w.Resource.Resource == "pods" {
			return 2 * time.Second
		}
		return 0
	}}
	at, j := creations(t, o, newJob("a", 2, 4), time.Minute)
	if got, want := fmt.Sprint(at), "[0s 0s 6s 6s]"; got != want || j.Status.Succeeded != 4 {
		t.Errorf("creations %s with %d succeeded, want %s and 4", got, j.Status.Succeeded, want)
	}
}

// A watch that is cut goes on from where it was.
func TestNetwork_CutWatches(t *testing.T) {
	var watched int
	o := Options{Life: always(exits(3*time.Second, 0)), Answered: func(r Request, _ int) {
		if r.Verb == "watch" && r.Resource == "pods" {
			watched++
		}
	}}
	inCluster(t, o, func(c *Cluster) error {
		if err := submit(c, newJob("a", 2, 10)); err != nil {
			return err
		}
		for s := range 20 {
			if err := c.SleepUntil(time.Duration(s)*time.Second + 500*time.Millisecond); err != nil {
				return err
			}
			c.CutWatches(func(r Request) bool { return r.Actor == Manager })
		}
		if err := c.SleepUntil(10 * time.Minute); err != nil {
			return err
		}
		j, err := getJob(c, "a")
		if err != nil {
			return err
		}
		if !hasCondition(j, batchv1.JobComplete) || j.Status.Succeeded != 10 {
			t.Errorf("status %+v, want 10 succeeded", j.Status)
		}
		return nil
	})
	if watched < 10 {
		t.Errorf("%d watches of pods, want one after each cut", watched)
	}
}
