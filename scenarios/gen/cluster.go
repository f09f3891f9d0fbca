package gen

import (
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"k8s.io/apimachinery/pkg/api/resource"
)

// nodes puts some alike nodes into the cluster.
func (d *drawing) nodes(count int, cpu, memory string) {
	n := scenarios.Node{CPU: scenarios.Amount{Quantity: resource.MustParse(cpu), Set: true},
		Memory: scenarios.Amount{Quantity: resource.MustParse(memory), Set: true}}
	if count > 1 {
		n.Count = ptr(int32(count))
	}
	d.file.Cluster.Nodes = []scenarios.Node{n}
}

func smallNodes(d *drawing) {
	d.nodes(1+d.below(3), pick(d, "1", "2", "2", "4"), pick(d, "2Gi", "4Gi"))
	if d.coin(1, 2) {
		d.file.Cluster.Nodes[0].Pods = ptr(int32(1 + d.below(6)))
	}
}

func clientLimit(d *drawing) {
	k := &d.file.Cluster.Knobs
	k.QPS, k.Burst = ptr(pick(d, 1.0, 5, 20, 20)), ptr(int32(pick(d, 1, 5, 30, 30)))
	k.Events = ptr(d.coin(1, 2))
}

// latency is a short one, constant unless random latencies are allowed.
func (d *drawing) latency(most des.Duration) scenarios.Dist {
	v := 1 + des.Duration(d.stream.Int64N(int64(most)))
	if !d.on.Has(RandomLatency) || d.coin(1, 3) {
		return constant(v)
	}
	u, err := rng.NewUniform(0, v)
	if err != nil {
		panic(err) // from 0 to more is a range
	}
	return scenarios.Dist{Dist: u, Set: true}
}

func controlLatency(d *drawing) {
	l := &d.file.Cluster.Latency
	l.Request = d.latency(d.oneOf(des.Millisecond, 10, 100, 700))
	l.Watch = d.latency(d.oneOf(des.Millisecond, 5, 50, 1500))
	l.Bind = d.latency(d.oneOf(des.Millisecond, 10, 1000))
}

func nodeLatency(d *drawing) {
	l := &d.file.Cluster.Latency
	l.Start = d.latency(d.oneOf(des.Millisecond, 100, 3000))
	l.Observe = d.latency(d.oneOf(des.Millisecond, 100, 3000))
	l.Remove = d.latency(d.oneOf(des.Millisecond, 100, 3000))
}

func restartJitter(d *drawing) { d.file.Cluster.Knobs.RestartJitter = ptr(true) }

// constants are other than Kubernetes' own, so that limits which are far off come near.
func constants(d *drawing) {
	k := &d.file.Cluster.Knobs
	for range 1 + d.below(3) {
		switch d.below(9) {
		case 0:
			k.SyncBatch = span(d.oneOf(des.Millisecond, 100, 500, 3000))
		case 1:
			k.PodFailureBackoff = span(d.oneOf(des.Second, 1, 5, 60))
		case 2:
			k.MaxPodBackoff = span(d.oneOf(des.Second, 5, 20, 50))
		case 3:
			k.MaxUncountedPods = ptr(int32(1 + d.below(4)))
		case 4:
			k.MaxPodsPerSync = ptr(int32(1 + d.below(4)))
		case 5:
			k.SlowStartBatch = ptr(int32(1 + d.below(4)))
		case 6:
			k.JobSyncs = ptr(int32(1))
		case 7:
			k.RestartBackoff = span(d.oneOf(des.Second, 1, 3, 20))
		case 8:
			k.MaxRestartBackoff = span(d.oneOf(des.Second, 5, 15, 30))
		}
	}
}

func oldVersions(d *drawing) { d.file.Kubernetes = pick(d, "1.34", "1.35", "1.36") }

func quiescence(d *drawing) { d.file.Until.Quiescent = true }
