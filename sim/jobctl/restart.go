package jobctl

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/jobsim/jobsim/sim/api"
)

// Stop is the end of the process: what it keeps in memory is lost, and so are its requests on their way.
func (c *Controller) Stop() {
	c.down = true
	for i := range c.jobs {
		c.jobs[i].reset()
	}
	c.queue = queue{ready: c.queue.ready[:0]}
	c.orphans.life++
	c.orphans.reset(c.knobs.JobSyncs)
	c.events.Restart()
	c.resetCache()
	c.metrics = Metrics{}
}

// Start is the begin of a new process. Its caches are filled by lists, Jobs first, and every object in them is an
// addition to the handlers (addJob, addPod). So each Job is synced at once, and again after the batching delay where it
// has pods; of the back-off after failures that are counted already nothing is known.
func (c *Controller) Start() {
	c.down = false
	c.client.Restart()
	var ids []api.JobID
	for i := range c.store.Jobs() {
		if c.store.Job(api.JobID(i)).Version != 0 {
			ids = append(ids, api.JobID(i))
		}
	}
	slices.SortFunc(ids, func(a, b api.JobID) int { // a list comes in the order of its keys
		p, q := c.store.Job(a).Spec, c.store.Job(b).Spec
		return cmp.Or(cmp.Compare(p.Namespace, q.Namespace), cmp.Compare(p.Name, q.Name))
	})
	for _, id := range ids {
		c.observeJob(c.store.Job(id))
	}
	for _, p := range c.listPods() {
		c.observePod(p)
	}
	c.listed = c.store.Version()
	c.cache.podVersion, c.cache.jobVersion = c.listed, c.listed
}

// listPods lists all pods in the order of their keys: a name is that of the Job, the index of an Indexed one, which is
// text here, and random letters. Those go by age.
func (c *Controller) listPods() []*api.Pod {
	type listed struct {
		pod *api.Pod
		key string
	}
	var list []listed
	for id := range c.store.PodCount() {
		p := c.store.Pod(id)
		if p.Version == 0 {
			continue
		}
		spec := c.store.Job(p.Job).Spec
		key := spec.Namespace + "/" + spec.Name + "-"
		if p.Index != api.NoIndex {
			key += strconv.Itoa(int(p.Index)) + "-"
		}
		list = append(list, listed{p, key})
	}
	slices.SortStableFunc(list, func(a, b listed) int { return cmp.Compare(a.key, b.key) })
	pods := make([]*api.Pod, len(list))
	for i := range list {
		pods[i] = list[i].pod
	}
	return pods
}
