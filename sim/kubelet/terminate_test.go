package kubelet_test

import (
	"testing"

	"github.com/jobsim/jobsim/sim/des"
)

// at5 is a deletion after five seconds.
func at5(grace int64) []deletion { return []deletion{{5 * des.Second, grace}} }

// deletions are stories of pods that are deleted after five seconds.
var deletions = []story{{
	name:    "an obedient container",
	fates:   "main: forever",
	deletes: at5(30),
	want: `
			0.000s start: Running ready
			5.000s terminate: Failed exit=143 finished=5.000s unready=5.000s
			5.000s remove: DELETE
			done`,
}, {
	name:    "one that exits with 0 on SIGTERM: the pod has Succeeded",
	fates:   "main: forever term=3s termexit=0",
	deletes: at5(30),
	want: `
			0.000s start: Running ready
			8.000s terminate: Succeeded finished=8.000s unready=8.000s
			8.000s remove: DELETE
			done`,
}, {
	name:      "OnFailure does not matter any more",
	onFailure: true,
	fates:     "main: forever term=3s termexit=4",
	deletes:   at5(30),
	want: `
			0.000s start: Running ready
			8.000s terminate: Failed exit=4 finished=8.000s unready=8.000s
			8.000s remove: DELETE
			done`,
}, {
	name:    "one that does not listen: SIGKILL after the grace period",
	fates:   "main: forever stubborn",
	deletes: at5(30),
	want: `
			0.000s start: Running ready
			35.000s kill: Failed exit=137 finished=35.000s unready=35.000s
			35.000s remove: DELETE
			done`,
}, {
	name:    "one that dies in the last moment of the grace period",
	fates:   "main: forever term=30s termexit=0",
	deletes: at5(30),
	want: `
			0.000s start: Running ready
			35.000s terminate: Succeeded finished=35.000s unready=35.000s
			35.000s remove: DELETE
			done`,
}, {
	name:    "one that does not listen and exits by itself in time",
	fates:   "main: run=10s stubborn exit=2",
	deletes: at5(30),
	want: `
			0.000s start: Running ready
			10.000s fate: Failed exit=2 finished=10.000s unready=10.000s
			10.000s remove: DELETE
			done`,
}, {
	name:    "one that is ending is not evicted",
	fates:   "main: run=10s stubborn evict",
	deletes: at5(30),
	want: `
			0.000s start: Running ready
			35.000s kill: Failed exit=137 finished=35.000s unready=35.000s
			35.000s remove: DELETE
			done`,
}, {
	name:    "a grace period of one second is two for the container",
	fates:   "main: forever stubborn",
	deletes: at5(1),
	want: `
			0.000s start: Running ready
			7.000s kill: Failed exit=137 finished=7.000s unready=7.000s
			7.000s remove: DELETE
			done`,
}, {
	name:    "grace 0 kills at once",
	fates:   "main: forever term=1s",
	deletes: at5(0),
	want: `
			0.000s start: Running ready
			5.000s kill: Failed exit=137 finished=5.000s unready=5.000s
			5.000s remove: DELETE
			done`,
}, {
	name:    "a shorter grace period counts from the first deletion",
	fates:   "main: forever stubborn",
	deletes: []deletion{{5 * des.Second, 30}, {8 * des.Second, 10}},
	want: `
			0.000s start: Running ready
			15.000s kill: Failed exit=137 finished=15.000s unready=15.000s
			15.000s remove: DELETE
			done`,
}, {
	name:    "one that has passed already kills at once",
	fates:   "main: forever term=20s",
	deletes: []deletion{{5 * des.Second, 30}, {18 * des.Second, 10}},
	want: `
			0.000s start: Running ready
			18.000s kill: Failed exit=137 finished=18.000s unready=18.000s
			18.000s remove: DELETE
			done`,
}, {
	name:    "a longer one is ignored",
	fates:   "main: forever stubborn",
	deletes: []deletion{{5 * des.Second, 10}, {8 * des.Second, 60}},
	want: `
			0.000s start: Running ready
			15.000s kill: Failed exit=137 finished=15.000s unready=15.000s
			15.000s remove: DELETE
			done`,
}, {
	name:    "Pending: the container that never started has an unknown end",
	begin:   des.Time(des.Second),
	fates:   "main: stuck",
	deletes: at5(30),
	want: `
			6.000s terminate: Failed exit=137 finished=never unready=1.000s
			6.000s remove: DELETE
			done`,
}, {
	name:    "Pending, about not to be admitted",
	fates:   "main: start=10s reject",
	deletes: at5(30),
	want: `
			5.000s terminate: Failed exit=137 finished=never unready=0.000s
			5.000s remove: DELETE
			done`,
}, {
	name:      "in back-off: the last run decides",
	onFailure: true,
	fates:     "main: run=1s exit=6",
	deletes:   at5(30),
	want: `
			0.000s start: Running ready
			1.000s restart: Running ready restarts=1
			2.000s back-off: Running restarts=1
			5.000s terminate: Failed restarts=1 exit=6 finished=2.000s unready=2.000s
			5.000s remove: DELETE
			done`,
}, {
	name:    "ended before: only the confirmation is left",
	fates:   "main: run=1s",
	deletes: []deletion{{5 * des.Second, 0}, {6 * des.Second, 0}},
	want: `
			0.000s start: Running ready
			1.000s fate: Succeeded finished=1.000s unready=1.000s
			5.000s remove: DELETE
			done`,
}, {
	name:       "two containers, of which one has yet to start",
	containers: "a, b",
	fates:      "a: forever term=2s termexit=0\nb: stuck",
	deletes:    at5(30),
	want: `
			0.000s start: Pending | a=running b=ContainerCreating
			7.000s terminate: Failed exit=137 finished=never unready=0.000s | ` +
		`a=Completed(0) b=ContainerStatusUnknown(137)
			7.000s remove: DELETE
			done`,
}, {
	name:       "two containers that take different times",
	containers: "a, b",
	fates:      "a: forever term=2s\nb: forever term=4s termexit=0",
	deletes:    at5(30),
	want: `
			0.000s start: Running ready | a=running b=running
			7.000s terminate: Running exit=143 | a=Error(143) b=running
			9.000s terminate: Failed exit=143 finished=9.000s unready=7.000s | a=Error(143) b=Completed(0)
			9.000s remove: DELETE
			done`,
}}

func TestDelete(t *testing.T) {
	for _, tc := range deletions {
		t.Run(tc.name, tc.check)
	}
}

// orderedDeletions are stories of pods that have more than main containers.
var orderedDeletions = []story{{
	name:       "before the first init container has started",
	containers: "init a, main",
	fates:      "a: start=10s",
	deletes:    at5(10),
	want: `
			5.000s terminate: Failed exit=137 finished=never unready=0.000s | ` +
		`a=ContainerStatusUnknown(137) main=PodInitializing
			5.000s remove: DELETE
			done`,
}, {
	name:       "while an init container runs",
	containers: "init a, init b, main",
	fates:      "a: forever term=1s",
	deletes:    at5(10),
	want: `
			0.000s start: Pending | a=running b=PodInitializing main=PodInitializing
			6.000s terminate: Failed exit=143 finished=never unready=0.000s | ` +
		`a=Error(143) b=PodInitializing main=PodInitializing
			6.000s remove: DELETE
			done`,
}, {
	name:       "the last init container exits with 0 on SIGTERM: initialised, but no main container started",
	containers: "init a, main",
	fates:      "a: forever term=1s termexit=0",
	deletes:    at5(10),
	want: `
			0.000s start: Pending | a=running main=PodInitializing
			6.000s terminate: Failed exit=137 finished=never unready=0.000s | ` +
		`a=Completed(0) main=ContainerStatusUnknown(137)
			6.000s remove: DELETE
			done`,
}, {
	name:       "a sidecar that ran has initialised the pod",
	containers: "sidecar s, main",
	fates:      "s: forever\nmain: stuck",
	deletes:    at5(10),
	want: `
			0.000s start: Pending | s=running main=PodInitializing
			5.000s terminate: Failed exit=137 finished=5.000s unready=0.000s | ` +
		`s=Error(143) main=ContainerStatusUnknown(137)
			5.000s remove: DELETE
			done`,
}, {
	name:       "sidecars wait for the main container, then the last one goes first",
	containers: "sidecar s, sidecar r, main",
	fates:      "s: forever term=1s\nr: forever term=1s\nmain: forever term=3s termexit=0",
	deletes:    at5(10),
	want: `
			0.000s start: Running ready | s=running r=running main=running
			8.000s terminate: Running | s=running r=running main=Completed(0)
			9.000s terminate: Running exit=143 | s=running r=Error(143) main=Completed(0)
			10.000s terminate: Succeeded exit=143 finished=10.000s unready=8.000s | ` +
		`s=Error(143) r=Error(143) main=Completed(0)
			10.000s remove: DELETE
			done`,
}, {
	name:       "a main container that uses up the grace period leaves two seconds to a sidecar",
	containers: "sidecar s, main",
	fates:      "s: forever stubborn\nmain: forever stubborn",
	deletes:    at5(10),
	want: `
			0.000s start: Running ready | s=running main=running
			15.000s kill: Running exit=137 | s=running main=Error(137)
			17.000s kill: Failed exit=137 finished=17.000s unready=15.000s | s=Error(137) main=Error(137)
			17.000s remove: DELETE
			done`,
}, {
	name:       "while only sidecars are left: their time is shortened",
	containers: "sidecar s, main",
	fates:      "s: forever stubborn\nmain: run=3s",
	deletes:    []deletion{{5 * des.Second, 4}},
	want: `
			0.000s start: Running ready | s=running main=running
			3.000s fate: Running | s=running main=Completed(0)
			9.000s kill: Succeeded exit=137 finished=9.000s unready=3.000s | s=Error(137) main=Completed(0)
			9.000s remove: DELETE
			done`,
}, {
	name:       "grace 0 kills sidecars too",
	containers: "sidecar s, main",
	fates:      "s: forever stubborn\nmain: forever stubborn",
	deletes:    []deletion{{5 * des.Second, 10}, {6 * des.Second, 0}},
	want: `
			0.000s start: Running ready | s=running main=running
			6.000s kill: Failed exit=137 finished=6.000s unready=6.000s | s=Error(137) main=Error(137)
			6.000s remove: DELETE
			done`,
}, {
	name:       "in back-off, a sidecar's last run is its end",
	containers: "sidecar s, main",
	fates:      "s: run=1s exit=8\nmain: forever termexit=0",
	deletes:    at5(10),
	want: `
			0.000s start: Running ready | s=running main=running
			1.000s restart: Running ready restarts=1 | s=running#1 main=running
			2.000s back-off: Running restarts=1 | s=CrashLoopBackOff#1 main=running
			5.000s terminate: Succeeded restarts=1 exit=8 finished=5.000s unready=2.000s | ` +
		`s=Error(8)#1 main=Completed(0)
			5.000s remove: DELETE
			done`,
}}

func TestDelete_InitAndSidecars(t *testing.T) {
	for _, tc := range orderedDeletions {
		t.Run(tc.name, tc.check)
	}
}

// deadlines are stories of pods that begin at 0.4 s and have an activeDeadlineSeconds of 60.
var deadlines = []story{{
	name:  "an obedient container",
	fates: "main: forever",
	want: `
			0.400s start: Running ready
			60.000s deadline: Failed exit=143 DeadlineExceeded finished=60.000s unready=60.000s`,
}, {
	name:  "a container may take its grace period, and even exit with 0: the deadline was exceeded",
	fates: "main: forever term=10s termexit=0",
	want: `
			0.400s start: Running ready
			70.000s deadline: Failed DeadlineExceeded finished=70.000s unready=70.000s`,
}, {
	name:  "but no longer",
	fates: "main: forever stubborn",
	want: `
			0.400s start: Running ready
			90.000s deadline: Failed exit=137 DeadlineExceeded finished=90.000s unready=90.000s`,
}, {
	name:  "done in time",
	fates: "main: run=59.5s",
	want: `
			0.400s start: Running ready
			59.900s fate: Succeeded finished=59.000s unready=59.000s`,
}, {
	name:  "an exit in the very instant is too late",
	fates: "main: run=59600ms",
	want: `
			0.400s start: Running ready
			60.000s deadline: Failed DeadlineExceeded finished=60.000s unready=60.000s`,
}, {
	name:  "Pending counts",
	fates: "main: stuck",
	want:  `60.000s deadline: Failed exit=137 DeadlineExceeded finished=never unready=0.000s`,
}, {
	name:      "in back-off: the container is Waiting, so its end counts as unknown",
	onFailure: true,
	fates:     "main#0: run=50s exit=1\nmain: run=1s exit=1",
	want: `
			0.400s start: Running ready
			50.400s restart: Running ready restarts=1
			51.400s back-off: Running restarts=1
			60.000s deadline: Failed restarts=1 exit=137 DeadlineExceeded finished=never unready=51.000s`,
}, {
	name:       "a pod that has done its work exceeds it while its sidecar takes its time",
	containers: "sidecar s, main",
	fates:      "s: forever term=10s\nmain: run=55s",
	want: `
			0.400s start: Running ready | s=running main=running
			55.400s fate: Running | s=running main=Completed(0)
			65.400s deadline: Failed exit=143 DeadlineExceeded finished=65.000s unready=55.000s | ` +
		`s=Error(143) main=Completed(0)`,
}, {
	name:       "and does not give its sidecars more time",
	containers: "sidecar s, sidecar r, main",
	fates:      "s: forever stubborn\nr: forever term=10s\nmain: run=55s",
	want: `
			0.400s start: Running ready | s=running r=running main=running
			55.400s fate: Running | s=running r=running main=Completed(0)
			65.400s sidecars: Running exit=143 | s=running r=Error(143) main=Completed(0)
			85.400s deadline: Failed exit=137 DeadlineExceeded finished=85.000s unready=55.000s | ` +
		`s=Error(137) r=Error(143) main=Completed(0)`,
}, {
	name:    "a deletion meanwhile can only shorten the grace period",
	fates:   "main: forever stubborn",
	deletes: []deletion{{65 * des.Second, 5}},
	want: `
			0.400s start: Running ready
			70.400s deadline: Failed exit=137 DeadlineExceeded finished=70.000s unready=70.000s
			70.400s remove: DELETE
			done`,
}, {
	name:    "a deletion before: the end counts, and it is after the deadline",
	fates:   "main: forever term=10s termexit=0",
	deletes: []deletion{{55 * des.Second, 30}},
	want: `
			0.400s start: Running ready
			65.400s deadline: Failed DeadlineExceeded finished=65.000s unready=65.000s
			65.400s remove: DELETE
			done`,
}}

// TestDeadline: activeDeadlineSeconds count from status.startTime, which has whole seconds, and give the pod its own
// grace period.
func TestDeadline(t *testing.T) {
	for _, tc := range deadlines {
		tc.begin, tc.deadline = des.Time(400*des.Millisecond), 60
		t.Run(tc.name, tc.check)
	}
}
