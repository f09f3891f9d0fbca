package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/sim/api"
)

// manager is the name under which the replay writes.
const manager = "jobsim"

// action is something to do at a time.
type action struct {
	at   time.Duration
	what string
	do   func(context.Context) error
}

// script is what the scenario's user does: the submissions, then the faults, in the order of their times.
func (r *run) script() (script []action) {
	for i := range r.cfg.Jobs {
		id := api.JobID(i)
		script = append(script, action{time.Duration(r.cfg.Jobs[i].At), "submit " + r.cfg.Jobs[i].Spec.Name,
			func(ctx context.Context) error { return r.submit(ctx, id) }})
	}
	for i := range r.cfg.Faults {
		f := &r.cfg.Faults[i]
		script = append(script, action{time.Duration(f.At), fmt.Sprintf("faults[%d]", i),
			func(ctx context.Context) error { return r.fault(ctx, f) }})
	}
	for _, at := range r.o.Restarts {
		script = append(script, action{at, "restart the controller manager", r.o.Machines.RestartManager})
	}
	slices.SortStableFunc(script, func(a, b action) int { return int(a.at - b.at) })
	return script
}

// fault does one fault. What it is done to may be gone or not be there yet: then nothing happens. A change of a Job
// that is refused is a part of the story.
func (r *run) fault(ctx context.Context, f *api.Fault) error {
	err := persist(ctx, func(ctx context.Context) error { return r.tryFault(ctx, f) })
	var refusal *apierrors.StatusError
	if f.Kind == api.PatchJob && apierrors.IsInvalid(err) && errors.As(err, &refusal) {
		r.watcher.Refused(r.cfg.Jobs[f.Job].Spec.Name, refusal)
		return nil
	}
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

func (r *run) tryFault(ctx context.Context, f *api.Fault) error {
	jobs := r.o.Client.BatchV1().Jobs(r.namespace)
	name := r.cfg.Jobs[f.Job].Spec.Name
	switch f.Kind {
	case api.PatchJob:
		patch, err := json.Marshal(map[string]any{"spec": specPatch(&f.Patch)})
		if err != nil {
			return err
		}
		_, err = jobs.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: manager})
		return err
	case api.DeleteJob:
		r.watcher.Touch(name)
		policy := metav1.DeletionPropagation(f.Propagation.String())
		return jobs.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy})
	case api.DeletePod, api.EvictPod:
		pod, known := r.watcher.FindPod(f.Job, f.Index, f.Attempt)
		if !known {
			return nil
		}
		return r.removePod(ctx, pod.Name, f)
	default:
		return r.nodeFault(ctx, f)
	}
}

func specPatch(p *api.JobPatch) map[string]any {
	m := map[string]any{}
	put(m, "parallelism", p.Parallelism)
	put(m, "completions", p.Completions)
	put(m, "backoffLimit", p.BackoffLimit)
	put(m, "maxFailedIndexes", p.MaxFailedIndexes)
	put(m, "activeDeadlineSeconds", p.ActiveDeadlineSeconds)
	put(m, "ttlSecondsAfterFinished", p.TTLSecondsAfterFinished)
	put(m, "suspend", p.Suspend)
	if policy := p.PodReplacementPolicy; policy.Set {
		m["podReplacementPolicy"] = policy.Value.String()
	}
	return m
}

func put[T any](m map[string]any, key string, v api.Opt[T]) {
	if v.Set {
		m[key] = v.Value
	}
}

// removePod deletes or evicts one pod.
func (r *run) removePod(ctx context.Context, pod string, f *api.Fault) error {
	pods := r.o.Client.CoreV1().Pods(r.namespace)
	opts := metav1.DeleteOptions{}
	if f.Grace.Set {
		opts.GracePeriodSeconds = &f.Grace.Value
	}
	r.watcher.Touch(pod)
	if f.Kind == api.DeletePod {
		return pods.Delete(ctx, pod, opts)
	}
	return pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod, Namespace: r.namespace},
		DeleteOptions: &opts})
}

func (r *run) nodeFault(ctx context.Context, f *api.Fault) error {
	node := r.node(f.Node)
	switch f.Kind {
	case api.DrainNode:
		if err := r.cordon(ctx, node, true); err != nil {
			return err
		}
		return r.drain(ctx, node, f)
	case api.CordonNode:
		return r.cordon(ctx, node, true)
	case api.UncordonNode:
		return r.cordon(ctx, node, false)
	case api.LoseNode:
		return r.o.Machines.Cut(ctx, node)
	case api.ReturnNode:
		return r.o.Machines.Start(ctx, node)
	case api.DeleteNode:
		if err := r.o.Machines.Stop(ctx, node); err != nil {
			return err
		}
		return r.o.Client.CoreV1().Nodes().Delete(ctx, node, metav1.DeleteOptions{})
	default:
		return fmt.Errorf("%w: fault %d", ErrCannot, f.Kind)
	}
}

func (r *run) cordon(ctx context.Context, node string, on bool) error {
	patch := fmt.Appendf(nil, `{"spec":{"unschedulable":%t}}`, on)
	_, err := r.o.Client.CoreV1().Nodes().Patch(ctx, node, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	return err
}

// drain evicts every pod of the scenario on a node, in the order of their creation.
func (r *run) drain(ctx context.Context, node string, f *api.Fault) error {
	evict := *f
	evict.Kind = api.EvictPod
	for _, pod := range r.watcher.PodsOn(node) {
		if err := r.removePod(ctx, pod, &evict); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return nil
}
