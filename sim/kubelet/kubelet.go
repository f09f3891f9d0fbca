package kubelet

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// Kubelet plays the kubelets of all nodes of a run. Make one with New; Reset prepares it for another run in the same
// memory.
type Kubelet struct {
	kernel *des.Kernel
	store  *store.Store
	env    Env

	lives  []life
	free   []int32
	lifeOf []int32 // by pod: its life, none or lived
	lost   []bool  // by node
	exits  []api.ContainerExit

	starting []api.PodID // those that may be, where they contend
}

// life is a Life and the timer that wakes it.
type life struct {
	Life
	pod  api.PodID
	gen  int32 // of the timer; an event with another one is stale
	late bool  // its node is back: it catches up first, and hears of a deletion then
}

const (
	none  int32 = -1 // the pod has not begun to live
	lived int32 = -2 // it has lived, whatever late notices say
)

// New is a kubelet that schedules in k and writes to s.
func New(k *des.Kernel, s *store.Store) *Kubelet { return &Kubelet{kernel: k, store: s} }

// Reset forgets all pods and keeps the memory.
func (k *Kubelet) Reset(env Env, nodes int) {
	k.env = env
	k.starting = k.starting[:0]
	k.lives, k.free, k.lifeOf = k.lives[:0], k.free[:0], k.lifeOf[:0]
	k.lost = append(k.lost[:0], make([]bool, nodes)...)
}

// Observe takes the next notice of the kubelets' view: a pod was bound to a node, deleted, or is gone.
func (k *Kubelet) Observe(n *store.Notice) {
	if n.Change&(store.Bound|store.Deleted) != 0 {
		k.observePod(n.Pod)
	}
}

func (k *Kubelet) observePod(p *api.Pod) {
	for int(p.ID) >= len(k.lifeOf) {
		k.lifeOf = append(k.lifeOf, none)
	}
	if p.Node == api.NoNode || k.lost[p.Node] {
		return
	}
	at := k.lifeOf[p.ID]
	switch {
	case at == none && p.Version != 0 && !p.Status.Phase.Terminal() && p.Status.StartTime == des.Never:
		k.begin(p)
	case at >= 0 && p.Version == 0:
		l := &k.lives[at]
		l.Delete(k.kernel.Now(), 0)
		k.arm(l)
	case at >= 0 && p.Deleted != des.Never:
		l := &k.lives[at]
		l.Delete(k.kernel.Now(), p.Grace)
		k.arm(l)
	}
}

func (k *Kubelet) begin(p *api.Pod) {
	var at int32
	if n := len(k.free); n > 0 {
		at = k.free[n-1]
		k.free = k.free[:n-1]
	} else {
		at = int32(len(k.lives))
		if len(k.lives) < cap(k.lives) {
			k.lives = k.lives[:at+1]
		} else {
			k.lives = append(k.lives, life{})
		}
	}
	k.lifeOf[p.ID] = at
	l := &k.lives[at]
	l.pod, l.late = p.ID, false
	l.Begin(&k.env, p, &k.store.Job(p.Job).Spec.Template, k.kernel.Now())
	if p.Deleted != des.Never {
		l.Delete(k.kernel.Now(), p.Grace)
	} else {
		k.contend(l)
	}
	k.arm(l)
}

// arm sets the life's timer to when it acts next.
func (k *Kubelet) arm(l *life) {
	l.gen++
	if next := l.Next(); next != des.Never {
		k.kernel.Schedule(max(next, k.kernel.Now()), api.ClassKubelet, api.KindWake, int32(l.pod), l.gen)
	}
}

// Wake lets the pod act, if gen is that of its latest timer.
func (k *Kubelet) Wake(id api.PodID, gen int32) {
	at := k.lifeOf[id]
	if at < 0 || k.lives[at].gen != gen {
		return
	}
	l := &k.lives[at]
	p := k.store.Pod(id)
	if k.lost[p.Node] {
		return
	}
	act := l.Act(k.kernel.Now())
	w := store.Writer{Actor: trace.Kubelet, Because: act.Because.Rule()}
	if act.Write {
		k.report(w, l, p)
	}
	if act.Remove {
		k.store.DeletePod(w, id, api.Some(int64(0)))
	}
	// A pod that has ended is from then on deleted with a grace of 0, which needs no confirmation: its life is over.
	// One that was deleted before has a kubelet that is about to hear of it.
	if act.Done || l.ended && !l.deleted && p.Deleted == des.Never || p.Version == 0 && l.ended {
		l.gen++
		k.lifeOf[id] = lived
		k.free = append(k.free, at)
		return
	}
	if l.late {
		l.hear(k.kernel.Now(), p)
	}
	k.arm(l)
}

// report writes the status that the life has to report.
func (k *Kubelet) report(w store.Writer, l *life, p *api.Pod) {
	job := k.store.Job(p.Job).Spec
	exits := len(job.PodFailurePolicy) > 0 && len(job.Template.Containers) > 1
	if l.status.Disruption == p.Status.Disruption && !exits {
		k.store.UpdatePodStatus(w, p.ID, &l.status) // as it is: to copy what was just written would stall the processor
		return
	}
	status := l.status
	if status.Disruption == api.NoDisruption {
		status.Disruption = p.Status.Disruption // another component's word stands
	}
	if exits {
		k.exits = l.exits(k.exits[:0])
		status.Exits = k.store.KeepExits(p.Status.Exits, k.exits)
	}
	k.store.UpdatePodStatus(w, p.ID, &status)
}

// Reach makes room for so many nodes.
func (k *Kubelet) Reach(nodes int) {
	for len(k.lost) < nodes {
		k.lost = append(k.lost, false)
	}
}

// Lose stops a node: its pods go on, and nobody hears of them.
func (k *Kubelet) Lose(node api.NodeID) { k.lost[node] = true }

// Lost says whether the node is stopped.
func (k *Kubelet) Lost(node api.NodeID) bool { return k.lost[node] }

// Return brings a node back: what its pods did meanwhile is reported, and deletions are heard of.
func (k *Kubelet) Return(node api.NodeID) {
	k.lost[node] = false
	now := k.kernel.Now()
	for id := range k.lifeOf {
		p := k.store.Pod(api.PodID(id))
		if p.Node != node {
			continue
		}
		at := k.lifeOf[id]
		if at < 0 {
			if at == none && p.Version != 0 && p.Status.StartTime == des.Never {
				k.begin(p)
			}
			continue
		}
		l := &k.lives[at]
		if l.late = l.Next() <= now; !l.late {
			l.hear(now, p)
		}
		k.arm(l)
	}
}

// hear tells the life of what has become of its pod in the API.
func (l *life) hear(now des.Time, p *api.Pod) {
	l.late = false
	if p.Version == 0 {
		l.Delete(now, 0)
	} else if p.Deleted != des.Never {
		l.Delete(now, p.Grace)
	}
}
