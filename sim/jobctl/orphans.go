package jobctl

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/store"
)

// orphans is the queue of what may keep the tracking finalizer although its Job is gone or finished, or has let it go:
// single pods, and all pods of a Job. There are as many workers as for syncs; each takes the finalizers off the pods of
// a key, one request at a time (orphanWorker, job_controller.go:759).
type orphans struct {
	queue   []orphanKey
	states  [2][]keyState // by Job, by pod
	workers []orphanWorker
	retries retries
	life    int32 // of the process
}

// orphanKey is a pod, or all pods of a Job: -1 and down.
type orphanKey int32

// keyState says where a key is; one that is added while it is worked on comes back when that is done.
type keyState uint8

const (
	dirty keyState = 1 << iota
	processing
)

// orphanWorker is a worker and what is left of its key; nothing: it is idle.
type orphanWorker struct {
	key  orphanKey
	list []orphan
}

// orphan is a pod as it was when its key's turn came.
type orphan struct {
	id    api.PodID
	owner api.JobID
}

func (o *orphans) reset(workers int32) {
	o.queue = o.queue[:0]
	o.retries.reset()
	o.states[0], o.states[1] = o.states[0][:0], o.states[1][:0]
	for len(o.workers) < int(workers) {
		o.workers = append(o.workers, orphanWorker{})
	}
	o.workers = o.workers[:workers]
	for i := range o.workers {
		o.workers[i].list = o.workers[i].list[:0]
	}
}

func (o *orphans) state(k orphanKey) *keyState {
	kind, at := 1, int(k)
	if k < 0 {
		kind, at = 0, int(-1-k)
	}
	q := &o.states[kind]
	for at >= len(*q) {
		*q = append(*q, 0)
	}
	return &(*q)[at]
}

// enqueueOrphans has the tracking finalizer taken off whatever pod of the Job still has it (enqueueLabelSelector,
// job_controller.go:660).
func (c *Controller) enqueueOrphans(j *jobState) {
	id := j.job.ID
	if c.selectors != nil { // Jobs of one selector share the key
		id = c.selectors.First[id]
	}
	c.addOrphan(orphanKey(-1 - id))
}

func (c *Controller) enqueueOrphan(id api.PodID) { c.addOrphan(orphanKey(id)) }

func (c *Controller) addOrphan(k orphanKey) {
	o := &c.orphans
	s := o.state(k)
	if *s&dirty != 0 {
		return
	}
	*s |= dirty
	if *s&processing == 0 {
		o.queue = append(o.queue, k)
		c.workOrphans()
	}
}

// workOrphans lets idle workers take keys.
func (c *Controller) workOrphans() {
	o := &c.orphans
	for i := range o.workers {
		w := &o.workers[i]
		for len(w.list) == 0 && len(o.queue) > 0 {
			w.key = o.queue[0]
			o.queue = o.queue[:copy(o.queue, o.queue[1:])]
			*o.state(w.key) = processing
			c.listOrphans(w)
			c.nextOrphan(int32(i))
		}
	}
}

// nextOrphan sends the worker's next request, or ends its work on the key.
func (c *Controller) nextOrphan(worker int32) {
	o := &c.orphans
	w := &o.workers[worker]
	for len(w.list) > 0 {
		p := c.store.Pod(w.list[0].id)
		if owner := w.list[0].owner; owner == api.NoJob || !c.tracked(owner) {
			c.client.Send(store.Call{About: c.store.AboutPod(p.ID, store.Patch), Class: api.ClassJobController,
				Kind: api.KindOrphan, Obj: worker, Arg: o.life})
			return
		}
		w.list = w.list[:copy(w.list, w.list[1:])]
	}
	s := o.state(w.key)
	*s &^= processing
	if *s&dirty != 0 {
		o.queue = append(o.queue, w.key)
	}
}

// listOrphans lists the pods of a worker's key that have the finalizer, as far as the cache knows, in the order of
// creation.
func (c *Controller) listOrphans(w *orphanWorker) {
	add := func(id api.PodID) {
		if s := c.cache.lookup(id); s != nil && s.pod.Finalizer {
			w.list = append(w.list, orphan{id, s.pod.Owner})
		}
	}
	if w.key >= 0 {
		add(api.PodID(w.key))
		return
	}
	job := api.JobID(-1 - w.key)
	j := c.state(job)
	switch {
	case c.selectors != nil:
		for id := range c.cache.slotOf {
			if s := c.cache.lookup(api.PodID(id)); s != nil && c.selectors.Match(s.pod.Labels, job) {
				add(s.pod.ID)
			}
		}
	case j.disowned: // they are in no list
		c.store.EachPodOf(job, func(p *api.Pod) { add(p.ID) })
	default:
		for _, id := range j.seen.active {
			add(id)
		}
		for _, id := range j.seen.ended {
			add(id)
		}
	}
	slices.SortFunc(w.list, func(a, b orphan) int { return int(a.id - b.id) })
}

// tracked says whether the Job is there and unfinished: then its pods are no orphans.
func (c *Controller) tracked(id api.JobID) bool {
	j := &c.jobs[id].job
	return j.Version != 0 && !j.Status.Finished()
}

// OrphanCalled is the moment a worker's request takes effect and returns.
func (c *Controller) OrphanCalled(worker, life int32) {
	if life != c.orphans.life {
		return
	}
	w := &c.orphans.workers[worker]
	id := w.list[0].id
	p := c.store.Pod(id)
	before := p.Version
	if err := c.store.Admit(api.PatchPods, p.Job); err != nil {
		c.retryOrphan(id)
	} else if c.store.Untrack(c.writer(RuleOrphan), id) && p.Owner != api.NoJob {
		c.wrotePod(c.state(p.Owner), id, before) // PatchPod tells whose pod it has written (controller_utils.go:561)
	}
	w.list = w.list[:copy(w.list, w.list[1:])]
	c.nextOrphan(worker)
	c.workOrphans()
}
