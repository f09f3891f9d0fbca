package conformance

import (
	"context"

	"github.com/jobsim/jobsim/e2e/cluster"
	"github.com/jobsim/jobsim/e2e/replay"
)

// Site is what of a cluster decides which scenarios can be replayed on it, and how.
type Site struct {
	Minor    int  // of its Kubernetes
	Nodes    int  // that take everybody's pods; 0 also where the nodes may not be listed
	Reserved int  // that only replays use which disturb nodes
	Machines bool // nodes can be stopped
}

// SiteOf looks at a cluster.
func SiteOf(ctx context.Context, c *cluster.Cluster) (Site, error) {
	nodes, err := replay.NodesForPods(ctx, c.Client)
	if err != nil && !replay.IsForbidden(err) {
		return Site{}, err
	}
	s := Site{Minor: c.Minor, Nodes: len(nodes), Machines: c.Kind != nil}
	if s.Machines {
		s.Reserved = len(c.Kind.Reserved)
	}
	return s, nil
}
