package trace_test

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// A real pod with a sidecar is Pending again while all its containers are restarted: that is a restart all the same.
func TestObserver_RestartThatLeadsBackToPending(t *testing.T) {
	var got recorder
	o := trace.Observer{Sink: &got, JobName: func(api.JobID) string { return "a" }}
	running := api.Pod{Version: 1, Index: api.NoIndex, Deleted: des.Never, Status: api.PodStatus{Phase: api.Running, Ready: true}}
	pending := running
	pending.Version, pending.Status = 2, api.PodStatus{Phase: api.Pending, Restarts: 2}
	again := pending
	again.Version, again.Status.Phase, again.Status.Ready = 3, api.Running, true
	o.Pod(0, trace.Kubelet, "", &running, &pending)
	o.Pod(1, trace.Kubelet, "", &pending, &again)
	if len(got) != 2 || got[0].Verb != trace.Restart || got[1].Verb != trace.Start {
		t.Errorf("want restart and start, got %v", got)
	}
}

type recorder []trace.Record

func (r *recorder) Record(rec trace.Record) { *r = append(*r, rec) }
