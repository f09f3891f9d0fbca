package api

import (
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// Minor is a minor version of Kubernetes 1.x, such as 37.
type Minor int

// The versions whose behaviour is modelled.
const (
	OldestMinor  Minor = 34
	DefaultMinor Minor = 37
)

// Knobs are the constants of the modelled system. Make one with DefaultKnobs; the zero value is not usable.
// Citations are files of Kubernetes v1.37.2.
type Knobs struct {
	Kubernetes Minor

	SyncBatch          des.Duration // delay of a sync after a pod event (job_controller.go:71)
	APIBackoff         des.Duration // first delay after a failed sync, doubling (job_controller.go:73)
	MaxAPIBackoff      des.Duration // and its cap (job_controller.go:75)
	PodFailureBackoff  des.Duration // first delay after a failed pod, doubling (job_controller.go:77)
	MaxPodBackoff      des.Duration // and its cap (job_controller.go:79)
	MaxUncountedPods   int32        // finished pods counted in one sync (job_controller.go:83)
	MaxPodsPerSync     int32        // pods created or deleted in one sync (job_controller.go:86)
	SlowStartBatch     int32        // first batch of creations, doubling (controller_utils.go:87)
	ExpectationTimeout des.Duration // when unobserved creations and deletions are given up (controller_utils.go:72)
	JobSyncs           int32        // concurrent-job-syncs (pkg/controller/job/config/v1alpha1/defaults.go:34)
	QPS                float64      // client requests a second; 0: unlimited (apis/config/v1alpha1/defaults.go:61)
	Burst              int32        // and its burst (defaults.go:64)
	Events             bool         // Kubernetes Events are written and share QPS

	RestartBackoff      des.Duration // first delay of an in-place restart, doubling (pkg/kubelet/kubelet.go:173)
	MaxRestartBackoff   des.Duration // and its cap (pkg/kubelet/apis/config/v1beta1/defaults.go:45)
	RestartBackoffReset des.Duration // running that long forgets the back-off (pkg/kubelet/kubelet.go:1089)
	RestartJitter       bool         // a kubelet wakes up late by up to half of the wait (pkg/kubelet/pod_workers.go:1547)

	NodeMonitorPeriod  des.Duration // nodelifecycle/config/v1alpha1/defaults.go:52
	NodeMonitorGrace   des.Duration // silence until Ready=Unknown (defaults.go:46)
	LeaseRenew         des.Duration // heartbeat of a node (kubelet.go:237)
	UnreachableSeconds int64        // of the default toleration (defaulttolerationseconds/admission.go:45)
	PodGCPeriod        des.Duration // pkg/controller/podgc/gc_controller.go:48
	PodGCQuarantine    des.Duration // gc_controller.go:51
	// Uptime is how long the nodes and the controllers that look at them have been running at time 0: their periods
	// count from before it.
	Uptime des.Duration

	Latency Latency
}

// Latency is what a cluster adds to the pure logic. The zero value is no latency anywhere: the profile "none".
type Latency struct {
	Request rng.Dist // one API request of a controller, there and back
	Watch   rng.Dist // from a write to the watchers' learning of it
	Bind    rng.Dist // from a pod's creation to its binding
	Start   rng.Dist // from binding to the start of the first container
	// Contend is by how much two pods that are starting at the same time delay each other, wherever they are: each the
	// other by a draw of its own.
	Contend rng.Dist
	// Relist is how often a kubelet looks for containers that have ended; 0: it notices at once. Kubelets is how many
	// kubelets there are of which each looks at instants of its own; 0: every pod has one.
	Relist   des.Duration
	Kubelets int32
	Observe  rng.Dist // from the look that finds a container's end to the status write; then comes the restart
	// Restart is from then, or the end of a back-off, to the next start of a container: again, or of the next one.
	Restart rng.Dist
	// Stop is from the look after that which has found that nothing of the pod runs to the terminal phase: its sandbox is
	// stopped.
	Stop rng.Dist
	// Kill stands in the place of the looks, Observe and Stop if the kubelet was told to end the pod: by its deletion,
	// its deadline or an eviction. It waits for the containers then (kuberuntime_container.go:915@v1.37.2).
	Kill   rng.Dist
	Remove rng.Dist // from the terminal phase of a deleted pod to the confirming deletion
	// Shared is how much of where they stand in their distributions those of Start, Observe, Restart, Stop, Kill and
	// Remove have in common that begin in the same second, whatever their pods: 0 nothing, 1 all of it.
	Shared float64

	// PhaseStep, if not 0, gives every pod a sub-second phase of its own, PhaseOf, that is added before each of its
	// kubelet's writes. Then no two actors act in one instant, and a run of the real code has one timeline.
	PhaseStep des.Duration
}

// PhaseOf is the phase of the n-th pod of a Job, from 0: the same in every world. The phases of pods that wait for one
// another add up; so many nanoseconds as a cube modulo a prime keep such sums apart, which steps alone do not (0+2+6 =
// 1+3+4).
func (l *Latency) PhaseOf(job JobID, n int32) des.Duration {
	if l.PhaseStep == 0 {
		return 0
	}
	const prime = 6997 // of the 7 µs between Jobs
	r := des.Duration(n) % prime
	return des.Millisecond + 7*des.Microsecond*des.Duration(job) + l.PhaseStep*des.Duration(n) + r*r*r%prime
}

// DefaultKnobs are Kubernetes' defaults, with no latency.
func DefaultKnobs() Knobs {
	return Knobs{
		Kubernetes:         DefaultMinor,
		SyncBatch:          des.Second,
		APIBackoff:         des.Second,
		MaxAPIBackoff:      des.Minute,
		PodFailureBackoff:  10 * des.Second,
		MaxPodBackoff:      10 * des.Minute,
		MaxUncountedPods:   500,
		MaxPodsPerSync:     500,
		SlowStartBatch:     1,
		ExpectationTimeout: 5 * des.Minute,
		JobSyncs:           5,
		QPS:                20,
		Burst:              30,
		Events:             true,

		RestartBackoff:      10 * des.Second,
		MaxRestartBackoff:   300 * des.Second,
		RestartBackoffReset: 600 * des.Second,
		RestartJitter:       true,

		NodeMonitorPeriod:  5 * des.Second,
		NodeMonitorGrace:   50 * des.Second,
		LeaseRenew:         10 * des.Second,
		UnreachableSeconds: 300,
		PodGCPeriod:        20 * des.Second,
		PodGCQuarantine:    40 * des.Second,
	}
}
