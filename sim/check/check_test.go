package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/check"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// Every proposition can be broken, and is then named.
func TestChecker_Finds(t *testing.T) {
	w := store.Writer{Actor: trace.User}
	for _, tc := range []struct {
		name, want string
		do         func(s *store.Store, status func(func(*api.JobStatus)))
	}{
		{"nothing", "", func(*store.Store, func(func(*api.JobStatus))) {}},
		{"too many pods", "2 active pods at parallelism 1", func(s *store.Store, _ func(func(*api.JobStatus))) {
			s.CreatePod(w, 0, s.Job(0).Spec, api.NoIndex, api.IndexFailures{})
			s.CreatePod(w, 0, s.Job(0).Spec, api.NoIndex, api.IndexFailures{})
		}},
		{"more ready than active", "1 ready of 0 active", func(_ *store.Store, status func(func(*api.JobStatus))) {
			status(func(j *api.JobStatus) { j.Ready = api.Some(int32(1)) })
		}},
		{"less than nothing", "a counter is negative", func(_ *store.Store, status func(func(*api.JobStatus))) {
			status(func(j *api.JobStatus) { j.Ready = api.Some(int32(-1)) })
		}},
		{"counted without a pod", "1 pods counted of 0 that have ended", func(_ *store.Store, status func(func(*api.JobStatus))) {
			status(func(j *api.JobStatus) { j.Failed = 1 })
		}},
		{"failed out of nowhere", "Failed without FailureTarget", func(_ *store.Store, status func(func(*api.JobStatus))) {
			status(func(j *api.JobStatus) { j.Conditions = []api.Condition{{Type: api.JobFailed, Status: true}} })
		}},
		{"complete without a time", "completionTime", func(_ *store.Store, status func(func(*api.JobStatus))) {
			status(func(j *api.JobStatus) {
				j.Conditions = []api.Condition{{Type: api.JobSuccessCriteriaMet, Status: true}, {Type: api.JobComplete, Status: true}}
			})
		}},
		{"a decision taken back", "FailureTarget was taken back", func(_ *store.Store, status func(func(*api.JobStatus))) {
			status(func(j *api.JobStatus) { j.Conditions = []api.Condition{{Type: api.JobFailureTarget, Status: true}} })
		}},
		{"a change after the end", "the conditions changed after it had finished", func(_ *store.Store, status func(func(*api.JobStatus))) {
			both := []api.Condition{{Type: api.JobFailureTarget, Status: true}, {Type: api.JobFailed, Status: true}}
			status(func(j *api.JobStatus) { j.Conditions = both })
		}},
		{"a phase that goes back", "went back from Running to Pending", func(s *store.Store, _ func(func(*api.JobStatus))) {
			id := s.CreatePod(w, 0, s.Job(0).Spec, api.NoIndex, api.IndexFailures{})
			running := s.Pod(id).Status
			running.Phase = api.Running
			s.UpdatePodStatus(w, id, &running)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var k des.Kernel
			s := store.New(&k)
			s.Reset(&api.Knobs{}, nil, 1, rng.Source{}, nil)
			s.CreateJob(w, 0, &api.JobSpec{Name: "a", Parallelism: 1})
			var c check.Checker
			// The status is changed behind the store's back, which refuses some of these.
			tc.do(s, func(change func(*api.JobStatus)) { change(&s.Job(0).Status) })
			broken := c.After(s)
			switch tc.name {
			case "a decision taken back":
				s.Job(0).Status.Conditions = nil
				broken = c.After(s)
			case "a change after the end":
				s.Job(0).Status.Conditions = append(slices.Clone(s.Job(0).Status.Conditions), api.Condition{Type: api.JobSuspended})
				broken = c.After(s)
			case "a phase that goes back":
				back := s.Pod(0).Status
				back.Phase = api.Pending
				s.UpdatePodStatus(w, 0, &back)
				broken = c.After(s)
			}
			if got := strings.Join(broken, "; "); !strings.Contains(got, tc.want) || tc.want == "" && got != "" {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
