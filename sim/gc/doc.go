// Package gc is what removes objects after their time: the TTL-after-finished controller (ttl.go) and the garbage
// collector (collector.go), as far as Jobs and their pods go.
//
// Both act in the instant in which they see a reason to; their work queues' rate limits are not modelled.
package gc
