package scenarios

import (
	"fmt"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// NodeGroup is alike nodes that come and go: machines of a cloud, and an autoscaler between Min and Max. What is
// modelled of both is in package sim/cloud.
type NodeGroup struct {
	Name    string   `json:"name,omitempty"` // default group; each node's is that with its number
	Min     *int32   `json:"min,omitempty"`  // how many there are at least, and to begin with; default 0
	Max     *int32   `json:"max"`            // and at most, with those that boot
	CPU     Amount   `json:"cpu,omitzero"`   // of each; required
	Memory  Amount   `json:"memory,omitzero"`
	Pods    *int32   `json:"pods,omitempty"`    // default 110
	Boot    Dist     `json:"boot,omitzero"`     // from the launch of a machine to its node; default 0s
	Idle    Span     `json:"idle,omitzero"`     // for how long a machine has no pod before it is given back; default 10m
	Reclaim *Reclaim `json:"reclaim,omitempty"` // machines are taken away (spot)
	Break   *Break   `json:"break,omitempty"`   // machines break
	Drain   *Drain   `json:"drain,omitempty"`   // nodes are drained
}

// Reclaim is when a machine is taken away: after Every from its node on it gets a notice and is drained, and at the end
// of the notice it is gone.
type Reclaim struct {
	Every  Dist `json:"every"`
	Notice Span `json:"notice,omitzero"` // default 2m
}

// Break is when a machine breaks, after Every from its node on: it is gone at once, and another takes its place after
// Repair.
type Break struct {
	Every  Dist `json:"every"`            // the mean is the MTBF
	Repair Dist `json:"repair,omitempty"` // and the MTTR; default 0s
}

// Drain is when a node is drained: Every from its beginning, or from the end of the last drain, on. For is how long it
// stays cordoned.
type Drain struct {
	Every Dist `json:"every"`
	For   Span `json:"for,omitzero"` // default 10m
}

const (
	defaultIdle   = 10 * des.Minute // cluster-autoscaler's --scale-down-unneeded-time
	defaultNotice = 2 * des.Minute  // of an EC2 spot instance
	defaultDrain  = 10 * des.Minute
)

// nodeGroups are those as the simulator has them.
func (s *Scenario) nodeGroups() (out []api.NodeGroup) {
	for _, g := range s.File.Cluster.Groups {
		spec := api.NodeGroup{Min: orElse(g.Min, 0), Max: orElse(g.Max, 0), Boot: g.Boot.Dist,
			Idle: spanOr(g.Idle, defaultIdle), NodeSpec: api.NodeSpec{Name: g.Name, Pods: orElse(g.Pods, 110),
				Resources: api.Resources{MilliCPU: milli(g.CPU.Quantity), Memory: value(g.Memory.Quantity)}}}
		if spec.Name == "" {
			spec.Name = "group"
		}
		if r := g.Reclaim; r != nil {
			spec.Reclaim, spec.Notice = optional(r.Every), spanOr(r.Notice, defaultNotice)
		}
		if b := g.Break; b != nil {
			spec.Break, spec.Repair = optional(b.Every), b.Repair.Dist
		}
		if d := g.Drain; d != nil {
			spec.Drain, spec.Drained = optional(d.Every), spanOr(d.For, defaultDrain)
		}
		out = append(out, spec)
	}
	return out
}

// optional is absent for never.
func optional(d Dist) (out api.Opt[rng.Dist]) {
	if !d.Forever {
		out = api.Some(d.Dist)
	}
	return out
}

func orElse(v *int32, other int32) int32 {
	if v == nil {
		return other
	}
	return *v
}

func spanOr(s Span, other des.Duration) des.Duration {
	if !s.Set {
		return other
	}
	return s.Duration
}

func (s *Scenario) validateGroups() {
	d := s.doc
	if n := len(s.File.Cluster.Groups); n > 64 {
		d.add("cluster.groups", "%d groups (allowed: up to 64)", n)
		s.File.Cluster.Groups = nil
	}
	seen := map[string]bool{}
	for i := range s.File.Cluster.Groups {
		g, at := &s.File.Cluster.Groups[i], fmt.Sprintf("cluster.groups[%d].", i)
		within(d, at+"min", g.Min, 0, 5000)
		within(d, at+"max", g.Max, 0, 5000)
		within(d, at+"pods", g.Pods, 1, 1<<20)
		required(d, at+"max", g.Max)
		if orElse(g.Min, 0) > orElse(g.Max, 5000) {
			d.add(at+"min", "%d is above max", *g.Min)
		}
		if !g.CPU.Set {
			d.add(at+"cpu", "is required")
		}
		if !g.Memory.Set {
			d.add(at+"memory", "is required")
		}
		tooMuch(d, at+"cpu", g.CPU.Quantity, maxCPU)
		tooMuch(d, at+"memory", g.Memory.Quantity, maxMemory)
		if g.Boot.Forever {
			d.add(at+"boot", "never: nothing would ever boot")
		}
		g.validateEvents(d, at)
		if seen[g.Name] {
			d.add(at+"name", "two groups named %q", g.Name)
		}
		seen[g.Name] = true
	}
}

// validateEvents has what befalls machines come at least a second apart in half of the cases, lest a run stands still.
func (g *NodeGroup) validateEvents(d *document, at string) {
	every := func(field string, e Dist) {
		if !e.Set {
			d.add(at+field, "is required")
		} else if half, known := e.Dist.Quantile(0.5); !e.Forever && known && half < des.Second {
			d.add(at+field, "%s has a median below 1s", e.Dist)
		}
	}
	if g.Reclaim != nil {
		every("reclaim.every", g.Reclaim.Every)
	}
	if g.Break != nil {
		every("break.every", g.Break.Every)
		if g.Break.Repair.Forever {
			d.add(at+"break.repair", "never (allowed: a distribution)")
		}
	}
	if g.Drain != nil {
		every("drain.every", g.Drain.Every)
	}
}
