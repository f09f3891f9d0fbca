// Package objects says in the simulator's terms what Jobs, pods and nodes of a real API server hold, so that
// trace.Observer can write down a change of them.
//
// Read Book for how pods get their numbers, pod.go and job.go for what is taken over.
//
// It talks to nobody and decides nothing: objects in, values of sim/api out. What the simulator does not know is left
// out.
package objects
