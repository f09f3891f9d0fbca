// Package replay lets a scenario happen on a live cluster: it submits the Jobs, hands every pod its fate, does the
// faults at their times, and gives back what was observed.
//
// Read replay.go for the course of a replay, refuse.go for what cannot be replayed and why, template.go for what
// becomes of a manifest, gate.go for how a pod gets its fate, fault.go for faults, namespace.go for what is left behind
// when a replay is killed, and who clears it up. README.md in e2e says what a replay may do to a cluster.
//
// A replayed pod template has a scheduling gate, and environment variables that the downward API draws from
// annotations. The replay sees a gated pod, knows its number, draws its fate as the simulator does, writes it into the
// annotations and takes the gate away. The Job controller does not notice; nobody in the cluster calls anybody.
//
// It compares nothing. It touches nothing but its own namespaces, except for what a scenario with nodes needs: their
// extended resources, and spec.unschedulable.
package replay
