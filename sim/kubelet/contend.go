package kubelet

import "github.com/jobsim/jobsim/sim/des"

// Pods that start at the same time share what starts them: sandboxes and containers are made by processes that want a
// processor. On kind, whose nodes share a machine, one pod alone takes 0.53 s, each of two 0.63 s, each of four 0.84 s
// and more, on whichever nodes they are.

// contend delays a pod that begins by each pod that is starting, and each of those by this one.
func (k *Kubelet) contend(begun *life) {
	delay := k.env.Knobs.Latency.Contend
	if delay == 0 {
		return
	}
	kept := k.starting[:0]
	for _, id := range k.starting {
		at := k.lifeOf[id]
		if at < 0 || k.lives[at].pod != id || !k.lives[at].pending(k.kernel.Now()) {
			continue
		}
		kept = append(kept, id)
		other := &k.lives[at]
		other.delay(delay)
		k.arm(other)
		begun.delay(delay)
	}
	k.starting = append(kept, begun.pod)
}

// pending says whether the node is at work on the pod's first start; what its fate adds is waiting.
func (l *Life) pending(now des.Time) bool {
	if l.stopping || l.ended || len(l.containers) == 0 {
		return false
	}
	c := &l.containers[0]
	return c.state == starting && c.startedAt == des.Never && c.at != des.Never && now < c.at.Add(-c.fate.Start)
}

// delay puts off the first start.
func (l *Life) delay(d des.Duration) {
	for i := range l.containers {
		if c := &l.containers[i]; c.state == starting && c.at != des.Never {
			c.at = c.at.Add(d)
		}
	}
	l.next = l.earliest()
}
