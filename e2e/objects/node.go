package objects

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// ReservedTaint is the taint of nodes that only replays use which disturb nodes.
const ReservedTaint = "jobsim.dev/reserved"

// IsReserved says whether a node has that taint.
func IsReserved(n *corev1.Node) bool {
	return slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool { return t.Key == ReservedTaint })
}
