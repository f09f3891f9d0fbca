package gc

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
)

// item is a pod, the node of a Job: nodeItem, or a CronJob: cronItem. For the TTL controller it is a Job: jobItem.
type item int32

const firstCron item = -1 << 31

func nodeItem(n node) item           { return -1 - item(n) }
func jobItem(id api.JobID) item      { return -1 - item(id) }
func cronItem(id api.CronJobID) item { return firstCron + item(id) }

func (i item) isPod() bool         { return i >= 0 }
func (i item) isNode() bool        { return i < 0 && !i.isCron() }
func (i item) isCron() bool        { return i < firstCron/2 }
func (i item) cron() api.CronJobID { return api.CronJobID(i - firstCron) }
func (i item) node() node          { return node(-1 - i) }
func (i item) job() api.JobID      { return api.JobID(-1 - i) }
func (i item) pod() api.PodID      { return api.PodID(i) }
func byBirth(items []item)         { slices.Sort(items) } // of one Job, which is older
func idOf(pod api.PodID) item      { return item(pod) }
func (i item) slot() (int, int) {
	switch {
	case i.isPod():
		return 0, int(i)
	case i.isNode():
		return 1, int(i.node())
	}
	return 2, int(i.cron())
}

// queue is a work queue: it never holds an item twice, and never gives one to two workers; one that is added while it
// is worked on comes back when that is done (client-go/util/workqueue/queue.go).
type queue struct {
	ready  []item
	idle   int // workers
	states [3][]itemState
}

type itemState uint8

const (
	dirty itemState = 1 << iota
	processing
)

func (q *queue) reset(workers int) {
	q.ready, q.idle = q.ready[:0], workers
	for i := range q.states {
		q.states[i] = q.states[i][:0]
	}
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

// needless says whether there is nothing to do about an item, so that the API server need not be asked.
func (c *Collector) needless(i item) bool {
	switch {
	case i.isPod():
		return c.graph.pod(i.pod()).beingDeleted
	case i.isCron():
		return false
	}
	o := &c.graph.owners[i.node()]
	if o.virtual {
		now := c.graph.owner(o.job)
		return now == nil || !now.virtual
	}
	return o.beingDeleted && !o.deletingDependents
}
