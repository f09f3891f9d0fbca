package observe_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/trace"
)

const namespace = "jobsim-x"

func watcher(t *testing.T, client *fake.Clientset) *observe.Watcher {
	t.Helper()
	w, err := observe.Start(t.Context(), observe.Options{Client: client, Namespace: namespace, Called: "default",
		Jobs: []string{"a"}, Header: trace.Header{World: "kind"},
		Ping: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func create(t *testing.T, client *fake.Clientset) {
	t.Helper()
	sc, err := scenarios.Named("never-zero")
	if err != nil {
		t.Fatal(err)
	}
	job := sc.Manifests[0]
	job.ObjectMeta = metav1.ObjectMeta{Name: "a", Namespace: namespace, UID: "job", ResourceVersion: "1"}
	if _, err := client.BatchV1().Jobs(namespace).Create(t.Context(), job, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a-xyz", Namespace: namespace, UID: "pod", ResourceVersion: "2",
		Labels: map[string]string{batchv1.JobNameLabel: "a"}}}
	if _, err := client.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

func TestWatcher_SeesWhatIsCreatedAfterItBegan(t *testing.T) {
	client := fake.NewClientset()
	w := watcher(t, client)
	create(t, client)
	seen := w.Stop(t.Context())
	var got []string
	for _, r := range seen.Trace.Records {
		got = append(got, strings.Join([]string{string(r.Actor), string(r.Verb), r.Ref.String()}, " "))
	}
	if want := []string{"user create job a", "job-controller create pod a/0"}; !slices.Equal(got, want) {
		t.Errorf("want %q, got %q", want, got)
	}
	if len(seen.Gaps) > 0 {
		t.Errorf("want no gaps, got %v", seen.Gaps)
	}
}

// The words are the simulator's: what is wrong first, and where.
func TestWatcher_WritesDownWhatWasRefused(t *testing.T) {
	client := fake.NewClientset()
	w := watcher(t, client)
	create(t, client)
	for begun := time.Now(); ; {
		if _, known := w.FindPod(0, -1, 0); known || time.Since(begun) > 10*time.Second {
			break
		}
		<-w.Changed()
	}
	w.Refused("a", apierrors.NewInvalid(schema.GroupKind{Group: "batch", Kind: "Job"}, "a", field.ErrorList{
		field.Invalid(field.NewPath("spec", "completions"), 5, "field is immutable")}))
	text := string(trace.Encode(w.Stop(t.Context()).Trace))
	want := `error="invalid: spec.completions: field is immutable"`
	if !strings.Contains(text, want) || !strings.Contains(text, "refuse") {
		t.Errorf("want %s in\n%s", want, text)
	}
}
