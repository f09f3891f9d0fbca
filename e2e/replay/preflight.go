package replay

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/jobsim/jobsim/e2e/worker/fate"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
)

// preflightLimit is how long the first pod of the worker may take, its image's way included.
const preflightLimit = 2 * time.Minute

// Preflight runs the worker once, in a namespace of its own, so that a cluster that cannot have its image, or does not
// let pods run, says so at once and not by failing scenarios.
func Preflight(ctx context.Context, client kubernetes.Interface, image string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, preflightLimit)
	defer cancel()
	r := &run{o: Options{Client: client, Image: image, Run: "preflight", Timeout: preflightLimit}, id: newID(), ctx: ctx,
		cfg: &sim.Config{Nodes: []api.NodeSpec{{Unlimited: true}}}}
	if err = r.createNamespace(); err != nil {
		return fmt.Errorf("preflight: no namespace can be made: %w", err)
	}
	defer func() {
		clear, done := context.WithTimeout(context.WithoutCancel(ctx), clearLimit)
		defer done()
		deleteErr := client.CoreV1().Namespaces().Delete(clear, r.namespace, metav1.DeleteOptions{})
		if err == nil {
			err = deleteErr
		}
	}()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "preflight"}, Spec: corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, AutomountServiceAccountToken: ptr(false),
		SecurityContext: securityContext(),
		Volumes: []corev1.Volume{{Name: volume,
			VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
		Containers: []corev1.Container{{Name: "main", Image: image, ImagePullPolicy: corev1.PullIfNotPresent,
			Env: []corev1.EnvVar{{Name: "NAME", Value: "main"},
				{Name: "FATES", Value: fate.Encode([]fate.Run{{End: fate.Exit}})}},
			VolumeMounts:    []corev1.VolumeMount{{Name: volume, MountPath: "/fate"}},
			SecurityContext: containerSecurity()}}}}
	err = persist(ctx, func(ctx context.Context) error {
		_, createErr := client.CoreV1().Pods(r.namespace).Create(ctx, pod, metav1.CreateOptions{})
		return createErr
	})
	if err != nil {
		return fmt.Errorf("preflight: no pod can be made: %w", err)
	}
	return r.awaitPreflight(ctx, pod.Name)
}

func (r *run) awaitPreflight(ctx context.Context, name string) error {
	state := "the API server did not say"
	for {
		pod, err := r.o.Client.CoreV1().Pods(r.namespace).Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			if pod.Status.Phase == corev1.PodSucceeded {
				return nil
			}
			state = describe(pod)
			if pod.Status.Phase == corev1.PodFailed {
				return fmt.Errorf("preflight: a pod of the worker failed: %s", state)
			}
		}
		if err = sleep(ctx, time.Second); err != nil {
			return fmt.Errorf("preflight: a pod of the worker, %s, did not run within %v: %s "+
				"(--worker-image names an image of it that the cluster can pull)", r.o.Image, preflightLimit, state)
		}
	}
}

// describe says what a pod waits for, or how it ended.
func describe(pod *corev1.Pod) string {
	for _, c := range pod.Status.ContainerStatuses {
		if w := c.State.Waiting; w != nil {
			return fmt.Sprintf("waiting: %s: %s", w.Reason, w.Message)
		}
		if t := c.State.Terminated; t != nil {
			return fmt.Sprintf("terminated: %s, exit code %d", t.Reason, t.ExitCode)
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Status != corev1.ConditionTrue && c.Message != "" {
			return fmt.Sprintf("%s: %s: %s", c.Type, c.Reason, c.Message)
		}
	}
	return string(pod.Status.Phase)
}
