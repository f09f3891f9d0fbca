// Package des is the kernel of a discrete-event simulation: virtual time, one total order on events, schedule, cancel,
// step. It has never heard of Kubernetes.
//
// Read time.go for instants and spans, event.go for what an event is and kernel.go for what can be done with it.
// Pending events lie in two places: the few that come next in a sorted list (kernel.go), all others in a wheel that
// sorts them by one digit of their time after the other (wheel.go). A simulation with few pending events never touches
// the wheel.
//
// An event is a plain value: a time, a class, a kind and two numbers whose meaning belongs to the caller. There are no
// closures, no processes and no ticks; an idle hour costs one event. Time moves only in Kernel.Step. Nothing is
// allocated per event once the kernel has seen its largest number of pending events, and Reset keeps that memory for
// the next run.
//
// It refuses what would break time: scheduling before now panics with a Violation. It has no opinion on stale events; a
// model marks them with a generation number and drops them when they come.
package des
