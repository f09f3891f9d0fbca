package sched

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// waiter is a pod in the scheduler's queue.
type waiter struct {
	pod    api.PodID
	job    api.JobID
	tries  int32    // that plugins refused
	errors int32    // the latest tries, if there was no node at all
	since  des.Time // of the latest, or of its coming
	why    plugins  // that refused it; none: there was no node
	state  int64    // of the nodes then
}

// The back-off of pods that do not fit (pkg/scheduler/apis/config/v1/defaults.go:118-126@v1.37.2), and the windows in
// which it ends (pkg/scheduler/backend/queue/backoff_queue.go:41).
const (
	firstBackoff = des.Second
	maxBackoff   = 10 * des.Second
)

// backoff is when the back-off ends.
func (w *waiter) backoff() des.Time {
	wait, shift := maxBackoff, w.tries-1
	if w.errors > 0 {
		shift = w.errors - 1
	}
	if shift < 4 {
		wait = firstBackoff << shift
	}
	return w.since.Add(wait).Truncate()
}

// How long a pod stays with those that nothing wakes, and how often that is looked at
// (pkg/scheduler/backend/queue/scheduling_queue.go:62 and 522@v1.37.2).
const (
	longest    = 5 * des.Minute
	flushEvery = 30 * des.Second
)

// flush is when the waiter is tried again though nothing has woken it.
func (w *waiter) flush() des.Time {
	return w.since.Add(longest+flushEvery) - (w.since.Add(longest) % des.Time(flushEvery))
}

// flushed brings a waiter up to date: after five minutes it was tried again, in vain.
func (w *waiter) flushed(now des.Time) {
	for {
		at := w.flush()
		if at >= now {
			return
		}
		w.since = at
		w.tries++
	}
}

// due is when it is tried again, from now on.
func (w *waiter) due(now des.Time) des.Time {
	w.flushed(now)
	return w.flush()
}

// retry is when a waiter is tried again that found no node: at the first look, of one a second, after its back-off
// (backoff_queue.go:213@v1.37.2). Nothing wakes it before.
func (w *waiter) retry() des.Time { return w.backoff().Add(des.Second) }

// retried brings such a waiter up to date: until now it was tried in vain.
func (w *waiter) retried(now des.Time) {
	for w.retry() <= now {
		w.since = w.retry()
		w.errors++
	}
}
