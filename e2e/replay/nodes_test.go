package replay

import (
	"context"
	"fmt"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

// observed is a watcher that has seen the pods of Job a on these nodes; empty: nowhere.
func observed(t *testing.T, nodes ...string) *observe.Watcher {
	t.Helper()
	client := fake.NewClientset()
	for i, node := range nodes {
		name := fmt.Sprintf("a-%d", i)
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "x", UID: types.UID(name),
			ResourceVersion: fmt.Sprint(i + 1), Labels: map[string]string{batchv1.JobNameLabel: "a"}},
			Spec: corev1.PodSpec{NodeName: node}}
		if _, err := client.CoreV1().Pods("x").Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	w, err := observe.Start(t.Context(), observe.Options{Client: client, Namespace: "x", Called: "default",
		Jobs: []string{"a"}, Header: trace.Header{World: "kind"}, Ping: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Stop(context.WithoutCancel(t.Context())) })
	return w
}

func TestNode_IsTheOneThatHasThePods(t *testing.T) {
	small, large := api.NodeSpec{Pods: 1}, api.NodeSpec{Pods: 2}
	on := func(attempt int32, node api.NodeID) Place {
		return Place{Index: api.NoIndex, Attempt: attempt, Node: node}
	}
	for _, tc := range []struct {
		name   string
		specs  []api.NodeSpec
		places []Place // in the simulator
		seen   []string
		want   string // nodes 0, 1, ...
	}{
		{"as in the simulator", []api.NodeSpec{small, small}, []Place{on(0, 0), on(1, 1)}, []string{"w0", "w1"}, "[w0 w1]"},
		{"the other way round", []api.NodeSpec{small, small}, []Place{on(0, 0), on(1, 1)}, []string{"w1", "w0"}, "[w1 w0]"},
		{"one is enough", []api.NodeSpec{small, small}, []Place{on(0, 1)}, []string{"w0"}, "[w1 w0]"},
		{"pods without a node", []api.NodeSpec{small, small}, []Place{on(0, 0), on(1, 1)}, []string{"", "w0"}, "[w1 w0]"},
		{"all on one", []api.NodeSpec{small, small}, []Place{on(0, 0), on(1, 1)}, []string{"w1", "w1"}, "[w1 w0]"},
		{"only among equals", []api.NodeSpec{small, large, large}, []Place{on(0, 0), on(1, 1)}, []string{"w1", "w2"},
			"[w0 w2 w1]"},
		{"no pod yet", []api.NodeSpec{small, small}, nil, nil, "[w0 w1]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := &run{o: Options{Places: tc.places}, cfg: &sim.Config{Nodes: tc.specs}, known: map[api.NodeID]string{},
				watcher: observed(t, tc.seen...)}
			for i := range tc.specs {
				r.nodes = append(r.nodes, fmt.Sprintf("w%d", i))
			}
			var got []string
			for i := range tc.specs {
				got = append(got, r.node(api.NodeID(i)))
			}
			if fmt.Sprint(got) != tc.want {
				t.Errorf("want %s, got %s", tc.want, got)
			}
		})
	}
}
