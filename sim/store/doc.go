// Package store is the modelled API server: the only owner of Jobs, pods and nodes, of their versions, finalizers and
// deletion, and of the delay with which each watcher learns of a write.
//
// Read store.go, then pods.go and jobs.go for the writes, delete.go for graceful deletion, and view.go for what a
// component has seen. Every write is one commit: it bumps the version, is recorded in the trace, and is appended to the
// history from which each View takes its notices in order.
//
// The store never acts on its own and never calls a component: a component asks for its notices, so that what it knows
// is only what it has been told. It does not authenticate, and it keeps no old versions beyond the slowest view.
package store
