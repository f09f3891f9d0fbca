package oracle

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/sim/api"
)

// fault does one fault of the scenario, as its user. What it is done to may be gone or not be there yet: then nothing
// happens.
func (p *player) fault(ctx context.Context, f *api.Fault) error {
	err := p.tryFault(ctx, f)
	if apierrors.IsNotFound(err) || apierrors.IsInvalid(err) {
		return nil // a user who is told so
	}
	return err
}

func (p *player) tryFault(ctx context.Context, f *api.Fault) error {
	switch f.Kind {
	case api.RestartController:
		p.away.stop(p.cluster, time.Duration(f.Downtime))
		return nil
	case api.FailRequests, api.SetQuota:
		p.obstacles.fault(f)
		return nil
	case api.PatchCronJob:
		return p.patchCronJob(ctx, f)
	default:
	}
	jobs := p.cluster.User.BatchV1().Jobs(p.manifests[f.Job].Namespace)
	name := p.manifests[f.Job].Name
	switch f.Kind {
	case api.PatchJob:
		patch, err := json.Marshal(map[string]any{"spec": specPatch(&f.Patch, &p.cfg.Jobs[f.Job].Spec.Template)})
		if err != nil {
			return err
		}
		_, err = jobs.Patch(ctx, name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
		return err
	case api.DeleteJob:
		policy := metav1.DeletionPropagation(f.Propagation.String())
		return jobs.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy})
	case api.DeletePod, api.EvictPod, api.LabelPod:
		pod := p.tracer.find(name, f.Index, f.Attempt)
		if pod.Name == "" {
			return nil
		}
		if f.Kind == api.LabelPod {
			return p.labelPod(ctx, pod, f)
		}
		return p.removePod(ctx, pod, f)
	default:
		return p.nodeFault(ctx, f)
	}
}

func (p *player) patchCronJob(ctx context.Context, f *api.Fault) error {
	m, spec := p.cronJobs[f.CronJob], map[string]any{}
	put(spec, "suspend", f.CronPatch.Suspend)
	put(spec, "startingDeadlineSeconds", f.CronPatch.StartingDeadlineSeconds)
	put(spec, "successfulJobsHistoryLimit", f.CronPatch.SuccessfulJobsHistoryLimit)
	put(spec, "failedJobsHistoryLimit", f.CronPatch.FailedJobsHistoryLimit)
	if plan := f.CronPatch.Plan; plan.Schedule != "" {
		spec["schedule"] = plan.Schedule
		if plan.TimeZone != "" {
			spec["timeZone"] = plan.TimeZone
		}
	}
	if policy := f.CronPatch.ConcurrencyPolicy; policy.Set {
		spec["concurrencyPolicy"] = policy.Value.String()
	}
	patch, err := json.Marshal(map[string]any{"spec": spec})
	if err != nil {
		return err
	}
	client := p.cluster.User.BatchV1().CronJobs(m.Namespace)
	_, err = client.Patch(ctx, m.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

func specPatch(p *api.JobPatch, t *api.PodTemplate) map[string]any {
	m := map[string]any{}
	put(m, "parallelism", p.Parallelism)
	put(m, "completions", p.Completions)
	put(m, "backoffLimit", p.BackoffLimit)
	put(m, "maxFailedIndexes", p.MaxFailedIndexes)
	put(m, "activeDeadlineSeconds", p.ActiveDeadlineSeconds)
	put(m, "ttlSecondsAfterFinished", p.TTLSecondsAfterFinished)
	put(m, "suspend", p.Suspend)
	if p.PodReplacementPolicy.Set {
		m["podReplacementPolicy"] = p.PodReplacementPolicy.Value.String()
	}
	if len(p.Requests) > 0 {
		m["template"] = templatePatch(p.Requests, t)
	}
	return m
}

// templatePatch merges new requests into the template, container by container.
func templatePatch(list []api.NewRequests, t *api.PodTemplate) map[string]any {
	spec := map[string][]any{}
	for _, r := range list {
		requests := map[string]any{}
		if r.MilliCPU.Set {
			requests["cpu"] = fmt.Sprintf("%dm", r.MilliCPU.Value)
		}
		if r.Memory.Set {
			requests["memory"] = fmt.Sprint(r.Memory.Value)
		}
		key, c := "containers", &t.Containers[r.Container]
		if c.Kind != api.Main {
			key = "initContainers"
		}
		spec[key] = append(spec[key], map[string]any{"name": c.Name, "resources": map[string]any{"requests": requests}})
	}
	return map[string]any{"spec": spec}
}

func put[T any](m map[string]any, key string, v api.Opt[T]) {
	if v.Set {
		m[key] = v.Value
	}
}

// labelPod changes labels of one pod.
func (p *player) labelPod(ctx context.Context, pod types.NamespacedName, f *api.Fault) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": p.labels[f]}})
	if err != nil {
		return err
	}
	_, err = p.cluster.User.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.MergePatchType, patch,
		metav1.PatchOptions{})
	return err
}

// removePod deletes or evicts one pod.
func (p *player) removePod(ctx context.Context, pod types.NamespacedName, f *api.Fault) error {
	pods := p.cluster.User.CoreV1().Pods(pod.Namespace)
	opts := metav1.DeleteOptions{}
	if f.Grace.Set {
		opts.GracePeriodSeconds = &f.Grace.Value
	}
	if f.Kind == api.DeletePod {
		return pods.Delete(ctx, pod.Name, opts)
	}
	return pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod.Name}, DeleteOptions: &opts})
}

func (p *player) nodeFault(ctx context.Context, f *api.Fault) error {
	name := p.cfg.Nodes[f.Node].Name
	nodes := p.cluster.User.CoreV1().Nodes()
	cordon := func(on bool) error {
		patch := fmt.Appendf(nil, `{"spec":{"unschedulable":%t}}`, on)
		_, err := nodes.Patch(ctx, name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
		return err
	}
	switch f.Kind {
	case api.DrainNode:
		if err := cordon(true); err != nil {
			return err
		}
		return p.drain(ctx, name, f)
	case api.CordonNode:
		return cordon(true)
	case api.UncordonNode:
		return cordon(false)
	case api.LoseNode:
		return p.cluster.LoseNode(name)
	case api.ReturnNode:
		return p.cluster.ReturnNode(name)
	case api.DeleteNode:
		if err := p.cluster.LoseNode(name); err != nil {
			return err
		}
		return nodes.Delete(ctx, name, metav1.DeleteOptions{})
	default:
		return fmt.Errorf("%w: fault %d", ErrUnsupported, f.Kind)
	}
}

// drain evicts every pod of the node that has not ended, in the order of their creation.
func (p *player) drain(ctx context.Context, node string, f *api.Fault) error {
	list, err := p.cluster.User.CoreV1().Pods(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	evict := *f
	evict.Kind = api.EvictPod
	for _, pod := range p.tracer.byBirth(list.Items) {
		ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
		if pod.Spec.NodeName != node || pod.DeletionTimestamp != nil || ended {
			continue
		}
		err := p.removePod(ctx, types.NamespacedName{Namespace: pod.Namespace, Name: pod.Name}, &evict)
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return nil
}
