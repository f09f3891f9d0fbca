package sched

import "github.com/jobsim/jobsim/sim/api"

// node is a node as the scheduler has seen it, and what the pods take that it has put there.
type node struct {
	spec     *api.NodeSpec
	exists   bool
	cordoned bool
	tainted  bool // with effect NoSchedule
	used     api.Resources
	scored   api.Resources // the same, with a default for what a container does not ask for
	pods     int32
}

func (n *node) take(req *api.PodRequests, sign int64) {
	n.used.MilliCPU += sign * req.MilliCPU
	n.used.Memory += sign * req.Memory
	n.scored.MilliCPU += sign * req.Scored.MilliCPU
	n.scored.Memory += sign * req.Scored.Memory
	n.pods += int32(sign)
}

// reasons are why a pod fits on no node: how many nodes refuse it for what.
type reasons struct{ cordoned, tainted, pods, cpu, memory, hopeless, all int32 }

// The plugins that can refuse a pod.
type plugins uint8

const (
	byCordon plugins = 1 << iota // NodeUnschedulable
	byTaint                      // TaintToleration
	byFit                        // NodeResourcesFit

	byAnything = byCordon | byTaint | byFit // a new node
)

// fits says whether a pod with these requests fits beside what is there, and notes why not
// (plugins/noderesources/fit.go:654@v1.37.2).
func (n *node) fits(req *api.PodRequests, why *reasons) bool {
	s := n.spec
	switch {
	case !n.exists:
		return false
	case n.cordoned:
		why.cordoned++
	case n.tainted:
		why.tainted++
	case s.Unlimited:
		return true
	default:
		pods, cpu := n.pods >= s.Pods, n.used.MilliCPU+req.MilliCPU > s.MilliCPU && req.MilliCPU > 0
		memory := n.used.Memory+req.Memory > s.Memory && req.Memory > 0
		why.pods, why.cpu, why.memory = why.pods+one(pods), why.cpu+one(cpu), why.memory+one(memory)
		why.hopeless += one(req.MilliCPU > s.MilliCPU || req.Memory > s.Memory)
		return !pods && !cpu && !memory
	}
	return false
}

func one(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// plugins are those that refuse the pod on some node. None: there are no nodes.
func (r *reasons) plugins() (p plugins) {
	if r.cordoned > 0 {
		p |= byCordon
	}
	if r.tainted > 0 {
		p |= byTaint
	}
	if r.pods+r.cpu+r.memory > 0 {
		p |= byFit
	}
	return p
}

// message stands for the message of the pod's PodScheduled condition: it changes where that does.
func (r *reasons) message() int32 {
	m := int32(1)
	for _, n := range [...]int32{r.cordoned, r.tainted, r.pods, r.cpu, r.memory, r.hopeless, r.all} {
		m = m*31 + n
	}
	return m
}

// score is what the scheduler's plugins give a node for a pod, as far as nodes differ: NodeResourcesFit, which is
// LeastAllocated, and NodeResourcesBalancedAllocation, of weight 1 each. The latter counts what the pod improves since
// 1.36, and before, how balanced the node is with it (balanced_allocation.go:204@v1.36.3, :194@v1.35.4).
func (n *node) score(req *api.PodRequests, improves bool) int64 {
	if n.spec.Unlimited {
		return 0
	}
	have := [2]int64{n.spec.MilliCPU, n.spec.Memory}
	cpu, memory := n.scored.MilliCPU+req.Scored.MilliCPU, n.scored.Memory+req.Scored.Memory
	score := leastAllocated([2]int64{cpu, memory}, have)
	if req.Resources == (api.Resources{}) {
		return score
	}
	after := balanced([2]int64{n.used.MilliCPU + req.MilliCPU, n.used.Memory + req.Memory}, have)
	if !improves {
		return score + after
	}
	before := balanced([2]int64{n.used.MilliCPU, n.used.Memory}, have)
	return score + maxScore/2 + (maxScore/2+after-before)/2
}

const maxScore = 100 // kube-scheduler/framework/interface.go, MaxNodeScore

// leastAllocated is leastResourceScorer (plugins/noderesources/least_allocated.go:30@v1.37.2).
func leastAllocated(requested, have [2]int64) int64 {
	sum, weights := int64(0), int64(0)
	for i := range have {
		if have[i] == 0 {
			continue
		}
		weights++
		if requested[i] <= have[i] {
			sum += (have[i] - requested[i]) * maxScore / have[i]
		}
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}

// balanced is balancedResourceScore (plugins/noderesources/balanced_allocation.go:220@v1.37.2), in its very arithmetic:
// every operation is one that IEEE 754 rounds exactly.
func balanced(requested, have [2]int64) int64 {
	if have[0] == 0 || have[1] == 0 {
		return maxScore
	}
	cpu := min(1, float64(requested[0])/float64(have[0]))
	memory := min(1, float64(requested[1])/float64(have[1]))
	std := float64((cpu - memory) / 2)
	if std < 0 {
		std = -std
	}
	return int64(float64(float64(1-std) * maxScore))
}
