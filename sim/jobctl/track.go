package jobctl

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// removal is a pod whose finalizer this sync takes off.
type removal struct {
	id   api.PodID
	done bool
}

// trackJobStatus adds finished pods to status.uncountedTerminatedPods and the interim condition, ahead of status write
// 1 (job_controller.go:1311-1431).
func (c *Controller) trackJobStatus(j *jobState) {
	s := &j.sync
	status := &s.job.Status
	s.counted = counted{succeeded: status.Succeeded, failed: status.Failed}
	s.cleanUncounted()
	if pods := c.snapshot(j); len(pods) > 0 {
		// The lists of the cache must not change; the store will copy these.
		status.UncountedSucceeded = append(s.uncountedSucceeded[:0], status.UncountedSucceeded...)
		status.UncountedFailed = append(s.uncountedFailed[:0], status.UncountedFailed...)
		s.trackPods(s.inOrderOfIndexes(pods), c.knobs.MaxUncountedPods)
		s.uncountedSucceeded, s.uncountedFailed = status.UncountedSucceeded, status.UncountedFailed
	}
	if indexed(s.job.Spec) {
		s.trackIndexes()
	}
	if s.finished.Type != "" {
		s.addInterimCondition(c)
	}
}

func (s *syncCtx) trackPods(pods []endedPod, most int32) {
	status := &s.job.Status
	for _, e := range pods {
		if !s.track(e) {
			continue
		}
		if int32(len(status.UncountedSucceeded)+len(status.UncountedFailed))+s.newIndexes >= most {
			s.reachedMaxUncounted = true
			return
		}
	}
}

// snapshot is every pod whose finalizer may have to go; where the Job ends that is also those that were active, as they
// were then.
func (c *Controller) snapshot(j *jobState) []endedPod {
	s := &j.sync
	if s.finished.Type == "" && s.job.Deleted == des.Never {
		return s.ended
	}
	if len(s.job.Spec.PodFailurePolicy) > 0 {
		s.ended = append(s.ended, s.judged...)
	} else {
		for _, id := range s.active {
			if !slices.Contains(s.untracked, id) {
				s.ended = append(s.ended, endedPod{id: id, index: c.store.Pod(id).Index})
			}
		}
	}
	s.sortAsListed(s.ended)
	return s.ended
}

// track has the pod counted and its finalizer removed, where that may be (canRemoveFinalizer, job_controller.go:1461).
func (s *syncCtx) track(e endedPod) bool {
	finishing := s.finished.Type != ""
	if s.job.Deleted == des.Never && !finishing && !e.succeeded && (!e.failed || s.isDelayed(e)) {
		return false
	}
	s.removals = append(s.removals, removal{id: e.id})
	status := &s.job.Status
	switch {
	case e.uncounted, !validIndex(s.job.Spec, e.index):
	case e.succeeded && indexed(s.job.Spec):
		if !s.indexed.prevSucceeded.Has(e.index) {
			s.newIndexes++
			s.needsFlush = true
		}
	case e.succeeded:
		status.UncountedSucceeded = append(status.UncountedSucceeded, e.id)
		s.needsFlush = true
	case e.failed, finishing && s.finished.Type != api.JobSuccessCriteriaMet:
		// When the Job has failed, every pod that has not ended is a failure too.
		s.handled[e.action] += int32(index(e.judged))
		if e.action != api.IgnoreFailure {
			status.UncountedFailed = append(status.UncountedFailed, e.id)
			s.needsFlush = true
		}
	}
	return true
}

// isDelayed says whether the failed pod is kept until its index has a new one.
func (s *syncCtx) isDelayed(e endedPod) bool {
	if !s.job.Spec.BackoffLimitPerIndex.Set {
		return false
	}
	d := s.indexed.delayedPod(e.index)
	return d != nil && d.pod == e.id
}

// cleanUncounted counts the uncounted pods whose finalizer is gone (cleanUncountedPodsWithoutFinalizers,
// job_controller.go:1545).
func (s *syncCtx) cleanUncounted() {
	status := &s.job.Status
	if len(status.UncountedSucceeded)+len(status.UncountedFailed) == 0 {
		return
	}
	clean := func(list []api.PodID, counter *int32) []api.PodID {
		var kept []api.PodID
		for _, id := range list {
			if s.hasFinalizer(id) {
				kept = append(kept, id)
			}
		}
		if n := len(list) - len(kept); n > 0 {
			*counter += int32(n)
			s.needsFlush = true
			return kept
		}
		return list
	}
	status.UncountedSucceeded = clean(status.UncountedSucceeded, &status.Succeeded)
	status.UncountedFailed = clean(status.UncountedFailed, &status.Failed)
}

// hasFinalizer says whether the pod of the snapshot still has its finalizer, as far as this sync knows. Both lists are
// in the order in which pods are listed.
func (s *syncCtx) hasFinalizer(id api.PodID) bool {
	i, found := slices.BinarySearchFunc(s.removals, id, func(r removal, id api.PodID) int { return s.asListed(r.id, id) })
	if found {
		return !s.removals[i].done
	}
	_, found = slices.BinarySearchFunc(s.ended, id, func(e endedPod, id api.PodID) int { return s.asListed(e.id, id) })
	return found
}

// addInterimCondition appends FailureTarget or SuccessCriteriaMet and prepares its terminal twin
// (job_controller.go:1409-1430).
func (s *syncCtx) addInterimCondition(c *Controller) {
	now := c.kernel.Now()
	status := &s.job.Status
	switch s.finished.Type {
	case api.JobFailureTarget:
		status.Conditions = append(slices.Clip(status.Conditions), s.finished)
		s.needsFlush = true
		s.finished = newCondition(api.JobFailed, true, s.finished.Reason, s.finished.Message, now)
	case api.JobSuccessCriteriaMet:
		if api.FindCondition(status.Conditions, api.JobSuccessCriteriaMet) < 0 {
			status.Conditions = append(slices.Clip(status.Conditions), s.finished)
			s.needsFlush = true
		}
		s.finished = newCondition(api.JobComplete, true, s.finished.Reason, s.finished.Message, now)
	default: // final already: nothing goes before it
	}
}

// untrackPods takes the finalizers off, in parallel (removeTrackingFinalizerFromPods, job_controller.go:1563).
func (c *Controller) untrackPods(j *jobState) {
	s := &j.sync
	if indexed(s.job.Spec) {
		slices.SortFunc(s.removals, func(a, b removal) int { return s.asListed(a.id, b.id) })
	}
	for i, r := range s.removals {
		if slot := c.cache.lookup(r.id); slot != nil {
			slot.rmExpected = true
		}
		s.calls = append(s.calls, call{op: opUntrack, pod: r.id, index: int32(i), because: RuleUntrack})
	}
	c.issue(j)
}

// untracked folds the pods whose finalizer is off into the counters and ends the Job if nothing blocks that
// (job_controller.go:1530-1448).
func (c *Controller) untracked(j *jobState) {
	s := &j.sync
	s.needsFlush = false
	s.because = RuleCount
	s.cleanUncounted()
	if s.failure { // partial progress is written, and the sync ends in an error
		return
	}
	if !s.reachedMaxUncounted && c.enactJobFinished(j) {
		s.needsFlush = true
	}
}
