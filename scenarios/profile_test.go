package scenarios

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Every number of every profile says where it comes from, and the defaults of Kubernetes are cited once each.
func TestSettings_EveryNumberHasAnOrigin(t *testing.T) {
	cited := map[string]bool{}
	for _, name := range Profiles() {
		list, err := Settings(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.Source == "" || s.Value == "" || !slices.Contains([]Origin{Upstream, Measured, Fitted, Assumed}, s.Origin) {
				t.Errorf("%s: %+v", name, s)
			}
			cited[s.Name] = true
		}
	}
	for name := range upstream {
		if !cited["knobs."+name] {
			t.Errorf("%s is cited and is no knob", name)
		}
	}
}

// What a profile lists is what its scenarios run with.
func TestSettings_AreTheKnobs(t *testing.T) {
	for _, name := range Profiles() {
		list, err := Settings(name)
		if err != nil {
			t.Fatal(err)
		}
		var c Cluster
		for _, s := range list {
			if err := c.set(s.Name, s.Value); err != nil {
				t.Errorf("%s: %s: %v", name, s.Name, err)
			}
		}
		got, want := api.DefaultKnobs(), api.DefaultKnobs()
		c.apply(&got)
		profiles[name].cluster.apply(&want)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: (-want +got)\n-%+v\n+%+v", name, want, got)
		}
	}
}

// The default profile gives what was measured on kind with 100 pods of 1 s, 20 at a time: from creation to start, in the
// API's whole seconds, 2 s at the median and 5 s at most; and 37 s for the whole.
func TestDefaultProfile_AsMeasured(t *testing.T) {
	const text = `apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  completions: 100
  parallelism: 20
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: i}]}}
`
	list, _, err := Load("measured.yaml", strings.NewReader(text), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	if err = list[0].SetFates(rng.Const(des.Second), 0); err != nil {
		t.Fatal(err)
	}
	cfg := list[0].Config()
	var waits, longest, makespans []float64
	for cfg.Replication = 0; cfg.Replication < 200; cfg.Replication++ {
		tr, out, err := sim.Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		w := startWaits(tr)
		waits, longest = append(waits, w...), append(longest, slices.Max(w))
		makespans = append(makespans, out.Jobs[0].Finished.Sub(out.Jobs[0].Submitted).Seconds())
	}
	for _, tc := range []struct {
		name      string
		values    []float64
		low, high float64
	}{
		{"creation to start, whole seconds", waits, 2, 2},
		{"the longest of 100, whole seconds", longest, 5, 5},
		{"makespan", makespans, 36.5, 37.5},
	} {
		slices.Sort(tc.values)
		if median := tc.values[len(tc.values)/2]; median < tc.low || median > tc.high {
			t.Errorf("%s: median %v, want %v to %v", tc.name, median, tc.low, tc.high)
		}
	}
}

// startWaits are the differences between the pods' creationTimestamp and startedAt.
func startWaits(tr *trace.Trace) (waits []float64) {
	created := map[trace.Ref]des.Time{}
	for i := range tr.Records {
		switch r := &tr.Records[i]; {
		case r.Verb == trace.Create && r.Ref.Kind == trace.KindPod:
			created[r.Ref] = r.At.Truncate()
		case r.Verb == trace.Start:
			waits = append(waits, r.At.Truncate().Sub(created[r.Ref]).Seconds())
		}
	}
	return waits
}
