package scenarios

import (
	"cmp"
	"slices"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	batchv1 "k8s.io/api/batch/v1"
)

// replan is a schedule that a fault gives to a CronJob.
type replan struct {
	fault int
	spec  batchv1.CronJobSpec
}

// with is the spec with the schedule or time zone of a patch.
func (p *PatchCronJob) with(spec batchv1.CronJobSpec) batchv1.CronJobSpec {
	spec.Schedule = cmp.Or(p.Schedule, spec.Schedule)
	if p.TimeZone != "" {
		spec.TimeZone = &p.TimeZone
	}
	return spec
}

// replans are the schedules that a CronJob gets, in order. A patch before its creation finds nothing.
func (s *Scenario) replans(i int) (list []replan) {
	for k := range s.File.Faults {
		f := &s.File.Faults[k]
		p := f.PatchCronJob
		if p != nil && p.CronJob == s.CronJobs[i].Name && (p.Schedule != "" || p.TimeZone != "") &&
			f.At.Duration >= s.File.CronJobs[i].At.Duration {
			list = append(list, replan{fault: k})
		}
	}
	slices.SortStableFunc(list, func(a, b replan) int {
		return cmp.Compare(s.File.Faults[a.fault].At.Duration, s.File.Faults[b.fault].At.Duration)
	})
	spec := s.CronJobs[i].Spec
	for k := range list {
		spec = s.File.Faults[list[k].fault].PatchCronJob.with(spec)
		list[k].spec = spec
	}
	return list
}

// slotTimes are the schedule times of a CronJob up to the horizon, of all the schedules that it has in the run.
func (s *Scenario) slotTimes(i int) []des.Time {
	last := des.Time(s.File.Until.Horizon.Duration)
	times := s.schedule(i)
	if replans := s.replans(i); len(replans) > 0 {
		times = slices.Clone(times)
		for k := range replans {
			more, _ := s.timesOf(i, &replans[k].spec) // validate has looked at the error
			times = append(times, more...)
		}
		slices.Sort(times)
		times = slices.Compact(times)
	}
	n, _ := slices.BinarySearch(times, last+1)
	return times[:n:n]
}

func planOf(spec *batchv1.CronJobSpec) api.CronPlan {
	p := api.CronPlan{Schedule: spec.Schedule}
	if spec.TimeZone != nil {
		p.TimeZone = *spec.TimeZone
	}
	return p
}

// setReplans puts the new schedules into the faults that bring them.
func (s *Scenario) setReplans(cfg *sim.Config) {
	for i := range s.CronJobs {
		for _, r := range s.replans(i) {
			p := &cfg.Faults[r.fault].CronPatch
			p.Plan = planOf(&r.spec)
			p.Schedule, _ = s.timesOf(i, &r.spec)
		}
	}
}
