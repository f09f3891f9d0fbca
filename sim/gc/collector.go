package gc

import (
	"cmp"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// The rules of this room, with their places in Kubernetes v1.37.2.
const (
	RuleTTL        trace.Rule = "ttl.expired"   // pkg/controller/ttlafterfinished/ttlafterfinished_controller.go:235
	RuleOwnerGone  trace.Rule = "gc.owner-gone" // pkg/controller/garbagecollector/garbagecollector.go:497
	RuleForeground trace.Rule = "gc.foreground" // pkg/controller/garbagecollector/garbagecollector.go:578
	RuleOrphans    trace.Rule = "gc.orphans"    // pkg/controller/garbagecollector/garbagecollector.go:730
)

const (
	workers       = 20                   // pkg/controller/garbagecollector/config/v1alpha1/defaults.go:35@v1.37.2
	firstRetry    = 5 * des.Millisecond  // client-go/util/workqueue/default_rate_limiters.go:49
	conflictRetry = 10 * des.Millisecond // client-go/util/retry/util.go:38, less its jitter; then 5 times as long
)

// Collector is the garbage collector and the TTL controller of one run. Make one with New; Reset prepares it for
// another.
type Collector struct {
	kernel *des.Kernel
	store  *store.Store
	client store.Client

	down, starting bool   // the process is away; its workers have not begun
	life           int32  // of the process
	listed         uint64 // the version at which its caches were filled

	graph graph
	queue queue
	added []item      // by the notice or the step that is being looked at
	work  []work      // of the workers, and then of those that let pods go
	held  []api.JobID // to be let go of, once there are workers
	ttl   ttl
}

// work is what a worker does.
type work struct {
	item    item
	step    step
	version uint64    // of the object when it was read
	owner   api.JobID // of the pod then
	tries   int       // of the write of the Job that met a conflict
	pending int32     // requests to let pods go that are under way
}

// step is the request that a worker has sent.
type step uint8

const (
	idle        step = iota
	getItem          // GET the object
	getOwner         // GET the pod's Job, or the Job's CronJob
	deletePod        // DELETE the pod as it was read
	getAgain         // GET the pod, for it had changed
	deleteAny        // DELETE the pod as it is
	getJob           // GET the Job, whose finalizer is to go
	finalizeJob      // PATCH it off
	letGo            // PATCH the Job off all its pods
)

func (s step) verb() store.Verb {
	switch s {
	case deletePod, deleteAny:
		return store.Delete
	case finalizeJob, letGo:
		return store.Patch
	default:
		return store.Get
	}
}

// New is a collector that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Collector { return &Collector{kernel: k, store: s} }

// Reset forgets everything and keeps the memory. The collector has twice the client limit of other controllers
// (cmd/kube-controller-manager/app/core.go:662@v1.37.2).
func (c *Collector) Reset(knobs *api.Knobs, source rng.Source) {
	c.client.Reset(c.store, api.CollectorClient, 2*knobs.QPS, knobs.Burst, &knobs.Latency.Request, source)
	c.graph.reset()
	c.queue.reset(workers)
	c.added, c.work = c.added[:0], append(c.work[:0], make([]work, workers)...)
	c.down, c.starting, c.life, c.listed, c.held = false, false, 0, 0, c.held[:0]
	c.ttl.reset(c.store, knobs, source)
}

// Observe takes the next notice.
func (c *Collector) Observe(n *store.Notice) {
	switch {
	case c.down, n.Version <= c.listed:
		return
	case n.Pod != nil:
		c.observePod(n.Pod)
	case n.Job != nil:
		c.observeTTL(n.Job)
		c.observeJob(n.Job)
	}
	if len(c.added) > 0 {
		c.flush()
	}
}

// Learn enters all pods that there are into the graph, where nobody has told of them so far.
func (c *Collector) Learn() {
	if c.down {
		return
	}
	c.observePods()
	c.added = c.added[:0] // their Jobs are known
}

// add adds an item to what flush will add to the queue.
func (c *Collector) add(i item) { c.added = append(c.added, i) }

// flush adds to the queue what was found at once, the oldest first, and lets the workers begin.
func (c *Collector) flush() {
	c.enqueue()
	c.take()
}

func (c *Collector) enqueue() {
	if c.starting {
		slices.SortFunc(c.added, func(a, b item) int { return cmp.Compare(c.born(a), c.born(b)) })
	} else {
		byBirth(c.added)
	}
	for _, i := range c.added {
		c.queue.add(i)
	}
	c.added = c.added[:0]
}

// born orders items by the creation of their objects.
func (c *Collector) born(i item) uint64 {
	switch {
	case i.isPod():
		return c.store.PodBorn(i.pod())
	case i.isNode():
		return c.store.Job(c.jobOf(i)).Born
	}
	return c.store.CronJob(i.cron()).Born
}

// jobOf is the Job of a node.
func (c *Collector) jobOf(i item) api.JobID { return c.graph.owners[i.node()].job }

// take lets idle workers take items.
func (c *Collector) take() {
	for {
		i, ok := c.queue.take()
		if !ok {
			return
		}
		c.begin(i)
	}
}

// begin is a worker's work on an item up to its first request (attemptToDeleteItem, garbagecollector.go:497).
func (c *Collector) begin(i item) {
	if c.needless(i) {
		c.queue.done(i)
		return
	}
	slot := 0
	for c.work[slot].step != idle {
		slot++
	}
	c.work[slot] = work{item: i}
	c.send(slot, getItem)
}

// send has a worker send its next request.
func (c *Collector) send(slot int, s step) {
	w := &c.work[slot]
	w.step = s
	c.client.Send(store.Call{About: c.about(w.item, s), Class: api.ClassCollector, Kind: api.KindCollect,
		Obj: int32(slot), Arg: c.life<<1 + requestDone})
}

func (c *Collector) about(i item, s step) store.About {
	verb := s.verb()
	switch {
	case i.isCron():
		return c.store.AboutCronJob(i.cron(), verb)
	case i.isNode() && s == getOwner:
		cron, _ := c.cronOf(c.jobOf(i))
		return c.store.AboutCronJob(cron, verb)
	case i.isNode():
		return c.store.AboutJob(c.jobOf(i), verb)
	case s == getOwner:
		return c.store.AboutJob(c.store.Pod(i.pod()).Owner, verb)
	}
	return c.store.AboutPod(i.pod(), verb)
}

// finish ends the work on an item, when what it has brought up is in the queue; a worker takes another.
func (c *Collector) finish(slot int) {
	w := &c.work[slot]
	w.step = idle
	c.enqueue()
	if slot < workers {
		c.queue.done(w.item)
	}
	c.take()
}

// What Arg of a KindCollect says, beside the life of the process.
const (
	requestDone = iota // the request takes effect
	requestLate        // the request can be sent
)

// Collect is the effect of a worker's request, and what it does next.
func (c *Collector) Collect(slot, arg int32) {
	if arg>>1 != c.life {
		return
	}
	w := &c.work[slot]
	if arg&1 == requestLate {
		c.send(int(slot), w.step)
		return
	}
	switch {
	case w.item.isPod():
		c.stepPod(int(slot), w)
	case w.item.isNode():
		c.stepJob(int(slot), w)
	default:
		c.finish(int(slot)) // a CronJob has no owner
	}
}

func (c *Collector) stepPod(slot int, w *work) {
	p := c.store.Pod(w.item.pod())
	switch {
	case w.step != getOwner && p.Version == 0:
		c.removePod(p.ID) // a virtual deletion: nobody has told yet
	case w.step == getItem && p.Owner != api.NoJob:
		w.version = p.Version
		w.owner = p.Owner
		if c.graph.job(p.Owner).absent {
			c.send(slot, deletePod)
		} else {
			c.send(slot, getOwner)
		}
		return
	case w.step == getOwner:
		j := c.store.Job(w.owner)
		if j.Version == 0 {
			c.graph.job(w.owner).absent = true
		}
		if j.Version == 0 || j.Deleted != des.Never && j.Foreground {
			c.send(slot, deletePod)
			return
		}
	case w.step == deletePod && w.version != p.Version:
		c.send(slot, getAgain)
		return
	case w.step == deletePod, w.step == deleteAny:
		c.deletePod(p, w.owner)
	case w.step == getAgain && p.Owner != api.NoJob:
		c.send(slot, deleteAny)
		return
	}
	c.finish(slot)
}

func (c *Collector) deletePod(p *api.Pod, owner api.JobID) {
	because := RuleOwnerGone
	if c.store.Job(owner).Version != 0 {
		because = RuleForeground
	}
	c.store.DeletePod(writer(because), p.ID, api.Opt[int64]{})
}

func (c *Collector) stepJob(slot int, w *work) {
	id := c.jobOf(w.item)
	o := &c.graph.owners[w.item.node()]
	switch {
	case w.step == getItem && c.store.Job(id).Version == 0:
		c.removeJob(id)
	case w.step == getItem && o.deletingDependents:
		if o.dependents == 0 {
			c.send(slot, getJob)
			return
		}
		c.addDependents(id)
	case w.step == getItem && c.hasCron(id): // which always exists
		c.send(slot, getOwner)
		return
	case w.step == getItem, w.step == getOwner:
		if o.virtual { // not seen yet: asked again after a while, unless it is seen meanwhile
			o.retries++
			at := c.kernel.Now().Add(firstRetry << (o.retries - 1))
			c.kernel.Schedule(at, api.ClassLook, api.KindCollectAgain, int32(w.item.node()), c.life)
		}
	case c.finalize(slot, w):
		return
	}
	c.finish(slot)
}

// finalize is the effect of a request to take a finalizer off a Job (removeFinalizer, operations.go:84). It says
// whether there is another one to come.
func (c *Collector) finalize(slot int, w *work) bool {
	j := c.store.Job(c.jobOf(w.item))
	switch {
	case j.Version == 0, slot < workers && !j.Foreground, slot >= workers && !j.Orphaned:
		return false // it is gone, or the finalizer is
	case w.step == getJob:
		w.version = j.Version
		c.send(slot, finalizeJob)
		return true
	case w.version == j.Version:
		because := RuleForeground
		if j.Orphaned {
			because = RuleOrphans
		}
		c.store.FinishDeletion(writer(because), j.ID)
		return false
	}
	wait := conflictRetry
	for range w.tries {
		wait *= 5
	}
	w.tries++
	w.step = getJob
	c.kernel.Schedule(c.kernel.Now().Add(wait), api.ClassLook, api.KindCollect, int32(slot), c.life<<1+requestLate)
	return true
}

// Again adds the node of a Job to the queue that had not been seen.
func (c *Collector) Again(n, life int32) {
	if life != c.life {
		return
	}
	c.add(nodeItem(node(n)))
	c.flush()
}

// orphan lets the pods of a Job go, all at once, and then the Job (attemptToOrphanWorker, garbagecollector.go:787).
func (c *Collector) orphan(id api.JobID) {
	if c.starting {
		c.held = append(c.held, id)
		return
	}
	slot := len(c.work)
	c.work = append(c.work, work{item: nodeItem(c.graph.job(id).node), step: letGo})
	first := len(c.added)
	c.eachDependent(id, func(pod api.PodID, _ *dependent) { c.add(idOf(pod)) })
	pods := c.added[first:]
	byBirth(pods)
	for _, i := range pods {
		c.client.Send(store.Call{About: c.about(i, letGo), Class: api.ClassCollector, Kind: api.KindLetGo, Obj: int32(i),
			Arg: c.life<<lifeShift | int32(slot)})
	}
	c.added = c.added[:first]
	w := &c.work[slot]
	if w.pending = int32(len(pods)); w.pending == 0 {
		c.send(slot, getJob)
	}
}

// lifeShift parts the worker from the life of the process in Arg of a KindLetGo.
const lifeShift = 20

// LetGo is the effect of a request to let a pod go.
func (c *Collector) LetGo(pod api.PodID, arg int32) {
	slot := arg & (1<<lifeShift - 1)
	if arg>>lifeShift != c.life {
		return
	}
	w := &c.work[slot]
	c.store.DisownPod(writer(RuleOrphans), pod, c.jobOf(w.item))
	if w.pending--; w.pending == 0 {
		c.send(int(slot), getJob)
	}
}

func writer(because trace.Rule) store.Writer { return store.Writer{Actor: trace.GC, Because: because} }
