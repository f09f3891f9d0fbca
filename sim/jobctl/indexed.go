package jobctl

import (
	"cmp"
	"slices"
	"sort"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// indexCounts are sums over the cached pods of an Indexed Job, by completion index.
type indexCounts struct {
	active      []int32
	terminating []int32
	repeated    int32 // active pods beyond the first of their index
}

// reset empties the counts and keeps their memory.
func (n *indexCounts) reset() *indexCounts {
	if n != nil {
		*n = indexCounts{active: n.active[:0], terminating: n.terminating[:0]}
	}
	return n
}

// countIndex adds the pod's part in the sums of its index, or takes it away.
func (n *podCounts) countIndex(p *api.Pod, sign int32) {
	if n.byIndex == nil {
		n.byIndex = &indexCounts{}
	}
	b := n.byIndex
	for int(p.Index) >= len(b.active) {
		b.active, b.terminating = append(b.active, 0), append(b.terminating, 0)
	}
	switch {
	case p.Active():
		before := b.active[p.Index]
		b.active[p.Index] += sign
		b.repeated += max(0, before+sign-1) - max(0, before-1)
	case p.Terminating():
		b.terminating[p.Index] += sign
	}
}

// isActive says whether the index has an active pod.
func (n *indexCounts) isActive(index int32) bool {
	return n != nil && int(index) < len(n.active) && n.active[index] > 0
}

func (n *indexCounts) isTerminating(index int32) bool {
	return n != nil && int(index) < len(n.terminating) && n.terminating[index] > 0
}

// indexSync is what a sync of an Indexed Job knows beside the rest; its buffers outlive it.
type indexSync struct {
	prevSucceeded, succeeded, failed api.IndexSet
	prevFailed                       int32        // how many were there
	delayed                          []delayedPod // by index
	byIndex                          []endedPod   // the snapshot in the order of indexes
	all                              []endedPod   // all pods in that order, where it matters (takeOrder)
	succeededNow, failedNow, pending []int32
}

// delayedPod is a failed pod that keeps its finalizer until it is replaced, so that its failures are written on the
// replacement.
type delayedPod struct {
	index    int32
	pod      api.PodID
	failures api.IndexFailures // its annotations
	counted  bool              // it counts as failed itself
	finished des.Time
}

func indexed(spec *api.JobSpec) bool { return spec.CompletionMode == api.Indexed }

// evaluateIndexes finds the indexes that have succeeded and failed by now, and whether that ends the Job
// (job_controller.go:1102-1124).
func (c *Controller) evaluateIndexes(j *jobState) {
	s, x := &j.sync, j.sync.indexed
	spec := s.job.Spec
	c.calculateIndexes(j)
	s.succeeded = x.succeeded.Len()
	if spec.BackoffLimitPerIndex.Set {
		if s.finished.Type == "" {
			c.evaluateFailedIndexes(j)
		}
		c.delayDeletion(j)
	}
	if s.finished.Type != "" {
		return
	}
	if message, met := matchSuccessPolicy(spec, x.succeeded); met {
		s.finished = newCondition(api.JobSuccessCriteriaMet, true, api.ReasonSuccessPolicy, message, c.kernel.Now())
		s.because = RuleSuccessPolicy
		c.explain(j, trace.Decide, RuleSuccessPolicy, trace.Arg{Key: "completedIndexes", Value: x.succeeded.String()})
	}
}

func (c *Controller) evaluateFailedIndexes(j *jobState) {
	s, x := &j.sync, j.sync.indexed
	spec, failed := s.job.Spec, x.failed.Len()
	limit := spec.MaxFailedIndexes
	switch {
	case limit.Set && failed > limit.Value:
		c.fail(j, api.ReasonMaxFailedIndexesExceeded, RuleMaxFailedIndexes,
			trace.Arg{Key: "failedIndexes", Value: x.failed.String()},
			trace.Arg{Key: "maxFailedIndexes", Value: itoa(limit.Value)})
	case failed > 0 && failed+s.succeeded >= spec.Completions.Value:
		c.fail(j, api.ReasonFailedIndexes, RuleFailedIndexes, trace.Arg{Key: "failedIndexes", Value: x.failed.String()})
	}
}

// calculateIndexes adds to the indexes in the status those of pods that are not counted yet, be their finalizers about
// to go or not (calculateSucceededIndexes and calculateFailedIndexes, indexed_job_utils.go:62-100).
func (c *Controller) calculateIndexes(j *jobState) {
	s, x := &j.sync, j.sync.indexed
	spec, status := s.job.Spec, &s.job.Status
	x.succeededNow, x.failedNow = x.succeededNow[:0], x.failedNow[:0]
	for _, id := range s.seen.ended {
		switch p := s.pods.pod(id); {
		case !validIndex(spec, p.Index):
		case p.Status.Phase == api.Succeeded:
			x.succeededNow = append(x.succeededNow, p.Index)
		case spec.BackoffLimitPerIndex.Set && c.isIndexFailed(spec, p):
			x.failedNow = append(x.failedNow, p.Index)
		}
	}
	slices.Sort(x.succeededNow)
	slices.Sort(x.failedNow)
	x.prevSucceeded = j.completedIndexes.parse(status.CompletedIndexes).Below(spec.Completions.Value)
	x.succeeded = x.prevSucceeded.With(x.succeededNow)
	failed := j.failedIndexes.parse(status.FailedIndexes.Value).Below(spec.Completions.Value)
	x.prevFailed, x.failed = failed.Len(), failed.With(x.failedNow)
}

// parsedIndexes remembers what an index list was read as.
type parsedIndexes struct {
	text string
	set  api.IndexSet
}

// parse reads a list of the Job's status, which the controller has written.
func (p *parsedIndexes) parse(text string) api.IndexSet {
	if p.text != text {
		set, err := api.ParseIndexSet(text, maxIndexes)
		if err != nil {
			panic("jobctl: " + err.Error())
		}
		p.text, p.set = text, set
	}
	return p.set
}

const maxIndexes = 1<<31 - 1

// validIndex says whether pods of the index count: those of a NonIndexed Job all do.
func validIndex(spec *api.JobSpec, index int32) bool {
	return !indexed(spec) || index != api.NoIndex && index < spec.Completions.Value
}

// isIndexFailed says whether the pod is the last failure that its index was allowed (indexed_job_utils.go:96).
func (c *Controller) isIndexFailed(spec *api.JobSpec, p *api.Pod) bool {
	if !isPodFailed(p, spec) {
		return false
	}
	v := c.judge(spec, p)
	return v.action == api.FailIndex ||
		v.counted() && c.store.IndexFailures(p.ID).Counted >= spec.BackoffLimitPerIndex.Value
}

// delayDeletion finds for each index that waits for a replacement the latest failed pod
// (getPodsWithDelayedDeletionPerIndex, indexed_job_utils.go:314).
func (c *Controller) delayDeletion(j *jobState) {
	s, x := &j.sync, j.sync.indexed
	x.delayed = x.delayed[:0]
	for _, e := range s.ended {
		if !e.failed || !validIndex(s.job.Spec, e.index) || s.seen.byIndex.isActive(e.index) ||
			x.succeeded.Has(e.index) || x.failed.Has(e.index) {
			continue
		}
		p := s.pods.pod(e.id)
		d := delayedPod{e.index, e.id, c.store.IndexFailures(e.id), c.judge(s.job.Spec, p).counted(), getFinishedTime(p)}
		at, ok := slices.BinarySearchFunc(x.delayed, e.index, byDelayedIndex)
		if !ok {
			x.delayed = slices.Insert(x.delayed, at, d)
		} else if was := &x.delayed[at]; was.failures.Total() <= d.failures.Total() && d.finished >= was.finished {
			*was = d
		}
	}
}

func byDelayedIndex(d delayedPod, index int32) int { return cmp.Compare(d.index, index) }

// delayedPod is the pod that a new pod of the index replaces; nil if there is none.
func (x *indexSync) delayedPod(index int32) *delayedPod {
	if at, ok := slices.BinarySearchFunc(x.delayed, index, byDelayedIndex); ok {
		return &x.delayed[at]
	}
	return nil
}

// newIndexFailures are the annotations of a new pod of the index (getNewIndexFailureCounts, indexed_job_utils.go:358).
func newIndexFailures(j *jobState, index int32) api.IndexFailures {
	if !j.sync.job.Spec.BackoffLimitPerIndex.Set {
		return api.IndexFailures{}
	}
	d := j.sync.indexed.delayedPod(index)
	switch {
	case d == nil:
		return api.IndexFailures{}
	case d.counted:
		return api.IndexFailures{Counted: d.failures.Counted + 1, Ignored: d.failures.Ignored}
	}
	return api.IndexFailures{Counted: d.failures.Counted, Ignored: d.failures.Ignored + 1}
}

// indexesToAdd are the lowest indexes that want a pod, up to count. With a backoffLimitPerIndex those that are in
// back-off are left out only then: they take the place of higher ones that are not (job_controller.go:1841-1854).
func (c *Controller) indexesToAdd(j *jobState, count int32) (indexes []int32, wait des.Duration) {
	s, x := &j.sync, j.sync.indexed
	indexes = c.firstPendingIndexes(j, count)
	if !s.job.Spec.BackoffLimitPerIndex.Set {
		return indexes, 0
	}
	now := indexes[:0]
	for _, index := range indexes {
		remaining := des.Duration(0)
		if d := x.delayedPod(index); d != nil {
			remaining = backoffRecord{d.failures.Total() + 1, d.finished}.remaining(c.kernel.Now(), c.knobs)
		}
		if remaining == 0 {
			now = append(now, index)
		} else if wait == 0 || remaining < wait {
			wait = remaining
		}
	}
	if len(now) > 0 {
		return now, 0
	}
	return now, wait
}

// firstPendingIndexes are the lowest indexes without an active pod that have neither succeeded nor failed, and where
// only failed pods are replaced without a terminating one (indexed_job_utils.go:245).
func (c *Controller) firstPendingIndexes(j *jobState, count int32) []int32 {
	s, x := &j.sync, j.sync.indexed
	out := x.pending[:0]
	onlyFailed := s.job.Spec.PodReplacementPolicy == api.ReplaceFailed
	succeeded, failed := x.succeeded, x.failed
	for i := int32(0); i < s.job.Spec.Completions.Value && int32(len(out)) < count; i++ {
		succeeded, failed = skipTo(succeeded, i), skipTo(failed, i)
		switch {
		case len(succeeded) > 0 && succeeded[0].From <= i:
			i = succeeded[0].To
		case len(failed) > 0 && failed[0].From <= i:
			i = failed[0].To
		case s.seen.byIndex.isActive(i), onlyFailed && s.seen.byIndex.isTerminating(i):
		default:
			out = append(out, i)
		}
	}
	x.pending = out
	return out
}

// skipTo is the set without the intervals that end before i.
func skipTo(s api.IndexSet, i int32) api.IndexSet {
	for len(s) > 0 && s[0].To < i {
		s = s[1:]
	}
	return s
}

// trackIndexes puts the indexes into the status (job_controller.go:1391-1407).
func (s *syncCtx) trackIndexes() {
	x, status := s.indexed, &s.job.Status
	status.Succeeded = x.succeeded.Len()
	s.counted.succeededIndexes = status.Succeeded - x.prevSucceeded.Len()
	if text := x.succeeded.String(); text != status.CompletedIndexes {
		status.CompletedIndexes = text
		s.needsFlush = true
	}
	var failed api.Opt[string]
	if s.job.Spec.BackoffLimitPerIndex.Set {
		failed = api.Some(x.failed.String())
		s.counted.failedIndexes = x.failed.Len() - x.prevFailed
	}
	if failed != status.FailedIndexes {
		status.FailedIndexes = failed
		s.needsFlush = true
	}
}

// hasRepeated says whether an index has several active pods, or an active pod is of no index of the Job: it may have
// been another's.
func (j *jobState) hasRepeated() bool {
	spec, b := j.sync.job.Spec, j.sync.seen.byIndex
	switch {
	case !indexed(spec):
		return false
	case j.sync.seen.noIndex > 0:
		return true
	case b == nil:
		return false
	}
	completions := int(spec.Completions.Value)
	return b.repeated > 0 || completions < len(b.active) &&
		slices.ContainsFunc(b.active[completions:], func(n int32) bool { return n > 0 })
}

// putRepeatedFirst puts the active pods in front that have to go because their index has another one or is none of the
// Job's, and the others behind them by index, and says how many those are (appendDuplicatedIndexPodsForRemoval,
// indexed_job_utils.go:293).
func (c *Controller) putRepeatedFirst(j *jobState) int32 {
	s := &j.sync
	slices.SortFunc(s.active, s.asListed)
	x := s.indexed
	x.byIndex = x.byIndex[:0]
	for _, id := range s.active {
		x.byIndex = append(x.byIndex, endedPod{id: id, index: s.pods.pod(id).Index})
	}
	sort.Sort(byCompletionIndex(x.byIndex))
	for i, e := range x.byIndex {
		s.active[i] = e.id
	}
	var remove, left []api.PodID
	for i := 0; i < len(s.active); {
		index, end := s.pods.pod(s.active[i]).Index, i
		for end < len(s.active) && s.pods.pod(s.active[end]).Index == index {
			end++
		}
		same := s.active[i:end]
		i = end
		if !validIndex(s.job.Spec, index) {
			remove = append(remove, same...)
			continue
		}
		s.sortForRemoval(same)
		remove = append(remove, same[:len(same)-1]...)
		left = append(left, same[len(same)-1])
	}
	copy(s.active[copy(s.active, remove):], left)
	return int32(len(remove))
}
