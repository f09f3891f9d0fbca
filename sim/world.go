package sim

import (
	"fmt"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/cloud"
	"github.com/jobsim/jobsim/sim/cronctl"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/gc"
	"github.com/jobsim/jobsim/sim/jobctl"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/nodectl"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/sched"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// World is a cluster in which one run after another takes place, in the same memory. The zero value is not usable; make
// one with NewWorld. A World is not safe for concurrent use.
type World struct {
	cfg     *Config
	kernel  des.Kernel
	store   *store.Store
	jobctl  *jobctl.Controller
	sched   *sched.Scheduler
	kubelet *kubelet.Kubelet
	gc      *gc.Collector
	nodectl *nodectl.Controller
	cronctl *cronctl.Controller
	cloud   *cloud.Cloud
	fates   api.Fates

	observer  *trace.Observer
	learnt    bool               // the garbage collector and the controllers of nodes know the pods
	ending    bool               // that every Job has finished ends nothing, or has ended the run with this instant
	check     func(*store.Store) // test mode: called after every event
	over      bool
	away      bool     // the Job and the CronJob controller are
	awayUntil des.Time // at least
}

// NewWorld is an empty world.
func NewWorld() *World {
	w := &World{}
	k := &w.kernel
	w.store = store.New(k)
	w.jobctl = jobctl.New(k, w.store)
	w.sched = sched.New(k, w.store)
	w.kubelet = kubelet.New(k, w.store)
	w.gc = gc.New(k, w.store)
	w.nodectl = nodectl.New(k, w.store)
	w.cronctl = cronctl.New(k, w.store)
	w.cloud = cloud.New(k, w.store)
	return w
}

// Check has f called after every event, in tests.
func (w *World) Check(f func(*store.Store)) { w.check = f }

// Store is the cluster's state, to look at between events.
func (w *World) Store() *store.Store { return w.store }

// Now is the present instant.
func (w *World) Now() des.Time { return w.kernel.Now() }

// Fate is what happens to one run of a main container, whether it took place or not.
func (w *World) Fate(k api.FateKey) api.Fate { return w.fates.Resolve(k, true) }

// Peek is the instant of the next event, or false when there is none.
func (w *World) Peek() (des.Time, bool) { return w.kernel.Peek() }

// Begin prepares a run of cfg, which must stay unchanged until the run is over. Records go to sink; nil means no trace.
func (w *World) Begin(cfg *Config, sink trace.Sink) {
	w.cfg = cfg
	w.kernel.Reset()
	w.kernel.SetTieShuffle(cfg.TieShuffle)
	source := rng.Source{Seed: cfg.Seed, Replication: cfg.Replication}
	w.fates = api.Fates{Rules: cfg.Fates, Source: source}
	w.observer = nil
	if sink != nil {
		w.observer = &trace.Observer{Sink: sink, JobName: w.jobName, NodeName: w.nodeName}
	}
	w.store.Reset(&cfg.Knobs, cfg.Nodes, cfg.jobCount(), source, w.observer)
	w.cloud.Reset(cfg.Groups, source)
	nodes := len(w.store.Nodes())
	w.jobctl.Reset(&cfg.Knobs, source, &cfg.Selectors, w.observer)
	w.sched.Reset(&cfg.Knobs, source)
	w.kubelet.Reset(kubelet.Env{Knobs: &cfg.Knobs, Fates: &w.fates}, nodes)
	w.gc.Reset(&cfg.Knobs, source)
	w.nodectl.Reset(&cfg.Knobs, nodes)
	w.store.ReserveCronJobs(len(cfg.CronJobs))
	w.cronctl.Reset(len(cfg.CronJobs), &cfg.Knobs, w.observer)
	w.ending, w.over, w.learnt = cfg.Until.Quiescent || len(cfg.CronJobs) > 0, false, w.store.Delayed()
	w.away, w.awayUntil = false, 0
	for i := range cfg.Jobs {
		w.kernel.Schedule(cfg.Jobs[i].At, api.ClassUser, api.KindSubmit, int32(i), submitJob)
	}
	for i := range cfg.CronJobs {
		w.kernel.Schedule(cfg.CronJobs[i].At, api.ClassUser, api.KindSubmit, int32(i), submitCronJob)
	}
	for i := range cfg.Faults {
		w.kernel.Schedule(cfg.Faults[i].At, api.ClassUser, api.KindFault, int32(i), 0)
	}
	horizon := cfg.Until.Horizon
	if horizon == 0 {
		horizon = defaultHorizon
	}
	w.kernel.Schedule(horizon, api.ClassEnd, api.KindEnd, 0, 0)
}

func (w *World) jobName(id api.JobID) string { return w.store.Job(id).Spec.Name }

func (w *World) nodeName(id api.NodeID) string {
	if int(id) < len(w.cfg.Nodes) {
		return w.cfg.Nodes[id].Name
	}
	return w.cloud.Name(id)
}

// Step lets the next event happen, and everyone learn what they are due to learn. It returns false when the run is
// over.
func (w *World) Step() bool {
	if w.over {
		return false
	}
	e, ok := w.kernel.Step()
	if !ok {
		w.over = true
		return false
	}
	w.handle(e)
	if !w.store.Quiet() {
		w.deliver()
	}
	if !w.ending && w.store.AllEnded() {
		w.ending = true
		w.kernel.Schedule(w.kernel.Now(), api.ClassEnd, api.KindEnd, 0, 0)
	}
	if w.check != nil {
		w.check(w.store)
	}
	return !w.over
}

// handle is the table of contents of a run: every kind of event and who takes it.
func (w *World) handle(e des.Event) {
	switch e.Kind() {
	case api.KindSubmit:
		w.submit(e.Obj, e.Arg)
	case api.KindFault:
		w.fault(&w.cfg.Faults[e.Obj])
	case api.KindEnd:
		w.over = true
	case api.KindRestart:
		w.restart()
	case api.KindList:
		w.startControllers()
	case api.KindSend:
		w.store.Send(api.Client(e.Obj))
	case api.KindWatch:
		w.watch()
	case api.KindWake:
		w.kubelet.Wake(api.PodID(e.Obj), e.Arg)
	case api.KindHeartbeat:
		w.nodectl.Monitor(e.Obj, e.Arg)
	case api.KindTaint:
		w.nodectl.Taint(api.NodeID(e.Obj), e.Arg)
	case api.KindNoSchedule:
		w.nodectl.NoSchedule(api.NodeID(e.Obj), e.Arg)
	case api.KindEvictAll:
		w.nodectl.EvictAll(api.NodeID(e.Obj), e.Arg)
	case api.KindEvict:
		w.nodectl.Evict(api.PodID(e.Obj), e.Arg)
	case api.KindPodGC:
		w.nodectl.CollectPods(e.Arg)
	case api.KindBind:
		w.sched.Bind(api.PodID(e.Obj), api.NodeID(e.Arg))
	case api.KindUnfit:
		w.sched.Unfit(api.PodID(e.Obj), e.Arg)
	case api.KindFlush:
		w.sched.Flush()
	case api.KindRetry:
		w.sched.Retry()
	case api.KindQueue:
		w.jobctl.Due(api.JobID(e.Obj), e.Arg)
	case api.KindSync:
		w.jobctl.Work()
	case api.KindCall:
		w.jobctl.Called(api.JobID(e.Obj), e.Arg)
	case api.KindOrphan:
		w.jobctl.OrphanCalled(e.Obj, e.Arg)
	case api.KindOrphanRetry:
		w.jobctl.OrphanRetry(e.Arg)
	case api.KindAPIEvent:
		w.store.WriteEvent(api.Client(e.Obj), e.Arg)
	case api.KindCronDue:
		w.cronctl.Due(api.CronJobID(e.Obj), e.Arg)
	case api.KindCronSync:
		w.cronctl.Work(e.Arg)
	case api.KindCronCall:
		w.cronctl.Called(api.CronJobID(e.Obj), e.Arg)
	case api.KindTTL, api.KindExpire, api.KindCollect, api.KindCollectAgain, api.KindCollectors, api.KindLetGo:
		w.collect(e)
	case api.KindBoot, api.KindMachine, api.KindScan:
		w.machine(e)
	default:
		panic(fmt.Sprintf("unknown kind of event: %v", e))
	}
}

// collect is handle for the controllers that remove objects after their time.
func (w *World) collect(e des.Event) {
	switch e.Kind() {
	case api.KindTTL:
		w.gc.Due(api.JobID(e.Obj), e.Arg)
	case api.KindExpire:
		w.gc.Expire(api.JobID(e.Obj), e.Arg)
	case api.KindCollect:
		w.gc.Collect(e.Obj, e.Arg)
	case api.KindCollectAgain:
		w.gc.Again(e.Obj, e.Arg)
	case api.KindCollectors:
		w.gc.Begin(e.Arg)
	case api.KindLetGo:
		w.gc.LetGo(api.PodID(e.Obj), e.Arg)
	default: // handle knows which
	}
}

// deliver lets everyone learn of what was written, or has that scheduled where it takes time.
func (w *World) deliver() {
	if w.store.Delayed() {
		w.store.Arm()
		w.store.Forget()
		return
	}
	if !w.store.AllStays() {
		w.learn()
	}
	due := w.store.History()
	for i := range due {
		if w.store.Sending() {
			w.store.Seal()
		}
		w.tell(&due[i])
	}
	w.store.Drop()
}

// tell lets everyone learn of a notice whom it concerns. While nothing has been deleted, the garbage collector and the
// controllers of nodes have no use for pods.
func (w *World) tell(n *store.Notice) {
	switch {
	case n.Pod != nil:
		w.kubelet.Observe(n)
		w.sched.Observe(n)
		w.jobctl.Observe(n)
		if w.learnt {
			w.gc.Observe(n)
			w.nodectl.Observe(n)
		}
		if len(w.cfg.Groups) > 0 {
			w.cloud.Observe(n)
		}
		return
	case n.Job != nil:
		w.jobctl.Observe(n)
		if n.Change != store.Progress {
			w.gc.Observe(n)
		}
	case n.Node != nil:
		w.sched.Observe(n)
		w.nodectl.Observe(n)
		if len(w.cfg.Groups) > 0 {
			w.cloud.Observe(n)
		}
	}
	if len(w.cfg.CronJobs) > 0 {
		w.cronctl.Observe(n)
	}
}

// learn has those who were not told of pods see them.
func (w *World) learn() {
	if !w.learnt {
		w.learnt = true
		w.gc.Learn()
		w.nodectl.Learn()
	}
}

// watch lets those learn of the next notice whose watches deliver it now.
func (w *World) watch() {
	d := w.store.Deliver()
	if d.To(api.KubeletPods) {
		w.kubelet.Observe(d.Notice)
	}
	if d.To(api.SchedulerPods, api.SchedulerNodes) {
		w.sched.Observe(d.Notice)
		if len(w.cfg.Groups) > 0 {
			w.cloud.Observe(d.Notice) // which has watches like the scheduler's
		}
	}
	if d.To(api.ManagerPods, api.ManagerJobs, api.ManagerNodes) {
		w.jobctl.Observe(d.Notice)
		w.gc.Observe(d.Notice)
		w.nodectl.Observe(d.Notice)
	}
	if d.To(api.ManagerJobs, api.ManagerCronJobs) && len(w.cfg.CronJobs) > 0 {
		w.cronctl.Observe(d.Notice)
	}
}

var user = store.Writer{Actor: trace.User, Because: trace.RuleSubmit}

// What Arg of a KindSubmit says.
const (
	submitJob = iota
	submitCronJob
)

func (w *World) submit(i, what int32) {
	if what == submitCronJob {
		w.store.CreateCronJob(user, api.CronJobID(i), &w.cfg.CronJobs[i].Spec)
		return
	}
	w.store.CreateJob(user, api.JobID(i), &w.cfg.Jobs[i].Spec)
}
