package oracle

import (
	"context"
	"os"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestMain(m *testing.M) {
	tune()
	if os.Getenv(asMain) == "1" {
		Main(programMain)
	}
	os.Exit(m.Run())
}

// realLimit ends a test that hangs.
const realLimit = 2 * time.Minute

// inCluster runs f against a new cluster in a bubble.
func inCluster(t *testing.T, o Options, f func(c *Cluster) error) {
	t.Helper()
	if err := tryCluster(t, o, f); err != nil {
		t.Fatal(err)
	}
}

func tryCluster(t *testing.T, o Options, f func(c *Cluster) error) error {
	t.Helper()
	return Bubble(t, realLimit, func() (err error) {
		c, err := New(o)
		if err != nil {
			return err
		}
		defer func() {
			if e := c.Close(); err == nil {
				err = e
			}
		}()
		return f(c)
	})
}

// newJob is a Job of one container that is never restarted.
func newJob(name string, parallelism, completions int32) *batchv1.Job {
	template := corev1.PodTemplateSpec{Spec: corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever,
		Containers: []corev1.Container{{Name: "c", Image: "i"}}}}
	return &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: metav1.NamespaceDefault},
		Spec: batchv1.JobSpec{Parallelism: &parallelism, Completions: &completions, Template: template}}
}

func submit(c *Cluster, j *batchv1.Job) error {
	_, err := c.User.BatchV1().Jobs(j.Namespace).Create(context.Background(), j, metav1.CreateOptions{})
	return err
}

func getJob(c *Cluster, name string) (*batchv1.Job, error) {
	return c.User.BatchV1().Jobs(metav1.NamespaceDefault).Get(context.Background(), name, metav1.GetOptions{})
}

// hasCondition says whether the Job has the condition.
func hasCondition(j *batchv1.Job, typ batchv1.JobConditionType) bool {
	for _, c := range j.Status.Conditions {
		if c.Type == typ && c.Status == corev1.ConditionTrue {
			return true
		}
	}
	return false
}
