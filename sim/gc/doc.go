// Package gc is what removes objects after their time: the garbage collector and the TTL-after-finished controller, as
// far as Jobs and their pods go.
//
// Read collector.go for what a worker does with an object, graph.go for how it comes to do that, ttl.go, and restart.go
// for what a new process makes of it all. Of equal objects, which Kubernetes takes in the order of a Go map, the oldest
// comes first.
package gc
