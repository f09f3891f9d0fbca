package kubelet

import (
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// scheduleRestart is doBackOff (kuberuntime_manager.go:2077@v1.37.2): the first restart is immediate and sets the
// back-off; a further one waits for it, counted from the exit, and then doubles it. A run of more than
// RestartBackoffReset forgets it.
func (l *Life) scheduleRestart(i int, now des.Time) {
	c := &l.containers[i]
	knobs := l.env.Knobs
	fresh := c.backoff == 0 || c.finishedAt.Sub(c.updated) > knobs.RestartBackoffReset
	at := now
	if !fresh {
		at = max(now, c.finishedAt.Add(c.backoff))
		if wait := at.Sub(now); wait > 0 {
			at = now.Add(l.jitter(i, wait))
		}
	}
	if fresh {
		c.backoff = knobs.RestartBackoff
	} else {
		c.backoff = min(2*c.backoff, knobs.MaxRestartBackoff)
	}
	c.updated = at
	if at == now {
		l.restart(i, now)
		return
	}
	c.state, c.at = waiting, at
	l.because = RuleRestartBackoff
}

// jitter is how long the pod worker really sleeps: up to half as long again, and until the next poll of its queue,
// which is once a second (pod_workers.go:1537, kubelet.go:2674).
func (l *Life) jitter(i int, wait des.Duration) des.Duration {
	if !l.env.Knobs.RestartJitter {
		return wait
	}
	s := l.env.Fates.Source.At(rng.Key{Purpose: rng.Jitter,
		Job: int32(l.key.Job), Index: l.key.Index, Attempt: l.key.Attempt, Sub: int32(i)<<16 | l.containers[i].restarts})
	wait += des.Duration(s.Int64N(int64(wait/2) + 1))
	return (wait + des.Second - 1) / des.Second * des.Second
}
