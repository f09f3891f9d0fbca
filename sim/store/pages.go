package store

import "github.com/jobsim/jobsim/sim/api"

// pageLen makes a page 34 KiB.
const pageLen = 256

// pages are all pods ever created. In pages they never move, and a million of them take no more memory than they need.
type pages struct {
	list []*[pageLen]entry
	n    api.PodID
}

// entry is a pod and what the store keeps beside it.
type entry struct {
	api.Pod
	older  api.PodID // the pod of the same Job that was created before it, or noPod
	writes int32     // so far; counted where deliveries are delayed
}

func (p *pages) at(id api.PodID) *entry { return &p.list[uint32(id)/pageLen][uint32(id)%pageLen] }

// add is an empty entry with the next id, in the memory of an earlier run if there is some.
func (p *pages) add() *entry {
	if int(p.n) == len(p.list)*pageLen {
		p.list = append(p.list, new([pageLen]entry))
	}
	e := p.at(p.n)
	*e = entry{}
	e.ID = p.n
	p.n++
	return e
}
