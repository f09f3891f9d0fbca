package oracle

// Actor names a component that talks to the API server. It is the user agent of the component's
// client, and so the writer of each Write.
type Actor string

// The actors. Each controller of the kube-controller-manager has a client and a rate limit of its
// own, as in the real one.
const (
	User              Actor = "user"
	Kubelet           Actor = "kubelet" // all nodes together
	Scheduler         Actor = "kube-scheduler"
	Manager           Actor = "kube-controller-manager" // the informers that its controllers share
	JobController     Actor = "job-controller"
	CronJobController Actor = "cronjob-controller"
	TTLController     Actor = "ttl-after-finished-controller"
	PodGC             Actor = "pod-garbage-collector"
	GarbageCollector  Actor = "generic-garbage-collector"
	NodeLifecycle     Actor = "node-lifecycle-controller"
	TaintEviction     Actor = "taint-eviction-controller"
)

// actorOrder is the order in which actors are served that ask for something at the same instant
// (see gate).
var actorOrder = []Actor{
	User, Kubelet, Scheduler, Manager, NodeLifecycle, TaintEviction, PodGC, GarbageCollector,
	CronJobController, JobController, TTLController,
}

// rank is the place of a in actorOrder; actors that are not listed come last.
func (a Actor) rank() int {
	for i, x := range actorOrder {
		if x == a {
			return i
		}
	}
	return len(actorOrder)
}

// rankEvents is the place of API events: they are written beside whatever else goes on.
const rankEvents = 1 << 10

// controls says whether a is a controller of the kube-controller-manager.
func (a Actor) controls() bool {
	switch a {
	case JobController, CronJobController, TTLController, PodGC, GarbageCollector, NodeLifecycle, TaintEviction:
		return true
	default:
		return false
	}
}

// controlsNodes says whether a is one of those that care for nodes and the pods on them.
func (a Actor) controlsNodes() bool { return a == PodGC || a == NodeLifecycle || a == TaintEviction }
