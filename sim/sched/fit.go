package sched

import (
	"math/bits"

	"github.com/jobsim/jobsim/sim/api"
)

// room is what the bound pods of a node take.
type room struct {
	api.Resources
	pods int32
}

// fits says whether a pod with these requests fits beside what is there (plugins/noderesources/fit.go@v1.37.2).
func (r *room) fits(n *api.Node, req *api.Resources) bool {
	s := n.Spec
	if n.Version == 0 || !n.Ready || n.Unschedulable {
		return false
	}
	return s.Unlimited ||
		r.pods < s.Pods && r.MilliCPU+req.MilliCPU <= s.MilliCPU && r.Memory+req.Memory <= s.Memory
}

func (r *room) take(req *api.Resources, sign int64) {
	r.MilliCPU += sign * req.MilliCPU
	r.Memory += sign * req.Memory
	r.pods += int32(sign)
}

// allocated is how full the node would be, in 2^32nds of its capacity averaged over cpu and memory; without requests,
// by the number of pods (LeastAllocated, plugins/noderesources/least_allocated.go@v1.37.2).
func (r *room) allocated(s *api.NodeSpec) uint64 {
	if s.Unlimited {
		return uint64(r.pods)
	}
	return share(r.MilliCPU, s.MilliCPU) + share(r.Memory, s.Memory) + share(int64(r.pods), int64(s.Pods))>>20
}

func share(part, whole int64) uint64 {
	if whole <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(part), 1<<32)
	if hi >= uint64(whole) {
		return 1 << 32
	}
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return q
}
