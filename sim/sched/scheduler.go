package sched

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// RuleBind is a binding (pkg/scheduler/schedule_one.go@v1.37.2).
const RuleBind trace.Rule = "sched.bind"

// noPod stands for all pods that wait for room, in a KindSchedule event.
const noPod = -1

// Scheduler is the scheduler of one run. Make one with New; Reset prepares it for another run in the same memory.
type Scheduler struct {
	kernel *des.Kernel
	store  *store.Store
	source rng.Source
	bind   rng.Dist

	rooms   []room
	placed  []bool        // by pod: it takes room
	waiting [][]api.PodID // by Job: the pods that did not fit, oldest first
	waits   int           // how many those are
	retry   bool          // a retry is scheduled
}

// New is a scheduler that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Scheduler { return &Scheduler{kernel: k, store: s} }

// Reset forgets all pods and keeps the memory. bind is the latency from a pod's creation to its binding.
func (s *Scheduler) Reset(source rng.Source, bind rng.Dist, nodes int) {
	s.source, s.bind = source, bind
	s.rooms = append(s.rooms[:0], make([]room, nodes)...)
	s.placed = s.placed[:0]
	for i := range s.waiting {
		s.waiting[i] = s.waiting[i][:0]
	}
	s.waits, s.retry = 0, false
}

// Observe takes the next notice of the scheduler's view: a pod wants a node, or leaves one; a node has changed.
func (s *Scheduler) Observe(n *store.Notice) {
	switch {
	case n.Pod != nil:
		s.observePod(n.Pod)
	case n.Node != nil:
		s.roomMade()
	}
}

func (s *Scheduler) observePod(p *api.Pod) {
	gone := p.Version == 0 || p.Status.Phase.Terminal()
	if p.Node != api.NoNode && !gone {
		return // it is where it is
	}
	isNew := int(p.ID) >= len(s.placed)
	for int(p.ID) >= len(s.placed) {
		s.placed = append(s.placed, false)
	}
	if isNew && p.Node == api.NoNode && p.Version != 0 {
		at := s.kernel.Now()
		if !s.bind.IsZero() {
			address := rng.Key{Purpose: rng.Bind, Job: int32(p.Job), Index: p.Index, Attempt: p.Attempt}
			at = at.Add(s.source.Draw(&s.bind, address))
		}
		s.kernel.Schedule(at, api.ClassScheduler, api.KindSchedule, int32(p.ID), 0)
		return
	}
	if s.placed[p.ID] && gone {
		s.placed[p.ID] = false
		s.rooms[p.Node].take(s.requests(p), -1)
		s.roomMade()
	}
}

func (s *Scheduler) requests(p *api.Pod) *api.Resources { return s.store.Requests(p) }

// roomMade has the waiting pods tried again. They come from the back-off queue at once, as nothing else is to be
// scheduled (SchedulerPopFromBackoffQ, on since 1.33).
func (s *Scheduler) roomMade() {
	if s.waits > 0 && !s.retry {
		s.retry = true
		s.kernel.Schedule(s.kernel.Now(), api.ClassScheduler, api.KindSchedule, noPod, 0)
	}
}

// Schedule places one pod, or all that wait.
func (s *Scheduler) Schedule(obj int32) {
	if obj != noPod {
		p := s.store.Pod(api.PodID(obj))
		if !s.place(p) && pending(p) {
			s.park(p)
		}
		return
	}
	s.retry = false
	for job := range s.waiting {
		queue := s.waiting[job]
		n := 0
		for n < len(queue) {
			if p := s.store.Pod(queue[n]); pending(p) && !s.place(p) {
				break // the pods of a Job are alike: if one does not fit, none does
			}
			n++
		}
		s.waiting[job] = queue[:copy(queue, queue[n:])]
		s.waits -= n
	}
}

func (s *Scheduler) park(p *api.Pod) {
	for int(p.Job) >= len(s.waiting) {
		s.waiting = append(s.waiting, nil)
	}
	s.waiting[p.Job] = append(s.waiting[p.Job], p.ID)
	s.waits++
}

func pending(p *api.Pod) bool {
	return p.Version != 0 && p.Deleted == des.Never && p.Node == api.NoNode
}

// place binds the pod to the least allocated node on which it fits, if there is one.
func (s *Scheduler) place(p *api.Pod) bool {
	if !pending(p) {
		return false
	}
	req := s.requests(p)
	best := api.NoNode
	var least uint64
	for i := range s.rooms {
		node := s.store.Node(api.NodeID(i))
		if !s.rooms[i].fits(node, req) {
			continue
		}
		if a := s.rooms[i].allocated(node.Spec); best == api.NoNode || a < least {
			best, least = api.NodeID(i), a
		}
	}
	if best == api.NoNode {
		return false
	}
	s.rooms[best].take(req, 1)
	s.placed[p.ID] = true
	s.store.BindPod(store.Writer{Actor: trace.Scheduler, Because: RuleBind}, p.ID, best)
	return true
}
