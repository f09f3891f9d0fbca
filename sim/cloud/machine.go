package cloud

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// What befalls a machine: Arg of a KindMachine.
const (
	breaks int32 = iota
	drains
	drained
	noticed
	reclaimed
	givenBack
)

// The sources of what befalls a machine: the third coordinate of their draws.
const (
	ofBreaks = iota
	ofDrains
	ofReclaim
	ofBoot
	ofRepair
)

// draw is a span for the n-th time that something befalls machine number of a group.
func (c *Cloud) draw(d *rng.Dist, group, number, what, n int32) des.Duration {
	return c.source.Draw(d, rng.Key{Purpose: rng.Machine, Job: group, Index: number, Attempt: n, Sub: what})
}

// launch lets a machine join the cluster after a delay. It is paid for from free on.
func (c *Cloud) launch(group int32, free, delay des.Duration) {
	g := &c.groups[group]
	number := g.count()
	now := c.kernel.Now()
	g.booting = append(g.booting, booting{number, now.Add(free)})
	c.kernel.Schedule(now.Add(free+delay), api.ClassUser, api.KindBoot, group, number)
}

// boot is how long the next machine of a group takes to boot.
func (c *Cloud) boot(group int32) des.Duration {
	g := &c.groups[group]
	return c.draw(&g.spec.Boot, group, g.launched, ofBoot, 0)
}

// Boot is a machine that has booted: its node joins the cluster.
func (c *Cloud) Boot(group, number int32) {
	g := &c.groups[group]
	i := slices.IndexFunc(g.booting, func(b booting) bool { return b.number == number })
	launched := g.booting[i].launched
	g.booting = slices.Delete(g.booting, i, i+1)
	c.begin(group, number, launched) // first, as the trace asks for the name
	c.store.CreateNode(store.Writer{Actor: trace.Cloud, Because: RuleBoot}, &g.spec.NodeSpec)
	if c.pending > 0 {
		c.arm(c.kernel.Now())
	}
}

// begin lets the life of a machine begin, which is the next node.
func (c *Cloud) begin(group, number int32, launched des.Time) {
	id := api.NodeID(len(c.nodes))
	spec := c.groups[group].spec
	c.nodes = append(c.nodes, machine{group: group, number: number, launched: launched, exists: true,
		spec: &spec.NodeSpec, idle: c.kernel.Now()})
	m := &c.nodes[id]
	if spec.Reclaim.Set {
		c.after(c.draw(&spec.Reclaim.Value, group, number, ofReclaim, 0), id, noticed)
	}
	if spec.Break.Set {
		c.after(c.draw(&spec.Break.Value, group, number, ofBreaks, 0), id, breaks)
	}
	c.drainNext(m, id)
	c.rest(m)
}

// drainNext schedules a machine's next drain.
func (c *Cloud) drainNext(m *machine, id api.NodeID) {
	if every := &c.groups[m.group].spec.Drain; every.Set {
		c.after(c.draw(&every.Value, m.group, m.number, ofDrains, m.drains), id, drains)
		m.drains++
	}
}

func (c *Cloud) after(d des.Duration, id api.NodeID, what int32) {
	c.kernel.Schedule(c.kernel.Now().Add(d), api.ClassUser, api.KindMachine, int32(id), what)
}

// Due is what befalls a node now, and why; false where it is gone, or nothing does.
func (c *Cloud) Due(id api.NodeID, what int32) (f api.Fault, because trace.Rule, ok bool) {
	m := &c.nodes[id]
	g := &c.groups[m.group]
	f.Node = id
	if m.launched == des.Never {
		return f, "", false
	}
	switch what {
	case breaks:
		c.end(m)
		g.lost[1]++
		f.Kind, because = api.DeleteNode, RuleBreak
		c.launch(m.group, c.draw(&g.spec.Repair, m.group, m.number, ofRepair, 0), 0)
	case drains:
		f.Kind, because = api.DrainNode, RuleDrain
		c.after(g.spec.Drained, id, drained)
	case drained:
		c.drainNext(m, id)
		f.Kind, because = api.UncordonNode, RuleDrained
		return f, because, !m.ending
	case noticed:
		m.ending = true
		g.lost[0]++
		f.Kind, because = api.DrainNode, RuleNotice
		c.after(g.spec.Notice, id, reclaimed)
	case reclaimed:
		c.end(m)
		f.Kind, because = api.DeleteNode, RuleReclaim
	default: // givenBack
		if m.pods > 0 {
			return f, "", false
		}
		c.end(m)
		f.Kind, because = api.DeleteNode, RuleScaleDown
	}
	return f, because, true
}

// end takes a machine away.
func (c *Cloud) end(m *machine) {
	g := &c.groups[m.group]
	g.live--
	g.ran += c.kernel.Now().Sub(m.launched)
	m.launched, m.exists = des.Never, false
	if g.live < g.spec.Min || c.pending > 0 {
		c.arm(c.kernel.Now())
	}
}
