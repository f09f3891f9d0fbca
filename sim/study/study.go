package study

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
)

// Result is what one replication says about the whole scenario.
type Result struct {
	Replication uint64
	Complete    bool         // every Job completed
	Reasons     []string     // by Job, such as Failed/BackoffLimitExceeded
	Makespan    des.Duration // from the first submission to the last terminal condition; meaningful where Finished
	Finished    bool         // every Job has a terminal condition
	Pods        int32        // pods created
	Wasted      des.Duration // running time of pods that did not succeed
}

// Options say how to replicate.
type Options struct {
	Runs    int
	Workers int       // at least 1
	Done    func(int) // called now and then, from any goroutine, with how many runs are done; may be nil
}

// Replicate runs cfg opts.Runs times with replications 0, 1, ..., and returns the results in that order. When ctx ends
// it returns the results of the runs from the first on that are done, without a gap, and ctx's error.
func Replicate(ctx context.Context, cfg *sim.Config, opts Options) ([]Result, error) {
	results := make([]Result, opts.Runs)
	errs := make([]error, opts.Runs)
	done := make([]bool, opts.Runs)
	var next, count atomic.Int64
	var group sync.WaitGroup
	for range max(1, opts.Workers) {
		group.Go(func() {
			w := sim.NewWorld()
			own := *cfg
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= opts.Runs {
					return
				}
				own.Replication = uint64(i)
				results[i], errs[i] = replicate(w, &own)
				done[i] = true
				if n := int(count.Add(1)); opts.Done != nil && (n%64 == 0 || n == opts.Runs) {
					opts.Done(n)
				}
			}
		})
	}
	group.Wait()
	for i := range results {
		if !done[i] {
			return results[:i], ctx.Err()
		}
		if errs[i] != nil {
			return results[:i], errs[i]
		}
	}
	return results, nil
}

func replicate(w *sim.World, cfg *sim.Config) (Result, error) {
	out, err := w.Run(cfg, nil)
	r := ResultOf(&out)
	r.Replication = cfg.Replication
	return r, err
}

// ResultOf sums up what became of the Jobs of one run.
func ResultOf(out *sim.Outcome) Result {
	r := Result{Complete: true}
	first, last := des.Never, des.Time(0)
	for i := range out.Jobs {
		j := &out.Jobs[i]
		r.Reasons = append(r.Reasons, j.Reason())
		r.Complete = r.Complete && j.Complete()
		r.Pods += j.Pods
		r.Wasted += j.Wasted
		first = min(first, j.Submitted)
		last = max(last, j.Finished)
	}
	r.Finished = last != des.Never
	if r.Finished {
		r.Makespan = last.Sub(first)
	}
	return r
}
