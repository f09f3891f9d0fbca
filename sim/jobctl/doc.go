// Package jobctl is the Job controller, file for file beside pkg/controller/job of Kubernetes: what enqueues a Job
// (controller.go, queue.go), one sync (sync.go), how many pods (manage.go), counting and the two-phase status write
// (track.go), the end of a Job (finish.go) and the back-off (backoff.go). Function names are upstream's where the
// semantics are the same, so that one search finds both.
//
// Read controller.go, then sync.go. cache.go is the controller's informer cache, kept as counts so that a sync costs
// what has changed and not what there is. calls.go is how a sync waits for the API server: a sync is a small state
// machine that goes on when its outstanding calls are back, at once where there is no latency.
//
// It knows nothing but what its view has shown it, and it writes nothing but through the store. It keeps no state in
// objects that the real controller keeps in memory, so that a restart loses exactly that.
package jobctl
