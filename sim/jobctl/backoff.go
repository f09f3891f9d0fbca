package jobctl

import (
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// backoffRecord is the job-wide back-off after pod failures. It is memory of the controller only (backoff_utils.go:33).
type backoffRecord struct {
	failures    int32    // failures after the last success
	lastFailure des.Time // finish time of the latest; Never without one
}

var noBackoff = backoffRecord{lastFailure: des.Never}

// next is the record after a sync has seen new finished pods (newBackoffRecord, backoff_utils.go:93).
func (r backoffRecord) next(succeeded, failed []finishedPod) backoffRecord {
	if len(succeeded) == 0 {
		if len(failed) == 0 {
			return r
		}
		return backoffRecord{r.failures + int32(len(failed)), latest(failed)}
	}
	last := latest(succeeded)
	fresh := noBackoff
	for _, p := range failed {
		if p.finished <= last {
			continue
		}
		fresh.failures++
		if fresh.lastFailure == des.Never || p.finished > fresh.lastFailure {
			fresh.lastFailure = p.finished
		}
	}
	return fresh
}

// finishedPod is a pod that a sync counts for the first time.
type finishedPod struct {
	id       api.PodID
	finished des.Time
}

func latest(pods []finishedPod) des.Time {
	t := pods[0].finished
	for _, p := range pods[1:] {
		t = max(t, p.finished)
	}
	return t
}

// getFinishedTime is when a pod finished, from the first source that knows (backoff_utils.go:174-234).
func getFinishedTime(p *api.Pod) des.Time {
	switch {
	case p.Status.FinishedAt != des.Never:
		return p.Status.FinishedAt
	case p.Status.HasReady && !p.Status.Ready:
		return p.Status.ReadySince
	case p.Deleted != des.Never:
		return p.Deleted.Add(-api.Seconds(p.Grace))
	}
	return p.Created
}

// remaining is how long no pod may be created yet (getRemainingTimeForFailuresCount, backoff_utils.go:255).
func (r backoffRecord) remaining(now des.Time, knobs *api.Knobs) des.Duration {
	if r.failures == 0 {
		return 0
	}
	backoff := knobs.PodFailureBackoff
	for i := int32(1); i < r.failures; i++ {
		backoff *= 2
		if backoff >= knobs.MaxPodBackoff {
			backoff = knobs.MaxPodBackoff
			break
		}
	}
	return max(0, backoff-now.Sub(r.lastFailure))
}
