package store

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Store holds every object of one run. Make one with New; Reset prepares it for another run in the same memory.
type Store struct {
	kernel   *des.Kernel
	jobs     []api.Job
	cronJobs []api.CronJob
	pods     pages
	nodes    []api.Node
	ids      []api.PodID // the lists of uncounted pods, behind one another; never used again

	firstPod []api.PodID // by Job: its newest pod, or noPod
	created  []int32     // by Job: pods created so far
	attempts [][]int32   // by Indexed Job and index: pods created so far
	version  uint64
	live     int        // pods that exist
	deletion bool       // something was deleted or marked for deletion
	ends     []des.Time // by Job: when it finished or was removed; Never
	ended    int        // how many have

	resized    bool                // a template has changed
	requests   []*api.PodRequests  // by pod: what it asks for, where that may not be what its Job's template says now
	failures   []api.IndexFailures // by pod, of Jobs with a backoffLimitPerIndex
	unfitSince []des.Time          // by pod: when the condition came about that Unfit stands for; Never

	exits    []api.ContainerExit // of pods of several containers whose Job has a podFailurePolicy; never used again
	exitEnds []int32             // where the lists in exits end, in order

	oldPod  api.Pod // what a write began with, if there is an observer
	oldJob  api.Job
	oldNode api.Node

	history  []Notice
	podPast  past[api.Pod]
	jobPast  past[api.Job]
	nodePast past[api.Node]
	kept     bool // there is something in them
	dropped  int  // notices that every view has seen
	views    [api.Watches]view
	watch    rng.Dist
	hasWatch bool
	source   rng.Source

	admission admission

	clients [api.Clients]*Client
	sending uint   // those that have requests to send
	born    uint32 // Jobs and CronJobs created so far

	jobWrites, nodeWrites []int32 // writes so far, by object; counted where deliveries are delayed

	observer *trace.Observer // nil: no trace

	kubernetes api.Minor
}

const noPod api.PodID = -1

// New is an empty store that schedules its deliveries in k and delays them by watch.
func New(k *des.Kernel) *Store { return &Store{kernel: k} }

// Reset empties the store and keeps its memory. Watch delays are drawn with source; observer may be nil.
func (s *Store) Reset(knobs *api.Knobs, nodes []api.NodeSpec, jobs int, source rng.Source, observer *trace.Observer) {
	s.jobs, s.nodes, s.pods.n = s.jobs[:0], s.nodes[:0], 0
	s.cronJobs = s.cronJobs[:0]
	s.firstPod, s.created, s.attempts = s.firstPod[:0], s.created[:0], s.attempts[:0]
	s.resized, s.requests = false, s.requests[:0]
	s.failures, s.exits, s.exitEnds = s.failures[:0], s.exits[:0], s.exitEnds[:0]
	s.unfitSince = s.unfitSince[:0]
	s.Drop()
	s.version, s.live, s.dropped, s.ended, s.deletion = 0, 0, 0, 0, false
	s.ends, s.jobWrites = s.ends[:0], s.jobWrites[:0]
	s.nodeWrites = append(s.nodeWrites[:0], make([]int32, len(nodes))...)
	for range jobs {
		s.reserveJob()
	}
	s.views, s.admission = [api.Watches]view{}, admission{}
	s.sending, s.born = 0, 0
	s.watch, s.source, s.observer = knobs.Latency.Watch, source, observer
	s.hasWatch, s.kubernetes = !s.watch.IsZero(), knobs.Kubernetes
	for i := range nodes {
		s.version++
		s.nodes = append(s.nodes, api.Node{ID: api.NodeID(i), Version: s.version, Spec: &nodes[i], Ready: true,
			Unreachable: des.Never})
	}
}

// Job is the Job id as stored. The caller must not change it.
func (s *Store) Job(id api.JobID) *api.Job { return &s.jobs[id] }

// Ended is when the Job finished or was removed; Never before.
func (s *Store) Ended(id api.JobID) des.Time { return s.ends[id] }

// AllEnded says whether every Job has finished or was removed.
func (s *Store) AllEnded() bool { return s.ended == len(s.jobs) }

// Jobs are all Jobs, by id; those that do not exist yet, or not any more, have Version 0.
func (s *Store) Jobs() []api.Job { return s.jobs }

// Pod is the pod id as stored. The caller must not change it.
func (s *Store) Pod(id api.PodID) *api.Pod { return &s.pods.at(id).Pod }

// PodCount is how many pods were ever created: all ids below it are pods.
func (s *Store) PodCount() api.PodID { return s.pods.n }

// Node is the node id as stored. The caller must not change it.
func (s *Store) Node(id api.NodeID) *api.Node { return &s.nodes[id] }

// Nodes are all nodes, by id.
func (s *Store) Nodes() []api.Node { return s.nodes }

// AllStays says whether nothing was ever deleted, or marked for deletion: no pod, Job or node.
func (s *Store) AllStays() bool { return !s.deletion }

// LivePods is how many pods exist.
func (s *Store) LivePods() int { return s.live }

// PodsOf calls f with every existing pod of the Job, newest first, until f returns false.
func (s *Store) PodsOf(job api.JobID, f func(*api.Pod) bool) {
	for id := s.firstPod[job]; id != noPod; {
		p := s.pods.at(id)
		if p.Version != 0 && !f(&p.Pod) {
			return
		}
		id = p.older
	}
}

// EachPodOf calls f with every pod that the Job ever had, newest first; those that are gone have Version 0.
func (s *Store) EachPodOf(job api.JobID, f func(*api.Pod)) {
	for id := s.firstPod[job]; id != noPod; id = s.pods.at(id).older {
		f(s.Pod(id))
	}
}

// Version is the resourceVersion of the latest write.
func (s *Store) Version() uint64 { return s.version }

// Writer says who writes and why; every write takes one.
type Writer struct {
	Actor   trace.Actor
	Because trace.Rule
}

// A write shows the object to beforePod, beforeJob or beforeNode, changes it in place, and commits or removes it.

func (s *Store) beforePod(p *api.Pod) {
	if s.observer != nil {
		s.oldPod = *p
	}
	if n := s.pending(p.Version); n != nil {
		n.Pod, n.kept, s.kept = s.podPast.keep(p), true, true
	}
}

func (s *Store) beforeJob(j *api.Job) {
	if s.observer != nil {
		s.oldJob = *j
	}
	if n := s.pending(j.Version); n != nil {
		n.Job, n.kept, s.kept = s.jobPast.keep(j), true, true
	}
}

func (s *Store) beforeNode(n *api.Node) {
	if s.observer != nil {
		s.oldNode = *n
	}
	if notice := s.pending(n.Version); notice != nil {
		notice.Node, notice.kept, s.kept = s.nodePast.keep(n), true, true
	}
}

func (s *Store) commitPod(w Writer, p *api.Pod, what Change) {
	s.version++
	p.Version = s.version
	s.tellPod(w, p, what)
}

func (s *Store) removePod(w Writer, p *api.Pod) {
	s.version++
	p.Version = 0
	s.live--
	s.tellPod(w, p, Deleted)
}

// tellPod has a write recorded and puts it into the history.
func (s *Store) tellPod(w Writer, p *api.Pod, what Change) {
	if s.observer != nil {
		s.observer.Pod(s.kernel.Now(), w.Actor, w.Because, &s.oldPod, p)
	}
	if p.Deleted != des.Never {
		what |= Deleted
	}
	n := s.notify()
	n.Pod, n.Change = p, what
	if s.hasWatch {
		e := s.pods.at(p.ID)
		e.writes++
		n.nth = e.writes
	}
}

func (s *Store) commitJob(w Writer, j *api.Job) {
	s.version++
	j.Version, j.LabelsDue = s.version, false
	s.tellJob(w, j, changeOf(j))
}

func (s *Store) removeJob(w Writer, j *api.Job) {
	s.version++
	j.Version = 0
	s.tellJob(w, j, Deleted)
}

// changeOf is what a write may have changed of a Job, by what the Job is now.
func changeOf(j *api.Job) Change {
	switch {
	case j.Deleted != des.Never:
		return Deleted
	case j.Status.Finished():
		return Ended
	}
	return Progress
}

// tellJob has a write recorded and puts it into the history.
func (s *Store) tellJob(w Writer, j *api.Job, what Change) {
	if s.observer != nil {
		s.observer.Job(s.kernel.Now(), w.Actor, w.Because, &s.oldJob, j)
	}
	if what != Progress && s.ends[j.ID] == des.Never && (j.Version == 0 || j.Status.Finished()) {
		s.ends[j.ID] = s.kernel.Now()
		s.ended++
	}
	s.notifyJob(j, what)
}

// commitMetadata commits a write of a Job of which no trace tells.
func (s *Store) commitMetadata(j *api.Job) {
	s.version++
	j.Version, j.LabelsDue = s.version, false
	s.notifyJob(j, changeOf(j))
}

func (s *Store) notifyJob(j *api.Job, what Change) {
	n := s.notify()
	n.Job, n.Change = j, what
	if s.hasWatch {
		s.jobWrites[j.ID]++
		n.nth = s.jobWrites[j.ID]
	}
}

func (s *Store) commitNode(w Writer, n *api.Node) {
	s.version++
	n.Version = s.version
	s.tellNode(w, n)
}

func (s *Store) removeNode(w Writer, n *api.Node) {
	s.version++
	n.Version = 0
	s.tellNode(w, n)
}

// tellNode has a write recorded and puts it into the history.
func (s *Store) tellNode(w Writer, n *api.Node) {
	if s.observer != nil {
		s.observer.Node(s.kernel.Now(), w.Actor, w.Because, &s.oldNode, n)
	}
	s.notifyNode(n)
}

func (s *Store) notifyNode(n *api.Node) {
	notice := s.notify()
	notice.Node = n
	if s.hasWatch {
		s.nodeWrites[n.ID]++
		notice.nth = s.nodeWrites[n.ID]
	}
}
