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

// Object is the kind of object that a notice is about.
type Object uint8

// The kinds of object.
const (
	PodObject Object = iota
	JobObject
	NodeObject
)

// Notice tells a watcher of one write. The state that was written is had from Store.PodAt or JobAt.
type Notice struct {
	Object  Object
	Pod     api.PodID
	Job     api.JobID
	Node    api.NodeID
	Version uint64   // of the write
	At      des.Time // of the write

	past int32 // where the state is kept; 0: the object has not been written since
}

// PodAt is the pod as the notice's write left it; its Version is 0 if it was removed. Valid until the next write.
func (s *Store) PodAt(n *Notice) *api.Pod {
	if n.past == 0 {
		return &s.pods.at(n.Pod).Pod
	}
	return &s.podPast.states[n.past]
}

// JobAt is the Job as the notice's write left it; its Version is 0 if it was removed. Valid until the next write.
func (s *Store) JobAt(n *Notice) *api.Job {
	if n.past == 0 {
		return &s.jobs[n.Job]
	}
	return &s.jobPast.states[n.past]
}

// past keeps states of objects that were overwritten before every view had seen them. The zero value is empty.
type past[T any] struct {
	states []T // the first is unused
	free   []int32
}

func (p *past[T]) reset() { p.states, p.free = p.states[:0], p.free[:0] }

func (p *past[T]) keep(state *T) int32 {
	if n := len(p.free) - 1; n >= 0 {
		at := p.free[n]
		p.free = p.free[:n]
		p.states[at] = *state
		return at
	}
	if len(p.states) == 0 {
		p.states = append(p.states, *state)
	}
	p.states = append(p.states, *state)
	return int32(len(p.states) - 1)
}

// notify appends the notice of the latest write. (In place: to copy what was just written in smaller pieces would stall
// the processor.)
func (s *Store) notify(o Object) *Notice {
	s.history = append(s.history, Notice{})
	n := &s.history[len(s.history)-1]
	n.Object, n.Version, n.At = o, s.version, s.kernel.Now()
	return n
}

// pending is the notice of a write that some view has not seen yet, or nil. A write is a version is a notice.
func (s *Store) pending(version uint64) *Notice {
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

// Due are the notices that the view's component learns of now, in order; they are then seen. Where deliveries are
// delayed it is one at most: a component reacts to each before it learns of the next. For that a KindWatch event is
// scheduled. The slice is valid until the next write.
func (s *Store) Due(id ViewID) []Notice {
	if !s.hasWatch {
		return s.history
	}
	return s.delayed(id)
}

func (s *Store) delayed(id ViewID) []Notice {
	v := &s.views[id]
	if v.armed {
		return nil
	}
	at := v.next - s.dropped
	if !v.fired {
		s.arm(id, v)
		return nil
	}
	v.fired = false
	v.next++
	s.arm(id, v)
	return s.history[at : at+1]
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
	if !s.hasWatch {
		s.drop()
		return
	}
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
	s.podPast.reset()
	s.jobPast.reset()
}

// compact moves the unseen rest of the history to the front.
func (s *Store) compact(seen int) {
	for i := range s.history[:seen] {
		switch n := &s.history[i]; {
		case n.past == 0:
		case n.Object == PodObject:
			s.podPast.free = append(s.podPast.free, n.past)
		case n.Object == JobObject:
			s.jobPast.free = append(s.jobPast.free, n.past)
		}
	}
	s.history = s.history[:copy(s.history, s.history[seen:])]
}
