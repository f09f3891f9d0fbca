package kubelet_test

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/rng"
)

func phases(k *api.Knobs) { k.Latency.PhaseStep = 1000 * des.Microsecond }

func TestLife_Runs(t *testing.T) {
	for _, tc := range []story{{
		name:  "a container exits with 0",
		fates: "main: run=10s",
		want: `
			0.000s start: Running ready
			10.000s fate: Succeeded finished=10.000s unready=10.000s`,
	}, {
		name:  "a container exits with 42",
		fates: "main: run=10.7s exit=42",
		want: `
			0.000s start: Running ready
			10.700s fate: Failed exit=42 finished=10.000s unready=10.000s`,
	}, {
		name:  "a run of no time is still seen to run",
		fates: "main: run=0s exit=1",
		want: `
			0.000s start: Running ready
			0.000s fate: Failed exit=1 finished=0.000s unready=0.000s`,
	}, {
		name:  "times count from the start, which is late",
		begin: des.Time(5500 * des.Millisecond),
		fates: "main: start=2s run=10s",
		want: `
			7.500s start: Running ready
			17.500s fate: Succeeded finished=17.000s unready=17.000s`,
	}, {
		name:  "readiness comes after the start",
		fates: "main: ready=3s run=10s",
		want: `
			0.000s start: Running
			3.000s ready: Running ready
			10.000s fate: Succeeded finished=10.000s unready=10.000s`,
	}, {
		name:  "a container that exits before it is ready never is; Ready=False dates from the beginning",
		begin: des.Time(2 * des.Second),
		fates: "main: ready=10s run=10s",
		want: `
			2.000s start: Running
			12.000s fate: Succeeded finished=12.000s unready=2.000s`,
	}, {
		name:  "killed for its memory",
		fates: "main: run=10s oom",
		want: `
			0.000s start: Running ready
			10.000s fate: Failed exit=137 oom finished=10.000s unready=10.000s`,
	}, {
		name:  "not admitted: no container status, no Ready condition",
		begin: des.Time(des.Second),
		fates: "main: start=3s reject",
		want:  `4.000s reject: Failed UnexpectedAdmissionError finished=never no-ready-condition`,
	}, {
		name:  "the image cannot be pulled: Pending for ever",
		fates: "main: stuck",
		want:  ``,
	}, {
		name:  "no exit of its own",
		fates: "main: forever",
		want:  `0.000s start: Running ready`,
	}} {
		t.Run(tc.name, tc.check)
	}
}

// An evicted pod's containers get SIGTERM and two seconds.
func TestLife_Evictions(t *testing.T) {
	for _, tc := range []story{{
		name:      "evicted, for which OnFailure is no help",
		onFailure: true,
		fates:     "main: run=10s evict",
		want: `
			0.000s start: Running ready
			10.000s evict: Failed exit=143 Evicted TerminationByKubelet finished=10.000s unready=10.000s`,
	}, {
		name:  "evicted, and it does not listen: two seconds",
		fates: "main: run=10s evict stubborn",
		want: `
			0.000s start: Running ready
			12.000s evict: Failed exit=137 Evicted TerminationByKubelet finished=12.000s unready=12.000s`,
	}, {
		name:  "evicted, and it exits with 0 on SIGTERM: Succeeded",
		fates: "main: run=10s evict term=1s termexit=0",
		want: `
			0.000s start: Running ready
			11.000s evict: Succeeded TerminationByKubelet finished=11.000s unready=11.000s`,
	}} {
		t.Run(tc.name, tc.check)
	}
}

// TestLife_Phase: every report of a pod comes its phase (here 3 ms and 2³ ns, of pod 2) after its cause.
func TestLife_Phase(t *testing.T) {
	for _, tc := range []story{{
		name:  "start, readiness and exit",
		fates: "main: start=1s ready=2s run=10s",
		want: `
			1.003000008s start: Running
			3.006000016s ready: Running ready
			11.006000016s fate: Succeeded finished=11.000s unready=11.000s`,
	}, {
		name:      "an immediate restart is one report with the exit; a back-off counts from the exit",
		onFailure: true,
		fates:     "main#0: run=1s exit=1\nmain#1: run=1s exit=1\nmain: run=1s",
		want: `
			0.003000008s start: Running ready
			1.006000016s restart: Running ready restarts=1
			2.009000024s back-off: Running restarts=1
			12.009000024s restart: Running ready restarts=2
			13.012000032s fate: Succeeded restarts=2 finished=13.000s unready=13.000s`,
	}, {
		name:    "death by SIGTERM, and the confirmation",
		fates:   "main: forever term=2s",
		deletes: []deletion{{5 * des.Second, 30}},
		want: `
			0.003000008s start: Running ready
			7.003000008s terminate: Failed exit=143 finished=7.000s unready=7.000s
			7.006000016s remove: DELETE
			done`,
	}, {
		name:    "SIGKILL comes at the end of the grace period, the report after it",
		fates:   "main: forever stubborn",
		deletes: []deletion{{5 * des.Second, 30}},
		want: `
			0.003000008s start: Running ready
			35.003000008s kill: Failed exit=137 finished=35.000s unready=35.000s
			35.006000016s remove: DELETE
			done`,
	}, {
		name:    "deleted while Pending",
		fates:   "main: start=10s",
		deletes: []deletion{{5 * des.Second, 30}},
		want: `
			5.003000008s terminate: Failed exit=137 finished=never unready=0.000s
			5.006000016s remove: DELETE
			done`,
	}, {
		name:     "the deadline passes",
		fates:    "main: forever",
		deadline: 60,
		want: `
			0.003000008s start: Running ready
			60.003000008s deadline: Failed exit=143 DeadlineExceeded finished=60.000s unready=60.000s`,
	}, {
		name:    "a pod that has ended is deleted",
		fates:   "main: run=1s",
		deletes: []deletion{{5 * des.Second, 0}},
		want: `
			0.003000008s start: Running ready
			1.006000016s fate: Succeeded finished=1.000s unready=1.000s
			5.003000008s remove: DELETE
			done`,
	}} {
		tc.number, tc.knobs = 2, phases
		t.Run(tc.name, tc.check)
	}
}

// TestLife_Latency: a node takes its time to start containers, to notice their ends and to clean up.
func TestLife_Latency(t *testing.T) {
	slow := func(k *api.Knobs) {
		k.Latency.Start = rng.Const(2 * des.Second)
		k.Latency.Observe = rng.Const(600 * des.Millisecond)
		k.Latency.Remove = rng.Const(4 * des.Second)
	}
	for _, tc := range []story{{
		name:    "finishedAt is the exit, the report comes later",
		fates:   "main: run=10.3s",
		deletes: []deletion{{20 * des.Second, 30}},
		want: `
			2.000s start: Running ready
			12.900s fate: Succeeded finished=12.000s unready=12.000s
			24.000s remove: DELETE
			done`,
	}, {
		name:      "a back-off counts from the exit, not from its report",
		onFailure: true,
		fates:     "main#2: run=1s\nmain: run=1s exit=1",
		want: `
			2.000s start: Running ready
			3.600s restart: Running ready restarts=1
			5.200s back-off: Running restarts=1
			14.600s restart: Running ready restarts=2
			16.200s fate: Succeeded restarts=2 finished=15.000s unready=16.000s`,
	}, {
		name:    "an exit that has not been noticed when the pod is deleted keeps its code",
		fates:   "main: run=10s exit=3",
		deletes: []deletion{{12200 * des.Millisecond, 0}},
		want: `
			2.000s start: Running ready
			12.600s fate: Failed exit=3 finished=12.000s unready=12.000s
			16.600s remove: DELETE
			done`,
	}} {
		tc.knobs = slow
		t.Run(tc.name, tc.check)
	}
}

// TestLife_Stop: a pod whose last container's end was noticed ends when its sandbox has been stopped; a restart in place
// does not wait for that. The end of a deleted pod is waited for.
func TestLife_Stop(t *testing.T) {
	slow := func(k *api.Knobs) {
		k.Latency.Observe = rng.Const(600 * des.Millisecond)
		k.Latency.Stop = rng.Const(2 * des.Second)
		k.Latency.Kill = rng.Const(300 * des.Millisecond)
	}
	for _, tc := range []story{{
		name:  "noticed, then ended",
		fates: "main: run=10.3s exit=3",
		want: `
			0.000s start: Running ready
			10.900s fate: Running exit=3
			12.900s fate: Failed exit=3 finished=10.000s unready=10.000s`,
	}, {
		name:    "deleted",
		fates:   "main: forever term=4s",
		deletes: []deletion{{10 * des.Second, 30}},
		want: `
			0.000s start: Running ready
			14.000s terminate: Running exit=143
			14.300s terminate: Failed exit=143 finished=14.000s unready=14.000s
			14.300s remove: DELETE
			done`,
	}, {
		name:      "restarted in place",
		onFailure: true,
		fates:     "main#1: run=1s\nmain: run=1s exit=1",
		want: `
			0.000s start: Running ready
			1.600s restart: Running ready restarts=1
			3.200s fate: Running restarts=1
			5.200s fate: Succeeded restarts=1 finished=2.000s unready=3.000s`,
	}, {
		name:       "a sidecar's end is noticed while the sandbox is stopped",
		containers: "sidecar s, main",
		fates:      "s: forever term=1s\nmain: run=10s",
		want: `
			0.000s start: Running ready | s=running main=running
			10.600s fate: Running | s=running main=Completed(0)
			12.200s sidecars: Running exit=143 | s=Error(143) main=Completed(0)
			13.600s sidecars: Succeeded exit=143 finished=11.000s unready=10.000s | s=Error(143) main=Completed(0)`,
	}, {
		name:    "deleted while it ends",
		fates:   "main: run=10s",
		deletes: []deletion{{11 * des.Second, 30}},
		want: `
			0.000s start: Running ready
			10.600s fate: Running
			12.600s fate: Succeeded finished=10.000s unready=10.000s
			12.600s remove: DELETE
			done`,
	}} {
		tc.knobs = slow
		t.Run(tc.name, tc.check)
	}
}

// TestLife_NodeAway: while the node is away the pod goes on, and one report sums up what became of it.
func TestLife_NodeAway(t *testing.T) {
	for _, tc := range []story{{
		name:  "a run that ended meanwhile",
		fates: "main: run=10s exit=1",
		late:  des.Time(des.Minute),
		want:  `60.000s fate: Failed exit=1 finished=10.000s unready=10.000s`,
	}, {
		name:      "a crash loop",
		onFailure: true,
		fates:     "main: run=1s exit=1",
		late:      des.Time(100 * des.Second),
		until:     des.Time(200 * des.Second),
		want: `
			100.000s back-off: Running restarts=4
			155.000s restart: Running ready restarts=5
			156.000s back-off: Running restarts=5`,
	}} {
		t.Run(tc.name, tc.check)
	}
}

// TestLife_ActOutOfTurn: an Act before its time and one after the last ask for nothing.
func TestLife_ActOutOfTurn(t *testing.T) {
	knobs := api.DefaultKnobs()
	env := kubelet.Env{Knobs: &knobs, Fates: &api.Fates{Rules: []api.FateRule{{Job: api.AnyJob, Container: api.AnyMain,
		Chance: api.Certain, Start: rng.Const(des.Second), Run: rng.Const(des.Second)}}}}
	var l kubelet.Life
	l.Begin(&env, &api.Pod{}, &api.PodTemplate{Containers: []api.Container{{Name: "main"}}}, 0)
	before := l.Status()
	if a := l.Act(0); a != (kubelet.Action{}) || l.Status() != before {
		t.Errorf("before its time: %+v", a)
	}
	l.Act(l.Next())
	l.Act(l.Next())
	if a := l.Act(des.Never); a != (kubelet.Action{}) || l.Next() != des.Never {
		t.Errorf("ended, with no deletion: %+v, next at %v", a, l.Next())
	}
	l.Delete(des.Time(5*des.Second), 0)
	if a := l.Act(l.Next()); a != (kubelet.Action{Remove: true, Done: true, Because: kubelet.CauseRemove}) {
		t.Errorf("deleted: %+v", a)
	}
	l.Delete(des.Time(6*des.Second), 0)
	if a := l.Act(des.Time(des.Minute)); a != (kubelet.Action{Done: true}) || l.Next() != des.Never {
		t.Errorf("done: %+v, next at %v", a, l.Next())
	}
}

// TestCause: every cause has a word and a rule of its own.
func TestCause(t *testing.T) {
	seen := map[string]bool{}
	for c := kubelet.CauseReady; c <= kubelet.CauseRemove; c++ {
		for _, name := range []string{c.String(), string(c.Rule())} {
			if name == "" || seen[name] {
				t.Errorf("cause %d is called %q, which is empty or taken", c, name)
			}
			seen[name] = true
		}
	}
	if word, rule := kubelet.CauseKill.String(), kubelet.CauseKill.Rule(); word != "kill" || rule != kubelet.RuleKill {
		t.Errorf("CauseKill is called %q and stands for %q", word, rule)
	}
}
