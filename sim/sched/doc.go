// Package sched is the scheduler as far as Jobs can tell: it binds a pending pod to a node on which its requests fit,
// and tries pods that did not fit again when room is made.
//
// Read scheduler.go; fit.go is the arithmetic of capacity.
//
// Among nodes that fit it takes the least allocated one, and of equals the first: the real scheduler picks at random
// among equals. It does not model affinity, taints other than cordons and lost nodes, priorities or preemption;
// scenarios that ask for those are refused.
package sched
