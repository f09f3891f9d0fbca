package oracle

import (
	"fmt"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/jobsim/jobsim/sim/api"
)

// Five completions two at a time, 3 s each, every other pod fails. A failure beside a success in
// the same second does not count for the back-off; the one that stands alone, at 19 s, waits 10 s.
func TestJob_EveryOddPodFails(t *testing.T) {
	created := map[time.Duration]int{}
	var at time.Time
	var done time.Duration
	var final batchv1.JobStatus
	o := Options{
		Life: fates{on(exits(3*sec, 0), func(r *api.FateRule) { r.Every, r.Offset = 2, 1 }), exits(3*sec, 1)}.lives(),
		Observe: func(w Write) {
			switch x := w.New.(type) {
			case *corev1.Pod:
				if w.Type == watch.Added {
					created[w.At.Sub(at)]++
				}
			case *batchv1.Job:
				final = x.Status
				if hasCondition(x, batchv1.JobComplete) {
					done = w.At.Sub(at)
				}
			}
		},
	}
	inCluster(t, o, func(c *Cluster) error {
		at = c.Start
		if err := submit(c, newJob("a", 2, 5)); err != nil {
			return err
		}
		return c.SleepUntil(time.Minute)
	})
	want := map[time.Duration]int{0: 2, 4 * time.Second: 2, 8 * time.Second: 2, 12 * time.Second: 2, 16 * time.Second: 1,
		29 * time.Second: 1}
	if got := fmt.Sprint(created); got != fmt.Sprint(want) {
		t.Errorf("creations (-want +got):\n-%v\n+%v", want, got)
	}
	if done != 33*time.Second || final.Succeeded != 5 || final.Failed != 5 {
		t.Errorf("complete at %v with %d succeeded and %d failed, want 33s, 5, 5", done, final.Succeeded, final.Failed)
	}
}
