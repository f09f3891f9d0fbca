package oracle

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// The last status of every Job of the library is the API server's byte for byte, as JSON: the lists of indexes, what is
// absent and what is empty, the times, and the order of the conditions.
func TestPlay_StatusAsJSON(t *testing.T) {
	for _, name := range scenarios.Names() {
		s, err := scenarios.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if unsupported(s.Config()) == nil {
			t.Run(name, func(t *testing.T) { compareStatus(t, s) })
		}
	}
}

func compareStatus(t *testing.T, s *scenarios.Scenario) {
	t.Helper()
	cfg := s.Config()
	cfg.Seed = 1
	_, out, err := sim.Run(cfg)
	if err != nil {
		t.Fatal(err)
	}
	p, err := played(t, s, cfg.Seed, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range out.Jobs {
		m := s.Manifests[i]
		job := p.tracer.latest[m.Name]
		if job == nil {
			t.Errorf("job %s was never written", m.Name)
			continue
		}
		real := job.Status.DeepCopy()
		for k := range real.Conditions {
			c := &real.Conditions[k]
			c.Message = p.tracer.podNames(job, c.Message)
		}
		if u := real.UncountedTerminatedPods; u != nil {
			for _, pods := range [][]types.UID{u.Succeeded, u.Failed} {
				for k := range pods {
					pods[k] = number(p.tracer.ledger.order[pods[k]])
				}
			}
		}
		got, err := json.MarshalIndent(apiStatus(&out.Jobs[i].Status, p.tracer.start), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.MarshalIndent(real, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("job %s (-want +got)\n-%s\n+%s", m.Name, want, got)
		}
	}
}

// number stands for the UID of a pod that is uncounted: how many were created before it.
func number[N int | api.PodID](n N) types.UID { return types.UID(fmt.Sprint(n)) }

// apiStatus is a status in the API's terms, in a run that began at start.
func apiStatus(s *api.JobStatus, start time.Time) *batchv1.JobStatus {
	at := func(t des.Time) *metav1.Time {
		if t == des.Never {
			return nil
		}
		return &metav1.Time{Time: start.Add(time.Duration(t))}
	}
	out := &batchv1.JobStatus{Active: s.Active, Succeeded: s.Succeeded, Failed: s.Failed,
		StartTime: at(s.StartTime), CompletionTime: at(s.CompletionTime), CompletedIndexes: s.CompletedIndexes}
	if s.Ready.Set { // the controller has written it
		out.Ready, out.Terminating = &s.Ready.Value, &s.Terminating.Value
		u := &batchv1.UncountedTerminatedPods{}
		for _, id := range s.UncountedSucceeded {
			u.Succeeded = append(u.Succeeded, number(id))
		}
		for _, id := range s.UncountedFailed {
			u.Failed = append(u.Failed, number(id))
		}
		out.UncountedTerminatedPods = u
	}
	if s.FailedIndexes.Set {
		out.FailedIndexes = &s.FailedIndexes.Value
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		status := corev1.ConditionFalse
		if c.Status {
			status = corev1.ConditionTrue
		}
		out.Conditions = append(out.Conditions, batchv1.JobCondition{Type: batchv1.JobConditionType(c.Type), Status: status,
			Reason: c.Reason, Message: c.Message, LastProbeTime: *at(c.Transition), LastTransitionTime: *at(c.Transition)})
	}
	return out
}
