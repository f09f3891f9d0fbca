package oracle

import (
	"flag"
	"fmt"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
)

// BenchmarkJob is the cost of whole Jobs: a cluster, the Job and its end, in real time.
func BenchmarkJob(b *testing.B) {
	for _, bc := range []struct {
		completions, parallelism int32
		scheduler                bool
	}{{10, 10, false}, {100, 10, false}, {100, 100, false}, {1000, 100, false}, {1000, 500, false}, {1000, 100, true}} {
		name := fmt.Sprintf("completions=%d/parallelism=%d/scheduler=%v", bc.completions, bc.parallelism, bc.scheduler)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				benchJob(b, bc.completions, bc.parallelism, bc.scheduler)
			}
		})
	}
}

// benchJob runs in the *testing.T of a test of its own, which is what a bubble needs.
func benchJob(b *testing.B, completions, parallelism int32, scheduler bool) {
	count := flag.Lookup("test.count").Value // RunTests heeds it too, and would play -count Jobs an iteration
	defer count.Set(count.String())          //nolint:errcheck // its own value
	if err := count.Set("1"); err != nil {
		b.Fatal(err)
	}
	var err error
	ok := testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "job",
		F: func(t *testing.T) {
			err = tryCluster(t, Options{Scheduler: scheduler, Life: always(exits(3017*time.Millisecond, 0))},
				func(c *Cluster) error { return finish(c, newJob("a", parallelism, completions), 24*time.Hour) })
		}}})
	if err != nil || !ok {
		b.Fatal("the Job did not complete: ", err)
	}
}

// finish submits a Job and waits until it is complete.
func finish(c *Cluster, j *batchv1.Job, horizon time.Duration) error {
	if err := submit(c, j); err != nil {
		return err
	}
	for c.Now() < horizon {
		cur, err := getJob(c, j.Name)
		if err != nil {
			return err
		}
		if hasCondition(cur, batchv1.JobComplete) {
			return nil
		}
		if err := c.SleepUntil(c.Now() + time.Second); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s is not complete after %v", j.Name, horizon)
}
