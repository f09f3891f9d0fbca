package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/jobsim/jobsim/e2e/objects"
	"github.com/jobsim/jobsim/sim/api"
)

// NodesForPods are the names of the nodes that pods without tolerations may go to, sorted.
func NodesForPods(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	return namesOf(ctx, client, func(n *corev1.Node) bool { return !objects.IsReserved(n) && open(n) })
}

// namesOf are the names of some of the nodes, sorted.
func namesOf(ctx context.Context, client kubernetes.Interface, f func(*corev1.Node) bool) (names []string, err error) {
	list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("the nodes cannot be listed: %w", err)
	}
	for i := range list.Items {
		if n := &list.Items[i]; f(n) {
			names = append(names, n.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// IsForbidden says whether the cluster does not allow what was asked.
func IsForbidden(err error) bool {
	return apierrors.ReasonForError(err) == metav1.StatusReasonForbidden
}

// nodesLimit is how long nodes may take to come back that another replay has stopped.
const nodesLimit = 2 * time.Minute

// findNodes finds what stands for the scenario's nodes: reserved nodes, once they can take pods again, or some that
// everybody shares.
func (r *run) findNodes(ctx context.Context) (err error) {
	find := func() ([]string, error) { return NodesForPods(ctx, r.o.Client) }
	if r.apart() {
		var reserved []string
		if reserved, r.release, err = r.o.Machines.Reserve(ctx, len(r.cfg.Nodes)); err != nil {
			return err
		}
		if err = uncordon(ctx, r.o.Client, reserved); err != nil {
			return err
		}
		find = func() ([]string, error) { return among(ctx, r.o.Client, reserved) }
	}
	names, err := find()
	for giveUp := time.Now().Add(nodesLimit); err == nil && r.placed() && len(names) < len(r.cfg.Nodes) &&
		time.Now().Before(giveUp); names, err = find() {
		if err = sleep(ctx, time.Second); err != nil {
			return err
		}
	}
	if err != nil && (r.placed() || !IsForbidden(err)) {
		return err
	}
	r.nodes = names
	if r.placed() && len(names) > len(r.cfg.Nodes) {
		r.nodes = names[:len(r.cfg.Nodes)]
	}
	return nil
}

// apart says whether the replay has nodes that no other has.
func (r *run) apart() bool { return r.o.Apart && Disturbs(r.cfg) }

// among are those of the reserved nodes that can take pods, sorted.
func among(ctx context.Context, client kubernetes.Interface, reserved []string) ([]string, error) {
	return namesOf(ctx, client, func(n *corev1.Node) bool {
		return slices.Contains(reserved, n.Name) && objects.IsReserved(n) && open(n)
	})
}

// open says whether a node takes pods that tolerate to be on reserved ones.
func open(n *corev1.Node) bool {
	return !n.Spec.Unschedulable && !slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool {
		return t.Key != objects.ReservedTaint && t.Effect != corev1.TaintEffectPreferNoSchedule
	})
}

// Place is where a pod came to.
type Place struct {
	Job            api.JobID
	Index, Attempt int32
	Node           api.NodeID
}

// node is the node of the cluster that stands for one of the scenario's. Of equal ones the scheduler may take any, so
// that it is the one to which a pod came that the simulator puts there; if there is none yet, whichever is left.
func (r *run) node(id api.NodeID) string {
	for _, p := range r.o.Places {
		if r.watcher == nil || r.known[p.Node] != "" {
			continue
		}
		if name := r.watcher.NodeOf(p.Job, p.Index, p.Attempt); slices.Contains(r.free(p.Node), name) {
			r.known[p.Node] = name
		}
	}
	if r.known[id] == "" {
		r.known[id] = r.free(id)[0]
	}
	return r.known[id]
}

// free are the nodes of the cluster that can stand for one of the scenario's and do not stand for another.
func (r *run) free(id api.NodeID) (names []string) {
	like := r.cfg.Nodes[id]
	for i, name := range r.nodes {
		spec := r.cfg.Nodes[i]
		spec.Name = like.Name
		taken := spec != like
		for other, called := range r.known {
			taken = taken || other != id && called == name
		}
		if !taken {
			names = append(names, name)
		}
	}
	return names
}

// anyNode is a node that a pod can be bound to.
func (r *run) anyNode() string { return r.nodes[0] }

// furnish gives the nodes that stand for the scenario's their capacities, as extended resources of this replay alone:
// the scheduler and the kubelet treat them as they treat cpu and memory, and nobody else is disturbed.
func (r *run) furnish() error {
	if !r.placed() {
		return nil
	}
	for i, node := range r.nodes {
		spec := &r.cfg.Nodes[i]
		room := map[corev1.ResourceName]string{r.resource("cpu"): strconv.FormatInt(spec.MilliCPU, 10),
			r.resource("memory"): strconv.FormatInt(spec.Memory/mebi, 10), r.resource("pods"): strconv.Itoa(int(spec.Pods))}
		if spec.Unlimited {
			room = map[corev1.ResourceName]string{r.resource("cpu"): "1000000000", r.resource("memory"): "1000000000",
				r.resource("pods"): "1000000"}
		}
		patch, err := json.Marshal(map[string]any{"status": map[string]any{"capacity": room, "allocatable": room}})
		if err != nil {
			return err
		}
		err = persist(r.ctx, func(ctx context.Context) error {
			nodes := r.o.Client.CoreV1().Nodes()
			_, patchErr := nodes.Patch(ctx, node, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
			return patchErr
		})
		if err != nil {
			return fmt.Errorf("node %s does not get the scenario's capacity: %w", node, err)
		}
	}
	return nil
}

func unfurnish(ctx context.Context, client kubernetes.Interface, id string, nodes []string) error {
	gone := map[string]any{}
	for _, what := range []string{"cpu", "memory", "pods"} {
		gone[resourcePrefix+id+"-"+what] = nil
	}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"capacity": gone, "allocatable": gone}})
	if err != nil {
		return err
	}
	var errs []error
	for _, node := range nodes {
		err = persist(ctx, func(ctx context.Context) error {
			_, patchErr := client.CoreV1().Nodes().Patch(ctx, node, types.MergePatchType, patch, metav1.PatchOptions{}, "status")
			return patchErr
		})
		if err != nil && !apierrors.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("node %s keeps the scenario's capacity: %w", node, err))
		}
	}
	return errors.Join(errs...)
}
