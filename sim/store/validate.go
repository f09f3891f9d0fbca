package store

import (
	"errors"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// ErrInvalid is a status write that the API server's validation refuses: HTTP 422.
var ErrInvalid = errors.New("invalid status")

// validStatus is what the API server demands of a Job status, as far as a controller can violate it
// (pkg/apis/batch/validation/validation.go:505-620 and pkg/registry/batch/job/strategy.go:326-396@v1.37.2).
func validStatus(job *api.Job, old, now *api.JobStatus) bool {
	if (now.Ready != old.Ready || now.Active != old.Active) && now.Ready.Or(0) > now.Active {
		return false
	}
	if now.Finished() && !old.Finished() && now.StartTime == des.Never {
		return job.Spec.Suspend && job.Spec.Completions == api.Some(int32(0))
	}
	return true
}
