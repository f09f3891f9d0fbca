package jobctl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// cache is the controller's informer cache of pods. It holds the pods that a sync can still care about: those that have
// not ended, and those that carry the tracking finalizer.
type cache struct {
	slots      []slot
	free       []int32
	slotOf     []int32 // by pod: slot, or unseen, or settled
	podVersion uint64  // of the latest pod write seen
	jobVersion uint64
}

const (
	unseen  int32 = -1
	settled int32 = -2 // ended, counted and out of reach of any rule, or removed
)

// slot is a pod as the controller last saw it.
type slot struct {
	pod        api.Pod
	activePos  int32 // in podCounts.active, or -1
	endedPos   int32 // in podCounts.ended, or -1
	rmExpected bool  // its finalizer was taken off by us, and the cache has not seen it (tracking_utils.go)
}

// podCounts are sums over the cached pods of one Job, kept up to date write by write.
type podCounts struct {
	active      []api.PodID // unordered
	ended       []api.PodID // terminal or being deleted, with the tracking finalizer; unordered
	ready       int32
	terminating int32
	restarts    int32        // restartCounts of the pods that are Pending or Running
	byIndex     *indexCounts // of an Indexed Job with pods; else nil
}

func (c *cache) reset() {
	*c = cache{slots: c.slots[:0], free: c.free[:0], slotOf: c.slotOf[:0]}
}

// lookup is the pod's slot, or nil where no rule can care about it any more.
func (c *cache) lookup(id api.PodID) *slot {
	if int(id) >= len(c.slotOf) || c.slotOf[id] < 0 {
		return nil
	}
	return &c.slots[c.slotOf[id]]
}

// pod is a pod that is known to be cached.
func (c *cache) pod(id api.PodID) *api.Pod { return &c.slots[c.slotOf[id]].pod }

// put stores the pod as it is now, brings the counts of its Job up to date, and says whether the pod is new.
func (c *cache) put(n *podCounts, p *api.Pod) (isNew bool) {
	for int(p.ID) >= len(c.slotOf) {
		c.slotOf = append(c.slotOf, unseen)
	}
	at := c.slotOf[p.ID]
	if p.Version == 0 || p.Status.Phase.Terminal() && !p.Finalizer {
		if at >= 0 {
			c.drop(n, at)
		}
		c.slotOf[p.ID] = settled
		return at == unseen
	}
	var s *slot
	if at >= 0 {
		s = &c.slots[at]
		c.count(n, s, -1)
	} else {
		s = c.newSlot(p.ID)
	}
	s.pod = *p
	s.rmExpected = s.rmExpected && p.Finalizer
	c.count(n, s, 1)
	active := p.Active() && !p.Disowned
	if active != (s.activePos >= 0) {
		c.place(&n.active, s, &s.activePos, active, activePosOf)
	}
	if ended := !active && p.Finalizer && !p.Disowned; ended != (s.endedPos >= 0) {
		c.place(&n.ended, s, &s.endedPos, ended, endedPosOf)
	}
	return at == unseen
}

// drop takes a pod out of the counts and gives its slot away.
func (c *cache) drop(n *podCounts, at int32) {
	s := &c.slots[at]
	c.count(n, s, -1)
	c.place(&n.active, s, &s.activePos, false, activePosOf)
	c.place(&n.ended, s, &s.endedPos, false, endedPosOf)
	c.free = append(c.free, at)
}

func (c *cache) newSlot(id api.PodID) *slot {
	var at int32
	if n := len(c.free); n > 0 {
		at = c.free[n-1]
		c.free = c.free[:n-1]
	} else {
		at = int32(len(c.slots))
		c.slots = append(c.slots, slot{})
	}
	c.slotOf[id] = at
	s := &c.slots[at]
	*s = slot{activePos: -1, endedPos: -1}
	return s
}

// count adds the pod's part in the sums, or takes it away.
func (c *cache) count(n *podCounts, s *slot, sign int32) {
	p := &s.pod
	switch {
	case p.Disowned, p.Status.Phase.Terminal():
		return
	case p.Deleted != des.Never:
		n.terminating += sign
	case p.Status.Ready:
		n.ready += sign
	}
	n.restarts += sign * p.Status.Restarts
	if p.Index != api.NoIndex {
		n.countIndex(p, sign)
	}
}

func activePosOf(s *slot) *int32 { return &s.activePos }
func endedPosOf(s *slot) *int32  { return &s.endedPos }

// place puts the pod into a set or takes it out; pos is where it stands there, and posOf finds the same of another
// slot.
func (c *cache) place(set *[]api.PodID, s *slot, pos *int32, in bool, posOf func(*slot) *int32) {
	switch {
	case in && *pos < 0:
		*pos = int32(len(*set))
		*set = append(*set, s.pod.ID)
	case !in && *pos >= 0:
		last := len(*set) - 1
		moved := (*set)[last]
		(*set)[*pos] = moved
		*posOf(c.lookup(moved)) = *pos
		*set = (*set)[:last]
		*pos = -1
	}
}
