package jobctl

import (
	"errors"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// op is what a call asks of the API server.
type op uint8

const (
	opCreate        op = iota // POST a pod
	opDelete                  // DELETE a pod
	opUntrackDelete           // PATCH its finalizer off, then opDelete
	opUntrack                 // PATCH its finalizer off
	opStatus                  // PUT the Job's status
	opGetJob                  // GET the Job
	opAdopt                   // PATCH the Job on a pod, and the finalizer
	opRelease                 // PATCH them off
)

// call is one request of a sync.
type call struct {
	op      op
	pod     api.PodID
	index   int32 // opCreate: completion index; opUntrack: position in removals
	because trace.Rule
	ready   bool // opUntrackDelete, opDelete: the pod was ready when the sync began
}

// issue sends the calls of a stage, all at once: each takes its token of the client's rate limit in order, and its
// effect comes a request's latency later.
func (c *Controller) issue(j *jobState) {
	s := &j.sync
	s.failure = false
	n := len(s.calls)
	s.pending = int32(n)
	for i := range n {
		c.send(j, int32(i))
	}
}

func (c *Controller) send(j *jobState, i int32) {
	number := j.sync.earlier + i
	if c.client.Direct() {
		c.kernel.Schedule(c.kernel.Now(), api.ClassJobController, api.KindCall, int32(j.job.ID), number)
		return
	}
	c.client.Send(store.Call{About: c.about(j, &j.sync.calls[i]), Class: api.ClassJobController, Kind: api.KindCall,
		Obj: int32(j.job.ID), Arg: number})
}

func (c *Controller) about(j *jobState, sent *call) store.About {
	switch sent.op {
	case opCreate:
		return c.store.AboutNewPod(j.job.ID, sent.index)
	case opDelete:
		return c.store.AboutPod(sent.pod, store.Delete)
	case opStatus:
		return c.store.AboutJob(j.job.ID, store.Update)
	case opGetJob:
		return c.store.AboutJob(j.job.ID, store.Get)
	case opUntrack, opUntrackDelete, opAdopt, opRelease:
	}
	return c.store.AboutPod(sent.pod, store.Patch)
}

// Called is the moment a call takes effect and returns. Calls are numbered over the whole run: one that belongs to an
// earlier life of the controller is lost.
func (c *Controller) Called(id api.JobID, number int32) {
	j := &c.jobs[id]
	i := number - j.sync.earlier
	if i < 0 {
		return
	}
	c.perform(j, i)
	if j.sync.pending == 0 {
		c.proceed(j)
	}
}

// perform lets the call take effect, if the API server does not refuse it.
func (c *Controller) perform(j *jobState, i int32) {
	s := &j.sync
	s.pending--
	sent := &s.calls[i] // not copied: it was just written, in smaller pieces, and that would stall the processor
	if err := c.store.Admit(sent.op.request(), j.job.ID); err != nil {
		c.refused(j, *sent, err)
		return
	}
	switch sent.op {
	case opCreate:
		c.createPod(j, sent.index)
	case opDelete:
		c.deletePodCall(j, *sent)
	case opUntrackDelete:
		c.untrackForDeletion(j, *sent)
	case opUntrack:
		before := c.store.Pod(sent.pod).Version
		if c.store.Untrack(c.writer(sent.because), sent.pod) {
			c.wrotePod(j, sent.pod, before)
		} else {
			c.untrackFailed(sent.pod)
		}
		s.removals[sent.index].done = true
	case opStatus:
		c.putStatus(j)
	case opGetJob, opAdopt, opRelease:
		c.tryClaim(j, sent.op)
	}
}

var requests = [...]api.Requests{opCreate: api.CreatePods, opDelete: api.DeletePods, opUntrackDelete: api.PatchPods,
	opUntrack: api.PatchPods, opStatus: api.UpdateStatus, opGetJob: 0, opAdopt: api.PatchPods, opRelease: api.PatchPods}

// request is the kind of request that the call is.
func (o op) request() api.Requests { return requests[o] }

// refused is what becomes of a call that fails: the sync goes on, and ends in an error.
func (c *Controller) refused(j *jobState, sent call, err error) {
	s := &j.sync
	s.failure, s.refused = true, true
	c.explainRefused(j, sent.op, err)
	switch sent.op {
	case opCreate: // job_controller.go:1925-1933
		s.created++
		s.notCreated++
		j.expect.creationObserved()
		s.nActive--
		c.event(j, store.Warning, "FailedCreate")
	case opUntrackDelete: // :1277
		j.expect.deletionObserved()
	case opDelete: // :1237, :1277
		if !s.finishing {
			j.expect.deletionObserved()
		}
		if sent.ready {
			s.ready--
		}
		c.event(j, store.Warning, "FailedDelete")
	case opUntrack: // :1582
		c.untrackFailed(sent.pod)
	case opAdopt, opRelease:
		s.claims.todo = s.claims.todo[1:]
		s.claims.failed = true
	case opStatus, opGetJob:
	}
}

// opWords say what a refused request would have done.
var opWords = [...]string{opCreate: "create a pod", opDelete: "delete a pod", opUntrackDelete: "take a finalizer off",
	opUntrack: "take a finalizer off", opStatus: "write the status", opGetJob: "read the Job", opAdopt: "adopt a pod",
	opRelease: "let a pod go"}

func (c *Controller) explainRefused(j *jobState, o op, err error) {
	because := RuleAPIError
	if errors.Is(err, store.ErrQuota) {
		because = RuleQuota
	}
	if c.observer != nil {
		c.explain(j, trace.Refuse, because, trace.Arg{Key: "request", Value: opWords[o]},
			trace.Arg{Key: "error", Value: err.Error()})
	}
}

// untrackFailed has the pod's finalizer not expected to vanish any more.
func (c *Controller) untrackFailed(id api.PodID) {
	if slot := c.cache.lookup(id); slot != nil {
		slot.rmExpected = false
	}
}

func (c *Controller) createPod(j *jobState, index int32) {
	j.sync.created++
	c.store.CreatePod(c.writer(RuleWantActive), j.job.ID, j.sync.job.Spec, index, newIndexFailures(j, index))
	j.wrotePod = c.store.Version()
	c.event(j, store.Normal, "SuccessfulCreate")
}

// wrotePod remembers the version of a pod whose finalizer was taken off. If that was the end of the pod, the answer has
// the version that it had before (deleteWithoutFinalizers, apiserver/pkg/registry/generic/registry/store.go@v0.37.2),
// so that no cache has to catch up with it.
func (c *Controller) wrotePod(j *jobState, id api.PodID, before uint64) {
	p := c.store.Pod(id)
	if p.Version != 0 {
		before = p.Version
	}
	if p.Owner == j.job.ID { // else it had been let go meanwhile
		j.wrotePod = max(j.wrotePod, before)
	}
}

// untrackForDeletion takes the finalizer off and then deletes the pod, by a second call.
func (c *Controller) untrackForDeletion(j *jobState, patch call) {
	s := &j.sync
	before := c.store.Pod(patch.pod).Version
	if !c.store.Untrack(c.writer(patch.because), patch.pod) {
		j.expect.deletionObserved() // it is gone: its deletion will not be observed
		s.nActive--
		s.terminating++
		return
	}
	c.wrotePod(j, patch.pod, before)
	s.calls = append(s.calls, call{op: opDelete, pod: patch.pod, because: patch.because, ready: patch.ready})
	s.pending++
	c.send(j, int32(len(s.calls)-1))
}

// deletePodCall deletes an active pod. One that is gone is as good as deleted.
func (c *Controller) deletePodCall(j *jobState, del call) {
	s := &j.sync
	if c.store.DeletePod(c.writer(del.because), del.pod, api.Opt[int64]{}) {
		c.event(j, store.Normal, "SuccessfulDelete")
	} else if !s.finishing {
		j.expect.deletionObserved()
	}
	s.nActive--
	s.terminating++
	if del.ready {
		s.ready--
	}
}

// putStatus writes the Job's status; the copy that the sync works on is then the server's.
func (c *Controller) putStatus(j *jobState) {
	s := &j.sync
	if err := c.store.UpdateJobStatus(c.writer(s.because), &s.job); err != nil {
		s.failure = true
		c.explain(j, trace.Wait, RuleRefused, trace.Arg{Key: "error", Value: err.Error()})
		return
	}
	j.wroteJob = s.job.Version
}

// writeStatus issues a status write.
func (c *Controller) writeStatus(j *jobState) {
	j.sync.calls = append(j.sync.calls, call{op: opStatus})
	c.issue(j)
}

// proceed takes the sync from stage to stage until it has to wait for its calls, or is done.
func (c *Controller) proceed(j *jobState) {
	s := &j.sync
	for s.pending == 0 && s.stage != stageDone {
		s.dropCalls()
		c.step(j)
	}
	if s.stage == stageDone && s.pending == 0 {
		s.pending = -1 // the sync is over; a late call would be a defect
		c.metrics.countSync(s, s.failure || s.manageErr)
		c.done(j, s.failure || s.manageErr)
	}
}

// dropCalls forgets the calls of a stage.
func (s *syncCtx) dropCalls() {
	s.earlier += int32(len(s.calls))
	s.calls = s.calls[:0]
}

func (c *Controller) step(j *jobState) {
	s := &j.sync
	switch s.stage {
	case stageClaim:
		c.claimed(j)
	case stageCreated:
		if c.batchCreated(j); s.pending > 0 || s.toCreate > 0 {
			return
		}
		c.metrics.countCreations(s)
		c.explainCreations(j)
		s.stage = stageManage
	case stageManage:
		s.manageErr, s.failure = s.manageErr || s.failure, false
		c.conclude(j)
		first := s.job.Status.StartTime == c.kernel.Now() && s.job.Generation == 1
		c.trackJobStatus(j)
		s.stage = stageFlush
		if s.needsFlush {
			s.explainFlush(first)
			c.writeStatus(j)
		}
	case stageFlush:
		c.flushed(j)
	case stageUntrack:
		c.untracked(j)
		failed := s.failure
		s.stage = stageCount
		if s.needsFlush {
			c.writeStatus(j)
		}
		s.failure = s.failure || failed
	case stageCount:
		if !s.failure {
			c.recordJobFinished(j)
			c.metrics.countFinished(s)
		}
		s.stage = stageDone
	case stageDone:
	}
}

// explainFlush finds the rule of status write 1 where none has claimed it.
func (s *syncCtx) explainFlush(first bool) {
	switch {
	case s.because != "":
	case len(s.removals) > 0:
		s.because = RuleUncounted
	case first:
		s.because = RuleStart
	default:
		s.because = RuleCounters
	}
}

// flushed goes on after status write 1. Only now is the back-off stored (job_controller.go:1498).
func (c *Controller) flushed(j *jobState) {
	s := &j.sync
	if s.failure {
		s.stage = stageDone
		return
	}
	if s.needsFlush {
		j.backoff = s.newBackoff
		c.metrics.countFinished(s)
	}
	if len(s.job.Spec.PodFailurePolicy) > 0 {
		for action, n := range s.handled {
			c.metrics.failuresHandled[action] += int64(n)
		}
	}
	s.stage = stageUntrack
	c.untrackPods(j)
}
