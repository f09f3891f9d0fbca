package properties_test

import (
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// scaling compares a run in whole seconds with the same one three times as slow.
func scaling(s *scenarios.Scenario, seed uint64) string {
	const k = 3
	a, b := config(s, seed), config(s, seed)
	inSeconds(a, 1)
	inSeconds(b, k)
	return same(a, b, func(r *trace.Record, changed bool) bool {
		r.Args = timeless(r.Args)
		if !changed {
			r.At *= k
		}
		if r.Verb == trace.Update || r.Verb == trace.Terminate || r.Verb.Explains() {
			r.Args = nil // spans
		}
		return true
	})
}

// inSeconds rounds every time of a configuration up to whole seconds and makes it k times as long.
func inSeconds(cfg *sim.Config, k des.Duration) {
	whole := func(d des.Duration) des.Duration { return (d + des.Second - 1) / des.Second * des.Second * k }
	instant := func(t *des.Time) { *t = des.Time(whole(des.Duration(*t))) }
	seconds := func(o *api.Opt[int64]) { o.Value *= int64(k) }
	dist := func(d *rng.Dist) { *d = rng.Const(whole(des.Duration(d.P[0]))) }
	if cfg.Until.Horizon == 0 {
		cfg.Until.Horizon = des.Time(24 * des.Hour) // the default is a constant
	}
	instant(&cfg.Until.Horizon)
	for i := range cfg.Jobs {
		j := &cfg.Jobs[i]
		instant(&j.At)
		seconds(&j.Spec.ActiveDeadlineSeconds)
		seconds(&j.Spec.Template.ActiveDeadlineSeconds)
		j.Spec.TTLSecondsAfterFinished.Value *= int32(k)
		j.Spec.Template.TerminationGracePeriodSeconds *= int64(k)
	}
	for i := range cfg.Fates {
		f := &cfg.Fates[i]
		dist(&f.Start)
		dist(&f.Ready)
		dist(&f.Run)
		dist(&f.Term)
		dist(&f.FailAfter.Value)
	}
	for i := range cfg.Faults {
		f := &cfg.Faults[i]
		instant(&f.At)
		f.For, f.Downtime = whole(f.For), whole(f.Downtime)
		seconds(&f.Patch.ActiveDeadlineSeconds)
		f.Patch.TTLSecondsAfterFinished.Value *= int32(k)
	}
	n := &cfg.Knobs
	n.Latency.PhaseStep = 0
	for _, d := range []*des.Duration{&n.SyncBatch, &n.APIBackoff, &n.MaxAPIBackoff, &n.PodFailureBackoff, &n.MaxPodBackoff,
		&n.ExpectationTimeout, &n.RestartBackoff, &n.MaxRestartBackoff, &n.RestartBackoffReset, &n.NodeMonitorPeriod,
		&n.NodeMonitorGrace, &n.LeaseRenew, &n.PodGCPeriod, &n.PodGCQuarantine, &n.Uptime} {
		*d = whole(*d)
	}
	n.UnreachableSeconds *= int64(k)
}
