package jobctl

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// stage is how far a sync has come. Each stage ends in API calls, and the next begins when they are back.
type stage uint8

const (
	stageClaim   stage = iota // pods are being adopted or let go
	stageManage               // pods are being deleted or created
	stageCreated              // a slow-start batch is back
	stageFlush                // status write 1
	stageUntrack              // finalizers are being removed
	stageCount                // status write 2
	stageDone
)

// syncCtx is one sync under way: the copy of the Job it works on, and the snapshot of the pods that it began with
// (syncJobCtx, job_controller.go:157). Its buffers outlive it.
type syncCtx struct {
	syncState
	job  api.Job
	pods *cache // that the sync counts
	seen *podCounts

	ended  []endedPod // terminal or being deleted, with a finalizer that nobody is removing
	active []api.PodID

	judged    []endedPod  // the active ones that have a finalizer, where there is a podFailurePolicy
	untracked []api.PodID // of the active ones, those whose finalizer was taken off before, seen or not

	newSucceeded, newFailed             []finishedPod
	uncountedSucceeded, uncountedFailed []api.PodID // the memory of the lists in the status
	removals                            []removal
	calls                               []call
	earlier                             int32 // how many calls there were before these

	indexed *indexSync // of an Indexed Job; else nil
	claims  *claims    // of a Job that has adopted or let go pods; else nil
}

// syncState is what a sync begins with zero.
type syncState struct {
	stage               stage
	satisfied           bool // expectations, as they were before the pods were listed
	succeeded, failed   int32
	nActive, ready      int32
	terminating         int32
	newIndexes          int32 // succeeded indexes that this sync counts
	newBackoff          backoffRecord
	finished            api.Condition // finishedCondition; none while its Type is ""
	suspendChanged      bool
	because             trace.Rule // why the next status write
	manageCalled        bool
	manageErr           bool
	finishing           bool // deleteActivePods or deleteJobPods is under way
	toCreate, batch     int32
	created, notCreated int32 // pods that were asked for, and of those the ones that were refused
	action              syncAction
	handled             [4]int32 // failed pods that the podFailurePolicy is about, by action
	counted             counted
	reachedMaxUncounted bool
	needsFlush          bool
	pending             int32 // calls under way
	failure             bool  // a call of this stage failed
	refused             bool  // the API server refused a call of this sync
}

// endedPod is a pod of the snapshot that may have to be counted.
type endedPod struct {
	id        api.PodID
	index     int32
	succeeded bool // phase Succeeded
	failed    bool // isPodFailed
	judged    bool // a rule of the podFailurePolicy is about it, and its action is
	action    api.FailureAction
	uncounted bool // its UID is in status.uncountedTerminatedPods
}

// syncJob is one sync of the Job, up to its first calls (job_controller.go:916).
func (c *Controller) syncJob(j *jobState) {
	if c.staleCache(j) {
		c.metrics.staleSkips[index(j.wrotePod <= c.cache.podVersion)]++
		c.explain(j, trace.Wait, RuleStaleCache)
		c.done(j, true)
		return
	}
	j.wrotePod, j.wroteJob = 0, 0
	switch {
	case j.job.Version == 0:
		j.expect, j.backoff = expectation{}, noBackoff
		c.done(j, false)
		return
	case j.job.Spec.ManagedBy != "":
		c.explain(j, trace.Wait, RuleManagedBy)
		c.done(j, false)
		return
	case j.job.Status.Finished():
		j.backoff, j.finishedExpected = noBackoff, false
		c.done(j, false)
		return
	case j.finishedExpected:
		c.done(j, false)
		return
	}
	j.sync.begin(j, c)
	if c.selectors == nil || !c.claim(j) {
		c.list(j, &c.cache, &j.seen)
	}
	c.proceed(j)
}

// staleCache says whether the cache lags behind the controller's own writes (EnsureReady, consistency.go:120).
// Kubernetes
// 1.36 was the first to ask.
func (c *Controller) staleCache(j *jobState) bool {
	return c.knobs.Kubernetes >= 36 && (j.wrotePod > c.cache.podVersion || j.wroteJob > c.cache.jobVersion)
}

// begin is what a sync knows before it lists the pods.
func (s *syncCtx) begin(j *jobState, c *Controller) {
	s.syncState = syncState{}
	s.job = j.job
	s.ended, s.active, s.judged, s.untracked = s.ended[:0], s.active[:0], s.judged[:0], s.untracked[:0]
	s.removals = s.removals[:0]
	s.dropCalls()
	s.newSucceeded, s.newFailed = s.newSucceeded[:0], s.newFailed[:0]
	if indexed(s.job.Spec) && s.indexed == nil {
		s.indexed = &indexSync{}
	}
	s.satisfied = j.expect.satisfied(c.kernel.Now(), c.knobs.ExpectationTimeout)
}

// list takes the snapshot of the pods that are the Job's, and goes on with them.
func (c *Controller) list(j *jobState, pods *cache, seen *podCounts) {
	j.sync.pods, j.sync.seen = pods, seen
	j.sync.count(c)
	c.decide(j)
}

func (s *syncCtx) count(c *Controller) {
	s.nActive, s.ready, s.terminating = int32(len(s.seen.active)), s.seen.ready, s.seen.terminating
	status, spec := &s.job.Status, s.job.Spec
	ignored := 0
	for _, id := range s.seen.ended {
		slot := s.pods.lookup(id)
		if slot.rmExpected {
			continue
		}
		p := &slot.pod
		e := endedPod{id: id, index: p.Index, succeeded: p.Status.Phase == api.Succeeded, failed: isPodFailed(p, spec),
			uncounted: slices.Contains(status.UncountedSucceeded, id) || slices.Contains(status.UncountedFailed, id)}
		if len(spec.PodFailurePolicy) > 0 {
			e.judged, e.action = c.judge(spec, p).rule()
		}
		s.ended = append(s.ended, e)
		switch {
		case e.uncounted || !validIndex(spec, e.index):
		case e.succeeded:
			s.newSucceeded = append(s.newSucceeded, finishedPod{id, getFinishedTime(p)})
		case e.failed:
			s.newFailed = append(s.newFailed, finishedPod{id, getFinishedTime(p)})
			if e.action == api.IgnoreFailure {
				ignored++
			}
		}
	}
	s.sortAsListed(s.ended)
	s.succeeded = status.Succeeded + int32(len(s.newSucceeded)+len(status.UncountedSucceeded))
	s.failed = status.Failed + int32(len(s.newFailed)-ignored+len(status.UncountedFailed))
}

func (s *syncCtx) sortAsListed(pods []endedPod) {
	if len(pods) > 1 {
		slices.SortFunc(pods, func(a, b endedPod) int { return s.asListed(a.id, b.id) })
	}
}

// isPodFailed says whether the pod counts as failed (job_controller.go:2133).
func isPodFailed(p *api.Pod, spec *api.JobSpec) bool {
	if p.Status.Phase == api.Failed {
		return true
	}
	if spec.PodReplacementPolicy == api.ReplaceFailed {
		return false
	}
	return p.Deleted != des.Never && p.Status.Phase != api.Succeeded
}

// decide evaluates the end state of the Job in the controller's order, and starts to act on it
// (job_controller.go:1054-1195).
func (c *Controller) decide(j *jobState) {
	s := &j.sync
	now := c.kernel.Now()
	if s.job.Status.StartTime == des.Never && !s.job.Spec.Suspend {
		s.job.Status.StartTime = now
	}
	s.newBackoff = j.backoff.next(s.newSucceeded, s.newFailed)
	if c.observer != nil && s.newBackoff.failures < j.backoff.failures && !s.job.Spec.BackoffLimitPerIndex.Set {
		c.explain(j, trace.Reset, RuleBackoffReset, trace.Arg{Key: "failures", Value: itoa(s.newBackoff.failures)})
	}
	c.evaluate(j)
	if indexed(s.job.Spec) {
		c.takeOrder(j)
	}
	s.stage = stageManage
	if s.finished.Type != "" {
		s.finishing = true
		c.deleteActivePods(j)
		return
	}
	if s.satisfied && s.job.Deleted == des.Never {
		s.manageCalled = true
		c.manageJob(j)
		return
	}
	if !s.satisfied {
		c.explain(j, trace.Wait, RuleExpectations)
	}
	if s.job.Deleted != des.Never {
		c.takeActive(j)
	}
}

// takeActive has the sync remember which pods were active when it began, and which of them it does not track any more.
func (c *Controller) takeActive(j *jobState) {
	s := &j.sync
	s.active = append(s.active, s.seen.active...)
	for _, id := range s.active {
		slot := s.pods.lookup(id)
		p := &slot.pod
		if !p.Finalizer || slot.rmExpected {
			s.untracked = append(s.untracked, id)
		} else if len(s.job.Spec.PodFailurePolicy) > 0 {
			e := endedPod{id: id, index: p.Index}
			e.judged, e.action = c.judge(s.job.Spec, p).rule()
			s.judged = append(s.judged, e)
		}
	}
}

// evaluate finds the finishing condition, first match wins (job_controller.go:1070-1122).
func (c *Controller) evaluate(j *jobState) {
	s := &j.sync
	c.evaluateDecided(j)
	if s.finished.Type == "" {
		c.evaluateLimits(j)
	}
	if indexed(s.job.Spec) {
		c.evaluateIndexes(j)
	}
}

// evaluateDecided looks for what an earlier sync has decided, and for a pod that makes the Job fail.
func (c *Controller) evaluateDecided(j *jobState) {
	s := &j.sync
	conditions := s.job.Status.Conditions
	if i := api.FindCondition(conditions, api.JobSuccessCriteriaMet); i >= 0 && conditions[i].Status {
		s.finished = conditions[i]
		return
	}
	if i := api.FindCondition(conditions, api.JobFailureTarget); i >= 0 && conditions[i].Status {
		s.finished = newCondition(api.JobFailed, true, conditions[i].Reason, conditions[i].Message, c.kernel.Now())
		return
	}
	if message := j.failJobMessage(); message != "" {
		s.finished = newCondition(api.JobFailureTarget, true, api.ReasonPodFailurePolicy, message, c.kernel.Now())
		s.because = RuleFailJob
		c.explain(j, trace.Decide, RuleFailJob)
	}
}

func (c *Controller) evaluateLimits(j *jobState) {
	s := &j.sync
	now := c.kernel.Now()
	status := &s.job.Status
	switch deadline, ok := s.job.Spec.ActiveDeadline(); {
	case s.failed > s.job.Spec.BackoffLimit:
		c.fail(j, api.ReasonBackoffLimitExceeded, RuleBackoffLimit,
			trace.Arg{Key: "failed", Value: itoa(s.failed)},
			trace.Arg{Key: "backoffLimit", Value: itoa(s.job.Spec.BackoffLimit)})
	case pastBackoffLimitOnFailure(s.job.Spec, s.seen.restarts):
		c.fail(j, api.ReasonBackoffLimitExceeded, RuleRestartLimit,
			trace.Arg{Key: "restarts", Value: itoa(s.seen.restarts)},
			trace.Arg{Key: "backoffLimit", Value: itoa(s.job.Spec.BackoffLimit)})
	case !ok || s.job.Spec.Suspend:
	case now.Sub(status.StartTime) >= deadline:
		c.fail(j, api.ReasonDeadlineExceeded, RuleDeadline,
			trace.Arg{Key: "active", Value: now.Sub(status.StartTime).String()},
			trace.Arg{Key: "deadline", Value: deadline.String()})
	default:
		c.enqueue(j, deadline-now.Sub(status.StartTime))
	}
}

// failureMessages are the messages of the FailureTarget condition by reason (job_controller.go:1089-1112).
func failureMessage(reason string) string {
	switch reason {
	case api.ReasonBackoffLimitExceeded:
		return "Job has reached the specified backoff limit"
	case api.ReasonDeadlineExceeded:
		return "Job was active longer than specified deadline"
	case api.ReasonMaxFailedIndexesExceeded:
		return "Job has exceeded the specified maximal number of failed indexes"
	case api.ReasonFailedIndexes:
		return "Job has failed indexes"
	}
	panic("jobctl: no message for reason " + reason)
}

func (c *Controller) fail(j *jobState, reason string, because trace.Rule, args ...trace.Arg) {
	j.sync.finished = newCondition(api.JobFailureTarget, true, reason, failureMessage(reason), c.kernel.Now())
	j.sync.because = because
	c.explain(j, trace.Decide, because, args...)
}

// pastBackoffLimitOnFailure says whether in-place restarts have used the limit up (job_controller.go:1666).
func pastBackoffLimitOnFailure(spec *api.JobSpec, restarts int32) bool {
	if spec.Template.RestartPolicy != api.RestartOnFailure {
		return false
	}
	if spec.BackoffLimit == 0 {
		return restarts > 0
	}
	return restarts >= spec.BackoffLimit
}

func newCondition(t api.ConditionType, status bool, reason, message string, now des.Time) api.Condition {
	return api.Condition{Type: t, Status: status, Reason: reason, Message: message, Transition: now}
}

// conclude is what follows once the pods are managed: is the Job complete, is it suspended, and is there something to
// write (job_controller.go:1126-1202).
func (c *Controller) conclude(j *jobState) {
	s := &j.sync
	switch {
	case s.finishing:
		if s.nActive > 0 || !s.satisfied {
			// Finalizers may be left, or pods that the cache does not have yet.
			s.finished = api.Condition{}
			c.explain(j, trace.Wait, RuleFinishLater)
		}
	case complete(s):
		s.finished = newCondition(api.JobSuccessCriteriaMet, true, api.ReasonCompletionsReached,
			"Reached expected number of succeeded pods", c.kernel.Now())
		s.because = RuleCompletions
		c.explain(j, trace.Decide, RuleCompletions, trace.Arg{Key: "succeeded", Value: itoa(s.succeeded)})
	case s.manageCalled:
		c.maintainSuspended(j)
	}
	status := &s.job.Status
	s.needsFlush = s.suspendChanged || s.nActive != status.Active ||
		status.Ready != api.Some(s.ready) || status.Terminating != api.Some(s.terminating)
	status.Active, status.Ready, status.Terminating = s.nActive, api.Some(s.ready), api.Some(s.terminating)
}

func complete(s *syncCtx) bool {
	if n := s.job.Spec.Completions; n.Set {
		return s.succeeded >= n.Value && s.nActive == 0
	}
	return s.succeeded > 0 && s.nActive == 0
}
