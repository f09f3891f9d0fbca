package kubelet_test

import (
	"reflect"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
)

func TestContainers_Mains(t *testing.T) {
	for _, tc := range []story{{
		name:       "one failed container of two leaves the pod Running until the other has stopped",
		containers: "a, b",
		fates:      "a: run=5s exit=1\nb: run=20s",
		want: `
			0.000s start: Running ready | a=running b=running
			5.000s fate: Running exit=1 | a=Error(1) b=running
			20.000s fate: Failed exit=1 finished=20.000s unready=5.000s | a=Error(1) b=Completed(0)`,
	}, {
		name:       "both exit in one instant: one report",
		containers: "a, b",
		fates:      "a: run=5s exit=3\nb: run=5s exit=4",
		want: `
			0.000s start: Running ready | a=running b=running
			5.000s fate: Failed exit=3 finished=5.000s unready=5.000s | a=Error(3) b=Error(4)`,
	}, {
		name:       "the pod is Pending until the last has started, even if the first has ended",
		containers: "a, b",
		fates:      "a: run=5s exit=1\nb: start=8s run=5s",
		want: `
			0.000s start: Pending | a=running b=ContainerCreating
			5.000s fate: Pending exit=1 | a=Error(1) b=ContainerCreating
			8.000s start: Running exit=1 | a=Error(1) b=running
			13.000s fate: Failed exit=1 finished=13.000s unready=0.000s | a=Error(1) b=Completed(0)`,
	}, {
		name:       "one that is stuck keeps the pod Pending",
		containers: "a, b",
		fates:      "a: run=5s\nb: stuck",
		want: `
			0.000s start: Pending | a=running b=ContainerCreating
			5.000s fate: Pending | a=Completed(0) b=ContainerCreating`,
	}, {
		name:       "ready is who has all containers ready",
		containers: "a, b",
		fates:      "a: ready=2s run=9s\nb: ready=4s run=9s",
		want: `
			0.000s start: Running | a=running b=running
			2.000s ready: Running | a=running b=running
			4.000s ready: Running ready | a=running b=running
			9.000s fate: Succeeded finished=9.000s unready=9.000s | a=Completed(0) b=Completed(0)`,
	}, {
		name:       "an eviction ends all containers, a back-off too",
		containers: "a, b, c",
		onFailure:  true,
		fates:      "a: run=10s evict\nb: forever\nc: run=0s exit=2",
		want: `
			0.000s start: Running ready | a=running b=running c=running
			0.000s restart: Running ready restarts=1 | a=running b=running c=running#1
			0.000s back-off: Running restarts=1 | a=running b=running c=CrashLoopBackOff#1
			10.000s evict: Failed restarts=1 exit=143 Evicted TerminationByKubelet finished=never unready=0.000s | ` +
			`a=Error(143) b=Error(143) c=ContainerStatusUnknown(137)#1`,
	}, {
		name:       "an eviction waits two seconds for one that does not listen, and its condition waits too",
		containers: "a, b",
		fates:      "a: run=10s evict\nb: forever stubborn",
		want: `
			0.000s start: Running ready | a=running b=running
			10.000s evict: Running exit=143 | a=Error(143) b=running
			12.000s evict: Failed exit=143 Evicted TerminationByKubelet finished=12.000s unready=10.000s | a=Error(143) b=Error(137)`,
	}} {
		t.Run(tc.name, tc.check)
	}
}

// initStories are stories of pods with init containers.
var initStories = []story{{
	name:       "init containers run one after another, then the main ones",
	containers: "init a, init b, main",
	fates:      "a: start=1s run=2s\nb: start=1s run=3s\nmain: start=1s run=10s",
	want: `
			1.000s start: Pending | a=running b=PodInitializing main=PodInitializing
			3.000s fate: Pending | a=Completed(0) b=PodInitializing main=PodInitializing
			4.000s start: Pending | a=Completed(0) b=running main=PodInitializing
			7.000s fate: Pending | a=Completed(0) b=Completed(0) main=PodInitializing
			8.000s start: Running ready | a=Completed(0) b=Completed(0) main=running
			18.000s fate: Succeeded finished=18.000s unready=18.000s | a=Completed(0) b=Completed(0) main=Completed(0)`,
}, {
	name:       "an init container has no readiness of its own",
	containers: "init a, main",
	fates:      "a: ready=1s run=2s\nmain: run=10s",
	want: `
			0.000s start: Pending | a=running main=PodInitializing
			2.000s start: Running ready | a=Completed(0) main=running
			12.000s fate: Succeeded finished=12.000s unready=12.000s | a=Completed(0) main=Completed(0)`,
}, {
	name:       "with no time in between, the end of one and the start of the next are one report",
	containers: "init a, main",
	fates:      "a: run=2s\nmain: run=10s",
	want: `
			0.000s start: Pending | a=running main=PodInitializing
			2.000s start: Running ready | a=Completed(0) main=running
			12.000s fate: Succeeded finished=12.000s unready=12.000s | a=Completed(0) main=Completed(0)`,
}, {
	name:       "with Never a failure is final: no finish, and Ready=False dates from the beginning",
	containers: "init a, init b, main",
	begin:      des.Time(des.Second),
	fates:      "a: run=2s exit=5",
	want: `
			1.000s start: Pending | a=running b=PodInitializing main=PodInitializing
			3.000s fate: Failed exit=5 finished=never unready=1.000s | ` +
		`a=Error(5) b=PodInitializing main=PodInitializing`,
}, {
	name:       "with OnFailure it is tried again, with back-off",
	containers: "init a, main",
	onFailure:  true,
	fates:      "a#2: run=2s\na: run=2s exit=5\nmain: run=10s",
	want: `
			0.000s start: Pending | a=running main=PodInitializing
			2.000s restart: Pending restarts=1 | a=running#1 main=PodInitializing
			4.000s back-off: Pending restarts=1 | a=CrashLoopBackOff#1 main=PodInitializing
			14.000s restart: Pending restarts=2 | a=running#2 main=PodInitializing
			16.000s start: Running ready restarts=2 | a=Completed(0)#2 main=running
			26.000s fate: Succeeded restarts=2 finished=26.000s unready=26.000s | a=Completed(0)#2 main=Completed(0)`,
}, {
	name:       "one that is stuck: Pending for ever",
	containers: "init a, main",
	fates:      "a: stuck",
	want:       ``,
}, {
	name:       "a pod whose main container is not admitted starts nothing",
	containers: "init a, main",
	fates:      "a: run=2s\nmain: reject",
	want:       `0.000s reject: Failed UnexpectedAdmissionError finished=never no-ready-condition`,
}, {
	name:       "evicted while it initialises",
	containers: "init a, main",
	fates:      "a: run=2s evict",
	want: `
			0.000s start: Pending | a=running main=PodInitializing
			2.000s evict: Failed exit=143 Evicted TerminationByKubelet finished=never unready=0.000s | ` +
		`a=Error(143) main=PodInitializing`,
}}

func TestContainers_Init(t *testing.T) {
	for _, tc := range initStories {
		t.Run(tc.name, tc.check)
	}
}

// sidecars are stories of pods with sidecars.
var sidecars = []story{{
	name:       "a sidecar starts in its turn, its successor once it has started; it ends after the main container",
	containers: "init a, sidecar s, init b, main",
	fates:      "a: run=1s\ns: start=2s forever term=3s\nb: start=1s run=1s\nmain: run=10s",
	want: `
			0.000s start: Pending | a=running s=PodInitializing b=PodInitializing main=PodInitializing
			1.000s fate: Pending | a=Completed(0) s=PodInitializing b=PodInitializing main=PodInitializing
			3.000s start: Pending | a=Completed(0) s=running b=PodInitializing main=PodInitializing
			4.000s start: Pending | a=Completed(0) s=running b=running main=PodInitializing
			5.000s start: Running ready | a=Completed(0) s=running b=Completed(0) main=running
			15.000s fate: Running | a=Completed(0) s=running b=Completed(0) main=Completed(0)
			18.000s sidecars: Succeeded exit=143 finished=18.000s unready=15.000s | ` +
		`a=Completed(0) s=Error(143) b=Completed(0) main=Completed(0)`,
}, {
	name:       "a sidecar is always restarted, does not matter for the phase, but for readiness",
	containers: "sidecar s, main",
	fates:      "s#0: run=2s\ns#1: run=2s exit=7\ns: forever\nmain: run=30s exit=1",
	want: `
			0.000s start: Running ready | s=running main=running
			2.000s restart: Running ready restarts=1 | s=running#1 main=running
			4.000s back-off: Running restarts=1 | s=CrashLoopBackOff#1 main=running
			14.000s restart: Running ready restarts=2 | s=running#2 main=running
			30.000s fate: Running restarts=2 exit=1 | s=running#2 main=Error(1)
			30.000s sidecars: Failed restarts=2 exit=1 finished=30.000s unready=30.000s | s=Error(143)#2 main=Error(1)`,
}, {
	name:       "one that exited with 0 is Terminated while it waits for its restart",
	containers: "sidecar s, main",
	fates:      "s: run=2s\nmain: run=6s",
	want: `
			0.000s start: Running ready | s=running main=running
			2.000s restart: Running ready restarts=1 | s=running#1 main=running
			4.000s back-off: Running restarts=1 | s=Completed(0)#1 main=running
			6.000s fate: Succeeded restarts=1 finished=6.000s unready=4.000s | s=Completed(0)#1 main=Completed(0)`,
}, {
	name:       "one in back-off when the pod ends counts as lost: no finish, and Ready=False dates from its exit",
	containers: "sidecar s, main",
	fates:      "s: run=2s exit=1\nmain: run=6s",
	want: `
			0.000s start: Running ready | s=running main=running
			2.000s restart: Running ready restarts=1 | s=running#1 main=running
			4.000s back-off: Running restarts=1 | s=CrashLoopBackOff#1 main=running
			6.000s fate: Succeeded restarts=1 exit=137 finished=never unready=4.000s | ` +
		`s=ContainerStatusUnknown(137)#1 main=Completed(0)`,
}, {
	name:       "sidecars end in reverse order and share the grace period",
	containers: "sidecar s, sidecar r, main",
	grace:      10,
	fates:      "s: forever stubborn\nr: forever term=7500ms\nmain: run=5s",
	want: `
			0.000s start: Running ready | s=running r=running main=running
			5.000s fate: Running | s=running r=running main=Completed(0)
			12.500s sidecars: Running exit=143 | s=running r=Error(143) main=Completed(0)
			15.500s kill: Succeeded exit=137 finished=15.000s unready=5.000s | ` +
		`s=Error(137) r=Error(143) main=Completed(0)`,
}, {
	name:       "a sidecar whose turn does not come in time has two seconds",
	containers: "sidecar s, sidecar r, main",
	grace:      10,
	fates:      "s: forever stubborn\nr: forever stubborn\nmain: run=5s",
	want: `
			0.000s start: Running ready | s=running r=running main=running
			5.000s fate: Running | s=running r=running main=Completed(0)
			15.000s kill: Running exit=137 | s=running r=Error(137) main=Completed(0)
			17.000s kill: Succeeded exit=137 finished=17.000s unready=5.000s | ` +
		`s=Error(137) r=Error(137) main=Completed(0)`,
}, {
	name:       "the failure of an init container ends the sidecars before it",
	containers: "sidecar s, init a, main",
	fates:      "s: forever term=4s\na: run=2s exit=5",
	want: `
			0.000s start: Pending | s=running a=running main=PodInitializing
			2.000s fate: Pending exit=5 | s=running a=Error(5) main=PodInitializing
			6.000s sidecars: Failed exit=143 finished=6.000s unready=0.000s | ` +
		`s=Error(143) a=Error(5) main=PodInitializing`,
}, {
	name:       "a sidecar that ends by itself before its turn is not restarted",
	containers: "sidecar s, sidecar r, main",
	fates:      "s: run=8s\nr: forever term=5s\nmain: run=5s",
	want: `
			0.000s start: Running ready | s=running r=running main=running
			5.000s fate: Running | s=running r=running main=Completed(0)
			8.000s fate: Running | s=Completed(0) r=running main=Completed(0)
			10.000s sidecars: Succeeded exit=143 finished=10.000s unready=5.000s | ` +
		`s=Completed(0) r=Error(143) main=Completed(0)`,
}}

func TestContainers_Sidecars(t *testing.T) {
	for _, tc := range sidecars {
		t.Run(tc.name, tc.check)
	}
}

// TestContainers_Reports: what a world needs to write containerStatuses, one by one.
func TestContainers_Reports(t *testing.T) {
	st := story{containers: "init a, sidecar s, main", onFailure: true}
	knobs := api.DefaultKnobs()
	template := st.template()
	env := kubelet.Env{Knobs: &knobs, Fates: &api.Fates{Rules: parseFates(t, &template,
		"a: run=1500ms\ns: forever\nmain#0: run=2s exit=9\nmain#1: ready=1s run=2s oom")}}
	var l kubelet.Life
	l.Begin(&env, &api.Pod{Index: api.NoIndex}, &template, 0)
	second := des.Time(des.Second)
	l.Act(l.Next())
	running := kubelet.ContainerStatus{Name: "a", Kind: api.Init, Started: true, State: kubelet.Running}
	if got := l.Containers()[0]; got != running {
		t.Errorf("initialising (-want +got)\n- %+v\n+ %+v", running, got)
	}
	for range 3 { // the end of a and the start of the rest, the restart of main, its readiness
		l.Act(l.Next())
	}
	firstRun := kubelet.Termination{Exit: 9, Reason: "Error", StartedAt: second * 3 / 2, FinishedAt: second * 7 / 2}
	init := kubelet.ContainerStatus{Name: "a", Kind: api.Init, Ready: true, State: kubelet.Terminated,
		Terminated: kubelet.Termination{Reason: "Completed", FinishedAt: second * 3 / 2}}
	sidecar := kubelet.ContainerStatus{Name: "s", Kind: api.Sidecar, Ready: true, Started: true, State: kubelet.Running,
		StartedAt: second * 3 / 2}
	want := []kubelet.ContainerStatus{init, sidecar, {Name: "main", Ready: true, Started: true, Restarts: 1,
		State: kubelet.Running, StartedAt: second * 7 / 2, Last: api.Some(firstRun)}}
	if got := l.Containers(); !reflect.DeepEqual(got, want) {
		t.Errorf("running again (-want +got)\n- %+v\n+ %+v", want, got)
	}
	l.Act(l.Next()) // the end of the second run
	want[2] = kubelet.ContainerStatus{Name: "main", Restarts: 1, State: kubelet.Waiting, Reason: "CrashLoopBackOff",
		Last: api.Some(kubelet.Termination{Exit: 137, Reason: "OOMKilled", StartedAt: second * 7 / 2,
			FinishedAt: second * 11 / 2})}
	if got := l.Containers(); !reflect.DeepEqual(got, want) {
		t.Errorf("in back-off (-want +got)\n- %+v\n+ %+v", want, got)
	}
	l.Delete(6*second, 30)
	l.Act(l.Next())
	want[2] = kubelet.ContainerStatus{Name: "main", Restarts: 1, State: kubelet.Terminated,
		Terminated: want[2].Last.Value, Last: api.Some(firstRun)}
	want[1] = kubelet.ContainerStatus{Name: "s", Kind: api.Sidecar, State: kubelet.Terminated,
		Terminated: kubelet.Termination{Exit: 143, Reason: "Error", StartedAt: second * 3 / 2, FinishedAt: 6 * second}}
	if got := l.Containers(); !reflect.DeepEqual(got, want) {
		t.Errorf("deleted (-want +got)\n- %+v\n+ %+v", want, got)
	}
}
