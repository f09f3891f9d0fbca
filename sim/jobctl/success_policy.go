package jobctl

import (
	"strconv"

	"github.com/jobsim/jobsim/sim/api"
)

// matchSuccessPolicy finds the first rule of the successPolicy that the succeeded indexes meet, and the message that
// says so. Nothing is met before the first success (success_policy.go:27).
func matchSuccessPolicy(spec *api.JobSpec, succeeded api.IndexSet) (message string, met bool) {
	if len(succeeded) == 0 {
		return "", false
	}
	for i, r := range spec.SuccessPolicy {
		if !r.Indexes.Set {
			met = r.Count.Set && succeeded.Len() >= r.Count.Value
		} else {
			required := r.Indexes.Value.Below(spec.Completions.Value)
			have := succeeded.Common(required)
			met = len(required) > 0 && (have == required.Len() || r.Count.Set && have >= r.Count.Value)
		}
		if met {
			return "Matched rules at index " + strconv.Itoa(i), true
		}
	}
	return "", false
}
