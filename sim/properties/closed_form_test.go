package properties_test

import (
	"math"
	"testing"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// coinJob is a Job whose runs take 10 s and fail with probability p.
func coinJob(policy api.RestartPolicy, completions, parallelism, limit int32, p float64) *sim.Config {
	k := api.DefaultKnobs()
	k.QPS, k.RestartJitter = 0, false
	run := api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: rng.Const(10 * des.Second)}
	fails := run
	fails.Chance, fails.Exit = uint64(math.Ldexp(p, 63)), 1
	return &sim.Config{Scenario: "coins", Knobs: k, Nodes: []api.NodeSpec{{Name: "n", Unlimited: true}},
		Fates: []api.FateRule{fails, run},
		Jobs: []sim.Submission{{Spec: api.JobSpec{Name: "a", Completions: api.Some(completions), Parallelism: parallelism,
			BackoffLimit: limit, Template: api.PodTemplate{RestartPolicy: policy, TerminationGracePeriodSeconds: 30,
				Containers: []api.Container{{Name: "main"}}}}}}}
}

// complete is how many of n replications of a Job complete.
func complete(t *testing.T, cfg *sim.Config, n int) (count int) {
	t.Helper()
	w := sim.NewWorld()
	for i := range n {
		cfg.Replication = uint64(i)
		out, err := w.Run(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		if out.Jobs[0].Complete() {
			count++
		}
	}
	return count
}

// P(success) is the probability of C successes before failure number B+1: a sum of the negative binomial distribution,
// I_s(C, B+1) (field study D.6.1, its values), however many pods there are at a time: see closedform.Never.
func TestClosedForm_Never(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of Jobs")
	}
	for _, tc := range []struct {
		completions, parallelism, limit int32
		p, want                         float64
		runs                            int
	}{
		{1, 1, 0, 0.10, 0.900000, 20_000},
		{10, 1, 0, 0.01, 0.904382, 20_000},
		{10, 1, 0, 0.10, 0.348678, 20_000},
		{100, 1, 0, 0.01, 0.366032, 5000},
		{100, 1, 3, 0.01, 0.979759, 5000},
		{100, 1, 3, 0.05, 0.237339, 5000},
		{100, 1, 6, 0.05, 0.719965, 10_000},
		{100, 1, 20, 0.10, 0.992059, 5000},
		{1000, 1, 6, 0.01, 0.125150, 4000},
		{1000, 1, 20, 0.01, 0.998109, 2000},
		{10, 4, 3, 0.10, 0.965839, 10_000},
		{100, 30, 6, 0.05, 0.719965, 5000},
	} {
		cfg := coinJob(api.RestartNever, tc.completions, tc.parallelism, tc.limit, tc.p)
		got, err := stats.ClopperPearson(complete(t, cfg, tc.runs), tc.runs, 0.999)
		switch {
		case err != nil:
			t.Error(err)
		case got.Lo > tc.want, got.Hi < tc.want:
			t.Errorf("%+v: P(success) is between %v and %v", tc, got.Lo, got.Hi)
		}
	}
}

// Under OnFailure, one pod at a time, each pod must succeed within max(1, B) runs: (1 - p^B)^C (field study D.6.2).
func TestClosedForm_OnFailure(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of Jobs")
	}
	for _, tc := range []struct {
		completions, limit int32
		p                  float64
	}{
		{10, 0, 0.05}, {10, 1, 0.05}, {20, 2, 0.2}, {20, 3, 0.3}, {10, 6, 0.5}, {200, 4, 0.2},
	} {
		const runs = 5000
		want := math.Pow(1-math.Pow(tc.p, float64(max(1, tc.limit))), float64(tc.completions))
		got, err := stats.ClopperPearson(complete(t, coinJob(api.RestartOnFailure, tc.completions, 1, tc.limit, tc.p), runs),
			runs, 0.999)
		if err != nil || got.Lo > want || got.Hi < want {
			t.Errorf("%+v: P(success) is between %v and %v, want %v, %v", tc, got.Lo, got.Hi, want, err)
		}
	}
}

// Without a limit that matters C completions take C/s pods, with variance C p/s^2 (field study D.6.5).
func TestClosedForm_Pods(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of Jobs")
	}
	const runs, completions, p = 2000, 50, 0.3
	for _, parallelism := range []int32{1, 7} {
		cfg := coinJob(api.RestartNever, completions, parallelism, 1_000_000, p)
		w, sum := sim.NewWorld(), 0.0
		for i := range runs {
			cfg.Replication = uint64(i)
			out, err := w.Run(cfg, nil)
			if err != nil || !out.Jobs[0].Complete() {
				t.Fatalf("%v, %s", err, out.Jobs[0].Reason())
			}
			sum += float64(out.Jobs[0].Pods)
		}
		const s = 1 - p
		mean, want, sd := sum/runs, completions/s, math.Sqrt(completions*p/s/s/runs)
		if math.Abs(mean-want) > 3.29*sd {
			t.Errorf("parallelism %d: %v pods on average, want %v within %v", parallelism, mean, want, 3.29*sd)
		}
	}
}
