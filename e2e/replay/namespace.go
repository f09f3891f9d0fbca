package replay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/sim/api"
)

// How a replay's namespace is known: by its label, and to whom it belongs by its annotations.
const (
	ownedLabel        = "app.kubernetes.io/managed-by" // jobsim
	runLabel          = "jobsim.dev/run"
	ownerAnnotation   = "jobsim.dev/owner"   // machine/process/since
	expiresAnnotation = "jobsim.dev/expires" // when nobody can need it any more
	nodesAnnotation   = "jobsim.dev/nodes"   // whose extended resources it uses
)

// gone stands for when a process began that there is not.
const gone = "gone"

// clearLimit is how long clearing up may take.
const clearLimit = 30 * time.Second

func newID() string {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// OwnedBy are the labels of every namespace that a replay makes.
func OwnedBy() map[string]string { return map[string]string{ownedLabel: manager} }

// Owner is the annotation that says to which process of this machine a namespace belongs.
func Owner(pid int) map[string]string { return map[string]string{ownerAnnotation: ownerOf(pid)} }

// ownerOf names a process: the machine, the process, and when it began, since numbers are used again.
func ownerOf(pid int) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	began := gone
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil {
		_, rest, _ := strings.Cut(string(text), ") ")
		if fields := strings.Fields(rest); len(fields) > 19 { // starttime is field 22 of proc_pid_stat(5)
			began = fields[19]
		}
	}
	return fmt.Sprintf("%s/%d/%s", host, pid, began)
}

// isGone says whether an owner was a process of this machine that has ended.
func isGone(owner string) bool {
	parts := strings.Split(owner, "/")
	if len(parts) != 3 {
		return false
	}
	host, err := os.Hostname()
	pid, pidErr := strconv.Atoi(parts[1])
	return err == nil && pidErr == nil && parts[0] == host && (parts[2] == gone || ownerOf(pid) != owner)
}

func (r *run) createNamespace() error {
	expires := time.Now().Add(r.o.Timeout + 10*time.Minute)
	r.namespace = "jobsim-" + r.id
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: r.namespace,
		Labels: OwnedBy(), Annotations: Owner(os.Getpid())}}
	ns.Labels[runLabel] = r.o.Run
	ns.Annotations[expiresAnnotation] = expires.UTC().Format(time.RFC3339)
	if r.placed() {
		ns.Annotations[nodesAnnotation] = strings.Join(r.nodes, ",")
	}
	err := persist(r.ctx, func(ctx context.Context) error {
		_, err := r.o.Client.CoreV1().Namespaces().Create(ctx, ns, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) { // of a request whose answer was lost
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.awaitServiceAccount()
}

// awaitServiceAccount waits until the namespace has the service account without which no pod can be created in it.
func (r *run) awaitServiceAccount() error {
	for giveUp := time.Now().Add(persistence); ; {
		_, err := r.o.Client.CoreV1().ServiceAccounts(r.namespace).Get(r.ctx, "default", metav1.GetOptions{})
		if err == nil || IsForbidden(err) || time.Now().After(giveUp) {
			return nil // what may not be looked at is trusted; what does not come is told by whoever misses it
		}
		if err = sleep(r.ctx, persistPeriod/5); err != nil {
			return err
		}
	}
}

// clear deletes the namespace and takes back what was done to nodes.
func (r *run) clear(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, clearLimit)
	defer cancel()
	var errs []error
	for i := range r.cfg.Faults {
		f := &r.cfg.Faults[i]
		switch f.Kind {
		case api.DrainNode, api.CordonNode:
			errs = append(errs, r.cordon(ctx, r.node(f.Node), false))
		case api.LoseNode:
			errs = append(errs, r.o.Machines.Start(ctx, r.node(f.Node)))
		case api.DeleteNode:
			errs = append(errs, r.o.Machines.Start(ctx, r.node(f.Node)), r.o.Machines.Rejoin(ctx, r.node(f.Node)))
		default:
		}
	}
	if r.namespace == "" {
		return errors.Join(errs...)
	}
	if r.placed() {
		errs = append(errs, unfurnish(ctx, r.o.Client, r.id, r.nodes))
	}
	if r.o.Leave && r.quiet(ctx) {
		return errors.Join(errs...)
	}
	err := persist(ctx, func(ctx context.Context) error {
		return r.o.Client.CoreV1().Namespaces().Delete(ctx, r.namespace, metav1.DeleteOptions{})
	})
	if err != nil && !apierrors.IsNotFound(err) {
		errs = append(errs, fmt.Errorf("the namespace cannot be deleted: %w", err))
	}
	return errors.Join(errs...)
}

// quiet says whether nothing goes on in the namespace any more. What cannot be known goes on.
func (r *run) quiet(ctx context.Context) bool {
	if len(r.cfg.CronJobs) > 0 {
		return false
	}
	jobs, err := r.o.Client.BatchV1().Jobs(r.namespace).List(ctx, metav1.ListOptions{})
	if err != nil || slices.ContainsFunc(jobs.Items, func(j batchv1.Job) bool { return !observe.Finished(&j) }) {
		return false
	}
	pods, err := r.o.Client.CoreV1().Pods(r.namespace).List(ctx, metav1.ListOptions{})
	return err == nil && !slices.ContainsFunc(pods.Items, func(p corev1.Pod) bool {
		return p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed || p.DeletionTimestamp != nil
	})
}

// Sweep deletes what replays have left behind whose processes were killed: namespaces whose owner is gone, or whose
// time is up. It says which.
func Sweep(ctx context.Context, client kubernetes.Interface) (swept []string, err error) {
	list, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: ownedLabel + "=" + manager})
	if err != nil {
		return nil, fmt.Errorf("leftovers cannot be looked for: %w", err)
	}
	for i := range list.Items {
		ns := &list.Items[i]
		if ns.DeletionTimestamp != nil || !abandoned(ns) {
			continue
		}
		if nodes := ns.Annotations[nodesAnnotation]; nodes != "" {
			names := strings.Split(nodes, ",")
			err = errors.Join(err, unfurnish(ctx, client, strings.TrimPrefix(ns.Name, "jobsim-"), names),
				uncordon(ctx, client, names))
		}
		deleteErr := client.CoreV1().Namespaces().Delete(ctx, ns.Name, metav1.DeleteOptions{})
		if deleteErr != nil && !apierrors.IsNotFound(deleteErr) {
			err = errors.Join(err, deleteErr)
			continue
		}
		swept = append(swept, ns.Name)
	}
	return swept, err
}

func abandoned(ns *corev1.Namespace) bool {
	expires, err := time.Parse(time.RFC3339, ns.Annotations[expiresAnnotation])
	return isGone(ns.Annotations[ownerAnnotation]) || err == nil && time.Now().After(expires)
}

func uncordon(ctx context.Context, client kubernetes.Interface, nodes []string) error {
	var errs []error
	for _, node := range nodes {
		_, err := client.CoreV1().Nodes().Patch(ctx, node, types.StrategicMergePatchType,
			[]byte(`{"spec":{"unschedulable":false}}`), metav1.PatchOptions{})
		if !apierrors.IsNotFound(err) { // else a node that is about to come back
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
