package sim

import (
	"errors"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

var mischief = store.Writer{Actor: trace.User, Because: trace.RuleFault}

// machine is what happens to the machines of a group.
func (w *World) machine(e des.Event) {
	switch e.Kind() {
	case api.KindBoot:
		w.cloud.Boot(e.Obj, e.Arg)
		nodes := len(w.store.Nodes())
		w.kubelet.Reach(nodes)
		w.nodectl.Reach(nodes)
		w.sched.Reach(nodes)
	case api.KindMachine:
		if f, because, ok := w.cloud.Due(api.NodeID(e.Obj), e.Arg); ok {
			w.do(&f, store.Writer{Actor: trace.Cloud, Because: because})
		}
	default:
		w.cloud.Scan()
	}
}

// fault does what the scenario asks for. What it is to be done to may be gone, or not be there yet: then nothing
// happens, as for a user who gets a 404.
func (w *World) fault(f *api.Fault) { w.do(f, mischief) }

// do is a fault that somebody brings about.
func (w *World) do(f *api.Fault, by store.Writer) {
	if f.Kind >= api.DrainNode && f.Kind <= api.DeleteNode {
		w.learn()
	}
	switch f.Kind {
	case api.PatchJob:
		w.patch(f.Job, &f.Patch)
	case api.DeleteJob:
		w.store.DeleteJob(by, f.Job, f.Propagation)
	case api.DeletePod:
		if p := w.findPod(f); p != nil {
			w.store.DeletePod(by, p.ID, f.Grace)
		}
	case api.EvictPod:
		if p := w.findPod(f); p != nil {
			w.evict(p, f.Grace, by)
		}
	case api.DrainNode:
		w.cordon(by, f.Node, true)
		w.drain(f, by)
	case api.CordonNode:
		w.cordon(by, f.Node, true)
	case api.UncordonNode:
		w.cordon(by, f.Node, false)
	case api.LoseNode:
		w.kubelet.Lose(f.Node)
		w.nodectl.Lose(f.Node)
	case api.ReturnNode:
		w.kubelet.Return(f.Node)
		w.nodectl.Return(f.Node)
	case api.DeleteNode:
		w.kubelet.Lose(f.Node)
		w.store.DeleteNode(by, f.Node)
	case api.RestartController:
		w.stopControllers(f.Downtime)
	case api.FailRequests:
		w.store.Refuse(f.Requests, w.kernel.Now().Add(f.For), f.Error)
	case api.PatchCronJob:
		_ = w.store.UpdateCronJobSpec(by, f.CronJob, &f.CronPatch) // a CronJob that is not there yet: 404
	case api.LabelPod:
		if p := w.findPod(f); p != nil {
			w.label(p, f.Relabel)
		}
	case api.SetQuota:
		w.store.SetQuota(f.Namespace, f.Pods)
	}
}

// patch changes the Job's spec, if the API server lets it.
func (w *World) patch(id api.JobID, p *api.JobPatch) {
	if err := w.store.UpdateJobSpec(mischief, id, p); errors.Is(err, store.ErrInvalid) && w.observer != nil {
		w.observer.Explain(w.kernel.Now(), trace.User, trace.Refuse, id, trace.RuleInvalid,
			trace.Arg{Key: "error", Value: err.Error()})
	}
}

// findPod is the pod that the fault names, if it exists.
func (w *World) findPod(f *api.Fault) *api.Pod {
	var found *api.Pod
	w.store.PodsOf(f.Job, func(p *api.Pod) bool {
		if p.Index == f.Index && p.Attempt == f.Attempt {
			found = p
		}
		return found == nil
	})
	return found
}

// label changes the pod's labels.
func (w *World) label(p *api.Pod, changes []api.Relabel) {
	for _, r := range changes {
		if r.From == p.Labels {
			w.store.RelabelPod(mischief, p.ID, r.To)
			return
		}
	}
}

// evict is the eviction API: DisruptionTarget first, whatever state the pod is in, then the deletion
// (addConditionAndDeletePod, pkg/registry/core/pod/storage/eviction.go:322@v1.37.2).
func (w *World) evict(p *api.Pod, grace api.Opt[int64], by store.Writer) {
	w.store.Disrupt(by, p.ID, api.EvictionByEvictionAPI)
	w.store.DeletePod(by, p.ID, grace)
}

func (w *World) cordon(by store.Writer, id api.NodeID, on bool) {
	n := w.store.Node(id)
	w.store.UpdateNode(by, id, n.Ready, on, n.Unreachable)
}

// drain evicts every pod of the node that has not ended.
func (w *World) drain(f *api.Fault, by store.Writer) {
	for id := range w.store.PodCount() {
		p := w.store.Pod(id)
		if p.Version != 0 && p.Node == f.Node && p.Deleted == des.Never && !p.Status.Phase.Terminal() {
			w.evict(p, f.Grace, by)
		}
	}
}
