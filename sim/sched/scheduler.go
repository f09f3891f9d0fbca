package sched

import (
	"cmp"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// RuleBind is a binding (pkg/scheduler/schedule_one.go@v1.37.2).
const RuleBind trace.Rule = "sched.bind"

// Scheduler is the scheduler of one run. Make one with New; Reset prepares it for another run in the same memory.
type Scheduler struct {
	kernel *des.Kernel
	store  *store.Store
	source rng.Source
	bind   rng.Dist

	frees    bool // room of a pod that is deleted while it is being bound: at once
	improves bool // a score is the higher the more a pod improves the balance of its node

	nodes []node
	pods  []pod // by id

	active, backoff, unfit []waiter  // the scheduling queue: to be tried; to be tried once nothing else is; to be woken
	nodeless               []waiter  // and those that came when there was no node at all
	retrying               des.Time  // when these are looked at; Never: once there is a node
	writing                bool      // the loop waits for its write of why a pod fits nowhere
	requests               []request // of the loop that goes on
	failed                 []failure // by Job: the latest
	state                  int64     // counts the changes of nodes
	flushing               bool      // a look at the pods that have waited for too long is scheduled
}

// failure is why a Job's pods fit nowhere, and in which state of the nodes.
type failure struct {
	state int64
	req   *api.PodRequests // what they ask for
	why   reasons
}

// pod is what the scheduler knows of a pod.
type pod struct {
	seen     bool
	deleting bool
	node     api.NodeID // on which it takes room, 1 up; 0: none
	message  int32      // why it fitted nowhere, as its status tells
	tried    int32      // the same, as the latest try found; 0: it does not wait
	first    bool       // its status told nothing when the write was begun that is under way
}

// New is a scheduler that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Scheduler { return &Scheduler{kernel: k, store: s} }

// Reset forgets all pods and keeps the memory.
func (s *Scheduler) Reset(knobs *api.Knobs, source rng.Source) {
	s.source, s.bind = source, knobs.Latency.Bind
	s.frees, s.improves = knobs.Kubernetes >= 35, knobs.Kubernetes >= 36
	s.nodes, s.pods = s.nodes[:0], s.pods[:0]
	for i := range s.store.Nodes() {
		s.nodes = append(s.nodes, node{})
		s.nodes[i].see(s.store.Node(api.NodeID(i)))
	}
	s.active, s.backoff, s.unfit, s.writing = s.active[:0], s.backoff[:0], s.unfit[:0], false
	s.nodeless, s.retrying = s.nodeless[:0], des.Never
	s.failed, s.state, s.flushing = s.failed[:0], 1, false
}

// Reach makes room for so many nodes, which are not there before they are seen.
func (s *Scheduler) Reach(nodes int) {
	for len(s.nodes) < nodes {
		s.nodes = append(s.nodes, node{})
	}
}

// Observe takes the next notice of the scheduler's watches: a pod wants a node, or leaves one; a node has changed.
func (s *Scheduler) Observe(n *store.Notice) {
	switch {
	case n.Change&(store.Created|store.Unfit|store.Ended|store.Deleted) != 0:
		s.observePod(n.Pod)
	case n.Node != nil:
		s.observeNode(n.Node)
	}
}

func (s *Scheduler) observePod(p *api.Pod) {
	for int(p.ID) >= len(s.pods) {
		s.pods = append(s.pods, pod{})
	}
	known := &s.pods[p.ID]
	isNew := !known.seen
	known.seen, known.deleting, known.message = true, p.Deleted != des.Never || p.Version == 0, p.Unfit
	if known.tried != 0 && known.tried != known.message {
		s.arm()
	}
	gone := p.Version == 0 || p.Status.Phase.Terminal()
	switch {
	case known.node != 0 && p.Node == api.NoNode: // handleAssumedPodDeletion, pkg/scheduler/eventhandlers.go@v1.37.2
		if s.frees && (gone || known.deleting) {
			s.release(p, known)
			s.wake(byFit)
		}
	case gone:
		if known.node != 0 {
			s.release(p, known)
			s.wake(byFit)
		}
	case isNew && p.Node == api.NoNode:
		s.active = append(s.active, waiter{pod: p.ID, job: p.Job, since: s.kernel.Now()})
		s.loop()
	}
}

// see takes the node as it is now.
func (n *node) see(now *api.Node) {
	n.spec, n.exists, n.cordoned, n.tainted = now.Spec, now.Version != 0, now.Unschedulable, now.NoSchedule != 0
}

func (s *Scheduler) observeNode(now *api.Node) {
	n := &s.nodes[now.ID]
	before := *n
	n.see(now)
	s.change()
	if !before.exists && n.exists {
		s.resume()
		s.wake(byAnything)
		return
	}
	if before.cordoned && !n.cordoned {
		s.wake(byCordon)
	}
	if before.tainted && !n.tainted {
		s.wake(byTaint)
	}
}

// release gives back what a pod takes.
func (s *Scheduler) release(p *api.Pod, known *pod) {
	s.nodes[known.node-1].take(s.store.Requests(p), -1)
	known.node = 0
	s.change()
}

// change counts a change of the nodes. A pod that waits may then be refused in other words, which it is told when it
// has waited for five minutes: until there is a change, nobody has to look.
func (s *Scheduler) change() {
	s.state++
	s.arm()
}

// arm has Flush come, if it is not about to.
func (s *Scheduler) arm() {
	if !s.flushing && len(s.unfit) > 0 {
		s.flushAt(s.unfit[0].due(s.kernel.Now()))
	}
}

func (s *Scheduler) flushAt(at des.Time) {
	s.flushing = true
	s.kernel.Schedule(at, api.ClassLook, api.KindFlush, 0, 0)
}

// Flush has the pods tried again that have waited for too long, if the nodes have changed since they were tried, or
// their status tells something else than the try (flushUnschedulableEntitiesLeftover,
// backend/queue/scheduling_queue.go:1048@v1.37.2).
func (s *Scheduler) Flush() {
	s.flushing = false
	now, next := s.kernel.Now(), des.Never
	kept := s.unfit[:0]
	for _, w := range s.unfit {
		p := &s.pods[w.pod]
		switch at := w.due(now); {
		case w.state == s.state && p.tried == p.message:
			kept = append(kept, w)
		case at == now:
			s.active = append(s.active, w)
		default:
			kept = append(kept, w)
			next = min(next, at)
		}
	}
	s.unfit = kept
	if next != des.Never {
		s.flushAt(next)
	}
	slices.SortFunc(s.active, byAge)
	s.loop()
}

// wake moves the pods that the plugins have refused to where they are tried again: at once, and those whose back-off
// has not ended after the others (moveEntitiesToActiveOrBackoffQueue, backend/queue/scheduling_queue.go:1919; off the
// back-off queue they are taken where nothing else is left, SchedulerPopFromBackoffQ, on since 1.33).
func (s *Scheduler) wake(by plugins) {
	if len(s.unfit) == 0 {
		return
	}
	now := s.kernel.Now()
	kept := s.unfit[:0]
	for _, w := range s.unfit {
		switch w.flushed(now); {
		case w.why&by == 0 && by != byAnything:
			kept = append(kept, w)
		case w.backoff() >= now.Truncate():
			s.backoff = append(s.backoff, w)
		default:
			s.active = append(s.active, w)
		}
	}
	s.unfit = kept
	slices.SortFunc(s.active, byAge)
	slices.SortFunc(s.backoff, func(a, b waiter) int { return cmp.Or(cmp.Compare(a.backoff(), b.backoff()), byAge(a, b)) })
	s.loop()
}

// byAge is the order of the active queue: by the time a pod has been in it, and by its creation, which upstream leaves
// to the order of a Go map.
func byAge(a, b waiter) int { return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.pod, b.pod)) }

// next is the pod that is tried next.
func (s *Scheduler) next() (w waiter, ok bool) {
	for _, queue := range [...]*[]waiter{&s.active, &s.backoff} {
		if len(*queue) > 0 {
			w = (*queue)[0]
			*queue = (*queue)[:copy(*queue, (*queue)[1:])]
			return w, true
		}
	}
	return w, false
}

// loop is scheduleOne, again and again (pkg/scheduler/schedule_one.go:76@v1.37.2).
func (s *Scheduler) loop() {
	for !s.writing {
		w, ok := s.next()
		switch {
		case !ok:
			s.send()
			return
		case s.pods[w.pod].deleting:
		case !s.place(&w):
			s.park(w)
		}
	}
	s.send()
}

// request is a binding, or the write of why a pod fits nowhere.
type request struct {
	at   des.Time
	kind des.Kind
	pod  api.PodID
	arg  int32
}

// send sends the requests of a loop, by the age of their pods: the order of the oracle's gate.
func (s *Scheduler) send() {
	if len(s.requests) > 1 {
		slices.SortFunc(s.requests, func(a, b request) int { return cmp.Compare(a.pod, b.pod) })
	}
	for i := range s.requests {
		r := &s.requests[i]
		s.kernel.Schedule(r.at, api.ClassScheduler, r.kind, int32(r.pod), r.arg)
	}
	s.requests = s.requests[:0]
}

// place puts the pod on the node with the best score on which it fits, of equals the first, if there is one; the
// binding takes its time.
func (s *Scheduler) place(w *waiter) bool {
	for int(w.job) >= len(s.failed) {
		s.failed = append(s.failed, failure{})
	}
	p := s.store.Pod(w.pod)
	req, f := s.store.Requests(p), &s.failed[w.job]
	if f.state == s.state && f.req == req {
		w.why = f.why.plugins()
		return false // the pods of a Job are alike
	}
	f.req, f.why = req, reasons{}
	best, most := -1, int64(0)
	for i := range s.nodes {
		n := &s.nodes[i]
		f.why.all += one(n.exists)
		if !n.fits(req, &f.why) {
			continue
		}
		if score := n.score(req, s.improves); best < 0 || score > most {
			best, most = i, score
		}
	}
	if best < 0 {
		f.state = s.state
		w.why = f.why.plugins()
		return false
	}
	s.nodes[best].take(req, 1)
	s.change()
	s.pods[w.pod].node, s.pods[w.pod].tried = api.NodeID(best+1), 0
	at := s.kernel.Now()
	if !s.bind.IsZero() {
		address := rng.Key{Purpose: rng.Bind, Job: int32(p.Job), Index: p.Index, Attempt: p.Attempt}
		at = at.Add(s.source.Draw(&s.bind, address))
	}
	s.requests = append(s.requests, request{at, api.KindBind, w.pod, int32(best)})
	return true
}

// park puts a pod that fits nowhere to those that wait to be woken, and says why in its status where that has changed
// (handleSchedulingFailure, pkg/scheduler/schedule_one.go:1152@v1.37.2).
func (s *Scheduler) park(w waiter) {
	w.since, w.state = s.kernel.Now(), s.state
	message, tried := s.failed[w.job].why.message(), &s.pods[w.pod].tried
	if w.why == 0 {
		w.errors++
		*tried = 0
		s.nodeless = append(s.nodeless, w)
		s.planRetry()
	} else {
		w.tries, w.errors = w.tries+1, 0
		*tried = message
		s.unfit = append(s.unfit, w)
	}
	s.say(w.pod, message)
}

// say has the reason written why a pod is not bound. The loop waits for that. Where the status as seen tells nothing
// yet, the condition is thought to be a new one (UpdatePodCondition, pkg/api/v1/pod/util.go:363@v1.37.2).
func (s *Scheduler) say(id api.PodID, message int32) {
	if p := &s.pods[id]; p.message != message {
		p.first = p.message == 0
		s.writing = true
		s.requests = append(s.requests, request{s.kernel.Now(), api.KindUnfit, id, message})
	}
}

// Unfit writes why a pod fits on no node, and goes on.
func (s *Scheduler) Unfit(id api.PodID, message int32) {
	s.store.MarkUnfit(store.Writer{Actor: trace.Scheduler}, id, message, s.pods[id].first)
	s.writing = false
	s.loop()
}

// notBound stands for the message that a binding was refused.
const notBound = -1

// Bind binds a pod. That is refused where the pod is deleted or gone: then its room is free again, if it was not before
// (handleBindingCycleError, pkg/scheduler/schedule_one.go:512@v1.37.2).
func (s *Scheduler) Bind(id api.PodID, node api.NodeID) {
	if s.store.BindPod(store.Writer{Actor: trace.Scheduler, Because: RuleBind}, id, node) {
		return
	}
	p := &s.pods[id]
	if p.node != 0 {
		s.release(s.store.Pod(id), p)
	}
	s.wake(byFit)
	if p.message != notBound {
		s.store.MarkUnfit(store.Writer{Actor: trace.Scheduler}, id, notBound, p.message == 0)
	}
}
