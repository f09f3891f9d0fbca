package answer

import (
	"math"

	"github.com/jobsim/jobsim/reports/closedform"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
)

// Exact is P(success) of a configuration as theory knows it.
type Exact struct {
	Success float64
	Form    string // the closed form, such as "negative binomial"
}

// ExactSuccess is P(success) where a closed form holds: one Job without policies, deadlines and faults whose pods run
// once and fail with a probability that depends on nothing, on a node on which they fit. How long runs take, how many
// there are at a time, and latencies make no difference: see closedform.Never. It is the probability of a run that
// comes to its end; what the horizon cuts off is not in it.
func ExactSuccess(cfg *sim.Config) (Exact, bool) {
	if len(cfg.Jobs) != 1 || len(cfg.CronJobs) > 0 || len(cfg.Faults) > 0 {
		return Exact{}, false
	}
	s := &cfg.Jobs[0].Spec
	p, known := coin(cfg.Fates)
	if !known || !plain(s) || !fits(s, cfg.Nodes) {
		return Exact{}, false
	}
	n := int(s.Completions.Value)
	if !s.BackoffLimitPerIndex.Set {
		return Exact{closedform.Never(n, int(s.BackoffLimit), p), "negative binomial"}, true
	}
	// Whatever maxFailedIndexes says, a failed index fails the Job in the end.
	each := int(s.BackoffLimitPerIndex.Value)
	if float64(s.BackoffLimit) < float64(n)*(float64(each)+1) {
		return Exact{}, false // the limit of the whole Job may be met before that of an index
	}
	return Exact{closedform.PerIndex(n, each, 0, p), "per index"}, true
}

// plain says whether nothing but the failures of pods can fail the Job.
func plain(s *api.JobSpec) bool {
	t := &s.Template
	if len(t.Containers) != 1 || t.RestartPolicy != api.RestartNever || t.ActiveDeadlineSeconds.Set || t.NodeName != "" {
		return false
	}
	c := &t.Containers[0]
	return c.Kind == api.Main && !c.Restart.Set && len(c.RestartRules) == 0 &&
		s.Completions.Set && s.Completions.Value > 0 && s.Parallelism > 0 && !s.Suspend && s.ManagedBy == "" &&
		!s.ActiveDeadlineSeconds.Set && len(s.PodFailurePolicy) == 0 && len(s.SuccessPolicy) == 0
}

// fits says whether the Job's pod has a place on one of the nodes.
func fits(s *api.JobSpec, nodes []api.NodeSpec) bool {
	r := &s.Template.Requests
	for i := range nodes {
		n := &nodes[i]
		if n.Unlimited || n.Pods > 0 && r.MilliCPU <= n.MilliCPU && r.Memory <= n.Memory {
			return true
		}
	}
	return false
}

// coin is the probability that a run fails, if the fates are independent coins, the same for all runs.
func coin(rules []api.FateRule) (p float64, known bool) {
	pass := 1.0 // on to the next rule
	for i := range rules {
		r := &rules[i]
		if r.Job != api.AnyJob && r.Job != 0 || len(r.Slot) > 0 || r.Container != api.AnyMain && r.Container != 0 ||
			r.Every > 0 || len(r.Index)+len(r.Attempt)+len(r.Number)+len(r.Restart) > 0 ||
			r.FailAfter.Set || r.End != api.EndExit || r.NoExit {
			return 0, false
		}
		applies := math.Ldexp(float64(r.Chance), -63)
		if r.Exit != 0 {
			p += float64(pass * applies)
		}
		pass *= 1 - applies
	}
	return p, true // a run that no rule meets exits with 0
}
