package scenarios

import (
	"errors"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/rng"
)

const plainJob = `apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  completions: 10
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox}]
`

func TestWith(t *testing.T) {
	list, _, err := Load("a.yaml", strings.NewReader(plainJob), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	s := list[0]
	got, err := s.With(Change{"spec.backoffLimit", "3"}, Change{"spec.template.spec.restartPolicy", "OnFailure"},
		Change{"spec.completions", "null"}, Change{"failure-rate", "0.25"}, Change{"duration", "lognormal:1m,0.5"},
		Change{"cluster.knobs.maxPodBackoff", "6m"}, Change{"cluster.nodes", "[{cpu: 4, memory: 8Gi}]"},
		Change{"jobs[0].manifest.spec.parallelism", "2"})
	if err != nil {
		t.Fatal(err)
	}
	spec := &got.Manifests[0].Spec
	if *spec.BackoffLimit != 3 || spec.Template.Spec.RestartPolicy != "OnFailure" || spec.Completions != nil ||
		*spec.Parallelism != 2 || len(got.File.Cluster.Nodes) != 1 || got.Name != "a" || !got.Bare {
		t.Errorf("%+v", got)
	}
	if run, rate, ok := got.Coins(); !ok || rate != 0.25 || run.String() != "lognormal:1m0s,0.5" {
		t.Errorf("%v, %v, %v", run, rate, ok)
	}
	again, err := got.With(Change{"failure-rate", "0.5"})
	if err != nil {
		t.Fatal(err)
	}
	if run, rate, ok := again.Coins(); !ok || rate != 0.5 || run.String() != "lognormal:1m0s,0.5" {
		t.Errorf("the duration did not stay: %v, %v, %v", run, rate, ok)
	}
	if *s.Manifests[0].Spec.BackoffLimit != 6 || len(s.File.Fates) != 0 {
		t.Error("the scenario itself has changed")
	}
}

func TestField(t *testing.T) {
	list, _, err := Load("a.yaml", strings.NewReader(plainJob), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	s, err := list[0].With(Change{"failure-rate", "0.25"}, Change{"cluster.knobs.maxPodBackoff", "6m"})
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"spec.backoffLimit": "6", "spec.template.spec.restartPolicy": "Never",
		"failure-rate": "0.25", "duration": "constant:30s", "cluster.knobs.maxPodBackoff": "6m0s",
		"spec.template.spec.containers[0].image": "busybox"} {
		if got, ok := s.Field(field); !ok || got != want {
			t.Errorf("%s: %q, %v, want %q", field, got, ok, want)
		}
	}
	for _, field := range []string{"", "spec.activeDeadlineSeconds", "spec.nothing.there", "jobs[7].at", "why.so"} {
		if got, ok := s.Field(field); ok {
			t.Errorf("%s: %q", field, got)
		}
	}
}

func TestWith_SaysWhatIsWrong(t *testing.T) {
	list, _, err := Load("a.yaml", strings.NewReader(plainJob), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		change Change
		want   string
	}{
		{Change{"spec.backoffLimit", "-1"}, "with spec.backoffLimit=-1:"},
		{Change{"spec.backofflimit", "1"}, "did you mean backoffLimit?"},
		{Change{"jobs[3].at", "1s"}, "there are entries 0 to 0"},
		{Change{"metadata.name.x", "1"}, "has no fields"},
		{Change{"spec.parallelism", "{"}, "not a value in YAML"},
		{Change{"failure-rate", "much"}, `"much" is not a number`},
		{Change{"failure-rate", "2"}, "allowed: 0 to 1"},
		{Change{"duration", "zipf:2"}, "unknown family"},
		{Change{"", "1"}, "names no field"},
	} {
		if _, err := list[0].With(tc.change); err == nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.change, err, tc.want)
		}
	}
}

// Scenarios whose replications have the same fates, and those whose have not.
func TestLeftToChance(t *testing.T) {
	for name, want := range map[string]bool{"hello": false, "odd-pods-fail": false, "random-latencies": false, "slow-together": false} {
		sc, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := sc.LeftToChance(); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
		for _, change := range []struct {
			run  string
			rate float64
			want bool
		}{{"30s", 0, false}, {"30s", 0.5, true}, {"lognormal:30s,0.5", 0, true}} {
			d, err := rng.Parse(change.run)
			if err != nil {
				t.Fatal(err)
			}
			if err := sc.SetFates(d, change.rate); err != nil {
				t.Fatal(err)
			}
			if got := sc.LeftToChance(); got != change.want {
				t.Errorf("%s, %s, failures %v: got %v, want %v", name, change.run, change.rate, got, change.want)
			}
		}
	}
}
