package sim_test

import (
	"testing"
	"unsafe"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// plain is a Job that uses nothing beside completions and parallelism.
func plain(n int32) *sim.Config {
	return base(api.JobSpec{Completions: api.Some(n), Parallelism: 10, BackoffLimit: 6},
		api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain,
			Run: rng.Dist{Kind: rng.Exponential, P: [2]float64{30e9}}})
}

// policies is an Indexed Job with every limit and policy.
func policies(n int32) *sim.Config {
	spec := api.JobSpec{Completions: api.Some(n), Parallelism: 10, BackoffLimit: 1 << 30, CompletionMode: api.Indexed,
		BackoffLimitPerIndex: api.Some(int32(2)), MaxFailedIndexes: api.Some(n), PodReplacementPolicy: api.ReplaceFailed,
		PodFailurePolicy: []api.FailureRule{
			{Action: api.FailJob, Container: api.AnyContainer, Values: []int32{42}},
			{Action: api.IgnoreFailure, Conditions: []api.PodCondition{{Type: api.DisruptionTarget}}}},
		SuccessPolicy: []api.SuccessRule{{Count: api.Some(n)}}}
	c := base(spec, plain(n).Fates...)
	own := &c.Jobs[0].Spec.Template.Containers[0]
	own.Restart, own.RestartRules = api.Some(api.RestartNever), []api.RestartRule{{Values: []int32{7}}}
	return c
}

// cost is what an attempt takes more of: events and allocations.
func cost(t *testing.T, make func(n int32) *sim.Config) (steps, allocs float64) {
	t.Helper()
	const n = 2000
	w := sim.NewWorld()
	run := func(n int32) (steps, allocs float64) {
		cfg := make(n)
		cfg.Until.Horizon = des.Never
		allocs = testing.AllocsPerRun(3, func() {
			out, err := w.Run(cfg, nil)
			if err != nil || !out.Jobs[0].Complete() {
				t.Fatal(err, out)
			}
			steps = float64(out.Steps)
		})
		return steps, allocs
	}
	s1, a1 := run(n)
	s2, a2 := run(2 * n)
	return (s2 - s1) / n, (a2 - a1) / n
}

// What a scenario does not use costs it nothing: a plain Job takes so many events an attempt and no memory, and a pod
// is as large as it was before there were Indexed Jobs, policies and restart rules. A feature that needs more keeps it
// elsewhere, as Store.KeepExits does.
func TestRun_UnusedFeaturesCostNothing(t *testing.T) {
	if steps, allocs := cost(t, plain); steps > 11 || allocs > 0.01 {
		t.Errorf("an attempt takes %.2f events and %.4f allocations, want at most 11 and none", steps, allocs)
	}
	if size := unsafe.Sizeof(api.Pod{}); size > 176 {
		t.Errorf("a pod has %d bytes, want at most 176", size)
	}
}
