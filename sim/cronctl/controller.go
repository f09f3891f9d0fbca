package cronctl

import (
	"cmp"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// workers is --concurrent-cron-job-syncs (pkg/controller/cronjob/config/v1alpha1/defaults.go:33@v1.37.2).
const workers = 5

// The rate limit of syncs that failed (DefaultTypedControllerRateLimiter,
// client-go/util/workqueue/default_rate_limiters.go:50@v0.37.2). Its bucket of 100 tokens is not modelled.
const (
	backoff    = 5 * des.Millisecond
	maxBackoff = 1000 * des.Second
)

// noLatency is that of its client: a cluster's is that of the Job controller's requests.
var noLatency rng.Dist

// Controller is the CronJob controller of one run. Make one with New; Reset prepares it for another.
type Controller struct {
	kernel   *des.Kernel
	store    *store.Store
	knobs    *api.Knobs
	observer *trace.Observer // nil: no trace
	client   store.Client
	events   store.Recorder

	crons   []cronState
	ready   []api.CronJobID
	settled int // so many of them are in order
	busy    int
	awake   bool // a KindCronSync event is pending
	down    bool // the process is away
	life    int32

	listed uint64 // the version at which its caches were filled
}

// cronState is what the controller keeps in memory about one CronJob.
type cronState struct {
	cron api.CronJob // as the cache has it; Version 0: not there
	jobs []api.Job   // the CronJob's, as the cache has them, by id

	waiting  des.Time // when the delaying queue adds it; Never: not in it
	waitGen  int32
	queued   bool // in the queue, or to be when its sync is done
	syncing  bool
	failures int32 // syncs failed in a row
	sync     syncCtx

	explained explained // the latest, for the trace
}

// explained is why a schedule time had no Job.
type explained struct {
	because  trace.Rule
	schedule des.Time
}

// New is a controller that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Controller { return &Controller{kernel: k, store: s} }

// Reset forgets everything; observer may be nil.
func (c *Controller) Reset(crons int, knobs *api.Knobs, observer *trace.Observer) {
	*c = Controller{kernel: c.kernel, store: c.store, knobs: knobs, observer: observer, crons: c.crons[:0],
		ready: c.ready[:0], client: c.client, events: c.events}
	for range crons {
		c.crons = append(c.crons, cronState{waiting: des.Never})
	}
	c.client.Reset(c.store, api.CronJobClient, knobs.QPS, knobs.Burst, &noLatency, rng.Source{})
	c.events.Reset(&c.client, knobs.Events)
}

// Stop is the end of the process: what it keeps in memory is lost.
func (c *Controller) Stop() {
	for i := range c.crons {
		c.crons[i] = cronState{waiting: des.Never, waitGen: c.crons[i].waitGen}
	}
	c.ready, c.settled, c.busy, c.awake, c.down = c.ready[:0], 0, 0, false, true
	c.life++
	c.events.Restart()
}

// Start is the begin of a new process: its caches are filled by lists, CronJobs first.
func (c *Controller) Start() {
	c.down = false
	c.client.Restart()
	for i := range c.crons {
		if cron := c.store.CronJob(api.CronJobID(i)); cron.Version != 0 {
			c.observeCronJob(cron)
		}
	}
	for i := range c.store.Jobs() {
		if j := c.store.Job(api.JobID(i)); j.Version != 0 {
			c.observeJob(j)
		}
	}
	c.listed = c.store.Version()
}

// Observe takes the next notice of the controller's view. It updates the cache and enqueues; it never writes.
func (c *Controller) Observe(n *store.Notice) {
	switch {
	case c.down, n.Version <= c.listed:
	case n.Job != nil:
		c.observeJob(n.Job)
	case n.CronJob != nil:
		c.observeCronJob(n.CronJob)
	}
}

// observeCronJob is the handlers of CronJobs (cronjob_controllerv2.go:124). Of a new schedule the next time is waited
// for (updateCronJob, :408).
func (c *Controller) observeCronJob(cron *api.CronJob) {
	st := &c.crons[cron.ID]
	old := st.cron
	st.cron = *cron
	if old.Version != 0 && old.Spec.Plan != cron.Spec.Plan {
		c.enqueue(st, nextScheduleTimeDuration(cron, c.kernel.Now()))
		return
	}
	c.add(st)
}

// observeJob is addJob, updateJob and deleteJob (cronjob_controllerv2.go:294-386).
func (c *Controller) observeJob(j *api.Job) {
	for i := range c.crons {
		st := &c.crons[i]
		if c.store.CronJob(api.CronJobID(i)).Version == 0 || !c.store.CronJob(api.CronJobID(i)).Spec.Owns(j.ID) {
			continue
		}
		at, known := slices.BinarySearchFunc(st.jobs, j.ID, func(a api.Job, id api.JobID) int { return int(a.ID - id) })
		switch {
		case known && j.Version == 0:
			st.jobs = slices.Delete(st.jobs, at, at+1)
		case known:
			st.jobs[at] = *j
		case j.Version != 0:
			st.jobs = slices.Insert(st.jobs, at, *j)
		}
		if st.cron.Version != 0 {
			c.add(st)
		}
	}
}

// enqueue adds the CronJob after a delay; of several pending delays the earliest wins.
func (c *Controller) enqueue(st *cronState, delay des.Duration) {
	if delay <= 0 {
		c.add(st)
		return
	}
	at := c.kernel.Now().Add(delay)
	if at >= st.waiting {
		return
	}
	st.waiting = at
	st.waitGen++
	c.kernel.Schedule(at, api.ClassLook, api.KindCronDue, int32(st.cron.ID), st.waitGen)
}

// Due is the end of the CronJob's delay.
func (c *Controller) Due(id api.CronJobID, gen int32) {
	st := &c.crons[id]
	if gen != st.waitGen || st.waiting == des.Never {
		return
	}
	st.waiting = des.Never
	c.add(st)
}

func (c *Controller) add(st *cronState) {
	if st.queued {
		return
	}
	st.queued = true
	if st.syncing {
		return
	}
	c.ready = append(c.ready, st.cron.ID)
	if !c.awake {
		c.awake = true
		c.kernel.Schedule(c.kernel.Now(), api.ClassLook, api.KindCronSync, 0, c.life)
	}
}

// Work lets idle workers take CronJobs from the queue. What came at once goes by age, where upstream it is the order of
// a heap or a race.
func (c *Controller) Work(life int32) {
	if life != c.life {
		return
	}
	c.awake = false
	slices.SortStableFunc(c.ready[c.settled:], func(a, b api.CronJobID) int {
		return cmp.Compare(c.crons[a].cron.Born, c.crons[b].cron.Born)
	})
	c.work()
}

func (c *Controller) work() {
	for len(c.ready) > 0 && c.busy < workers {
		st := &c.crons[c.ready[0]]
		c.ready = slices.Delete(c.ready, 0, 1)
		c.settled = len(c.ready)
		st.queued, st.syncing = false, true
		c.busy++
		c.begin(st)
	}
	c.settled = len(c.ready)
}

// done is the end of a sync.
func (c *Controller) done(st *cronState) {
	s := &st.sync
	st.syncing = false
	c.busy--
	switch {
	case s.err:
		delay := backoff
		for i := int32(0); i < st.failures && delay < maxBackoff; i++ {
			delay *= 2
		}
		st.failures++
		c.enqueue(st, min(delay, maxBackoff))
	case s.requeue.Set:
		st.failures = 0
		c.enqueue(st, s.requeue.Value)
	default:
		st.failures = 0
	}
	if st.queued {
		c.ready = append(c.ready, st.cron.ID)
	}
	c.work() // before it learns what its own last write has changed
}

// event records a Kubernetes Event about the CronJob.
func (c *Controller) event(st *cronState, of store.EventType, _ string) {
	c.events.Event(int32(st.cron.ID), of)
}

func (c *Controller) writer(because trace.Rule) store.Writer {
	return store.Writer{Actor: trace.CronJob, Because: because}
}

// explain records a decision of the controller.
func (c *Controller) explain(st *cronState, because trace.Rule, args ...trace.Arg) {
	if c.observer != nil {
		c.observer.ExplainCronJob(c.kernel.Now(), st.cron.Spec.Name, because, args...)
	}
}

// explainOnce records why a schedule time has no Job: once, however often the controller looks.
func (c *Controller) explainOnce(st *cronState, because trace.Rule, schedule des.Time) {
	if st.explained != (explained{because, schedule}) {
		st.explained = explained{because, schedule}
		c.explain(st, because, trace.Arg{Key: "schedule", Value: schedule.String()})
	}
}
