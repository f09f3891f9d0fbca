package store

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// Notice tells a watcher of one write of a pod, a Job, a CronJob or a node; the others are nil. The object is as that
// write left it; its Version is 0 if it was removed. Valid until the next write.
type Notice struct {
	Pod     *api.Pod
	Job     *api.Job
	Node    *api.Node
	CronJob *api.CronJob
	Version uint64   // of the write
	At      des.Time // of the write

	Change Change // of a pod or a Job

	nth  int32 // write of the object, from 1; known where deliveries are delayed
	kept bool  // Pod or Job is in past; else it is the object itself, which has not been written since
}

// Change is what a write has changed of a pod or a Job. Most writes are Progress, which concerns only the controllers
// of Jobs and nodes.
type Change uint8

// The changes.
const (
	Progress Change = 1 << iota // of anything else: status, conditions, metadata, a Job's spec
	Created                     // of pods and Jobs
	Bound                       // to a node
	Unfit                       // why it is not bound
	Ended                       // its phase has become terminal
	Deleted                     // marked for deletion or gone, by this write or an earlier one
)

// past keeps states of objects that were overwritten before every view had seen them. The zero value is empty.
type past[T any] struct {
	states, free []*T
}

func (p *past[T]) keep(state *T) *T {
	if len(p.free) == 0 {
		kept := new(T)
		p.states, p.free = append(p.states, kept), append(p.free, kept)
	}
	kept := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	*kept = *state
	return kept
}

// reset keeps nothing but the memory.
func (p *past[T]) reset() {
	if len(p.free) < len(p.states) {
		p.free = append(p.free[:0], p.states...)
	}
}

// notify appends the notice of the latest write. (In place: to copy what was just written in smaller pieces would stall
// the processor.)
func (s *Store) notify() *Notice {
	s.history = append(s.history, Notice{})
	n := &s.history[len(s.history)-1]
	n.Version, n.At = s.version, s.kernel.Now()
	return n
}

// pending is the notice of a write that some view has not seen yet, or nil. A write is a version is a notice.
func (s *Store) pending(version uint64) *Notice {
	if len(s.history) == 0 {
		return nil
	}
	if at := len(s.history) - 1 - int(s.version-version); at >= 0 {
		return &s.history[at]
	}
	return nil
}

// view is a watch's place in the history.
type view struct {
	next   int      // the first notice it may not have delivered, counted over the whole run
	latest des.Time // of the latest delivery: they keep their order
	armed  bool     // the notice next is due at latest
}

// Delayed says whether deliveries take time. Where they do not, everyone learns of the History after each event.
func (s *Store) Delayed() bool { return s.hasWatch }

// History are the notices that nobody has seen yet, in order. The slice is valid until the next write.
func (s *Store) History() []Notice { return s.history }

// Arm schedules a KindWatch event for the next notice of every watch. To be called after every event.
func (s *Store) Arm() {
	for id := range s.views {
		if v := &s.views[id]; !v.armed {
			s.arm(api.Watch(id), v)
		}
	}
}

func (s *Store) arm(id api.Watch, v *view) {
	at := v.next - s.dropped
	for at < len(s.history) && !s.history[at].of(id) {
		at++
		v.next++
	}
	if at == len(s.history) {
		return
	}
	n := &s.history[at]
	due := n.At
	if n.CronJob == nil { // whose deliveries take no time
		due = n.At.Add(s.source.Draw(&s.watch, n.address(id)))
	}
	v.latest, v.armed = max(v.latest, due, s.kernel.Now()), true
	s.kernel.Schedule(v.latest, api.ClassWatch, api.KindWatch, int32(id), 0)
}

// Relist begins watches anew with what there is now: what they have not delivered they never will, and nothing new
// waits for it.
func (s *Store) Relist(watches ...api.Watch) {
	for _, id := range watches {
		s.views[id] = view{next: s.dropped + len(s.history)}
	}
}

// of says whether the watch delivers the notice.
func (n *Notice) of(id api.Watch) bool {
	switch id {
	case api.ManagerJobs:
		return n.Job != nil
	case api.SchedulerNodes, api.ManagerNodes:
		return n.Node != nil
	case api.ManagerCronJobs:
		return n.CronJob != nil
	case api.SchedulerPods: // of those that have not ended (NewInformerFactory, pkg/scheduler/scheduler.go:600@v1.37.2)
		return n.Pod != nil && (n.Change&Ended != 0 || !n.Pod.Status.Phase.Terminal())
	default:
		return n.Pod != nil
	}
}

// address is that of the notice's delay.
func (n *Notice) address(id api.Watch) rng.Key {
	switch {
	case n.Pod != nil:
		return api.WatchKey(id, n.Pod.Job, n.Pod.Number, n.nth)
	case n.Job != nil:
		return api.WatchKey(id, n.Job.ID, api.TheJob, n.nth)
	}
	return api.WatchKey(id, api.AnyJob, int32(n.Node.ID), n.nth)
}

// Delivery is a notice and the watches that deliver it.
type Delivery struct {
	Notice  *Notice // nil: there is none; valid until the next write
	watches uint
}

// To says whether one of the watches delivers it.
func (d *Delivery) To(watches ...api.Watch) bool {
	for _, w := range watches {
		if d.watches>>uint(w)&1 != 0 {
			return true
		}
	}
	return false
}

// Deliver is what the watches deliver next in this instant: of all notices that are due the one of the earliest write.
// There may be none left.
func (s *Store) Deliver() (d Delivery) {
	first := -1
	for id := range s.views {
		v := &s.views[id]
		if !v.armed || v.latest > s.kernel.Now() {
			continue
		}
		if first < 0 || v.next < first {
			first, d.watches = v.next, 0
		}
		if v.next == first {
			d.watches |= 1 << id
		}
	}
	if first < 0 {
		return d
	}
	for id := range s.views {
		if v := &s.views[id]; d.watches>>id&1 != 0 {
			v.next++
			v.armed = false
		}
	}
	d.Notice = &s.history[first-s.dropped]
	return d
}

// Quiet says whether every view has seen everything.
func (s *Store) Quiet() bool { return len(s.history) == 0 }

// Forget drops the notices that every view has seen. It keeps the history short without touching it at every write.
func (s *Store) Forget() {
	low := s.views[0].next
	for i := range s.views {
		low = min(low, s.views[i].next)
	}
	seen := low - s.dropped
	switch {
	case seen == len(s.history):
		s.Drop()
	case seen > 1024 && seen > len(s.history)/2:
		s.compact(seen)
	default:
		return
	}
	s.dropped = low
}

// Drop empties the history: where there are no delays, everyone has seen all of it.
func (s *Store) Drop() {
	s.history = s.history[:0]
	if s.kept {
		s.resetPast()
	}
}

func (s *Store) resetPast() {
	s.kept = false
	s.podPast.reset()
	s.jobPast.reset()
	s.nodePast.reset()
}

// compact moves the unseen rest of the history to the front.
func (s *Store) compact(seen int) {
	for i := range s.history[:seen] {
		switch n := &s.history[i]; {
		case !n.kept:
		case n.Pod != nil:
			s.podPast.free = append(s.podPast.free, n.Pod)
		case n.Job != nil:
			s.jobPast.free = append(s.jobPast.free, n.Job)
		default:
			s.nodePast.free = append(s.nodePast.free, n.Node)
		}
	}
	s.history = s.history[:copy(s.history, s.history[seen:])]
}
