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
	Groups      []api.NodeGroup // of nodes that come and go; their numbers are after those of Nodes
	Jobs        []Submission
	CronJobs    []CronSubmission
	Fates       []api.FateRule
	Faults      []api.Fault
	Selectors   api.Selectors // of all JobSpecs; zero: each Job has the pods that it made
	Until       Until
	TieShuffle  uint64 // test mode, see des.Kernel.SetTieShuffle
}

// Submission is a Job and when it is created.
type Submission struct {
	At   des.Time
	Spec api.JobSpec
}

// CronSubmission is a CronJob and when it is created. Where there is one, the run goes on up to Until.Horizon.
type CronSubmission struct {
	At   des.Time
	Spec api.CronJobSpec
}

// JobSpecs are all Jobs that there can be, by their numbers: those that are submitted, then those of the CronJobs.
func (c *Config) JobSpecs(yield func(api.JobID, *api.JobSpec) bool) {
	for i := range c.Jobs {
		if !yield(api.JobID(i), &c.Jobs[i].Spec) {
			return
		}
	}
	for i := range c.CronJobs {
		s := &c.CronJobs[i].Spec
		for k := range s.Jobs {
			if !yield(s.FirstJob+api.JobID(k), &s.Jobs[k]) {
				return
			}
		}
	}
}

// jobCount is how many Jobs there can be.
func (c *Config) jobCount() int {
	n := len(c.Jobs)
	for i := range c.CronJobs {
		n += len(c.CronJobs[i].Spec.Jobs)
	}
	return n
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
	Jobs  []JobOutcome // of the Jobs that were submitted

	CronJobs []CronJobOutcome
	Groups   []GroupOutcome

	Metrics []trace.Sample // of the Job controller's process as it is at the end; known only with a trace
}

// GroupOutcome is what became of one group of nodes.
type GroupOutcome struct {
	Name      string
	Launched  int32        // machines, those of the beginning among them
	Peak      int32        // the most at a time, with those that boot
	Reclaimed int32        // machines that were taken away
	Broke     int32        // how often a machine broke
	Ran       des.Duration // of all machines, from launch to end
}

// CronJobOutcome is what became of one CronJob.
type CronJobOutcome struct {
	Name      string
	Due       int32 // schedule times since its creation
	Started   int32 // of those, how many had a Job
	Missed    int32 // and how many had none by the end of the run
	Late      int32 // Jobs that were created a second or more after their schedule time
	Succeeded int32
	Failed    int32
	Replaced  int32 // Jobs that were deleted before they had finished
	Pods      int32
	Ran       des.Duration // as of a Job
	Wasted    des.Duration // as of a Job
}

// Sound says whether every schedule time had a Job, and none of them failed or had to give way.
func (o *CronJobOutcome) Sound() bool { return o.Missed == 0 && o.Failed == 0 && o.Replaced == 0 }

// Reason is "Sound", or what was wrong: "Missed", "Failed", "Replaced", with plus signs between.
func (o *CronJobOutcome) Reason() string {
	if o.Sound() {
		return "Sound"
	}
	words := ""
	for _, w := range []struct {
		n    int32
		word string
	}{{o.Missed, "+Missed"}, {o.Failed, "+Failed"}, {o.Replaced, "+Replaced"}} {
		if w.n > 0 {
			words += w.word
		}
	}
	return words[1:]
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
