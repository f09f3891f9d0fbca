package sim

import (
	"fmt"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Run simulates cfg and returns its trace. Errors: an *api.KnobError, ErrTooManySteps, and a *Violation for a defect of
// the model.
func Run(cfg *Config) (*trace.Trace, Outcome, error) {
	t := &trace.Trace{Header: trace.Header{Scenario: cfg.Scenario, World: "sim",
		Kubernetes: fmt.Sprintf("v1.%d", cfg.Knobs.Kubernetes), Seed: cfg.Seed, Replication: cfg.Replication}}
	out, err := NewWorld().Run(cfg, t)
	return t, out, err
}

// Run simulates cfg from beginning to end. Records go to sink; nil means no trace, which is several times as fast.
// Errors are those of the function Run.
func (w *World) Run(cfg *Config, sink trace.Sink) (out Outcome, err error) {
	if err = cfg.Knobs.Validate(); err != nil {
		return out, fmt.Errorf("scenario %q: %w", cfg.Scenario, err)
	}
	defer func() {
		if r := recover(); r != nil {
			err = w.violation(r, sink)
		}
	}()
	w.Begin(cfg, sink)
	limit := cfg.Until.MaxSteps
	if limit == 0 {
		limit = defaultMaxSteps
	}
	for w.Step() {
		if w.kernel.Steps() > limit {
			return w.Outcome(), fmt.Errorf("scenario %q: %w: %d by %v", cfg.Scenario, ErrTooManySteps, limit, w.kernel.Now())
		}
	}
	return w.Outcome(), nil
}

// violation turns a panic of the model into an error that tells how to repeat it.
func (w *World) violation(r any, sink trace.Sink) error {
	v := &Violation{Scenario: w.cfg.Scenario, Seed: w.cfg.Seed, Replication: w.cfg.Replication, Step: w.kernel.Steps(),
		At: w.kernel.Now(), What: fmt.Sprint(r)}
	if t, ok := sink.(*trace.Trace); ok {
		v.Last = t.Records[max(0, len(t.Records)-10):]
	}
	return v
}

// Outcome sums the run up as it stands.
func (w *World) Outcome() Outcome {
	out := Outcome{At: w.kernel.Now(), Steps: w.kernel.Steps(), End: EndHorizon}
	_, left := w.kernel.Peek()
	switch {
	case w.store.AllEnded():
		out.End = EndFinished
	case !left:
		out.End = EndQuiescent
	}
	out.Jobs = make([]JobOutcome, len(w.cfg.Jobs))
	for i := range out.Jobs {
		o := &out.Jobs[i]
		o.Submitted, o.Finished = w.cfg.Jobs[i].At, des.Never
		w.sumJob(o, w.store.Job(api.JobID(i)))
	}
	for id := range w.store.PodCount() {
		p := w.store.Pod(id)
		w.sumPod(&out.Jobs[p.Job], p)
	}
	return out
}

func (w *World) sumJob(o *JobOutcome, j *api.Job) {
	o.Status = j.Status
	if c, ok := j.Status.FinishedCondition(); ok {
		o.Condition = c
		o.Finished = w.store.Ended(j.ID)
	}
}

func (w *World) sumPod(o *JobOutcome, p *api.Pod) {
	o.Pods++
	if s := &p.Status; s.RunningSince != des.Never {
		ran := min(s.EndedAt, w.kernel.Now()).Sub(s.RunningSince)
		o.Ran += ran
		if s.Phase != api.Succeeded {
			o.Wasted += ran
		}
	}
}
