package kubelet

import (
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// Pods that start at the same time share what starts them: sandboxes and containers are made by processes that want a
// processor. On kind, whose nodes share a machine, one pod alone takes 0.53 s, each of two 0.63 s, each of four 0.84 s
// and more, on whichever nodes they are. What one takes longer than another of its batch comes of that: 0.16 s between
// the quartiles of such differences in batches of two, 0.25 s in those of three, 0.31 s in those of four, as if each of
// the others cost a draw of 0.1 s, exponential.

// contend delays a pod that begins by each pod that is starting, and each of those by this one.
func (k *Kubelet) contend(begun *life) {
	if k.env.Knobs.Latency.Contend.IsZero() {
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
		other.delay(other.contend(&begun.Life))
		k.arm(other)
		begun.delay(begun.contend(&other.Life))
	}
	k.starting = append(kept, begun.pod)
}

// contend is by how much another pod delays this one.
func (l *Life) contend(other *Life) des.Duration {
	key := l.address(rng.Contend, int32(other.key.Job)<<20^other.key.Number)
	return l.env.Fates.Source.Draw(&l.env.Knobs.Latency.Contend, key)
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
