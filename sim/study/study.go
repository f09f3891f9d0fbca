package study

import (
	"context"
	"strings"
	"sync"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
)

// Result is what one replication says about the whole scenario.
type Result struct {
	Complete bool // every Job completed, and every CronJob was sound
	// Reason is such as Failed/BackoffLimitExceeded; of several Jobs, separated by commas; of a CronJob Sound, or what was
	// wrong.
	Reason   string
	Makespan des.Duration // from the first submission to the last terminal condition; meaningful where Finished
	Finished bool         // every Job has a terminal condition
	Pods     int32        // pods created
	Ran      des.Duration // running time of all pods
	Wasted   des.Duration // running time of pods that did not succeed
	Due      int32        // schedule times of CronJobs
	Missed   int32        // and how many of them had no Job
}

// ResultOf sums up what became of the Jobs of one run. It is a measure of Replicate.
func ResultOf(_ *sim.World, out *sim.Outcome) Result {
	r := Result{Complete: true}
	first, last := des.Never, des.Time(0)
	reasons := make([]string, 0, 8)
	for i := range out.Jobs {
		j := &out.Jobs[i]
		reasons = append(reasons, j.Reason())
		r.Complete = r.Complete && j.Complete()
		r.Pods += j.Pods
		r.Ran += j.Ran
		r.Wasted += j.Wasted
		first = min(first, j.Submitted)
		last = max(last, j.Finished)
	}
	for i := range out.CronJobs {
		o := &out.CronJobs[i]
		reasons = append(reasons, o.Reason())
		r.Complete = r.Complete && o.Sound()
		r.Pods += o.Pods
		r.Ran += o.Ran
		r.Wasted += o.Wasted
		r.Due += o.Due
		r.Missed += o.Missed
	}
	r.Reason = strings.Join(reasons, ", ")
	r.Finished = last != des.Never && len(out.Jobs) > 0
	if r.Finished {
		r.Makespan = last.Sub(first)
	}
	return r
}

// Pool is the worlds in which replications run, each in its own goroutine. Its memory is used again from one study to
// the next. A Pool serves one study at a time.
type Pool struct{ worlds []*sim.World }

// NewPool has workers worlds, at least 1.
func NewPool(workers int) *Pool {
	p := &Pool{}
	for range max(1, workers) {
		p.worlds = append(p.worlds, sim.NewWorld())
	}
	return p
}

// Configure makes the configuration of a replication. It is called in parallel.
type Configure func(replication uint64) sim.Config

// Fixed is the same configuration for all replications.
func Fixed(cfg *sim.Config) Configure {
	return func(replication uint64) sim.Config {
		own := *cfg
		own.Replication = replication
		return own
	}
}

// Replicate runs the replications from, from+1, ..., to-1 of what configure makes, and hands what measure finds in each
// to take, in this order and one at a time, until take says that it has enough. measure is called in parallel, and must
// keep nothing of the world. Errors: the run's, of the first replication that has one; ctx's, when it ended first. What
// was taken before stands without a gap.
func Replicate[T any](ctx context.Context, p *Pool, configure Configure, from, to uint64,
	measure func(*sim.World, *sim.Outcome) T, take func(replication uint64, result T) bool) error {
	l := &line[T]{next: from, head: from, to: to, take: take, ended: ctx.Err}
	l.moved = sync.NewCond(&l.mutex)
	stop := context.AfterFunc(ctx, func() { l.end(ctx.Err()) })
	defer stop()
	if err := ctx.Err(); err != nil {
		return err
	}
	var group sync.WaitGroup
	for _, w := range p.worlds[:min(uint64(len(p.worlds)), max(1, to-from))] {
		group.Go(func() {
			for {
				i, ok := l.claim()
				if !ok {
					return
				}
				own := configure(i)
				var done result[T]
				out, err := w.Run(&own, nil)
				if done.err = err; err == nil {
					done.value = measure(w, &out)
				}
				done.is = true
				l.put(i, done)
			}
		})
	}
	group.Wait()
	return l.err
}

// window is how many replications may be begun before the first of them is done.
const window = 1024

type result[T any] struct {
	value T
	err   error
	is    bool
}

// line puts results back into order.
type line[T any] struct {
	mutex   sync.Mutex
	moved   *sync.Cond // head went on, or all is over
	next    uint64     // the replication to begin
	head    uint64     // the replication to take
	to      uint64
	over    bool
	err     error
	waiting [window]result[T] // by replication modulo window
	take    func(uint64, T) bool
	ended   func() error // whether somebody wants it to end
}

// claim is the next replication to run, or false when there is none.
func (l *line[T]) claim() (uint64, bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for !l.over && l.next < l.to && l.next-l.head >= window {
		l.moved.Wait()
	}
	if l.over || l.next >= l.to {
		return 0, false
	}
	l.next++
	return l.next - 1, true
}

// put hands on what is in order by now.
func (l *line[T]) put(i uint64, done result[T]) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.waiting[i%window] = done
	for slot := &l.waiting[l.head%window]; slot.is && !l.over; slot = &l.waiting[l.head%window] {
		if slot.err != nil {
			l.over, l.err = true, slot.err
			break
		}
		if l.err = l.ended(); l.err != nil {
			l.over = true
			break
		}
		l.over = !l.take(l.head, slot.value)
		*slot = result[T]{}
		l.head++
	}
	l.moved.Broadcast()
}

func (l *line[T]) end(err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if !l.over && l.head < l.to {
		l.over, l.err = true, err
	}
	l.moved.Broadcast()
}
