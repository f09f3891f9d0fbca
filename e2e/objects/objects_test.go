package objects

import (
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
)

// pod is one of Job a in the namespace ns; an empty index stands for none.
func pod(name string, index string) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name, UID: types.UID(name),
		Labels: map[string]string{batchv1.JobNameLabel: "a"}, Annotations: map[string]string{}}}
	if index != "" {
		p.Annotations[batchv1.JobCompletionIndexAnnotation] = index
	}
	return p
}

func TestBook_NumbersPodsByBirth(t *testing.T) {
	b := NewBook(time.Unix(0, 0), []string{"a"})
	for _, tc := range []struct {
		name, index        string
		wantIndex, attempt int32
		number             int32
		ours               bool
	}{
		{"a-x", "2", 2, 0, 0, true},
		{"a-y", "0", 0, 0, 1, true},
		{"a-z", "2", 2, 1, 2, true},
		{"a-x", "2", 2, 0, 0, true}, // seen again
	} {
		who, ours := b.Born(pod(tc.name, tc.index))
		want := Pod{Index: tc.wantIndex, Attempt: tc.attempt, Number: tc.number, Name: tc.name}
		if who != want || ours != tc.ours {
			t.Errorf("%s (-want +got)\n-%+v\n+%+v, %t", tc.name, want, who, ours)
		}
	}
	stranger := pod("b-x", "")
	stranger.Labels[batchv1.JobNameLabel] = "b"
	if _, ours := b.Born(stranger); ours {
		t.Error("a pod of no Job of the scenario was given a number")
	}
	selected := pod("a-w", "1")
	selected.Labels = map[string]string{"app": "of-its-own"}
	selected.OwnerReferences = []metav1.OwnerReference{{Kind: "Job", Name: "a", Controller: ptr(true)}}
	if who, ours := b.Born(selected); !ours || who.Index != 1 {
		t.Errorf("a Job with a selector of its own: got %+v, %t", who, ours)
	}
	if who, ok := b.Find(0, 2, 1); !ok || who.Name != "a-z" {
		t.Errorf("want the second attempt of index 2, got %+v, %t", who, ok)
	}
}

// A message says which pod it was by the random name that the API server gave it; in a trace it has the scenario's.
func TestJob_NamesPodsInMessagesAsTheScenarioDoes(t *testing.T) {
	for _, tc := range []struct{ index, message, want string }{
		{"", "Container main for pod ns/a-x failed with exit code 42 matching FailJob rule at index 0",
			"Container main for pod default/a/0 failed with exit code 42 matching FailJob rule at index 0"},
		{"3", "Pod ns/a-x has condition DisruptionTarget matching FailJob rule at index 0",
			"Pod default/a/3/0 has condition DisruptionTarget matching FailJob rule at index 0"},
		{"", "Pod ns/a-xy has condition DisruptionTarget matching FailJob rule at index 0",
			"Pod ns/a-xy has condition DisruptionTarget matching FailJob rule at index 0"},
	} {
		b := NewBook(time.Unix(0, 0), []string{"a"})
		b.SetNamespace("ns", "default")
		b.Born(pod("a-x", tc.index))
		sc, err := scenarios.Named("failure-ends-job")
		if err != nil {
			t.Fatal(err)
		}
		of := sc.Manifests[0]
		of.Namespace, of.Name = "ns", "a"
		of.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobFailed, Status: corev1.ConditionTrue,
			Reason: batchv1.JobReasonPodFailurePolicy, Message: tc.message}}
		job := b.Job(of)
		if got := job.Status.Conditions[0]; got.Message != tc.want || got.Type != api.JobFailed || !got.Status {
			t.Errorf("(-want +got)\n-%s\n+%s", tc.want, got.Message)
		}
	}
}

func ptr[T any](v T) *T { return &v }
