package reports_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s (-want +got; make golden rewrites it):\n-%s\n+%s", file, want, got)
	}
}

// play are n runs of a scenario of the library, changed by change if that is not nil.
func play(t *testing.T, name, world string, n int, change func(*scenarios.Scenario)) []*trace.Trace {
	t.Helper()
	sc, err := scenarios.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(sc)
	}
	cfg := sc.Config()
	cfg.Seed = 1
	var out []*trace.Trace
	for i := range n {
		cfg.Replication = uint64(i)
		tr, _, err := sim.Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		tr.Header.World = world
		out = append(out, tr)
	}
	return out
}

// random gives the pods of a scenario a random duration, half of them to fail.
func random(t *testing.T) func(*scenarios.Scenario) {
	return func(sc *scenarios.Scenario) {
		d, err := rng.Parse("lognormal:30s,0.5")
		if err != nil {
			t.Fatal(err)
		}
		if err := sc.SetFates(d, 0.5); err != nil {
			t.Fatal(err)
		}
	}
}

func profile(t *testing.T, name string) func(*scenarios.Scenario) {
	return func(sc *scenarios.Scenario) {
		if err := sc.SetProfile(name); err != nil {
			t.Fatal(err)
		}
	}
}

// compare must not fail.
func compare(t *testing.T, a, b []*trace.Trace, o reports.Options) *reports.Report {
	t.Helper()
	r, err := reports.Compare(a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// relabelled are copies of traces as another world's.
func relabelled(traces []*trace.Trace, world string) []*trace.Trace {
	out := make([]*trace.Trace, len(traces))
	for i, t := range traces {
		own := *t
		own.Header.World = world
		own.Records = append([]trace.Record(nil), t.Records...)
		out[i] = &own
	}
	return out
}

// shifted moves all records from position from on by d. Times within arguments stay.
func shifted(t *trace.Trace, from int, d des.Duration) *trace.Trace {
	own := relabelled([]*trace.Trace{t}, t.Header.World)[0]
	for i := from; i < len(own.Records); i++ {
		own.Records[i].At = own.Records[i].At.Add(d)
	}
	return own
}

// lines are runs of one Job "a" with one pod that finishes after the given seconds.
func runs(world string, seconds ...float64) []*trace.Trace {
	var out []*trace.Trace
	for i, s := range seconds {
		end := des.Time(s * float64(des.Second))
		ref := trace.Ref{Kind: trace.KindJob, Name: "a"}
		pod := trace.Ref{Kind: trace.KindPod, Name: "a", Index: -1}
		out = append(out, &trace.Trace{
			Header: trace.Header{Scenario: "made", World: world, Kubernetes: "v1.37", Seed: 1, Replication: uint64(i)},
			Records: []trace.Record{
				{Actor: trace.User, Verb: trace.Create, Ref: ref},
				{Actor: trace.JobController, Verb: trace.Create, Ref: pod},
				{Actor: trace.Kubelet, Verb: trace.Start, Ref: pod},
				{At: end, Actor: trace.Kubelet, Verb: trace.Succeed, Ref: pod},
				{At: end, Actor: trace.JobController, Verb: trace.Status, Ref: ref, Args: []trace.Arg{
					{Key: "succeeded", Value: "1"},
					{Key: "condition", Value: "Complete=True CompletionsReached at 0.000s: done"}}},
			}})
	}
	return out
}

// write is what one of the report's forms writes.
func write(t *testing.T, form func(*strings.Builder) error) string {
	t.Helper()
	var b strings.Builder
	if err := form(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
