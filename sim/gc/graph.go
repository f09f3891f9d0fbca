package gc

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// graph is what the garbage collector knows of who owns whom (graph_builder.go@v1.37.2).
type graph struct {
	adopted []api.PodID // pods that are or were linked to a Job that has not made them
	pods    []dependent // by pod
	jobs    []job       // by Job
	owners  []owner     // the nodes of Jobs
}

// job is what is kept of a Job beyond its node. A Job that is gone gets another node when a pod of its own turns up: to
// the queue the two are different items.
type job struct {
	node   node
	absent bool // in the cache of owners that do not exist
}

// node is the number of a Job's node.
type node int32

const noNode node = 0

// dependent is a pod in the graph.
type dependent struct {
	known        bool
	linked       bool      // in the list of dependents of its owner
	owner        api.JobID // NoJob: none
	beingDeleted bool
}

// owner is the node of a Job, which stays when that is not in the graph any more.
type owner struct {
	job                api.JobID
	virtual            bool // seen only as the owner of a pod
	beingDeleted       bool
	deletingDependents bool // waits for its pods to be deleted
	orphaning          bool // waits for its pods to be let go
	dependents         int32
	retries            int32
}

func (g *graph) reset() {
	g.pods, g.jobs, g.adopted = g.pods[:0], g.jobs[:0], g.adopted[:0]
	g.owners = append(g.owners[:0], owner{}) // noNode
}

func (g *graph) pod(id api.PodID) *dependent {
	for int(id) >= len(g.pods) {
		g.pods = append(g.pods, dependent{})
	}
	return &g.pods[id]
}

func (g *graph) job(id api.JobID) *job {
	for int(id) >= len(g.jobs) {
		g.jobs = append(g.jobs, job{})
	}
	return &g.jobs[id]
}

// owner is the node of a Job that is in the graph, or nil.
func (g *graph) owner(id api.JobID) *owner {
	if n := g.job(id).node; n != noNode {
		return &g.owners[n]
	}
	return nil
}

// insert adds a Job to the graph.
func (g *graph) insert(o owner) *owner {
	g.job(o.job).node = node(len(g.owners))
	g.owners = append(g.owners, o)
	return &g.owners[len(g.owners)-1]
}

// observePod is processGraphChanges (graph_builder.go:760) for a pod.
func (c *Collector) observePod(p *api.Pod) {
	d := c.graph.pod(p.ID)
	switch {
	case p.Version == 0:
		c.removePod(p.ID)
	case !d.known:
		*d = dependent{known: true, owner: p.Owner, beingDeleted: p.Deleted != des.Never}
		c.link(p, d)
	default:
		if d.owner != p.Owner {
			c.unlink(d)
			d.owner = p.Owner
			c.link(p, d)
		}
		d.beingDeleted = d.beingDeleted || p.Deleted != des.Never
	}
}

// observePods enters all pods that there are.
func (c *Collector) observePods() {
	for id := range c.store.PodCount() {
		if p := c.store.Pod(id); p.Version != 0 {
			c.observePod(p)
		}
	}
}

// unlink takes a pod out of the dependents of the owner that it had, which may have waited for that
// (addUnblockedOwnersToDeleteQueue, graph_builder.go:615).
func (c *Collector) unlink(d *dependent) {
	if d.linked {
		d.linked = false
		c.graph.owner(d.owner).dependents--
		c.addJob(d.owner)
	}
}

// link adds a pod to its owner's dependents, if it has one. A Job that is not in the graph gets a virtual node, and the
// workers look whether it exists (addDependentToOwners, graph_builder.go:445).
func (c *Collector) link(p *api.Pod, d *dependent) {
	if p.Owner == api.NoJob {
		return
	}
	o := c.graph.owner(p.Owner)
	isNew := o == nil
	if isNew {
		o = c.graph.insert(owner{job: p.Owner, virtual: true})
	}
	d.linked = true
	if p.Owner != p.Job && !slices.Contains(c.graph.adopted, p.ID) {
		c.graph.adopted = append(c.graph.adopted, p.ID)
	}
	o.dependents++
	if isNew {
		c.addJob(p.Owner)
	}
}

func (c *Collector) removePod(id api.PodID) {
	d := c.graph.pod(id)
	if !d.known {
		return
	}
	linked := d.linked
	d.known, d.linked = false, false // a worker that comes to it late still finds it deleted
	if !linked {
		return
	}
	o := c.graph.owner(d.owner)
	o.dependents--
	if o.deletingDependents {
		c.addJob(d.owner)
	}
}

// observeJob is processGraphChanges for a Job.
func (c *Collector) observeJob(j *api.Job) {
	if j.Version == 0 {
		c.removeJob(j.ID)
		return
	}
	o := c.graph.owner(j.ID)
	if o == nil {
		o = c.graph.insert(owner{job: j.ID})
	}
	o.virtual = false
	if j.Deleted == des.Never {
		return
	}
	o.beingDeleted = true
	switch { // processTransitions, graph_builder.go:690
	case j.Orphaned && !o.orphaning:
		o.orphaning = true
		c.orphan(j.ID)
	case j.Foreground && !o.deletingDependents:
		o.deletingDependents = true
		c.addDependents(j.ID)
		c.addJob(j.ID)
	}
}

// addJob adds the node of a Job that is in the graph to the queue.
func (c *Collector) addJob(id api.JobID) { c.add(nodeItem(c.graph.job(id).node)) }

// cronOf is the CronJob that has made the Job, if one has.
func (c *Collector) cronOf(id api.JobID) (api.CronJobID, bool) {
	crons := c.store.CronJobs()
	for i := range crons {
		if crons[i].Version != 0 && crons[i].Spec.Owns(id) {
			return crons[i].ID, true
		}
	}
	return 0, false
}

func (c *Collector) hasCron(id api.JobID) bool {
	_, ok := c.cronOf(id)
	return ok
}

// removeJob takes a Job out of the graph: its pods are looked at.
func (c *Collector) removeJob(id api.JobID) {
	o := c.graph.owner(id)
	if o == nil {
		return
	}
	j := c.graph.job(id)
	j.absent = j.absent || o.dependents > 0
	c.addDependents(id)
	c.eachDependent(id, func(_ api.PodID, d *dependent) { d.linked = false })
	j.node, o.dependents = noNode, 0
}

// addDependents adds a Job's pods to the queue. Those that are known to be deleted would be passed over at once.
func (c *Collector) addDependents(id api.JobID) {
	c.eachDependent(id, func(pod api.PodID, d *dependent) {
		if !d.beingDeleted {
			c.add(idOf(pod))
		}
	})
}

func (c *Collector) eachDependent(id api.JobID, f func(api.PodID, *dependent)) {
	if o := c.graph.owner(id); o == nil || o.dependents == 0 {
		return
	}
	c.store.EachPodOf(id, func(p *api.Pod) {
		if d := c.graph.pod(p.ID); d.linked && d.owner == id {
			f(p.ID, d)
		}
	})
	for _, pod := range c.graph.adopted {
		if d := c.graph.pod(pod); d.linked && d.owner == id && c.store.Pod(pod).Job != id {
			f(pod, d)
		}
	}
}
