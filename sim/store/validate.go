package store

import (
	"errors"
	"fmt"
	"math"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// ErrInvalid is a write that the API server's validation refuses: HTTP 422.
var ErrInvalid = errors.New("invalid")

var errInvalidStatus = fmt.Errorf("%w status", ErrInvalid)

// validStatus is what the API server demands of a Job status, as far as a controller can violate it
// (pkg/apis/batch/validation/validation.go:505-620 and pkg/registry/batch/job/strategy.go:326-396@v1.37.2).
func validStatus(job *api.Job, old, now *api.JobStatus) bool {
	if now.Succeeded < old.Succeeded && (job.Spec.CompletionMode == api.NonIndexed ||
		job.Spec.Completions != api.Some(job.Spec.Parallelism)) {
		return false
	}
	if (now.Ready != old.Ready || now.Active != old.Active) && now.Ready.Or(0) > now.Active {
		return false
	}
	if (now.CompletedIndexes != old.CompletedIndexes || now.FailedIndexes != old.FailedIndexes) && overlap(job, now) {
		return false
	}
	if now.Finished() && !old.Finished() && now.StartTime == des.Never {
		return job.Spec.Suspend && job.Spec.Completions == api.Some(int32(0))
	}
	return true
}

// overlap says whether an index has both succeeded and failed, as far as the lists go with the completions
// (validateFailedIndexesNotOverlapCompleted, pkg/apis/batch/validation/validation.go:1082@v1.37.2).
func overlap(job *api.Job, s *api.JobStatus) bool {
	if s.CompletedIndexes == "" || s.FailedIndexes.Value == "" {
		return false
	}
	succeeded, failed := valid(s.CompletedIndexes, job), valid(s.FailedIndexes.Value, job)
	return succeeded.Common(failed) > 0
}

// valid are the intervals of a list that the Job's completions allow.
func valid(list string, job *api.Job) api.IndexSet {
	s, err := api.ParseIndexSet(list, math.MaxInt32)
	if err != nil {
		panic("store: " + err.Error()) // the controller writes no such list
	}
	for len(s) > 0 && s[len(s)-1].To >= job.Spec.Completions.Value {
		s = s[:len(s)-1]
	}
	return s
}

// The limits of Indexed Jobs (pkg/apis/batch/validation/validation.go:44-56@v1.37.2).
const (
	maxIndexedParallelism = 100_000
	manyCompletions       = 100_000 // from here on with a backoffLimitPerIndex:
	maxParallelismForMany = 10_000
	maxFailedForMany      = 10_000
)

// validUpdate is what the API server demands of a change of a Job's spec that a patch can make: the first thing that is
// wrong (ValidateJobSpecUpdate, pkg/apis/batch/validation/validation.go:639@v1.37.2).
func validUpdate(old, now *api.JobSpec) error {
	invalid := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
	}
	if now.PodReplacementPolicy != api.ReplaceFailed && len(now.PodFailurePolicy) > 0 {
		return invalid("spec.podReplacementPolicy: with a podFailurePolicy only Failed is supported")
	}
	if now.CompletionMode == api.NonIndexed {
		switch {
		case now.Completions != old.Completions:
			return invalid("spec.completions: field is immutable")
		case now.MaxFailedIndexes.Set:
			return invalid("spec.maxFailedIndexes: requires indexed completion mode")
		}
		return nil
	}
	n, failed, many := now.Completions.Value, now.MaxFailedIndexes, false
	if now.BackoffLimitPerIndex.Set {
		many = n > manyCompletions
	} else if failed.Set {
		return invalid("spec.backoffLimitPerIndex: required when maxFailedIndexes is specified")
	}
	switch {
	case now.Completions != old.Completions && n != now.Parallelism:
		return invalid("spec.completions: can only be modified in tandem with spec.parallelism")
	case now.Parallelism > maxIndexedParallelism, many && now.Parallelism > maxParallelismForMany:
		return invalid("spec.parallelism: %d is too much", now.Parallelism)
	case failed.Set && failed.Value > min(n, maxIndexedParallelism), many && failed.Or(n) > maxFailedForMany:
		return invalid("spec.maxFailedIndexes: %d is too much", failed.Or(n))
	}
	for i, r := range now.SuccessPolicy {
		if set := r.Indexes.Value; len(set) > 0 && set[len(set)-1].To >= n {
			return invalid("spec.successPolicy.rules[%d].succeededIndexes: too large index", i)
		}
		if r.Count.Value > n {
			return invalid("spec.successPolicy.rules[%d].succeededCount: must be less than or equal to completions", i)
		}
	}
	return nil
}
