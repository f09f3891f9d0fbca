// Package sched is the scheduler as far as Jobs can tell: it binds a pending pod to a node on which its requests fit,
// and tries pods that did not fit again when something changes that can help.
//
// Read scheduler.go for the queue and its loop; fit.go is what a node has room for, how nodes are scored, and how long
// a pod backs off.
//
// Of nodes with the same score it takes the first, as Kubernetes does since 1.35 (before, a random one). Of pods that
// its queue holds for equal it takes the oldest, where Kubernetes leaves that to the order of a Go map. It does not
// model affinity, taints other than those of cordoned and lost nodes, priorities or preemption; scenarios that ask for
// those are refused.
package sched
