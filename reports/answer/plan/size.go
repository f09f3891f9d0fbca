package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// ErrTooSmall is a workload for which no pool that is allowed is large enough.
var ErrTooSmall = errors.New("no pool of that many nodes meets the goals")

// Size is one pool that was tried.
type Size struct {
	Nodes   int
	Metrics Metrics
	Met     goal.Truth // of all goals together; by the estimates where the intervals do not tell
	Close   bool       // the intervals do not tell
	Runs    int        // replications
}

// Smallest is the smallest pool, of least to most nodes, that meets the goals, and all that were tried, by size. More
// nodes never make Jobs wait longer, so it is found by bisection; every size has the same arrivals and runs, and
// more of them where it is close.
func (p *Plan) Smallest(ctx context.Context, goals []*goal.Expr, least, most int) (best Size, tried []Size, err error) {
	try := func(nodes int) (Size, error) {
		one, failed := p.try(ctx, goals, nodes)
		if failed == nil {
			tried = append(tried, one)
		}
		return one, failed
	}
	if best, err = try(most); err != nil {
		return best, tried, err
	}
	if best.Met != goal.Met {
		return best, tried, fmt.Errorf("%w: %d", ErrTooSmall, most)
	}
	for lo, hi := least, most; lo < hi; {
		middle := (lo + hi) / 2
		s, failed := try(middle)
		switch {
		case failed != nil:
			return best, tried, failed
		case s.Met == goal.Met:
			best, hi = s, middle
		default:
			lo = middle + 1
		}
	}
	slices.SortFunc(tried, func(a, b Size) int { return cmp.Compare(a.Nodes, b.Nodes) })
	return best, tried, nil
}

// try measures one size, and more often if that does not tell. Its intervals hold at all of these looks at once.
func (p *Plan) try(ctx context.Context, goals []*goal.Expr, nodes int) (s Size, err error) {
	cfg := p.on(nodes)
	level := cmp.Or(p.Confidence, confidence)
	if p.Doublings > 0 {
		level = stats.Looks{First: p.Runs, Ratio: 2, Most: p.Doublings + 1}.Level(level)
	}
	var all []facts
	for look := range p.Doublings + 1 {
		if all, err = p.more(ctx, cfg, all, p.Runs<<look); err != nil {
			return s, err
		}
		m, failed := p.sum(all, level)
		if failed != nil {
			return s, failed
		}
		if s, err = judgeAll(goals, nodes, m); err != nil || !s.Close {
			break
		}
	}
	s.Runs = len(all)
	return s, err
}

// judgeAll says whether a size meets all goals.
func judgeAll(goals []*goal.Expr, nodes int, m Metrics) (Size, error) {
	s := Size{Nodes: nodes, Metrics: m, Met: goal.Met}
	for _, g := range goals {
		truth, err := judge(g, m)
		if err != nil {
			return s, err
		}
		if truth == goal.Missed { // whatever the others say
			return Size{Nodes: nodes, Metrics: m, Met: goal.Missed}, nil
		}
		if truth == goal.Unknown {
			s.Close = true
			if truth, err = byEstimate(g, m); err != nil {
				return s, err
			}
		}
		if truth == goal.Missed {
			s.Met = goal.Missed
		}
	}
	return s, nil
}

func byEstimate(g *goal.Expr, m Metrics) (goal.Truth, error) {
	v := goal.Values{}
	for name, s := range m {
		v[name] = s.Center
	}
	is, err := g.Is(v)
	if is {
		return goal.Met, err
	}
	return goal.Missed, err
}

// Relief is how much shorter the mean turnaround would be without one of the things that hold Jobs up.
type Relief struct {
	Of   string
	Part float64 // of the mean turnaround
}

func losesNodes(g *api.NodeGroup) bool { return g.Reclaim.Set || g.Break.Set || g.Drain.Set }

// Bottlenecks runs the workload without each of the things that may hold it up, with the same arrivals and runs, and
// has the largest relief first.
func (p *Plan) Bottlenecks(ctx context.Context, nodes int) ([]Relief, error) {
	base, err := p.Measure(ctx, nodes)
	if err != nil {
		return nil, err
	}
	var out []Relief
	for _, r := range []struct {
		of      string
		applies bool
		change  func(*sim.Config)
	}{
		{"nodes", true, func(c *sim.Config) { c.Nodes, c.Groups = []api.NodeSpec{{Name: "node", Unlimited: true}}, nil }},
		{"node boot", !p.Node.Boot.IsZero(), func(c *sim.Config) { c.Groups[0].Boot = rng.Const(0) }},
		{"nodes that are reclaimed, break or are drained", losesNodes(&p.Node), func(c *sim.Config) {
			g := &c.Groups[0]
			g.Reclaim, g.Break, g.Drain = api.Opt[rng.Dist]{}, api.Opt[rng.Dist]{}, api.Opt[rng.Dist]{}
		}},
		{"parallelism", true, func(c *sim.Config) {
			c.Jobs = slices.Clone(c.Jobs)
			for i := range c.Jobs {
				if s := &c.Jobs[i].Spec; s.Completions.Set {
					s.Parallelism = max(s.Parallelism, s.Completions.Value)
				}
			}
		}},
		{"controller client limit (kubeAPIQPS)", true, func(c *sim.Config) { c.Knobs.QPS = 0 }},
		{"pod failure back-off", true, func(c *sim.Config) {
			c.Knobs.PodFailureBackoff, c.Knobs.MaxPodBackoff = des.Millisecond, des.Millisecond
		}},
		{"pod start (image pull)", true, func(c *sim.Config) {
			c.Knobs.Latency.Start = rng.Const(0)
			c.Fates = slices.Clone(c.Fates)
			for i := range c.Fates {
				c.Fates[i].Start = rng.Const(0)
			}
		}},
	} {
		if !r.applies {
			continue
		}
		cfg := p.on(nodes)
		r.change(cfg)
		m, err := p.measure(ctx, cfg)
		if err != nil {
			return nil, err
		}
		before, after := base["mean(turnaround)"].Center, m["mean(turnaround)"].Center
		out = append(out, Relief{r.of, (before - after) / before})
	}
	slices.SortStableFunc(out, func(a, b Relief) int { return cmp.Compare(b.Part, a.Part) })
	return out, nil
}
