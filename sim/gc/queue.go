package gc

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
)

// item is a pod, or a Job: jobItem.
type item int32

func jobItem(id api.JobID) item { return -1 - item(id) }

func (i item) isJob() bool    { return i < 0 }
func (i item) job() api.JobID { return api.JobID(-1 - i) }
func (i item) pod() api.PodID { return api.PodID(i) }
func byBirth(items []item)    { slices.Sort(items) } // a Job is older than its pods
func idOf(pod api.PodID) item { return item(pod) }
func (i item) slot() (int, int) {
	if i.isJob() {
		return 1, int(i.job())
	}
	return 0, int(i)
}

// queue is a work queue: it never holds an item twice, and never gives one to two workers; one that is added while it
// is worked on comes back when that is done (client-go/util/workqueue/queue.go).
type queue struct {
	ready  []item
	idle   int // workers
	states [2][]itemState
}

type itemState uint8

const (
	dirty itemState = 1 << iota
	processing
)

func (q *queue) reset(workers int) {
	q.ready, q.idle = q.ready[:0], workers
	q.states[0], q.states[1] = q.states[0][:0], q.states[1][:0]
}

func (q *queue) state(i item) *itemState {
	kind, at := i.slot()
	s := &q.states[kind]
	for at >= len(*s) {
		*s = append(*s, 0)
	}
	return &(*s)[at]
}

func (q *queue) add(i item) {
	s := q.state(i)
	if *s&dirty != 0 {
		return
	}
	*s |= dirty
	if *s&processing == 0 {
		q.ready = append(q.ready, i)
	}
}

// take gives the next item to an idle worker, if there are both.
func (q *queue) take() (item, bool) {
	if q.idle == 0 || len(q.ready) == 0 {
		return 0, false
	}
	i := q.ready[0]
	q.ready = q.ready[:copy(q.ready, q.ready[1:])]
	*q.state(i) = processing
	q.idle--
	return i, true
}

// done ends the work on an item.
func (q *queue) done(i item) {
	s := q.state(i)
	*s &^= processing
	q.idle++
	if *s&dirty != 0 {
		q.ready = append(q.ready, i)
	}
}
