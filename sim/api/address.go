package api

import "github.com/jobsim/jobsim/sim/rng"

// Client is a component that sends requests with a rate limit of its own. The numbers are part of every seed's meaning.
type Client int32

// The clients: each controller of the kube-controller-manager has one (cmd/kube-controller-manager/app@v1.37.2). Those
// of the controllers that care for nodes are not modelled; requests of the CronJob controller take no time.
const (
	JobControllerClient Client = iota
	TTLClient
	CollectorClient
	CronJobClient
	Clients // how many there are
)

// Watch is what one component learns of one kind of object: deliveries keep their order within it, and no order among
// several. The controllers of the kube-controller-manager share theirs. The numbers are part of every seed's meaning.
type Watch int32

// The watches.
const (
	KubeletPods Watch = iota // of all nodes together
	SchedulerPods
	SchedulerNodes
	ManagerPods
	ManagerJobs
	ManagerNodes
	ManagerCronJobs
	Watches // how many there are
)

// TheJob stands for the number of a pod in the address of what concerns the Job itself.
const TheJob int32 = -1

// RequestKey is the address of the latency of a client's n-th request, from 0, that concerns a pod of the Job, by its
// number there, or TheJob: its status, and the creation of pods. Every world knows that address.
func RequestKey(c Client, job JobID, pod, n int32) rng.Key {
	return rng.Key{Purpose: rng.Latency, Job: int32(job), Index: pod, Attempt: n, Sub: int32(c)}
}

// EventKey is the address of the latency of a client's n-th request about a Kubernetes Event.
func EventKey(c Client, n int32) rng.Key {
	return rng.Key{Purpose: rng.Latency, Job: -2, Index: n, Sub: int32(c)}
}

// WatchKey is the address of the delay with which a watch delivers the n-th write, from 1, of a pod of the Job, by its
// number there, or of TheJob. For nodes the Job is AnyJob and the number the node's.
func WatchKey(w Watch, job JobID, pod, n int32) rng.Key {
	return rng.Key{Purpose: rng.Watch, Job: int32(job), Index: pod, Attempt: n, Sub: int32(w)}
}
