package kubelet_test

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/rng"
)

// looks are stories of a kubelet that finds what has ended at fixed instants. Without randomness the phase of this pod's
// looks is the same in all of them.
var looks = []story{{
	name:  "an end is noticed by the next look, and the one after that ends the pod",
	fates: "main: run=10.3s exit=3",
	want: `
			0.000s start: Running ready
			10.509957081s fate: Running exit=3
			11.559957081s fate: Failed exit=3 finished=10.000s unready=10.000s`,
}, {
	name:       "the sandbox of a pod with sidecars is stopped with them: the look after their end ends the pod",
	containers: "sidecar s, main",
	fates:      "s: forever\nmain: run=10.3s",
	want: `
			0.000s start: Pending | s=running main=PodInitializing
			0.200s start: Running ready | s=running main=running
			11.509957081s fate: Running | s=running main=Completed(0)
			12.509957081s sidecars: Running exit=143 | s=Error(143) main=Completed(0)
			13.509957081s sidecars: Succeeded exit=143 finished=11.000s unready=11.000s | ` +
		`s=Error(143) main=Completed(0)`,
}, {
	name:      "a container that was restarted after a look and runs for whole seconds ends just after another",
	onFailure: true,
	fates:     "main#1: run=3s\nmain: run=3.5s exit=1",
	want: `
			0.000s start: Running ready
			4.509957081s fate: Running exit=1
			4.709957081s restart: Running ready restarts=1
			8.509957081s fate: Running restarts=1
			9.559957081s fate: Succeeded restarts=1 finished=7.000s unready=8.000s`,
}, {
	name:       "so does the next init container",
	containers: "init a, init b, main",
	fates:      "a: run=1.5s\nb: run=2s\nmain: run=4s",
	want: `
			0.000s start: Pending | a=running b=PodInitializing main=PodInitializing
			2.509957081s fate: Pending | a=Completed(0) b=PodInitializing main=PodInitializing
			2.709957081s start: Pending | a=Completed(0) b=running main=PodInitializing
			5.509957081s fate: Pending | a=Completed(0) b=Completed(0) main=PodInitializing
			5.709957081s start: Running ready | a=Completed(0) b=Completed(0) main=running
			10.509957081s fate: Running | a=Completed(0) b=Completed(0) main=Completed(0)
			11.559957081s fate: Succeeded finished=9.000s unready=10.000s | ` +
		`a=Completed(0) b=Completed(0) main=Completed(0)`,
}, {
	name:  "how an evicted pod's container has ended is known where no look comes before the pod's end",
	fates: "main: run=10s evict term=100ms termexit=0",
	want: `
			0.000s start: Running ready
			10.100s evict: Running
			10.400s evict: Succeeded TerminationByKubelet finished=10.000s unready=10.000s`,
}, {
	name:  "where one does it is lost, and the pod has Failed",
	fates: "main: run=10s evict term=300ms termexit=0",
	want: `
			0.000s start: Running ready
			10.300s evict: Running
			10.600s evict: Failed exit=137 Evicted TerminationByKubelet finished=never unready=10.000s`,
}, {
	name:    "the end of a deleted pod is waited for",
	fates:   "main: forever term=4s",
	deletes: []deletion{{10 * des.Second, 30}},
	want: `
			0.000s start: Running ready
			14.000s terminate: Running exit=143
			14.300s terminate: Failed exit=143 finished=14.000s unready=14.000s
			14.300s remove: DELETE
			done`,
}}

func TestLife_Relist(t *testing.T) {
	for _, tc := range looks {
		tc.knobs = func(k *api.Knobs) {
			k.Latency.Relist = des.Second
			k.Latency.Observe = rng.Const(50 * des.Millisecond)
			k.Latency.Stop = rng.Const(100 * des.Millisecond)
			k.Latency.Restart = rng.Const(200 * des.Millisecond)
			k.Latency.Kill = rng.Const(300 * des.Millisecond)
		}
		t.Run(tc.name, tc.check)
	}
}

// TestLife_Shared: with all of it in common, pods that the kubelet learns of in one second take equally long to start,
// and others do not; with nothing in common none do.
func TestLife_Shared(t *testing.T) {
	start := func(share float64, number int32, at des.Time) des.Time {
		k := api.DefaultKnobs()
		k.Latency.Start, k.Latency.Shared = rng.Dist{Kind: rng.Lognormal, P: [2]float64{2e9, 0.5}}, share
		env := kubelet.Env{Knobs: &k, Fates: &api.Fates{}}
		var l kubelet.Life
		l.Begin(&env, &api.Pod{Index: number, Number: number}, &api.PodTemplate{Containers: make([]api.Container, 1)}, at)
		return l.Next() - at
	}
	const second = des.Time(des.Second)
	one, same, next := start(1, 0, 5*second), start(1, 1, 6*second-1), start(1, 1, 6*second)
	if one != same || same == next {
		t.Errorf("all in common: want equal starts in one second and others in the next, got %v, %v, %v", one, same, next)
	}
	if one, same = start(0, 0, 5*second), start(0, 1, 5*second); one == same {
		t.Errorf("nothing in common: want starts of their own, got %v twice", one)
	}
	if one, same = start(0.5, 0, 5*second), start(0.5, 1, 5*second); one == same {
		t.Errorf("half in common: want starts of their own, got %v twice", one)
	}
}
