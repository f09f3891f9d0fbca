package jobctl

import "github.com/jobsim/jobsim/sim/des"

// expectation is what the controller has created and deleted and not yet observed
// (pkg/controller/controller_utils.go:195-300). The zero value expects nothing.
type expectation struct {
	set       bool
	add, del  int32
	timestamp des.Time
}

func (e *expectation) creations(n int, now des.Time) { *e = expectation{true, int32(n), 0, now} }
func (e *expectation) deletions(n int, now des.Time) { *e = expectation{true, 0, int32(n), now} }

// creationObserved and deletionObserved may run below zero: every event of a pod that is being deleted counts.
func (e *expectation) creationObserved() { e.add-- }
func (e *expectation) deletionObserved() { e.del-- }

func (e *expectation) satisfied(now des.Time, timeout des.Duration) bool {
	return !e.set || e.add <= 0 && e.del <= 0 || now.Sub(e.timestamp) > timeout
}
