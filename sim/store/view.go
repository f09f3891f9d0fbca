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

	past int32
}

// PodAt is the pod as the notice's write left it; its Version is 0 if it was removed. Valid until the next write.
func (s *Store) PodAt(n *Notice) *api.Pod { return &s.podPast[n.past] }

// JobAt is the Job as the notice's write left it; its Version is 0 if it was removed. Valid until the next write.
func (s *Store) JobAt(n *Notice) *api.Job { return &s.jobPast[n.past] }

// view is a component's place in the history.
type view struct {
	next   int      // the first notice it has not seen, counted over the whole run
	latest des.Time // when it learns of the notice next: deliveries keep their order
	drawn  bool     // whether latest is that of the notice next
	armed  bool     // a KindWatch event is pending
}

// Due are the notices that the view's component learns of now, in order; they are then seen. Where the next one is not
// due yet, a KindWatch event is scheduled for it. The slice is valid until the next write.
func (s *Store) Due(id ViewID) []Notice {
	v := &s.views[id]
	first := v.next - s.dropped
	if !s.hasWatch {
		v.next = s.dropped + len(s.history)
		return s.history[first:]
	}
	end := first
	for end < len(s.history) && s.due(id, v, &s.history[end]) {
		end++
		v.next++
		v.drawn = false
	}
	return s.history[first:end]
}

func (s *Store) due(id ViewID, v *view, n *Notice) bool {
	if !v.drawn {
		stream := s.source.At(rng.Key{Purpose: rng.Watch, Job: int32(id), Index: int32(v.next)})
		v.latest, v.drawn = max(v.latest, n.At.Add(s.watch.Draw(&stream))), true
	}
	now := s.kernel.Now()
	if v.latest <= now {
		return true
	}
	if !v.armed {
		v.armed = true
		s.kernel.Schedule(v.latest, api.ClassLook, api.KindWatch, int32(id), 0)
	}
	return false
}

// Quiet says whether every view has seen everything.
func (s *Store) Quiet() bool { return len(s.history) == 0 }

// Disarm is to be called when a view's KindWatch event has come.
func (s *Store) Disarm(id ViewID) { s.views[id].armed = false }

// Forget drops the notices that every view has seen. It keeps the history short without touching it at every write.
func (s *Store) Forget() {
	low := s.views[0].next
	for i := range s.views {
		low = min(low, s.views[i].next)
	}
	seen := low - s.dropped
	switch {
	case seen == len(s.history):
		s.history, s.podPast, s.jobPast = s.history[:0], s.podPast[:0], s.jobPast[:0]
	case seen > 1024 && seen > len(s.history)/2:
		s.compact(seen)
	default:
		return
	}
	s.dropped = low
}

// compact moves the unseen rest of the history to the front.
func (s *Store) compact(seen int) {
	rest := s.history[seen:]
	pods, jobs := int32(len(s.podPast)), int32(len(s.jobPast))
	for i := range rest {
		switch rest[i].Object {
		case PodObject:
			pods = min(pods, rest[i].past)
		case JobObject:
			jobs = min(jobs, rest[i].past)
		case NodeObject:
		}
	}
	for i := range rest {
		switch rest[i].Object {
		case PodObject:
			rest[i].past -= pods
		case JobObject:
			rest[i].past -= jobs
		case NodeObject:
		}
	}
	s.history = s.history[:copy(s.history, rest)]
	s.podPast = s.podPast[:copy(s.podPast, s.podPast[pods:])]
	s.jobPast = s.jobPast[:copy(s.jobPast, s.jobPast[jobs:])]
}
