package sim

import (
	"errors"
	"fmt"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Config is everything that a run is a function of. Knobs must be valid, as api.DefaultKnobs are;
// everything else may be zero.
type Config struct {
	Scenario    string // its name, for the trace
	Seed        uint64
	Replication uint64
	Knobs       api.Knobs
	Nodes       []api.NodeSpec
	Jobs        []Submission
	Fates       []api.FateRule
	Faults      []api.Fault
	Until       Until
	TieShuffle  uint64 // test mode, see des.Kernel.SetTieShuffle
}

// Submission is a Job and when it is created.
type Submission struct {
	At   des.Time
	Spec api.JobSpec
}

// Until says when a run ends. The zero value: when every Job is finished, or nothing is left to happen.
type Until struct {
	// Horizon is the latest instant that is simulated. 0 is a year of 365 days.
	Horizon des.Time
	// Quiescent goes on until nothing is left to happen, also past the last finished Job.
	Quiescent bool
	// MaxSteps is how many events may happen before the run is given up with an error. 0 is 2e8, about
	// twenty million pods and some gigabytes of memory.
	MaxSteps uint64
}

const (
	defaultHorizon  = des.Time(365 * 24 * des.Hour)
	defaultMaxSteps = 200_000_000
)

// ErrTooManySteps is a run that went past Until.MaxSteps.
var ErrTooManySteps = errors.New("too many events")

// Violation is a broken invariant of the model: a defect of jobsim, never of the input. It carries its reproduction.
type Violation struct {
	Scenario    string
	Seed        uint64
	Replication uint64
	Step        uint64
	At          des.Time
	What        string
	Last        []trace.Record // the last records before it, if the run was traced
}

// Error tells all of it in one line.
func (v *Violation) Error() string {
	return fmt.Sprintf("violation: %s (scenario %q, seed %d, replication %d, step %d, at %v): "+
		"please report this together with the scenario", v.What, v.Scenario, v.Seed, v.Replication, v.Step, v.At)
}

// End says why a run ended.
type End uint8

// The ends of a run.
const (
	EndFinished  End = iota // every Job has finished
	EndQuiescent            // nothing was left to happen
	EndHorizon              // the horizon was reached
)

// String is a word for it.
func (e End) String() string { return [...]string{"finished", "quiescent", "horizon"}[e] }

// Outcome is what one run says about itself.
type Outcome struct {
	End   End
	At    des.Time // when it ended
	Steps uint64
	Jobs  []JobOutcome
}

// JobOutcome is what became of one Job.
type JobOutcome struct {
	Submitted des.Time
	Finished  des.Time // of the write of the terminal condition; Never
	Condition api.Condition
	Status    api.JobStatus
	Pods      int32        // pods created
	Ran       des.Duration // running time of pods, up to the end of the run
	Wasted    des.Duration // and of those of them that did not succeed
}

// Complete says whether the Job succeeded.
func (o *JobOutcome) Complete() bool { return o.Condition.Type == api.JobComplete }

// Reason is "Complete/CompletionsReached", "Failed/BackoffLimitExceeded", ..., or "Unfinished".
func (o *JobOutcome) Reason() string {
	if o.Condition.Type == "" {
		return "Unfinished"
	}
	return string(o.Condition.Type) + "/" + o.Condition.Reason
}
