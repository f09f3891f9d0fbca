package jobctl

import (
	"slices"
	"sort"
	"strconv"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// manageJob deletes or creates pods, never both (job_controller.go:1753).
func (c *Controller) manageJob(j *jobState) {
	s := &j.sync
	spec := s.job.Spec
	s.action = podsDeleted
	if spec.Suspend {
		c.deleteJobPods(j, c.activePodsForRemoval(j, s.nActive), RuleSuspendDeletes)
		return
	}
	want := wantActive(s)
	if s.nActive > want || j.hasRepeated() {
		remove := c.activePodsForRemoval(j, max(0, s.nActive-want))
		c.deleteJobPods(j, min(remove, c.knobs.MaxPodsPerSync), RuleScaleDown)
		return
	}
	s.action = tracking
	diff := want - s.nActive
	if spec.PodReplacementPolicy == api.ReplaceFailed {
		diff -= s.terminating
	}
	if diff <= 0 {
		return
	}
	s.action = podsCreated
	if wait := s.newBackoff.remaining(c.kernel.Now(), c.knobs); wait > 0 && !spec.BackoffLimitPerIndex.Set {
		c.waitForBackoff(j, wait, RuleBackoffDoubles)
		return
	}
	diff = min(diff, c.knobs.MaxPodsPerSync)
	if indexed(spec) {
		indexes, wait := c.indexesToAdd(j, diff)
		if wait > 0 {
			c.waitForBackoff(j, wait, RuleBackoffPerIndex)
			return
		}
		s.indexed.pending = indexes
		diff = int32(len(indexes))
	}
	c.createPods(j, diff)
}

func (c *Controller) waitForBackoff(j *jobState, wait des.Duration, because trace.Rule) {
	c.enqueue(j, max(wait, c.knobs.SyncBatch))
	if c.knobs.Kubernetes < 36 {
		// Before the fix (#139457, in 1.37.0 and 1.36.3) the pods that run were denied, and the API server refuses the
		// status while some of them are ready.
		j.sync.nActive = 0
	}
	if c.observer == nil {
		return
	}
	var args []trace.Arg
	if because == RuleBackoffDoubles {
		r := &j.sync.newBackoff
		args = append(args, trace.Arg{Key: "failures", Value: itoa(r.failures)},
			trace.Arg{Key: "since", Value: r.lastFailure.String()})
	}
	c.explain(j, trace.Wait, because, append(args, trace.Arg{Key: "until", Value: c.kernel.Now().Add(wait).String()})...)
}

// createPods starts to create n pods.
func (c *Controller) createPods(j *jobState, n int32) {
	s := &j.sync
	j.expect.creations(int(n), c.kernel.Now())
	if n == 0 {
		return
	}
	s.toCreate = n
	s.nActive += n
	s.batch = min(n, c.knobs.SlowStartBatch)
	c.createBatch(j)
}

// wantActive is how many pods should be active (job_controller.go:1774-1794).
func wantActive(s *syncCtx) int32 {
	spec := s.job.Spec
	if !spec.Completions.Set {
		if s.succeeded > 0 {
			return s.nActive
		}
		return spec.Parallelism
	}
	return max(0, min(spec.Completions.Value-s.succeeded, spec.Parallelism))
}

// createBatch creates the next slow-start batch: 1, 2, 4, ... pods at once (job_controller.go:1892-1958).
func (c *Controller) createBatch(j *jobState) {
	s := &j.sync
	s.stage = stageCreated
	for i := range s.batch {
		index := api.NoIndex
		if indexed(s.job.Spec) {
			index = s.indexed.pending[i]
		}
		s.calls = append(s.calls, call{op: opCreate, index: index})
	}
	if indexed(s.job.Spec) {
		s.indexed.pending = s.indexed.pending[s.batch:]
	}
	c.issue(j)
}

// batchCreated goes on after a batch: the next one, twice as large, or the end of creation.
func (c *Controller) batchCreated(j *jobState) {
	s := &j.sync
	skipped := s.toCreate - s.batch
	if s.failure {
		s.failure = false
		s.manageErr = true
		s.nActive -= skipped
		for range skipped {
			j.expect.creationObserved()
		}
		skipped = 0
	}
	s.toCreate = skipped
	s.batch = min(2*s.batch, s.toCreate)
	if s.toCreate > 0 {
		c.createBatch(j)
	}
}

// deleteActivePods deletes every active pod of a Job that ends. Their finalizers stay, so that they are counted
// (job_controller.go:1224).
func (c *Controller) deleteActivePods(j *jobState) {
	s := &j.sync
	c.takeActive(j)
	slices.Sort(s.active)
	for _, id := range s.active {
		s.calls = append(s.calls, call{op: opDelete, pod: id, because: RuleFinishDeletes,
			ready: s.pods.pod(id).Status.Ready})
	}
	c.issue(j)
}

// activePodsForRemoval puts the active pods into the order in which they are deleted, and says how many have to go: at
// least so many, and in an Indexed Job all that its indexes have no place for (job_controller.go:1986).
func (c *Controller) activePodsForRemoval(j *jobState, atLeast int32) int32 {
	s := &j.sync
	c.takeActive(j)
	slices.SortFunc(s.active, s.asListed)
	n := int32(0)
	if indexed(s.job.Spec) {
		n = c.putRepeatedFirst(j)
	}
	if n < atLeast {
		s.sortForRemoval(s.active[n:])
		n = atLeast
	}
	return n
}

// deleteJobPods deletes the first n active pods without their being counted: the finalizer goes first
// (job_controller.go:1261).
func (c *Controller) deleteJobPods(j *jobState, n int32, because trace.Rule) {
	s := &j.sync
	if n <= 0 {
		return
	}
	slices.Sort(s.active[:n]) // all at once: the order of the requests is that of the oracle's gate
	j.expect.deletions(int(n), c.kernel.Now())
	for _, id := range s.active[:n] {
		p := s.pods.pod(id)
		how := opUntrackDelete
		if !p.Finalizer { // an earlier sync took it off and could not delete the pod
			how = opDelete
		}
		s.calls = append(s.calls, call{op: how, pod: id, because: because, ready: p.Status.Ready})
	}
	c.issue(j)
}

func (s *syncCtx) sortForRemoval(pods []api.PodID) { sort.Sort(byRemoval{pods, s.pods}) }

// byRemoval orders active pods by which is deleted first (controller.ActivePods, controller_utils.go:744). Of equal
// pods upstream deletes those that the order of a Go map and an unstable sort put first; here the order is that of
// creation, and the sort the same.
type byRemoval struct {
	pods  []api.PodID
	cache *cache
}

func (s byRemoval) Len() int      { return len(s.pods) }
func (s byRemoval) Swap(i, j int) { s.pods[i], s.pods[j] = s.pods[j], s.pods[i] }
func (s byRemoval) Less(i, j int) bool {
	p, q := s.cache.pod(s.pods[i]), s.cache.pod(s.pods[j])
	switch {
	case (p.Node == api.NoNode) != (q.Node == api.NoNode):
		return p.Node == api.NoNode
	case p.Status.Phase != q.Status.Phase:
		return p.Status.Phase < q.Status.Phase
	case p.Status.Ready != q.Status.Ready:
		return q.Status.Ready
	case p.Status.Ready && p.Status.ReadySince != q.Status.ReadySince:
		return p.Status.ReadySince > q.Status.ReadySince
	case p.Status.MaxRestarts != q.Status.MaxRestarts:
		return p.Status.MaxRestarts > q.Status.MaxRestarts
	case p.Status.MaxSidecar != q.Status.MaxSidecar:
		return p.Status.MaxSidecar > q.Status.MaxSidecar
	}
	return p.Created > q.Created
}

func itoa(n int32) string { return strconv.Itoa(int(n)) }
