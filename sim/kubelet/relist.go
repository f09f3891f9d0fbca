package kubelet

import (
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// The kubelet looks once a period at what its node's containers do (Generic PLEG; pkg/kubelet/pleg/generic.go:158,
// pkg/kubelet/kubelet.go:215@v1.37.2), and the looks of a node stand at fixed instants. So what ends on a node within
// one period is noticed at once; and a container that was restarted after one look and runs for whole seconds ends just
// after another, which nobody would see in latencies that are drawn one by one.

// relistPhase is when in its period the pod's kubelet looks. Which of the kubelets that is does not depend on the pod's
// node, so that a life needs to know nothing but its pod.
func (l *Life) relistPhase() des.Duration {
	latency := &l.env.Knobs.Latency
	if latency.Relist == 0 {
		return 0
	}
	source, key := l.env.Fates.Source, l.address(rng.Relist, 0)
	if n := latency.Kubelets; n > 0 {
		which := source.At(key)
		key = rng.Key{Purpose: rng.Relist, Job: -1, Index: int32(which.Int64N(int64(n)))}
	}
	phase := source.At(key)
	return des.Duration(phase.Int64N(int64(latency.Relist)))
}

// look is when the kubelet first looks from the instant at on.
func (l *Life) look(at des.Time) des.Time {
	period := l.env.Knobs.Latency.Relist
	if period == 0 || at == des.Never {
		return at
	}
	since := at.Sub(des.Time(l.relist)) % period // of the look before, or the one to come where it is negative
	if since > 0 {
		since -= period
	}
	return at.Add(-since)
}

// nextLook is when the kubelet looks again after the instant at; at itself of one that need not look.
func (l *Life) nextLook(at des.Time) des.Time {
	if l.env.Knobs.Latency.Relist == 0 {
		return at
	}
	return l.look(at + 1)
}
