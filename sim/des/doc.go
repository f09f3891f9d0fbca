// Package des is the kernel of a discrete-event simulation: virtual time, one total order on events, schedule, cancel, step.
// It has never heard of Kubernetes.
//
// Read time.go for instants and spans, event.go for what an event is, kernel.go for what can be done with it; queue.go is the
// priority queue below.
//
// An event is a plain value: a time, a class, a kind and two numbers whose meaning belongs to the caller. There are no
// closures, no processes and no ticks; an idle hour costs one event. Time moves only in Kernel.Step.
package des
