// Package cloud is what comes and goes beneath a cluster: groups of alike machines, each of which is a node, and the
// cluster autoscaler that lets a group grow and shrink.
//
// Read cloud.go for what is known of pods and machines, machine.go for what befalls a machine, and autoscaler.go for
// when there are more or fewer of them. What befalls a machine is returned as an api.Fault: the world does it to the
// node, as if a user had.
//
// It is an approximation, not a model of cluster-autoscaler (https://github.com/kubernetes/autoscaler, whose defaults
// the constants are). Modelled: one loop every 10 s; pods that fit nowhere let groups grow, by first fit onto what
// there is, what boots, and then new machines of the first group that has room and on which the pod fits (its
// expanders choose otherwise); a machine without pods for Idle is given back. Not modelled: machines that are given
// back with pods on them, as for utilisation below one half (batch pods usually forbid that, by the annotation
// safe-to-evict: "false"); the pause of scaling down after growth; boots that fail; limits on how much a group grows
// at once; taints and labels. A reclaimed machine is drained when the notice comes and gone when it ends, as with a
// termination handler on the node. A machine that breaks is gone at once, with its node and what
// runs on it (the cloud's node controller deletes the nodes of machines that have stopped), and another takes its place
// when it is repaired.
package cloud
