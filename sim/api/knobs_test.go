package api

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

func TestKnobs_DefaultsAreValid(t *testing.T) {
	k := DefaultKnobs()
	if err := k.Validate(); err != nil {
		t.Error(err)
	}
}

// The zero value is not usable, and Validate says all of it.
func TestKnobs_AllProblemsAtOnce(t *testing.T) {
	var k Knobs
	var e *KnobError
	if err := k.Validate(); !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	want := []string{"Kubernetes", "SyncBatch", "APIBackoff", "MaxAPIBackoff", "PodFailureBackoff", "MaxPodBackoff",
		"RestartBackoff", "MaxRestartBackoff", "NodeMonitorPeriod", "LeaseRenew", "PodGCPeriod", "MaxUncountedPods",
		"MaxPodsPerSync", "SlowStartBatch", "JobSyncs", "Burst"}
	var got []string
	for _, p := range e.Problems {
		got = append(got, p.Knob)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("(-want +got)\n-%v\n+%v", want, got)
	}
}

// Every knob that is not a choice between two has values with which nothing can be simulated.
func TestKnobs_EveryKnobIsChecked(t *testing.T) {
	bad := rng.Dist{Kind: 99}
	for i := range reflect.TypeFor[Knobs]().NumField() {
		f := reflect.TypeFor[Knobs]().Field(i)
		k := DefaultKnobs()
		v := reflect.ValueOf(&k).Elem().Field(i)
		switch f.Type {
		case reflect.TypeFor[bool]():
			continue
		case reflect.TypeFor[Latency]():
			k.Latency = Latency{Request: bad, Watch: bad, Bind: bad, Start: bad, Contend: bad, Relist: -1, Kubelets: -1, Observe: bad,
				Restart: bad, Stop: bad, Kill: bad, Remove: bad, Shared: 1.5, PhaseStep: -1}
		case reflect.TypeFor[float64]():
			v.SetFloat(math.NaN())
		default:
			v.SetInt(-1)
		}
		var e *KnobError
		if !errors.As(k.Validate(), &e) {
			t.Errorf("%s: not refused", f.Name)
		} else if f.Name == "Latency" && len(e.Problems) != reflect.TypeFor[Latency]().NumField() {
			t.Errorf("%v", e)
		}
	}
	k := DefaultKnobs()
	k.PodFailureBackoff, k.QPS, k.NodeMonitorGrace = 1<<62, math.Inf(1), 9*des.Second
	want := "knobs: PodFailureBackoff: is 4611686018.427387904s (allowed: up to a hundred years); NodeMonitorGrace: is 9s: " +
		"nodes that live would be taken for lost (allowed: the lease's renewal, 10s, or more); " +
		"QPS: +Inf (allowed: 0 for unlimited, or 0.001 to 1000000)"
	if got := k.Validate(); got == nil || got.Error() != want {
		t.Errorf("(-want +got)\n-%s\n+%v", want, got)
	}
}
