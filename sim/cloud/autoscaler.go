package cloud

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// scanEvery is how often the autoscaler looks (cluster-autoscaler's --scan-interval).
const scanEvery = 10 * des.Second

// arm has the autoscaler look in its first loop after an instant.
func (c *Cloud) arm(after des.Time) {
	at := after - after%des.Time(scanEvery) + des.Time(scanEvery)
	if at < c.scan {
		c.scan = at
		c.kernel.Schedule(at, api.ClassUser, api.KindScan, 0, 0)
	}
}

// rest has the autoscaler look when a machine without pods has been so for long enough.
func (c *Cloud) rest(m *machine) {
	if m.group >= 0 && c.groups[m.group].live > c.groups[m.group].spec.Min {
		c.arm(m.idle.Add(c.groups[m.group].spec.Idle) - 1)
	}
}

// Scan is one loop of the autoscaler.
func (c *Cloud) Scan() {
	now := c.kernel.Now()
	if now < c.scan {
		return // an earlier loop has come before this one, and has looked
	}
	c.scan = des.Never
	for i := range c.groups {
		for g := &c.groups[i]; g.live < g.spec.Min; {
			c.launch(int32(i), 0, c.boot(int32(i)))
		}
	}
	if c.pending > 0 {
		c.growForPending()
	}
	for i := c.fixed; i < len(c.nodes); i++ {
		m := &c.nodes[i]
		if !m.exists || m.pods > 0 || m.ending {
			continue
		}
		g := &c.groups[m.group]
		switch {
		case g.live-g.going <= g.spec.Min:
		case m.awaited == now:
			c.arm(now)
		case now.Sub(m.idle) >= g.spec.Idle:
			g.going++
			c.after(0, api.NodeID(i), givenBack)
		default:
			c.rest(m)
		}
	}
	for i := range c.groups {
		c.groups[i].going = 0
	}
}

// room is what is free on a machine.
type room struct {
	free api.Resources
	pods int32
	any  bool     // everything fits
	on   *machine // nil: one that boots
}

func (r *room) take(q *api.PodRequests) bool {
	if r.any {
		return true
	}
	if r.pods < 1 || q.MilliCPU > r.free.MilliCPU || q.Memory > r.free.Memory {
		return false
	}
	r.pods--
	r.free.MilliCPU -= q.MilliCPU
	r.free.Memory -= q.Memory
	return true
}

func empty(n *api.NodeSpec) room { return room{n.Resources, n.Pods, n.Unlimited, nil} }

// growForPending launches as many machines as pods need that fit nowhere, by first fit. A machine on which one fits by
// now, as the scheduler has yet to find, is not idle (filterOutSchedulablePodListProcessor, cluster-autoscaler).
func (c *Cloud) growForPending() {
	rooms := c.rooms()
	var last *api.PodRequests
	from := 0
	for id := range c.pods {
		if !c.pods[id].pending {
			continue
		}
		q := c.store.Requests(c.store.Pod(api.PodID(id)))
		if q != last {
			last, from = q, 0
		}
		for from < len(rooms) && !rooms[from].take(q) {
			from++ // nor do those that are alike fit there
		}
		if from < len(rooms) {
			if m := rooms[from].on; m != nil {
				m.idle, m.awaited = c.kernel.Now(), c.kernel.Now()
			}
			continue
		}
		if i := c.groupFor(q); i >= 0 {
			c.launch(i, 0, c.boot(i))
			r := empty(&c.groups[i].spec.NodeSpec)
			r.take(q)
			rooms = append(rooms, r)
		}
	}
}

// rooms are those of the machines that pods can use, or that boot.
func (c *Cloud) rooms() (rooms []room) {
	for i := range c.nodes {
		m := &c.nodes[i]
		if !m.exists || m.closed || m.ending {
			continue
		}
		r := empty(m.spec)
		r.free.MilliCPU -= m.used.MilliCPU
		r.free.Memory -= m.used.Memory
		r.pods, r.on = r.pods-m.pods, m
		rooms = append(rooms, r)
	}
	for i := range c.groups {
		for range c.groups[i].booting {
			rooms = append(rooms, empty(&c.groups[i].spec.NodeSpec))
		}
	}
	return rooms
}

// groupFor is the first group that may grow and on whose machines a pod fits; -1: there is none.
func (c *Cloud) groupFor(q *api.PodRequests) int32 {
	for i := range c.groups {
		g := &c.groups[i]
		if r := empty(&g.spec.NodeSpec); g.live < g.spec.Max && r.take(q) {
			return int32(i)
		}
	}
	return -1
}
