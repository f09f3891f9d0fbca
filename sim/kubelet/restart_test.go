package kubelet_test

import (
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/rng"
)

// restarts are stories of restarts in place, without jitter.
var restarts = []story{{
	name:      "failing at once: 0, 0, 10, 30, 70, 150, 310, 610, 910 s",
	onFailure: true,
	fates:     "main: run=0s exit=1",
	until:     des.Time(910 * des.Second),
	want: `
			0.000s start: Running ready
			0.000s restart: Running ready restarts=1
			0.000s back-off: Running restarts=1
			10.000s restart: Running ready restarts=2
			10.000s back-off: Running restarts=2
			30.000s restart: Running ready restarts=3
			30.000s back-off: Running restarts=3
			70.000s restart: Running ready restarts=4
			70.000s back-off: Running restarts=4
			150.000s restart: Running ready restarts=5
			150.000s back-off: Running restarts=5
			310.000s restart: Running ready restarts=6
			310.000s back-off: Running restarts=6
			610.000s restart: Running ready restarts=7
			610.000s back-off: Running restarts=7
			910.000s restart: Running ready restarts=8
			910.000s back-off: Running restarts=8`,
}, {
	name:      "exit 0 is final",
	onFailure: true,
	fates:     "main#0: run=5s exit=1\nmain: run=5s",
	want: `
			0.000s start: Running ready
			5.000s restart: Running ready restarts=1
			10.000s fate: Succeeded restarts=1 finished=10.000s unready=10.000s`,
}, {
	name:  "Never means never",
	fates: "main#0: run=5s exit=1\nmain: run=5s",
	want: `
			0.000s start: Running ready
			5.000s fate: Failed exit=1 finished=5.000s unready=5.000s`,
}, {
	name:      "killed for its memory, it is restarted",
	onFailure: true,
	fates:     "main#0: run=5s oom\nmain: run=5s",
	want: `
			0.000s start: Running ready
			5.000s restart: Running ready restarts=1
			10.000s fate: Succeeded restarts=1 finished=10.000s unready=10.000s`,
}, {
	name:      "a run longer than 600 s forgets the back-off",
	onFailure: true,
	fates:     "main#2: run=601s exit=1\nmain#4: run=1s\nmain: run=1s exit=1",
	want: `
			0.000s start: Running ready
			1.000s restart: Running ready restarts=1
			2.000s back-off: Running restarts=1
			12.000s restart: Running ready restarts=2
			613.000s restart: Running ready restarts=3
			614.000s back-off: Running restarts=3
			624.000s restart: Running ready restarts=4
			625.000s fate: Succeeded restarts=4 finished=625.000s unready=625.000s`,
}, {
	name:      "a run of 595 s and a wait of 20 s: housekeeping has forgotten the back-off, next it is 10 s",
	onFailure: true,
	fates:     "main#2: run=595s exit=1\nmain#4: run=1s\nmain: run=1s exit=1",
	want: `
			0.000s start: Running ready
			1.000s restart: Running ready restarts=1
			2.000s back-off: Running restarts=1
			12.000s restart: Running ready restarts=2
			607.000s back-off: Running restarts=2
			627.000s restart: Running ready restarts=3
			628.000s back-off: Running restarts=3
			638.000s restart: Running ready restarts=4
			639.000s fate: Succeeded restarts=4 finished=639.000s unready=639.000s`,
}, {
	name:      "a restart that takes its time: Terminated meanwhile, and counted when it has happened",
	onFailure: true,
	fates:     "main#0: run=5s exit=1\nmain#1: start=2s run=5s exit=1\nmain: start=2s run=5s",
	want: `
			0.000s start: Running ready
			5.000s fate: Running exit=1
			7.000s restart: Running ready restarts=1
			12.000s back-off: Running restarts=1
			24.000s restart: Running ready restarts=2
			29.000s fate: Succeeded restarts=2 finished=29.000s unready=29.000s`,
}, {
	name:      "one that is never ready reports its back-off too",
	onFailure: true,
	fates:     "main: unready run=1s exit=1",
	until:     des.Time(12 * des.Second),
	want: `
			0.000s start: Running
			1.000s restart: Running restarts=1
			2.000s back-off: Running restarts=1
			12.000s restart: Running restarts=2`,
}, {
	name:       "each container has a back-off of its own",
	containers: "a, b",
	onFailure:  true,
	fates:      "a#2: run=5s\na: run=0s exit=1\nb#1: run=20s\nb: run=8s exit=2",
	want: `
			0.000s start: Running ready | a=running b=running
			0.000s restart: Running ready restarts=1 | a=running#1 b=running
			0.000s back-off: Running restarts=1 | a=CrashLoopBackOff#1 b=running
			8.000s restart: Running restarts=2 | a=CrashLoopBackOff#1 b=running#1
			10.000s restart: Running ready restarts=3 | a=running#2 b=running#1
			15.000s fate: Running restarts=3 | a=Completed(0)#2 b=running#1
			28.000s fate: Succeeded restarts=3 finished=28.000s unready=15.000s | a=Completed(0)#2 b=Completed(0)#1`,
}, {
	name:      "a restart that gets stuck: Running for ever",
	onFailure: true,
	fates:     "main#0: run=5s exit=1\nmain: stuck",
	want: `
			0.000s start: Running ready
			5.000s fate: Running exit=1`,
}}

func TestRestart(t *testing.T) {
	for _, tc := range restarts {
		t.Run(tc.name, tc.check)
	}
}

// TestRestart_Jitter: a pod worker wakes up late, by up to half of what it has to wait, at most a minute at a time,
// and only on whole seconds.
func TestRestart_Jitter(t *testing.T) {
	knobs := api.DefaultKnobs()
	template := api.PodTemplate{RestartPolicy: api.RestartOnFailure, Containers: []api.Container{{Name: "main"}}}
	fates := api.Fates{Rules: []api.FateRule{{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Exit: 1}}}
	env := kubelet.Env{Knobs: &knobs, Fates: &fates}
	var l kubelet.Life
	late := false
	for seed := range uint64(200) {
		fates.Source = rng.Source{Seed: seed}
		l.Begin(&env, &api.Pod{Index: api.NoIndex}, &template, 0)
		var starts []des.Time
		for len(starts) < 9 {
			now := l.Next()
			before := l.Status().Restarts
			if act := l.Act(now); act.Because == kubelet.CauseStart || l.Status().Restarts != before {
				starts = append(starts, now)
			}
		}
		for i, backOff := range []des.Duration{0, 10, 20, 40, 80, 160, 300, 300} {
			backOff *= des.Second
			// Only the last of the naps adds to the wait, and it is at most a minute and a half.
			most := backOff + min(backOff, des.Minute)/2 + des.Second
			got := starts[i+1].Sub(starts[i])
			if got < backOff || got > most || starts[i+1] != starts[i+1].Truncate() {
				t.Fatalf("seed %d: start %d at %v, after %v, want %v to %v", seed, i+1, starts[i+1], got, backOff, most)
			}
			late = late || got > backOff+20*des.Second
		}
	}
	if !late {
		t.Error("no restart was more than 20 s late in 200 lives")
	}
}

// TestRestart_JitterForgets: with a late wake-up a pod worker may find its back-off thrown away and restart before
// its time.
func TestRestart_JitterForgets(t *testing.T) {
	st := story{onFailure: true, knobs: func(k *api.Knobs) { k.RestartJitter = true },
		fates: "main#8: run=400s exit=1\nmain#10: run=1s\nmain: run=0s exit=1"}
	var starts []string
	for _, line := range strings.Split(st.tell(t), "\n") {
		if strings.Contains(line, "restart:") {
			starts = append(starts, line)
		}
	}
	at := func(i int) des.Time { return parseTime(t, starts[i]) }
	wait := at(8).Sub(at(7)) - 400*des.Second // from the exit of the eighth restart's run
	if wait < 200*des.Second || wait > 295*des.Second {
		t.Errorf("restart 9 came %v after the exit, want 200 s, when the entry is 600 s old, to 295 s", wait)
	}
	if wait := at(9).Sub(at(8)); wait < 10*des.Second || wait > 16*des.Second {
		t.Errorf("restart 10 came %v after the exit, want about 10 s", wait)
	}
}
