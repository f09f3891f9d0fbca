package replay

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
)

// ErrCannot is a scenario that cannot be replayed on a cluster, or not on this one.
var ErrCannot = errors.New("cannot be replayed")

// Refuse says why a scenario cannot be replayed on a cluster with so many nodes for pods; nil if it can. machines says
// whether nodes can be stopped.
func Refuse(sc *scenarios.Scenario, nodes int, machines bool) error {
	cfg := sc.Config()
	var errs []error
	cannot := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrCannot}, args...)...))
		}
	}
	for i, m := range sc.Manifests {
		cannot(m.Namespace != sc.Manifests[0].Namespace, "job %s: is in a second namespace", m.Name)
		cannot(m.Spec.Template.Spec.NodeName != "", "job %s: nodeName goes past the scheduling gate", m.Name)
		cannot(m.Spec.ManagedBy != nil, "job %s: is managed by somebody else", m.Name)
		cannot(m.Spec.PodFailurePolicy != nil && evicts(cfg, api.JobID(i)),
			"job %s: an eviction for a full volume has no DisruptionTarget, which a podFailurePolicy may look for", m.Name)
	}
	cannot(cfg.Selectors.Matter(), "pods that change their owner: who has done it cannot be seen on a live cluster")
	cannot(len(sc.CronJobs) > 0, "cronJobs: a live cluster's clock cannot be set")
	knobs := sc.File.Cluster.Knobs
	knobs.UnreachableSeconds = nil // is written into the pods' tolerations
	cannot(knobs != scenarios.Knobs{}, "cluster.knobs: a live cluster has its own")
	latency := sc.File.Cluster.Latency
	latency.PhaseStep = scenarios.Span{} // only tells actors apart
	cannot(!reflect.DeepEqual(latency, scenarios.Latency{}), "cluster.latency: a live cluster has its own")
	cannot(len(cfg.Groups) > 0, "cluster.groups: machines of a live cluster do not come and go at will")
	cannot(len(cfg.Nodes) > nodes && limited(cfg), "cluster.nodes: %d, and this cluster has %d for pods",
		len(cfg.Nodes), nodes)
	for i := range cfg.Faults {
		cannot(len(cfg.Faults[i].Patch.Requests) > 0, "faults[%d]: requests of pods stand for others on a live cluster", i)
		switch cfg.Faults[i].Kind {
		case api.LoseNode, api.ReturnNode, api.DeleteNode:
			cannot(!machines, "faults[%d]: nodes of this cluster cannot be stopped", i)
		case api.RestartController, api.FailRequests, api.SetQuota, api.PatchCronJob:
			cannot(true, "faults[%d]: nothing does this to a live control plane yet", i)
		default:
		}
	}
	return errors.Join(errs...)
}

func evicts(cfg *sim.Config, job api.JobID) bool {
	return anyFate(cfg, job, func(r *api.FateRule) bool { return r.End == api.EndEvicted })
}

// anyFate says whether a fate of a Job has a property.
func anyFate(cfg *sim.Config, job api.JobID, f func(*api.FateRule) bool) bool {
	for i := range cfg.Fates {
		r := &cfg.Fates[i]
		if (r.Job == job || r.Job == api.AnyJob) && f(r) {
			return true
		}
	}
	return false
}

// limited says whether the scenario's nodes matter.
func limited(cfg *sim.Config) bool {
	return len(cfg.Nodes) != 1 || !cfg.Nodes[0].Unlimited || Disturbs(cfg)
}

// crowd is how many pods at once use up the client limit that the Job controller has for all Jobs together: 30 requests
// (pkg/controller/apis/config/v1alpha1/defaults.go:58@v1.37.2).
const crowd = 30

// Crowds says whether a scenario keeps the Job controller from doing anything else.
func Crowds(cfg *sim.Config) bool {
	for i := range cfg.Jobs {
		if cfg.Jobs[i].Spec.Parallelism > crowd {
			return true
		}
	}
	return false
}

// Disturbs says whether something is done to nodes.
func Disturbs(cfg *sim.Config) bool {
	return slices.ContainsFunc(cfg.Faults, func(f api.Fault) bool {
		switch f.Kind {
		case api.DrainNode, api.CordonNode, api.UncordonNode, api.LoseNode, api.ReturnNode, api.DeleteNode:
			return true
		default:
			return false
		}
	})
}
