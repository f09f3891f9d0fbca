package jobctl

import (
	"cmp"
	"errors"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// claims are the pods that a sync adopts and lets go, one after the other, and the pods that are the Job's then, each
// as it was in the cache when the sync began (getPodsForJob, job_controller.go:871).
type claims struct {
	todo    []api.Pod
	asked   bool // whether the Job is being deleted, before the first adoption
	failed  bool
	pods    cache
	seen    podCounts
	adopted []api.PodID
}

// claim begins with that, if there is a pod to adopt or to let go: an orphan that the Job's selector matches, or one of
// its own that it does not match any more (ClaimObject, pkg/controller/controller_ref_manager.go:69). A Job that is
// being deleted adopts nothing, and what it would let go it only does not count.
func (c *Controller) claim(j *jobState) bool {
	s := &j.sync
	deleting := j.job.Deleted != des.Never
	if s.claims == nil {
		s.claims = &claims{}
	}
	cl := s.claims
	cl.todo, cl.asked, cl.failed, cl.adopted = cl.todo[:0], false, false, cl.adopted[:0]
	c.eachOf(j.job.ID, func(p *api.Pod) {
		if !c.selectors.Match(p.Labels, j.job.ID) {
			cl.todo = append(cl.todo, *p)
		}
	})
	c.eachOf(api.NoJob, func(p *api.Pod) {
		if !deleting && p.Deleted == des.Never && c.selectors.Match(p.Labels, j.job.ID) {
			cl.todo = append(cl.todo, *p)
		}
	})
	if len(cl.todo) == 0 {
		return false
	}
	cl.pods.reset()
	cl.pods.keeps = true
	cl.seen = podCounts{active: cl.seen.active[:0], ended: cl.seen.ended[:0], byIndex: cl.seen.byIndex.reset()}
	c.eachOf(j.job.ID, cl.put)
	if deleting {
		for _, p := range cl.todo {
			j.disclaim(&p)
		}
		c.countClaimed(j)
		return true
	}
	s.stage = stageClaim
	c.nextClaim(j)
	return true
}

// disclaim takes a pod out of those that the sync counts.
func (j *jobState) disclaim(p *api.Pod) {
	p.Version = 0
	j.sync.claims.put(p)
	j.forgetFailJob(p.ID)
}

func (cl *claims) put(p *api.Pod) { cl.pods.put(&cl.seen, &cl.seen, p) }

// eachOf calls f with the owner's pods as the cache has them, by age.
func (c *Controller) eachOf(owner api.JobID, f func(*api.Pod)) {
	for id := range c.cache.slotOf {
		if s := c.cache.lookup(api.PodID(id)); s != nil && s.pod.Owner == owner {
			f(&s.pod)
		}
	}
}

// nextClaim sends the request about the next pod. The first adoption is preceded by a look at the Job itself.
func (c *Controller) nextClaim(j *jobState) {
	s := &j.sync
	p := &s.claims.todo[0]
	o := opAdopt
	switch {
	case p.Owner == j.job.ID:
		o = opRelease
	case !s.claims.asked:
		o = opGetJob
	}
	s.calls = append(s.calls, call{op: o, pod: p.ID})
	c.issue(j)
}

// claimed goes on after a request of a claim. When all pods have been tried, an error ends the sync; else the pods are
// counted.
func (c *Controller) claimed(j *jobState) {
	s := &j.sync
	if len(s.claims.todo) > 0 {
		c.nextClaim(j)
		return
	}
	if s.failure = s.claims.failed; s.failure {
		s.stage = stageDone
		return
	}
	c.countClaimed(j)
}

// countClaimed goes on with the pods that are the Job's.
func (c *Controller) countClaimed(j *jobState) {
	cl := j.sync.claims
	cl.pods.rmExpected(&c.cache)
	c.list(j, &cl.pods, &cl.seen)
}

// rmExpected takes over which finalizers are about to be seen to be gone.
func (c *cache) rmExpected(from *cache) {
	for i := range c.slots {
		s := from.lookup(c.slots[i].pod.ID)
		c.slots[i].rmExpected = s != nil && s.rmExpected
	}
}

// tryClaim is the effect of a request of a claim.
func (c *Controller) tryClaim(j *jobState, o op) {
	s := &j.sync
	cl := s.claims
	if o == opGetJob {
		cl.asked = true
		if job := c.store.Job(j.job.ID); job.Version == 0 || job.Deleted != des.Never {
			c.cannotAdopt(cl)
		}
		return
	}
	p := cl.todo[0]
	cl.todo = cl.todo[1:]
	if o == opRelease {
		c.store.ReleasePod(c.writer(RuleRelease), p.ID, j.job.ID)
		j.disclaim(&p)
		return
	}
	switch err := c.store.AdoptPod(c.writer(RuleAdopt), p.ID, j.job.ID); {
	case errors.Is(err, store.ErrNotFound):
		return
	case err != nil:
		cl.failed = true
		c.explain(j, trace.Refuse, RuleAdopt, trace.Arg{Key: "request", Value: "adopt a pod"},
			trace.Arg{Key: "error", Value: err.Error()})
		return
	}
	j.wrotePod = max(j.wrotePod, c.store.Pod(p.ID).Version)
	p.Owner, p.Finalizer = j.job.ID, true
	cl.put(&p)
	cl.adopted = append(cl.adopted, p.ID)
	if p.Status.Phase == api.Failed {
		c.noteFailJob(j, &p)
	}
}

// hasAdopted says whether this sync has adopted the pod.
func (s *syncCtx) hasAdopted(id api.PodID) bool {
	return s.claims != nil && slices.Contains(s.claims.adopted, id)
}

// asListed compares pods by their places in the list of this sync: those that it adopts come after the Job's own
// (FilterPodsByOwner, pkg/controller/controller_utils.go:1169), and what a Go map orders upstream is by age.
func (s *syncCtx) asListed(a, b api.PodID) int {
	return cmp.Or(index(s.hasAdopted(a))-index(s.hasAdopted(b)), int(a)-int(b))
}

// cannotAdopt leaves the orphans: the Job is gone or being deleted, though the cache does not know yet.
func (c *Controller) cannotAdopt(cl *claims) {
	kept := cl.todo[:0]
	for _, p := range cl.todo {
		if p.Owner != api.NoJob {
			kept = append(kept, p)
		}
	}
	cl.todo, cl.failed = kept, true
}
