package oracle

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/utils/ptr"
)

var ctx = context.Background()

// What the API server refuses, and in which words.
func TestAPI_Refuses(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(c *Cluster) error
		is   func(error) bool
		want string
	}{
		{"an index limit without indexes", func(c *Cluster) error { return submit(c, work(1, 1, perIndex(1))) },
			apierrors.IsInvalid, "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"},
		{"a Job of that name", func(c *Cluster) error { return submit(c, newJob("there", 1, 1)) },
			apierrors.IsAlreadyExists, `jobs.batch "there" already exists`},
		{"an old version", func(c *Cluster) error {
			j, err := getJob(c, "there")
			if err != nil {
				return err
			}
			j.ResourceVersion, j.Spec.Parallelism = "1", ptr.To(int32(1))
			_, err = c.User.BatchV1().Jobs("default").Update(ctx, j, metav1.UpdateOptions{})
			return err
		}, apierrors.IsConflict, "the object has been modified"},
		{"new completions", func(c *Cluster) error { return mergePatch(c, `{"spec":{"completions":9}}`) },
			apierrors.IsInvalid, "spec.completions: Invalid value: 9: field is immutable"},
		{"a completion out of order", func(c *Cluster) error {
			return mergePatch(c, `{"status":{"failed":1,"conditions":[{"type":"Complete","status":"True"}]}}`, "status")
		}, apierrors.IsInvalid, "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"},
		{"server-side apply", func(c *Cluster) error {
			body := `{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"there"},"spec":{"parallelism":2}}`
			_, err := c.User.BatchV1().Jobs("default").Patch(ctx, "there", types.ApplyPatchType, []byte(body),
				metav1.PatchOptions{FieldManager: "m"})
			return err
		}, apierrors.IsInternalError, "managedFields are off"},
		{"what is not there", func(c *Cluster) error { _, err := getJob(c, "absent"); return err },
			apierrors.IsNotFound, `jobs.batch "absent" not found`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inCluster(t, Options{Life: always(forever(0))}, func(c *Cluster) error {
				if err := submit(c, newJob("there", 2, 2)); err != nil {
					return err
				}
				if err := c.SleepUntil(5 * time.Second); err != nil {
					return err
				}
				err := tc.do(c)
				if err == nil || !tc.is(err) || !strings.Contains(err.Error(), tc.want) {
					return fmt.Errorf("got %v, want an error with %q", err, tc.want)
				}
				return nil
			})
		})
	}
}

func mergePatch(c *Cluster, body string, subresources ...string) error {
	_, err := c.User.BatchV1().Jobs("default").Patch(ctx, "there", types.MergePatchType, []byte(body),
		metav1.PatchOptions{}, subresources...)
	return err
}

// The API server fills in what the user left out.
func TestAPI_Defaults(t *testing.T) {
	inCluster(t, Options{}, func(c *Cluster) error {
		if err := submit(c, newJob("a", 1, 1)); err != nil {
			return err
		}
		j, err := getJob(c, "a")
		if err != nil {
			return err
		}
		spec := j.Spec.Template.Spec
		got := fmt.Sprintln(*j.Spec.BackoffLimit, *j.Spec.CompletionMode, *j.Spec.Suspend, *j.Spec.PodReplacementPolicy,
			spec.DNSPolicy, *spec.TerminationGracePeriodSeconds, spec.SchedulerName, j.Generation, len(j.Spec.Template.Labels))
		if want := "6 NonIndexed false TerminatingOrFailed ClusterFirst 30 default-scheduler 1 4\n"; got != want {
			t.Errorf("defaults (-want +got):\n-%s\n+%s", want, got)
		}
		if uid := j.Spec.Selector.MatchLabels[batchv1.ControllerUidLabel]; uid != string(j.UID) || uid == "" {
			t.Errorf("the selector has the UID %q, the Job %q", uid, j.UID)
		}
		if at := j.CreationTimestamp.Time; !at.Equal(c.Start) {
			t.Errorf("created at %v, want %v", at, c.Start)
		}
		return nil
	})
}

// An update of the spec leaves the status alone, raises the generation, and the other way round.
func TestAPI_StatusIsASubresource(t *testing.T) {
	inCluster(t, Options{Life: always(forever(0))}, func(c *Cluster) error {
		if err := submit(c, newJob("there", 2, 2)); err != nil {
			return err
		}
		if err := c.SleepUntil(5 * time.Second); err != nil {
			return err
		}
		j, err := getJob(c, "there")
		if err != nil {
			return err
		}
		j.Spec.Parallelism, j.Status.Succeeded = ptr.To(int32(1)), 77
		j, err = c.User.BatchV1().Jobs("default").Update(ctx, j, metav1.UpdateOptions{})
		if err != nil {
			return err
		}
		if *j.Spec.Parallelism != 1 || j.Generation != 2 || j.Status.Succeeded != 0 || j.Status.Active != 2 {
			t.Errorf("parallelism %d, generation %d, succeeded %d, active %d; want 1, 2, 0, 2",
				*j.Spec.Parallelism, j.Generation, j.Status.Succeeded, j.Status.Active)
		}
		return nil
	})
}

// A running pod that is deleted lives on for its grace period; the Job controller lets go of it,
// its node removes it.
func TestAPI_GracefulDeletion(t *testing.T) {
	inCluster(t, Options{Life: always(forever(time.Hour))}, func(c *Cluster) error {
		if err := submit(c, newJob("a", 2, 2)); err != nil {
			return err
		}
		if err := c.SleepUntil(10 * time.Second); err != nil {
			return err
		}
		pods := c.User.CoreV1().Pods("default")
		list, err := pods.List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=n0,status.phase=Running"})
		if err != nil {
			return err
		}
		if len(list.Items) != 2 {
			return fmt.Errorf("%d pods by field selector, want 2", len(list.Items))
		}
		name := list.Items[0].Name
		if n := len(list.Items[0].Spec.Tolerations); n != 2 {
			t.Errorf("%d tolerations, want not-ready and unreachable", n)
		}
		if err := pods.Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
			return err
		}
		for _, tc := range []struct {
			at   time.Duration
			want string
		}{
			{10 * time.Second, "40s 30 Running [batch.kubernetes.io/job-tracking]"},
			{39 * time.Second, "40s 30 Running []"},
			{42 * time.Second, "not found"},
		} {
			if err := c.SleepUntil(tc.at); err != nil {
				return err
			}
			got := "not found"
			if p, err := pods.Get(ctx, name, metav1.GetOptions{}); err == nil {
				got = fmt.Sprint(p.DeletionTimestamp.Sub(c.Start), *p.DeletionGracePeriodSeconds, " ",
					p.Status.Phase, " ", p.Finalizers)
			}
			if got != tc.want {
				t.Errorf("at %v: %s, want %s", tc.at, got, tc.want)
			}
		}
		return nil
	})
}

// Without a garbage collector a Job that is deleted in the foreground waits for one.
func TestAPI_ForegroundDeletion(t *testing.T) {
	inCluster(t, Options{Life: always(forever(0))}, func(c *Cluster) error {
		if err := submit(c, newJob("a", 1, 1)); err != nil {
			return err
		}
		if err := deleteJob(0, metav1.DeletePropagationForeground).Do(ctx, c); err != nil {
			return err
		}
		j, err := getJob(c, "a")
		if err != nil {
			return err
		}
		if f := fmt.Sprint(j.Finalizers); j.DeletionTimestamp == nil || f != "[foregroundDeletion]" {
			t.Errorf("deletionTimestamp %v, finalizers %s", j.DeletionTimestamp, f)
		}
		return nil
	})
}

// A watch tells what happened since a version, leaves out what the selector does not match, and
// reports what leaves it as deleted; versions that are too old are gone.
func TestAPI_Watch(t *testing.T) {
	inCluster(t, Options{Life: always(exits(3*time.Second, 0))}, func(c *Cluster) error {
		if err := submit(c, newJob("a", 2, 2)); err != nil {
			return err
		}
		if err := c.SleepUntil(time.Minute); err != nil {
			return err
		}
		w, err := c.User.CoreV1().Pods("default").Watch(ctx, metav1.ListOptions{ResourceVersion: "1",
			FieldSelector: "status.phase=Running"})
		if err != nil {
			return err
		}
		defer w.Stop()
		counts := map[watch.EventType]int{}
		for range 4 {
			e := <-w.ResultChan()
			counts[e.Type]++
			p, ok := e.Object.(*corev1.Pod)
			if !ok {
				return fmt.Errorf("%T in a watch of pods", e.Object)
			}
			if p.Status.Phase != corev1.PodRunning {
				t.Errorf("%s in phase %s", e.Type, p.Status.Phase)
			}
		}
		if counts[watch.Added] != 2 || counts[watch.Deleted] != 2 {
			t.Errorf("events %v, want 2 ADDED and 2 DELETED", counts)
		}
		return nil
	})
}

// The database keeps the newest changes only; a watch from before is told to list.
func TestDatabase_ForgetsOldChanges(t *testing.T) {
	b := &bucket{}
	for i := range uint64(2*historyLength + 1) {
		b.remember(change{rev: 10 + i})
	}
	if _, err := b.since(9); !apierrors.IsResourceExpired(err) {
		t.Errorf("a watch from before the history: %v", err)
	}
	oldest := b.history[0].rev
	if changes, err := b.since(oldest - 1); err != nil || len(changes) != historyLength {
		t.Errorf("the whole history: %d changes, %v; want %d", len(changes), err, historyLength)
	}
	if changes, err := b.since(oldest); err != nil || changes[0].rev != oldest+1 {
		t.Errorf("the history after %d begins at %d, %v", oldest, changes[0].rev, err)
	}
}

// Nobody changes what is stored: readers share the objects of the database.
func TestDatabase_ObjectsAreImmutable(t *testing.T) {
	for _, s := range stories() {
		t.Run(s.name, func(t *testing.T) {
			stored := map[uint64]string{}
			kept := map[uint64]any{}
			o := s.options
			o.Life = s.fates.lives()
			o.Observe = func(w Write) {
				if w.New != nil {
					stored[w.Revision], kept[w.Revision] = asJSON(t, w.New), w.New
				}
			}
			inCluster(t, o, func(c *Cluster) error {
				for _, j := range s.jobs {
					if err := submit(c, j); err != nil {
						return err
					}
				}
				if _, err := c.Play(s.script); err != nil {
					return err
				}
				if err := c.SleepUntil(100 * time.Second); err != nil {
					return err
				}
				for rev, o := range kept {
					if now := asJSON(t, o); now != stored[rev] {
						t.Errorf("revision %d (-stored +now):\n-%s\n+%s", rev, stored[rev], now)
					}
				}
				for _, b := range c.db.buckets {
					for _, e := range b.objects {
						gv := schema.GroupVersion{Group: b.resource.Group, Version: "v1"}
						now, err := legacyscheme.Scheme.ConvertToVersion(e.object, gv)
						if err != nil {
							return err
						}
						if now := asJSON(t, now); now != stored[e.rev] {
							t.Errorf("revision %d (-stored +now):\n-%s\n+%s", e.rev, stored[e.rev], now)
						}
					}
				}
				return nil
			})
		})
	}
}

func asJSON(t *testing.T, o any) string {
	text, err := json.Marshal(o)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}
