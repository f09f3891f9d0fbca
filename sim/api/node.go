package api

import (
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// NodeID is the dense number of a node, from 0.
type NodeID int32

// NoNode is the node of a pod that is not bound.
const NoNode NodeID = -1

// NodeSpec is a node as the scenario asks for it.
type NodeSpec struct {
	Name string
	Resources
	Pods int32 // how many pods fit; 0 is none
	// Unlimited says that everything fits: capacity is not modelled.
	Unlimited bool
}

// NodeGroup is alike nodes that come and go: machines of a cloud (package sim/cloud).
type NodeGroup struct {
	NodeSpec              // of each; the name is their prefix
	Min, Max int32        // how many there are, with those that boot
	Boot     rng.Dist     // from the launch of a machine to its node
	Idle     des.Duration // for how long a machine has no pod before it is given back

	Reclaim Opt[rng.Dist] // from a machine's node to the notice that it is taken away; absent: it never is
	Notice  des.Duration  // and from then to its end
	Break   Opt[rng.Dist] // from a machine's node to its breaking: it is gone; absent: it never does
	Repair  rng.Dist      // and from then until there is another in its place
	Drain   Opt[rng.Dist] // from a machine's node, or the last drain, to a drain; absent: there are none
	Drained des.Duration  // and how long that lasts
}

// Node is a node as the store holds it.
type Node struct {
	ID      NodeID
	Version uint64 // resourceVersion; 0: no such object
	Spec    *NodeSpec
	Ready   bool
	// Unschedulable is spec.unschedulable: cordoned.
	Unschedulable bool
	// NoSchedule are the taints of that effect, which no pod tolerates.
	NoSchedule NodeTaints
	// Unreachable is when the node.kubernetes.io/unreachable:NoExecute taint was put on; Never without one.
	Unreachable des.Time
}

// NodeTaints are the taints that the node lifecycle controller puts on nodes for the scheduler.
type NodeTaints uint8

// The taints.
const (
	TaintUnreachable   NodeTaints = 1 << iota // node.kubernetes.io/unreachable
	TaintUnschedulable                        // node.kubernetes.io/unschedulable
)
