package sim

import (
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/cronctl"
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
	case len(w.cfg.CronJobs) == 0 && w.store.AllEnded():
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
	for i := range w.cfg.CronJobs {
		out.CronJobs = append(out.CronJobs, w.sumCronJob(api.CronJobID(i)))
	}
	for i := range w.cfg.Groups {
		o := GroupOutcome{Name: w.cfg.Groups[i].Name}
		o.Launched, o.Reclaimed, o.Broke, o.Peak, o.Ran = w.cloud.Sum(i)
		out.Groups = append(out.Groups, o)
	}
	for id := range w.store.PodCount() {
		p := w.store.Pod(id)
		w.sums(&out, p.Job).add(p, w.kernel.Now())
	}
	if w.observer != nil {
		out.Metrics = w.jobctl.Metrics().Samples()
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

// sums are where the pods of a Job are summed up.
type sums struct {
	pods        *int32
	ran, wasted *des.Duration
}

func (w *World) sums(out *Outcome, id api.JobID) sums {
	if int(id) < len(out.Jobs) {
		o := &out.Jobs[id]
		return sums{&o.Pods, &o.Ran, &o.Wasted}
	}
	for i := range w.cfg.CronJobs {
		if w.cfg.CronJobs[i].Spec.Owns(id) {
			o := &out.CronJobs[i]
			return sums{&o.Pods, &o.Ran, &o.Wasted}
		}
	}
	panic("a pod of no Job")
}

// add sums a pod up.
func (s sums) add(p *api.Pod, now des.Time) {
	*s.pods++
	if p.Status.RunningSince == des.Never {
		return
	}
	ran := min(p.Status.EndedAt, now).Sub(p.Status.RunningSince)
	*s.ran += ran
	if p.Status.Phase != api.Succeeded {
		*s.wasted += ran
	}
}

func (w *World) sumCronJob(id api.CronJobID) CronJobOutcome {
	spec := &w.cfg.CronJobs[id].Spec
	o := CronJobOutcome{Name: spec.Name}
	if w.store.CronJob(id).Version == 0 {
		return o
	}
	for k := range spec.Jobs {
		slot := spec.Slot(k)
		if slot.Add(cronctl.NextScheduleDelta) > w.kernel.Now() {
			break // its turn has not come
		}
		if spec.Slots != nil && !w.inForce(id, slot) && w.store.Job(spec.FirstJob+api.JobID(k)).Spec == nil {
			continue
		}
		o.Due++
		j := w.store.Job(spec.FirstJob + api.JobID(k))
		if j.Spec == nil {
			o.Missed++
			continue
		}
		o.Started++
		if j.Created.Sub(slot) >= des.Second {
			o.Late++
		}
		switch c, finished := j.Status.FinishedCondition(); {
		case finished && c.Type == api.JobComplete:
			o.Succeeded++
		case finished:
			o.Failed++
		case j.Version == 0:
			o.Replaced++
		}
	}
	return o
}

// inForce says whether a time is one of the CronJob's schedule then.
func (w *World) inForce(id api.CronJobID, slot des.Time) bool {
	schedule := w.cfg.CronJobs[id].Spec.Schedule
	since := des.Time(-1)
	for i := range w.cfg.Faults {
		f := &w.cfg.Faults[i]
		if f.Kind == api.PatchCronJob && f.CronJob == id && f.CronPatch.Plan.Schedule != "" && f.At <= slot && f.At >= since {
			schedule, since = f.CronPatch.Schedule, f.At
		}
	}
	_, found := slices.BinarySearch(schedule, slot)
	return found
}
