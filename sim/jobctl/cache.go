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
	slotOf     []int32 // by pod: slot, or what has become of it
	podVersion uint64  // of the latest pod write seen
	jobVersion uint64
	keeps      bool // pods that have ended and are counted too: their labels may change, or another Job adopt them
}

const (
	unseen  int32 = -1
	settled int32 = -2 // removed
	unowned int32 = -3 // removed, or ended and out of reach of any rule, and has no owner
	retired int32 = -4 // ended, counted, and in reach of no rule but takeOrder
)

// slot is a pod as the controller last saw it.
type slot struct {
	pod        api.Pod
	in         list  // the list of podCounts that it is in
	pos        int32 // its place there
	rmExpected bool  // its finalizer was taken off by us, and the cache has not seen it (tracking_utils.go)
}

// list is one of the lists of podCounts.
type list uint8

const (
	nowhere list = iota
	active
	ended
)

// podCounts are sums over the cached pods of one owner, kept up to date write by write.
type podCounts struct {
	active      []api.PodID // unordered
	ended       []api.PodID // terminal or being deleted, with the tracking finalizer; unordered
	ready       int32
	terminating int32
	restarts    int32        // restartCounts of the pods that are Pending or Running
	noIndex     int32        // active pods without an index
	byIndex     *indexCounts // of pods that have one; nil: there are none
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

// put stores the pod as it is now, and brings the counts up to date: those of its owner, and those of the owner that
// it had before. It says whether the pod is new.
func (c *cache) put(old, n *podCounts, p *api.Pod) (isNew bool) {
	for int(p.ID) >= len(c.slotOf) {
		c.slotOf = append(c.slotOf, unseen)
	}
	at := c.slotOf[p.ID]
	if p.Version == 0 || p.Status.Phase.Terminal() && !p.Finalizer && !c.keeps {
		if at >= 0 {
			c.drop(old, at)
		}
		switch {
		case p.Owner == api.NoJob:
			c.slotOf[p.ID] = unowned
		case p.Version == 0:
			c.slotOf[p.ID] = settled
		default:
			c.slotOf[p.ID] = retired
		}
		return at == unseen
	}
	var s *slot
	if at >= 0 {
		s = &c.slots[at]
		c.count(old, s, -1)
	} else {
		s = c.newSlot(p.ID)
	}
	if old != n {
		c.move(old, s, nowhere)
		s.rmExpected = false
	}
	s.pod = *p
	s.rmExpected = s.rmExpected && p.Finalizer
	c.count(n, s, 1)
	if in := listOf(p); in != s.in {
		c.move(n, s, in)
	}
	return at == unseen
}

// owner is the pod's owner as it was seen last.
func (c *cache) owner(p *api.Pod) api.JobID {
	if int(p.ID) >= len(c.slotOf) {
		return api.NoJob
	}
	switch at := c.slotOf[p.ID]; at {
	case unseen, unowned:
		return api.NoJob
	case settled, retired:
		return p.Job
	default:
		return c.slots[at].pod.Owner
	}
}

// drop takes a pod out of the counts and gives its slot away.
func (c *cache) drop(n *podCounts, at int32) {
	s := &c.slots[at]
	c.count(n, s, -1)
	c.move(n, s, nowhere)
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
	s.in, s.rmExpected = nowhere, false
	return s
}

// count adds the pod's part in the sums, or takes it away.
func (c *cache) count(n *podCounts, s *slot, sign int32) {
	p := &s.pod
	switch {
	case p.Status.Phase.Terminal():
		return
	case p.Deleted != des.Never:
		n.terminating += sign
	case p.Status.Ready:
		n.ready += sign
	}
	n.restarts += sign * p.Status.Restarts
	if p.Index != api.NoIndex {
		n.countIndex(p, sign)
	} else if p.Active() {
		n.noIndex += sign
	}
}

// listOf is the list that the pod belongs into.
func listOf(p *api.Pod) list {
	switch {
	case p.Active():
		return active
	case p.Finalizer:
		return ended
	}
	return nowhere
}

func (n *podCounts) list(which list) *[]api.PodID {
	if which == active {
		return &n.active
	}
	return &n.ended
}

// move takes the pod from its list to another.
func (c *cache) move(n *podCounts, s *slot, to list) {
	if s.in != nowhere {
		from := n.list(s.in)
		last := len(*from) - 1
		moved := (*from)[last]
		(*from)[s.pos] = moved
		c.slots[c.slotOf[moved]].pos = s.pos
		*from = (*from)[:last]
	}
	if s.in = to; to != nowhere {
		set := n.list(to)
		s.pos = int32(len(*set))
		*set = append(*set, s.pod.ID)
	}
}
