package replay

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/e2e/objects"
	"github.com/jobsim/jobsim/e2e/worker/fate"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// restarts are how many runs of a container that may be restarted in place are drawn beforehand: with the kubelet's
// back-off of 10 s, doubling, the next would begin after ten minutes.
const restarts = 8

// destiny is what is to happen to one pod.
type destiny struct {
	annotations map[string]string
	delay       time.Duration // before the pod may be bound
	reject      bool          // by the kubelet
	stuck       []string      // containers whose image cannot be had
}

// destiny draws the fates of a pod's containers, as the simulator would.
func (r *run) destiny(who objects.Pod) destiny {
	d := destiny{annotations: map[string]string{}}
	t := &r.cfg.Jobs[who.Job].Spec.Template
	n := 1
	if t.RestartPolicy == api.RestartOnFailure || slices.ContainsFunc(t.Containers, restarted) {
		n = restarts
	}
	for i, c := range t.Containers {
		runs := make([]fate.Run, n)
		for k := range runs {
			f := r.fates.Resolve(api.FateKey{Job: who.Job, Index: who.Index, Attempt: who.Attempt, Number: who.Number,
				Container: int32(i), Restart: int32(k)}, c.Kind == api.Main)
			runs[k] = toRun(&f)
			if k > 0 {
				continue
			}
			d.delay = max(d.delay, time.Duration(f.Start))
			d.reject = d.reject || f.End == api.EndRejected
			if f.End == api.EndStuck {
				d.stuck = append(d.stuck, c.Name)
			}
		}
		d.annotations[fatePrefix+c.Name] = fate.Encode(runs)
	}
	return d
}

// restarted says whether a container may be restarted whatever its pod's policy is, perhaps with all others.
func restarted(c api.Container) bool { return c.Kind == api.Sidecar || c.Restart.Set }

// toRun is a fate in the worker's words. What does not end by the worker's doing runs for ever.
func toRun(f *api.Fate) fate.Run {
	run := fate.Run{Ready: span(f.Ready), Run: span(f.Run), End: fate.Exit, Code: int(f.Exit), Term: span(f.Term),
		Last: int(f.TermExit)}
	switch f.End {
	case api.EndOOM:
		run.End = fate.Memory
	case api.EndEvicted:
		run.End = fate.Disk
	case api.EndExit, api.EndRejected, api.EndStuck: // the last two never run
	}
	return run
}

func span(d des.Duration) time.Duration {
	if d == des.Forever {
		return fate.Forever
	}
	return time.Duration(d)
}

// onPod hands a pod its fate when it is seen for the first time.
func (r *run) onPod(who objects.Pod, pod *corev1.Pod) {
	gated := slices.Contains(pod.Spec.SchedulingGates, corev1.PodSchedulingGate{Name: gateName})
	if !gated || r.given[pod.UID] {
		return
	}
	r.given[pod.UID] = true
	d := r.destiny(who)
	before, done := make(chan struct{}), make(chan struct{})
	if close(before); r.placed() && d.delay == 0 { // where pods wait for a place, the scheduler goes by the order
		before, r.turn = cmp.Or(r.turn, before), done
	}
	r.handing.Add(1)
	go func() {
		defer r.handing.Done()
		defer close(done)
		<-before
		if err := r.give(r.ctx, &d, pod.Name); err != nil && r.ctx.Err() == nil && !apierrors.IsNotFound(err) {
			r.fail(fmt.Errorf("pod %s does not get its fate: %w", pod.Name, err))
		}
	}()
}

// nowhere is a label that no node has.
var nowhere = map[string]string{"jobsim.dev/nowhere": "true"}

// give writes a pod's fate into its annotations and takes the gate away. A request that the API server could not answer
// is made again.
func (r *run) give(ctx context.Context, d *destiny, name string) error {
	if err := sleep(ctx, d.delay); err != nil {
		return err
	}
	spec := map[string]any{"schedulingGates": []any{map[string]any{"$patch": "delete", "name": gateName}}}
	if d.reject {
		spec["nodeSelector"] = nowhere
	}
	var containers []any
	for _, c := range d.stuck {
		containers = append(containers, map[string]any{"name": c, "image": "jobsim.local/nothing:none"})
	}
	if len(containers) > 0 {
		spec["containers"] = containers
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": d.annotations}, "spec": spec})
	if err != nil {
		return err
	}
	pods := r.o.Client.CoreV1().Pods(r.namespace)
	err = persist(ctx, func(ctx context.Context) error {
		_, patchErr := pods.Patch(ctx, name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
		return patchErr
	})
	if err != nil || !d.reject {
		return err
	}
	// A pod that fits nowhere and is bound all the same is rejected by the kubelet.
	return persist(ctx, func(ctx context.Context) error {
		return pods.Bind(ctx, &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: r.namespace},
			Target: corev1.ObjectReference{Kind: "Node", Name: r.anyNode()}}, metav1.CreateOptions{})
	})
}

// Requests of a replay: how long one may take, and how long it is repeated while the API server cannot be reached.
const (
	requestLimit  = 10 * time.Second
	persistence   = time.Minute
	persistPeriod = 500 * time.Millisecond
)

// persist makes a request until it is answered: by success, or by an error that would come again.
func persist(ctx context.Context, request func(context.Context) error) error {
	giveUp := time.Now().Add(persistence)
	for {
		limited, cancel := context.WithTimeout(ctx, requestLimit)
		err := request(limited)
		cancel()
		if err == nil || ctx.Err() != nil || time.Now().After(giveUp) || !again(err) {
			return err
		}
		if err = sleep(ctx, persistPeriod); err != nil {
			return err
		}
	}
}

// again says whether a request may succeed when it is made again.
func again(err error) bool {
	switch apierrors.ReasonForError(err) {
	case metav1.StatusReasonUnknown, metav1.StatusReasonTooManyRequests, metav1.StatusReasonServerTimeout,
		metav1.StatusReasonTimeout, metav1.StatusReasonServiceUnavailable, metav1.StatusReasonInternalError,
		metav1.StatusReasonConflict:
		return true
	}
	return false
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
