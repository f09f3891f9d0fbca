package jobctl

import (
	"container/heap"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// retries are the orphans whose request was refused, as the real queue keeps them: in a heap, which says in which
// order they come of whom the back-off ends in one instant (delayingType,
// client-go/util/workqueue/delaying_queue.go@v0.37.2).
type retries struct {
	waiting  []retry
	failures map[api.PodID]int32
}

// retry is a pod and the end of its back-off.
type retry struct {
	pod api.PodID
	at  des.Time
}

func (r *retries) reset() {
	r.waiting = r.waiting[:0]
	clear(r.failures)
}

// Len implements heap.Interface.
func (r *retries) Len() int { return len(r.waiting) }

// Less implements heap.Interface.
func (r *retries) Less(i, j int) bool { return r.waiting[i].at < r.waiting[j].at }

// Swap implements heap.Interface.
func (r *retries) Swap(i, j int) { r.waiting[i], r.waiting[j] = r.waiting[j], r.waiting[i] }

// Push implements heap.Interface.
func (r *retries) Push(x any) { r.waiting = append(r.waiting, x.(retry)) }

// Pop implements heap.Interface.
func (r *retries) Pop() any {
	last := len(r.waiting) - 1
	x := r.waiting[last]
	r.waiting = r.waiting[:last]
	return x
}

// add has a pod wait until then. If it waits already, the earlier end counts.
func (r *retries) add(x retry) {
	for i := range r.waiting {
		if r.waiting[i].pod == x.pod {
			if x.at < r.waiting[i].at {
				r.waiting[i].at = x.at
				heap.Fix(r, i)
			}
			return
		}
	}
	heap.Push(r, x)
}

// retryOrphan has the pod looked at again after its API back-off.
func (c *Controller) retryOrphan(id api.PodID) {
	r := &c.orphans.retries
	if r.failures == nil {
		r.failures = map[api.PodID]int32{}
	}
	at := c.kernel.Now().Add(c.apiBackoff(r.failures[id]))
	r.failures[id]++
	r.add(retry{id, at})
	c.kernel.Schedule(at, api.ClassLook, api.KindOrphanRetry, 0, c.orphans.life)
}

// OrphanRetry is the end of the API back-off of one or more orphans.
func (c *Controller) OrphanRetry(life int32) {
	if life != c.orphans.life {
		return
	}
	r := &c.orphans.retries
	for r.Len() > 0 && r.waiting[0].at <= c.kernel.Now() {
		c.enqueueOrphan(heap.Pop(r).(retry).pod)
	}
}
