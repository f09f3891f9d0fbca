package sim

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

var mischief = store.Writer{Actor: trace.User, Because: trace.RuleFault}

// fault does what the scenario asks for. What it is to be done to may be gone, or not be there yet: then nothing
// happens, as for a user who gets a 404.
func (w *World) fault(f *api.Fault) {
	switch f.Kind {
	case api.PatchJob, api.DeleteJob, api.DeletePod, api.EvictPod:
		if id := w.ids[f.Job]; id >= 0 {
			w.jobFault(f, id)
		}
	case api.DrainNode:
		w.cordon(f.Node, true)
		w.drain(f)
	case api.CordonNode:
		w.cordon(f.Node, true)
	case api.UncordonNode:
		w.cordon(f.Node, false)
	case api.LoseNode:
		w.kubelet.Lose(f.Node)
		w.nodectl.Lose(f.Node)
	case api.ReturnNode:
		w.kubelet.Return(f.Node)
		w.nodectl.Return(f.Node)
	case api.DeleteNode:
		w.kubelet.Lose(f.Node)
		w.store.DeleteNode(mischief, f.Node)
	}
}

func (w *World) jobFault(f *api.Fault, id api.JobID) {
	switch f.Kind {
	case api.PatchJob:
		w.store.UpdateJobSpec(mischief, id, &f.Patch)
	case api.DeleteJob:
		w.store.DeleteJob(mischief, id, f.Propagation)
	case api.DeletePod:
		if p := w.findPod(id, f); p != nil {
			w.store.DeletePod(mischief, p.ID, f.Grace)
		}
	case api.EvictPod:
		if p := w.findPod(id, f); p != nil {
			w.evict(p, f.Grace)
		}
	default:
	}
}

// findPod is the pod that the fault names, if it exists.
func (w *World) findPod(job api.JobID, f *api.Fault) *api.Pod {
	var found *api.Pod
	w.store.PodsOf(job, func(p *api.Pod) bool {
		if p.Index == f.Index && p.Attempt == f.Attempt {
			found = p
		}
		return found == nil
	})
	return found
}

// evict is the eviction API: DisruptionTarget first, then the deletion; a pod that has ended is only deleted
// (pkg/registry/core/pod/storage/eviction.go:167@v1.37.2).
func (w *World) evict(p *api.Pod, grace api.Opt[int64]) {
	if !p.Status.Phase.Terminal() && p.Deleted == des.Never && p.Status.Phase == api.Running {
		w.store.Disrupt(mischief, p.ID, api.EvictionByEvictionAPI)
	}
	w.store.DeletePod(mischief, p.ID, grace)
}

func (w *World) cordon(id api.NodeID, on bool) {
	n := w.store.Node(id)
	w.store.UpdateNode(mischief, id, n.Ready, on, n.Unreachable)
}

// drain evicts every pod of the node that has not ended.
func (w *World) drain(f *api.Fault) {
	for id := range w.store.PodCount() {
		p := w.store.Pod(id)
		if p.Version != 0 && p.Node == f.Node && p.Deleted == des.Never && !p.Status.Phase.Terminal() {
			w.evict(p, f.Grace)
		}
	}
}
