package jobctl

import (
	"cmp"
	"slices"
	"sort"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// byCompletionIndex orders pods by their index (indexed_job_utils.go:503). Which of one index comes first is up to the
// order of a Go map and an unstable sort upstream; here the pods come to it in the order of creation, and the sort is
// the same.
type byCompletionIndex []endedPod

func (s byCompletionIndex) Len() int           { return len(s) }
func (s byCompletionIndex) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s byCompletionIndex) Less(i, j int) bool { return s[i].index < s[j].index }

// takeOrder notes the order in which pods of one index will be counted, where that matters: more may have to be counted
// than a sync may. All pods of the Job that the controller knows have a part in it, those that are counted, too.
func (c *Controller) takeOrder(j *jobState) {
	s := &j.sync
	x, most := s.indexed, int(c.knobs.MaxUncountedPods)
	x.all = x.all[:0]
	ending := s.finished.Type != "" || s.job.Deleted != des.Never
	if n := len(s.ended); n < most && (!ending || n+len(s.seen.active) < most) {
		return
	}
	x.byIndex = append(x.byIndex[:0], s.ended...)
	if ending {
		for _, id := range s.seen.active {
			x.byIndex = append(x.byIndex, endedPod{id: id, index: s.pods.pod(id).Index})
		}
	}
	slices.SortFunc(x.byIndex, func(a, b endedPod) int { return cmp.Compare(a.index, b.index) })
	for i := range len(x.byIndex) - 1 {
		if x.byIndex[i].index == x.byIndex[i+1].index {
			c.listAll(j)
			sort.Sort(byCompletionIndex(x.all))
			return
		}
	}
}

// listAll lists all pods of the Job that the controller knows.
func (c *Controller) listAll(j *jobState) {
	x, pods := j.sync.indexed, j.sync.pods
	for id, at := range pods.slotOf {
		p := c.store.Pod(api.PodID(id))
		if at >= 0 && pods.slots[at].pod.Owner == j.job.ID || at == retired && p.Job == j.job.ID {
			x.all = append(x.all, endedPod{id: p.ID, index: p.Index})
		}
	}
	j.sync.sortAsListed(x.all)
}

// inOrderOfIndexes is the snapshot as it is counted: by index (job_controller.go:1319).
func (s *syncCtx) inOrderOfIndexes(snapshot []endedPod) []endedPod {
	if !indexed(s.job.Spec) {
		return snapshot
	}
	x := s.indexed
	x.byIndex = x.byIndex[:0]
	if len(x.all) == 0 {
		x.byIndex = append(x.byIndex, snapshot...)
		slices.SortFunc(x.byIndex, func(a, b endedPod) int {
			return cmp.Or(cmp.Compare(a.index, b.index), s.asListed(a.id, b.id))
		})
		return x.byIndex
	}
	for _, p := range x.all {
		i, ok := slices.BinarySearchFunc(snapshot, p.id, func(e endedPod, id api.PodID) int { return s.asListed(e.id, id) })
		if ok {
			x.byIndex = append(x.byIndex, snapshot[i])
		}
	}
	return x.byIndex
}
