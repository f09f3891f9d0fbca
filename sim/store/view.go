package store

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// ViewID names a component that watches.
type ViewID int32

// The views, in the order in which they are served after an event. Each is what one component has seen of the cluster.
const (
	KubeletView ViewID = iota
	SchedulerView
	JobControllerView
	CollectorView
	NodeControllerView
	viewCount
)

// Notice tells a watcher of one write of a pod, a Job or a node; the others are nil. The pod or Job is as that write
// left it, the node as it is now; its Version is 0 if it was removed. Valid until the next write.
type Notice struct {
	Pod     *api.Pod
	Job     *api.Job
	Node    *api.Node
	Version uint64   // of the write
	At      des.Time // of the write

	kept bool // Pod or Job is in past; else it is the object itself, which has not been written since
}

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

// view is a component's place in the history.
type view struct {
	next   int      // the first notice it has not seen, counted over the whole run
	latest des.Time // of the latest delivery: they keep their order
	armed  bool     // a KindWatch event for the notice next is pending
	fired  bool     // it has come
}

// Delayed says whether deliveries are delayed: then each view has its own, by Due; else all see Unseen at once.
func (s *Store) Delayed() bool { return s.hasWatch }

// Unseen are the notices that nobody has taken yet, in order. The slice is valid until the next write.
func (s *Store) Unseen() []Notice { return s.history }

// nothing is a notice of nothing.
var nothing Notice

// Due is the notice that the view's component learns of now, which is then seen; an empty one if there is none. It is
// one at a time: a component reacts to each before it learns of the next, for which a KindWatch event is scheduled.
func (s *Store) Due(id ViewID) *Notice {
	v := &s.views[id]
	if v.armed {
		return &nothing
	}
	at := v.next - s.dropped
	if !v.fired {
		s.arm(id, v)
		return &nothing
	}
	v.fired = false
	v.next++
	s.arm(id, v)
	return &s.history[at]
}

// arm schedules the delivery of the view's next notice, if there is one.
func (s *Store) arm(id ViewID, v *view) {
	at := v.next - s.dropped
	if at == len(s.history) {
		return
	}
	stream := s.source.At(rng.Key{Purpose: rng.Watch, Job: int32(id), Index: int32(v.next)})
	v.latest = max(v.latest, s.history[at].At.Add(s.watch.Draw(&stream)), s.kernel.Now())
	v.armed = true
	s.kernel.Schedule(v.latest, api.ClassWatch, api.KindWatch, int32(id), 0)
}

// Quiet says whether every view has seen everything.
func (s *Store) Quiet() bool { return len(s.history) == 0 }

// Disarm is to be called when a view's KindWatch event has come: its next notice is due.
func (s *Store) Disarm(id ViewID) { s.views[id].armed, s.views[id].fired = false, true }

// Forget drops the notices that every view has seen, which without delays is all of them. With delays it keeps the
// history short without touching it at every write.
func (s *Store) Forget() {
	if s.hasWatch {
		s.forgetSeen()
	} else {
		s.drop()
	}
}

func (s *Store) forgetSeen() {
	low := s.views[0].next
	for i := range s.views {
		low = min(low, s.views[i].next)
	}
	seen := low - s.dropped
	switch {
	case seen == len(s.history):
		s.drop()
	case seen > 1024 && seen > len(s.history)/2:
		s.compact(seen)
	default:
		return
	}
	s.dropped = low
}

// drop empties the history.
func (s *Store) drop() {
	s.history = s.history[:0]
	if s.kept {
		s.kept = false
		s.podPast.reset()
		s.jobPast.reset()
	}
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
		}
	}
	s.history = s.history[:copy(s.history, s.history[seen:])]
}
