package api

import "github.com/jobsim/jobsim/sim/des"

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
