package kubelet_test

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// startsAll are stories of pods all of whose containers begin anew when main exits with 42.
var startsAll = []story{{
	name:      "alone: at once, however often",
	startsAll: 42,
	fates:     "main#3: run=1s\nmain: run=1s exit=42",
	want: `
			0.000s start: Running ready
			1.000s restart-all: Running ready restarts=1
			2.000s restart-all: Running ready restarts=2
			3.000s restart-all: Running ready restarts=3
			4.000s fate: Succeeded restarts=3 finished=4.000s unready=4.000s`,
}, {
	name:       "what runs beside it is killed, what has ended begins anew",
	startsAll:  42,
	containers: "sidecar s, main, hlp",
	fates:      "main#0: run=5s exit=42\nmain: run=5s\nhlp: run=2s\ns: forever term=1s",
	want: `
			0.000s start: Running ready | s=running main=running hlp=running
			2.000s fate: Running | s=running main=running hlp=Completed(0)
			5.000s fate: Running exit=42 | s=running main=Error(42) hlp=Completed(0)
			6.000s restart-all: Running ready restarts=3 | s=running#1 main=running#1 hlp=running#1
			8.000s fate: Running restarts=3 | s=running#1 main=running#1 hlp=Completed(0)#1
			11.000s fate: Running restarts=3 | s=running#1 main=Completed(0)#1 hlp=Completed(0)#1
			12.000s sidecars: Succeeded restarts=3 exit=143 finished=12.000s unready=8.000s | s=Error(143)#1 main=Completed(0)#1 hlp=Completed(0)#1`,
}, {
	name:       "SIGKILL after two seconds, one after the other",
	startsAll:  42,
	containers: "main, helper, other",
	fates: "main#0: run=5s exit=42\nmain: run=5s\nhelper#0: forever stubborn\nother#0: forever stubborn\n" +
		"helper: run=1s\nother: run=1s",
	want: `
			0.000s start: Running ready | main=running helper=running other=running
			5.000s fate: Running exit=42 | main=Error(42) helper=running other=running
			9.000s restart-all: Running ready restarts=3 | main=running#1 helper=running#1 other=running#1
			10.000s fate: Running restarts=3 | main=running#1 helper=Completed(0)#1 other=Completed(0)#1
			14.000s fate: Succeeded restarts=3 finished=14.000s unready=10.000s | main=Completed(0)#1 helper=Completed(0)#1 other=Completed(0)#1`,
}, {
	name:       "deleted meanwhile, the pod ends with what has begun",
	startsAll:  42,
	containers: "main, helper",
	fates:      "main: run=5s exit=42\nhelper: forever stubborn",
	deletes:    []deletion{{6 * des.Second, 30}},
	want: `
			0.000s start: Running ready | main=running helper=running
			5.000s fate: Running exit=42 | main=Error(42) helper=running
			7.000s fate: Failed exit=42 finished=7.000s unready=5.000s | main=Error(42) helper=Error(137)
			7.000s remove: DELETE
			done`,
}, {
	name:      "containers that end at once begin anew once a second",
	startsAll: 42,
	fates:     "main#3: run=1s\nmain: run=0s exit=42",
	want: `
			0.000s start: Running ready
			0.000s restart-all: Running ready restarts=1
			0.000s fate: Running restarts=1 exit=42
			1.000s restart-all: Running ready restarts=2
			1.000s fate: Running restarts=2 exit=42
			2.000s restart-all: Running ready restarts=3
			3.000s fate: Succeeded restarts=3 finished=3.000s unready=3.000s`,
}, {
	name:      "before 1.36 nothing comes of it",
	startsAll: 42,
	knobs:     func(k *api.Knobs) { k.Kubernetes = 34 },
	fates:     "main: run=5s exit=42",
	want: `
			0.000s start: Running ready
			5.000s fate: Failed exit=42 finished=5.000s unready=5.000s`,
}}

func TestLife_StartsAll(t *testing.T) {
	for i := range startsAll {
		st := &startsAll[i]
		t.Run(st.name, st.check)
	}
}
