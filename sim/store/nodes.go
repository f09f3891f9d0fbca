package store

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// PutNode adds a node to those with which the run begins, before anyone has looked.
func (s *Store) PutNode(spec *api.NodeSpec) api.NodeID {
	id := s.addNode(spec)
	s.version++
	s.nodes[id].Version = s.version
	return id
}

// CreateNode adds a node.
func (s *Store) CreateNode(w Writer, spec *api.NodeSpec) api.NodeID {
	id := s.addNode(spec)
	n := &s.nodes[id]
	s.beforeNode(n)
	s.commitNode(w, n)
	return id
}

func (s *Store) addNode(spec *api.NodeSpec) api.NodeID {
	id := api.NodeID(len(s.nodes))
	s.nodes = append(s.nodes, api.Node{ID: id, Spec: spec, Ready: true, Unreachable: des.Never})
	s.nodeWrites = append(s.nodeWrites, 0)
	return id
}

// UpdateNode writes a node's condition, cordon and taint. A write that changes nothing is none.
func (s *Store) UpdateNode(w Writer, id api.NodeID, ready, unschedulable bool, unreachable des.Time) {
	n := &s.nodes[id]
	if n.Version == 0 || n.Ready == ready && n.Unschedulable == unschedulable && n.Unreachable == unreachable {
		return
	}
	s.beforeNode(n)
	n.Ready, n.Unschedulable, n.Unreachable = ready, unschedulable, unreachable
	s.commitNode(w, n)
}

// TaintNode writes a node's taints of effect NoSchedule, of which no trace tells. A write that changes nothing is none.
func (s *Store) TaintNode(id api.NodeID, taints api.NodeTaints) {
	n := &s.nodes[id]
	if n.Version == 0 || n.NoSchedule == taints {
		return
	}
	s.beforeNode(n)
	n.NoSchedule = taints
	s.version++
	n.Version = s.version
	s.notifyNode(n)
}

// DeleteNode removes a node object. Its pods stay until someone collects them.
func (s *Store) DeleteNode(w Writer, id api.NodeID) {
	n := &s.nodes[id]
	if n.Version == 0 {
		return
	}
	s.deletion = true
	s.beforeNode(n)
	s.removeNode(w, n)
}
