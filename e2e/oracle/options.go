package oracle

import (
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Options say what runs in the bubble. The zero value is the Job controller alone, one node, no
// latency, no limits and pods that succeed at once.
type Options struct {
	// Seed decides generated names, UIDs and the scheduler's choice among equal nodes.
	Seed uint64
	// Shuffle gives the controllers' caches another order than that of creation, by the seed.
	// Kubernetes promises none (they are Go maps): which of equal pods is deleted on a scale-down,
	// or named in a message, depends on it.
	Shuffle bool

	// TTL, CronJob, PodGC, GarbageCollector and NodeLifecycle start these controllers beside the
	// Job controller; the last brings the taint eviction controller and the nodes' heartbeats with
	// it.
	TTL, CronJob, PodGC, GarbageCollector, NodeLifecycle bool
	// Workers of the Job controller; 0 is 5, as --concurrent-job-syncs
	// (pkg/controller/job/config/v1alpha1/defaults.go:36@v1.37.2).
	Workers int
	// Scheduler starts the kube-scheduler. Without it every pod is bound as Bind says.
	Scheduler bool
	// Bind chooses a node for a pod and how long that takes; nil: the first node, at once. An empty
	// node: never.
	Bind func(pod *corev1.Pod) (node string, after time.Duration)
	// Nodes of the cluster; nil is one node n0 (see NewNode).
	Nodes []corev1.Node
	// Life says what a pod does on its node; nil: it runs and succeeds at once.
	Life func(PodRun) Life

	// ManagerLimit is the rate limit of each controller, SchedulerLimit that of the scheduler;
	// zero: none. With FreeNodeControllers the former does not hold for those that care for nodes:
	// node lifecycle, taint eviction and PodGC.
	ManagerLimit, SchedulerLimit Limit
	FreeNodeControllers          bool
	// Network decides what becomes of each request on its way; nil: nothing happens to it. It is
	// asked in the order in which the requests are served, so it may count.
	Network func(Request) Answer
	// Refuse is asked when the API server gets a request of a controller; an error is the answer. nil:
	// nothing is refused.
	Refuse func(Request) error
	// WatchDelay is how late an actor learns of a write; nil: not at all late. Every watch of the
	// controllers belongs to the Manager. It is asked after Observe, for each watch of the resource.
	WatchDelay func(a Actor, w Write) time.Duration
	// Events keeps API events (and commits them as writes); otherwise they are answered and
	// forgotten.
	Events bool
	// FreeEvents lets API events pass without tokens of the rate limits.
	FreeEvents bool

	// Observe is told of every committed write, in order, one at a time. It must not call the
	// cluster.
	Observe func(Write)
	// Answered is told of every request that was answered, in order, with the HTTP status code or 0
	// for a broken connection. Reads and refusals are seen here only; API events that are not kept
	// are not told.
	Answered func(r Request, statusCode int)

	// Warmup is how long before the scenario's time 0 the cluster starts; 0 is 90 s. A whole number
	// of seconds makes offsets truncate as absolute times do. The controllers start 30 s after the
	// cluster: their periods count from there, by default a minute before time 0.
	Warmup time.Duration
	// MaxTurns stops the run after so many requests and watch deliveries, MaxTurnsAtOnce after so
	// many at one instant; 0 is 1e8 and 1e6. WallLimit stops it after so much real time; 0 is
	// never.
	MaxTurns, MaxTurnsAtOnce uint64
	WallLimit                time.Duration
}

// The defaults of Options.
const (
	// The manager starts a minute before the scenario's time 0: then the rounds of PodGC, of the node monitor and of the
	// scheduler's flush are at whole multiples of their periods, where the simulator has them.
	defaultWarmup         = managerStart + time.Minute
	defaultWorkers        = 5
	defaultMaxTurns       = 1e8
	defaultMaxTurnsAtOnce = 1e6
)

// validate returns all that is wrong with o.
func (o Options) validate() error {
	var errs []error
	bad := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf("oracle: "+format, args...))
		}
	}
	w := o.Warmup
	bad(w != 0 && (w <= managerStart || w%time.Second != 0), "Warmup: %v (allowed: whole seconds over %v)",
		w, managerStart)
	bad(o.Workers < 0, "Workers: %d (allowed: 0 or more)", o.Workers)
	limit := func(field string, l Limit) {
		bad(l.QPS < 0 || l.QPS > 0 && l.Burst < 1,
			"%s: QPS %g with burst %d (allowed: 0, or more with a burst of 1 or more)", field, l.QPS, l.Burst)
	}
	limit("ManagerLimit", o.ManagerLimit)
	limit("SchedulerLimit", o.SchedulerLimit)
	return errors.Join(errs...)
}

func (o Options) withDefaults() Options {
	if o.Warmup == 0 {
		o.Warmup = defaultWarmup
	}
	if o.Nodes == nil {
		o.Nodes = []corev1.Node{NewNode("n0")}
	}
	if o.Life == nil {
		o.Life = succeedAtOnce(o.Warmup)
	}
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	if o.MaxTurns == 0 {
		o.MaxTurns = defaultMaxTurns
	}
	if o.MaxTurnsAtOnce == 0 {
		o.MaxTurnsAtOnce = defaultMaxTurnsAtOnce
	}
	return o
}
