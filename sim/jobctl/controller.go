package jobctl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// Controller is the Job controller of one run. Make one with New; Reset prepares it for another run in the same memory.
type Controller struct {
	kernel   *des.Kernel
	store    *store.Store
	knobs    *api.Knobs
	observer *trace.Observer // nil: no trace

	cache     cache
	jobs      []jobState
	nobody    jobState       // stands for the owner of pods that have none
	selectors *api.Selectors // nil: a Job's pods are those that it made
	queue     queue
	orphans   orphans
	judged    failedPod // the memory of judge
	client    store.Client
	events    store.Recorder
	down      bool   // the process is away
	listed    uint64 // the version at which its caches were filled
	metrics   Metrics
}

// jobState is what the controller keeps in memory about one Job.
type jobState struct {
	seen    podCounts
	failJob []failJob // failed pods that exist, by age
	job     api.Job   // as the cache has it; Version 0: not there

	waiting  des.Time // when the delaying queue adds the Job; Never: not in it
	waitGen  int32
	queued   bool // in the queue, or to be when its sync is done
	syncing  bool
	failures int32 // syncs failed in a row

	expect             expectation
	backoff            backoffRecord
	finishedExpected   bool   // a terminal status was written and has not come back yet
	disowned           bool   // some of the pods that it made have another owner, or none
	wrotePod, wroteJob uint64 // the latest versions written for the Job

	completedIndexes, failedIndexes parsedIndexes

	sync syncCtx
}

// New is a controller that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Controller { return &Controller{kernel: k, store: s} }

// Reset forgets everything and keeps the memory; observer may be nil.
func (c *Controller) Reset(knobs *api.Knobs, source rng.Source, selectors *api.Selectors, observer *trace.Observer) {
	c.knobs, c.selectors, c.observer = knobs, nil, observer
	if selectors.Matter() {
		c.selectors = selectors
	}
	c.resetCache()
	c.jobs = c.jobs[:0]
	c.queue = queue{ready: c.queue.ready[:0]}
	c.orphans.reset(c.knobs.JobSyncs)
	c.client.Reset(c.store, api.JobControllerClient, knobs.QPS, knobs.Burst, &knobs.Latency.Request, source)
	c.events.Reset(&c.client, knobs.Events)
	c.down, c.listed = false, 0
	c.metrics = Metrics{external: c.metrics.external[:0]}
}

func (c *Controller) resetCache() {
	c.cache.reset()
	c.cache.keeps = c.selectors != nil
	c.nobody.reset()
}

// state is the memory about a Job, made at first sight.
func (c *Controller) state(id api.JobID) *jobState {
	if int(id) >= len(c.jobs) {
		c.meet(id)
	}
	return &c.jobs[id]
}

// meet makes memory for the Jobs up to this one.
func (c *Controller) meet(id api.JobID) {
	for int(id) >= len(c.jobs) {
		if len(c.jobs) < cap(c.jobs) { // a state of an earlier run: keep its buffers
			c.jobs = c.jobs[:len(c.jobs)+1]
			c.jobs[len(c.jobs)-1].reset()
			continue
		}
		c.jobs = append(c.jobs, jobState{waiting: des.Never, backoff: noBackoff})
	}
}

func (j *jobState) reset() {
	gen := j.waitGen
	j.sync.dropCalls()
	*j = jobState{waiting: des.Never, waitGen: gen, backoff: noBackoff, sync: j.sync,
		seen:    podCounts{active: j.seen.active[:0], ended: j.seen.ended[:0], byIndex: j.seen.byIndex.reset()},
		failJob: j.failJob[:0]}
}

// Observe takes the next notice of the controller's view. It updates the cache and enqueues; it never writes.
func (c *Controller) Observe(n *store.Notice) {
	if c.down || n.Version <= c.listed {
		return
	}
	switch {
	case n.Pod != nil:
		c.cache.podVersion = n.Version
		c.observePod(n.Pod)
	case n.Job != nil:
		c.cache.jobVersion = n.Version
		c.observeJob(n.Job)
	}
}

// observePod is addPod, updatePod and deletePod (job_controller.go:402-572).
func (c *Controller) observePod(p *api.Pod) {
	s := c.cache.lookup(p.ID)
	was := s != nil && s.pod.Finalizer && s.pod.Status.Phase.Terminal()
	c.metrics.countTracked(was, p.Version != 0 && p.Status.Phase.Terminal() && p.Finalizer)
	if s != nil && s.pod.Owner == p.Owner && p.Owner != api.NoJob && p.Version != 0 && p.Deleted == des.Never {
		c.observeProgress(p)
	} else {
		c.observeChange(p, s)
	}
}

// observeProgress is what becomes of nearly all notices: a pod of the Job that it was of has come further.
func (c *Controller) observeProgress(p *api.Pod) {
	j := c.state(p.Owner)
	c.cache.put(&j.seen, &j.seen, p)
	if p.Status.Phase == api.Failed {
		c.noteFailJob(j, p)
	}
	if j.job.Version != 0 {
		c.enqueue(j, c.knobs.SyncBatch)
	}
}

// observeChange is all else: a pod that is new, goes, or has another owner than before; s is what is known of it, if
// anything.
func (c *Controller) observeChange(p *api.Pod, s *slot) {
	owner, labels := c.cache.owner(p), p.Labels
	if s != nil {
		labels = s.pod.Labels
	}
	j := c.ownerOf(p.Owner)
	old := j
	if owner != p.Owner {
		old = c.ownerOf(owner)
	}
	left := old != j && owner != api.NoJob
	isNew := c.cache.put(&old.seen, &j.seen, p)
	if left {
		old.disowned = true
		old.forgetFailJob(p.ID)
	}
	if p.Version == 0 || p.Status.Phase == api.Failed {
		c.noteFailJob(j, p)
	}
	if p.Version == 0 || p.Deleted != des.Never {
		c.deletePod(j, p)
		return
	}
	if left && old.job.Version != 0 {
		c.enqueue(old, c.knobs.SyncBatch)
	}
	switch {
	case p.Owner == api.NoJob:
		c.observeOrphan(p, isNew || left || labels != p.Labels)
	case j.job.Version != 0:
		if isNew {
			j.expect.creationObserved()
		}
		c.enqueue(j, c.knobs.SyncBatch)
	}
}

// ownerOf is the memory about the owner of a pod, or that which stands for none.
func (c *Controller) ownerOf(id api.JobID) *jobState {
	if id == api.NoJob {
		return &c.nobody
	}
	return c.state(id)
}

// observeOrphan is what addPod and updatePod do about a pod without an owner: its finalizer goes, and where there is
// something new about it the Jobs are synced that would have it.
func (c *Controller) observeOrphan(p *api.Pod, changed bool) {
	if p.Finalizer {
		c.enqueueOrphan(p.ID)
	}
	if !changed || c.selectors == nil {
		return
	}
	for _, id := range c.selectors.Matching[p.Labels] {
		if j := c.state(id); j.job.Version != 0 {
			c.enqueue(j, c.knobs.SyncBatch)
		}
	}
}

func (c *Controller) deletePod(j *jobState, p *api.Pod) {
	if p.Owner == api.NoJob || j.job.Version == 0 || j.job.Status.Finished() {
		if p.Finalizer && p.Version != 0 {
			c.enqueueOrphan(p.ID)
		}
		return
	}
	j.expect.deletionObserved()
	c.enqueue(j, c.knobs.SyncBatch)
}

// observeJob is addJob, updateJob and deleteJob (job_controller.go:574-658).
func (c *Controller) observeJob(now *api.Job) {
	j := c.state(now.ID)
	version, generation, spec := j.job.Version, j.job.Generation, j.job.Spec
	j.job = *now
	switch {
	case now.Version == 0:
		c.deleteJob(j)
	case version == 0:
		c.enqueue(j, 0)
		if name := now.Spec.ManagedBy; name != "" {
			c.metrics.countExternal(name)
		}
	case now.Status.Finished():
		c.enqueueOrphans(j)
	default:
		c.updateJob(j, generation, spec)
	}
}

func (c *Controller) updateJob(j *jobState, oldGeneration int64, oldSpec *api.JobSpec) {
	if j.job.Generation == oldGeneration {
		c.enqueue(j, c.knobs.SyncBatch)
	} else {
		c.enqueue(j, 0)
	}
	deadline, ok := j.job.Spec.ActiveDeadline()
	if !ok || j.job.Status.StartTime == des.Never {
		return
	}
	if oldSpec.ActiveDeadlineSeconds != j.job.Spec.ActiveDeadlineSeconds {
		c.enqueue(j, deadline-c.kernel.Now().Sub(j.job.Status.StartTime))
	}
}

func (c *Controller) deleteJob(j *jobState) {
	c.enqueue(j, 0)
	j.wrotePod, j.wroteJob = 0, 0
	j.finishedExpected = false
	c.enqueueOrphans(j)
	j.expect = expectation{}
	j.backoff = noBackoff
}

func (c *Controller) writer(because trace.Rule) store.Writer {
	return store.Writer{Actor: trace.JobController, Because: because}
}

// event records a Kubernetes Event about the Job.
func (c *Controller) event(j *jobState, of store.EventType, _ string) {
	c.events.Event(int32(j.job.ID), of)
}

// explain records a decision of the controller.
func (c *Controller) explain(j *jobState, verb trace.Verb, because trace.Rule, args ...trace.Arg) {
	if c.observer != nil {
		c.observer.Explain(c.kernel.Now(), trace.JobController, verb, j.job.ID, because, args...)
	}
}
