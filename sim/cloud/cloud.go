package cloud

import (
	"strconv"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// The rules of this room: what a cloud does, and what cluster-autoscaler does in coarse.
const (
	RuleBoot      trace.Rule = "cloud.boot"
	RuleScaleDown trace.Rule = "cloud.scale-down"
	RuleBreak     trace.Rule = "cloud.break"
	RuleDrain     trace.Rule = "cloud.drain"
	RuleDrained   trace.Rule = "cloud.drained"
	RuleNotice    trace.Rule = "cloud.notice"
	RuleReclaim   trace.Rule = "cloud.reclaim"
)

// Cloud is the machines of one run. Make one with New; Reset prepares it for another run in the same memory.
type Cloud struct {
	kernel *des.Kernel
	store  *store.Store
	source rng.Source

	groups  []group
	fixed   int       // nodes that are no machines: the first ones
	nodes   []machine // by node, the fixed ones among them
	pods    []pod     // by id, as watched
	pending int       // pods that fit nowhere
	scan    des.Time  // of the autoscaler's next loop; Never: none is due
}

// group is a group of machines.
type group struct {
	spec     *api.NodeGroup
	launched int32 // machines ever asked for
	live     int32 // and those that boot or exist
	booting  []booting
	lost     [2]int32     // machines that were reclaimed, and that broke
	peak     int32        // of live
	going    int32        // to be given back in this loop
	ran      des.Duration // of machines that are gone, from launch on
}

// booting is a machine that is to join the cluster.
type booting struct {
	number   int32
	launched des.Time
}

// machine is a node as the autoscaler sees it.
type machine struct {
	group, number int32
	launched      des.Time
	exists        bool  // and may be used
	closed        bool  // cordoned, or silent
	ending        bool  // it is being reclaimed
	drains        int32 // so far
	spec          *api.NodeSpec
	used          api.Resources
	pods          int32
	idle          des.Time // since when it has no pod, and none is to come; meaningful without
	awaited       des.Time // the latest loop in which a pod was to come
}

// pod is a pod as the autoscaler sees it.
type pod struct {
	node    api.NodeID // where it takes room, 1 up; 0: nowhere
	pending bool
}

// New is a cloud that schedules in k and looks at s.
func New(k *des.Kernel, s *store.Store) *Cloud { return &Cloud{kernel: k, store: s} }

// Reset forgets all machines, and puts those that every group has from the beginning into the store, which has the
// fixed nodes already.
func (c *Cloud) Reset(groups []api.NodeGroup, source rng.Source) {
	c.source, c.fixed, c.pending, c.scan = source, len(c.store.Nodes()), 0, des.Never
	c.groups, c.nodes, c.pods = c.groups[:0], c.nodes[:0], c.pods[:0]
	if len(groups) == 0 {
		return
	}
	for i := range c.store.Nodes() {
		c.nodes = append(c.nodes, machine{group: -1, exists: true, spec: c.store.Node(api.NodeID(i)).Spec})
	}
	for i := range groups {
		c.groups = append(c.groups, group{spec: &groups[i]})
		g := &c.groups[i]
		for range groups[i].Min {
			c.begin(int32(i), g.count(), c.kernel.Now())
			c.store.PutNode(&groups[i].NodeSpec)
		}
	}
}

// count counts one more machine, and is its number.
func (g *group) count() int32 {
	g.launched++
	g.live++
	g.peak = max(g.peak, g.live)
	return g.launched - 1
}

// Name is the name of a node that is a machine.
func (c *Cloud) Name(id api.NodeID) string {
	m := &c.nodes[id]
	return c.groups[m.group].spec.Name + "-" + strconv.Itoa(int(m.number))
}

// Observe takes the next notice of the autoscaler's watches of pods and nodes.
func (c *Cloud) Observe(n *store.Notice) {
	switch {
	case n.Pod != nil:
		c.observePod(n.Pod)
	case n.Node != nil:
		c.observeNode(n.Node)
	}
}

func (c *Cloud) observePod(p *api.Pod) {
	for int(p.ID) >= len(c.pods) {
		c.pods = append(c.pods, pod{})
	}
	seen := &c.pods[p.ID]
	there := p.Version != 0 && !p.Status.Phase.Terminal()
	if on := p.Node + 1; there && on != 0 && seen.node == 0 {
		seen.node = on
		c.take(p, 1)
	} else if !there && seen.node != 0 {
		c.take(p, -1)
		seen.node = 0
	}
	pending := there && p.Node == api.NoNode && p.Deleted == des.Never && p.Unfit != 0
	if pending == seen.pending {
		return
	}
	if seen.pending = pending; pending {
		c.pending++
		c.arm(c.kernel.Now())
	} else {
		c.pending--
	}
}

// take counts a pod on its node, or no longer.
func (c *Cloud) take(p *api.Pod, sign int64) {
	m := &c.nodes[c.pods[p.ID].node-1]
	r := c.store.Requests(p)
	m.used.MilliCPU += sign * r.MilliCPU
	m.used.Memory += sign * r.Memory
	if m.pods += int32(sign); m.pods == 0 {
		m.idle = c.kernel.Now()
		c.rest(m)
	}
}

func (c *Cloud) observeNode(n *api.Node) {
	m := &c.nodes[n.ID]
	m.closed = n.Unschedulable || !n.Ready
	if n.Version == 0 {
		m.exists = false
	}
	if c.pending > 0 && (m.closed || !m.exists) {
		c.arm(c.kernel.Now())
	}
}

// Sum is what became of a group so far.
func (c *Cloud) Sum(i int) (launched, reclaimed, broke, peak int32, ran des.Duration) {
	g := &c.groups[i]
	ran = g.ran
	for k := c.fixed; k < len(c.nodes); k++ {
		if m := &c.nodes[k]; m.group == int32(i) && m.launched != des.Never {
			ran += c.kernel.Now().Sub(m.launched)
		}
	}
	return g.launched, g.lost[0], g.lost[1], g.peak, ran
}
