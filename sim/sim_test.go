package sim_test

import (
	"slices"
	"testing"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// base is a Job on one boundless node without latencies or client limits.
func base(spec api.JobSpec, fates ...api.FateRule) *sim.Config {
	spec.Name = "a"
	spec.Template.Containers = []api.Container{{Name: "main"}}
	spec.Template.TerminationGracePeriodSeconds = 30
	k := api.DefaultKnobs()
	k.QPS = 0
	k.RestartJitter = false
	return &sim.Config{Scenario: "test", Knobs: k, Nodes: []api.NodeSpec{{Name: "n0", Unlimited: true}},
		Jobs: []sim.Submission{{Spec: spec}}, Fates: fates}
}

// always is the fate of every run of a main container.
func always(run des.Duration, exit int32) api.FateRule {
	return api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: rng.Const(run), Exit: exit, TermExit: 143}
}

// creations are the whole seconds at which pods were created.
func creations(t *trace.Trace) (at []int64) {
	for _, r := range t.Records {
		if r.Verb == trace.Create && r.Ref.Kind == trace.KindPod {
			at = append(at, int64(r.At/des.Time(des.Second)))
		}
	}
	return at
}

// The worked case of the real controller: completions 5, parallelism 2, 3 s pods, every odd-numbered pod (counted from
// one) fails. A success in the same second resets the back-off; the lone failure at 19 s does not have one.
func TestRun_OddPodsFail(t *testing.T) {
	odd := always(3*des.Second, 1)
	odd.Every = 2
	tr, out, err := sim.Run(base(api.JobSpec{Completions: api.Some(int32(5)), Parallelism: 2, BackoffLimit: 6},
		odd, always(3*des.Second, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := creations(tr), []int64{0, 0, 4, 4, 8, 8, 12, 12, 16, 29}; !slices.Equal(got, want) {
		t.Errorf("pods created at %v, want %v", got, want)
	}
	job := out.Jobs[0]
	if job.Reason() != "Complete/CompletionsReached" || job.Status.Succeeded != 5 || job.Status.Failed != 5 ||
		job.Finished != des.Time(33*des.Second) {
		t.Errorf("outcome %+v", job)
	}
}

// Pods that start together delay each other, each all others, and whoever comes later those that have not started.
func TestRun_PodsContend(t *testing.T) {
	cfg := base(api.JobSpec{Completions: api.Some(int32(3)), Parallelism: 3, BackoffLimit: 6}, always(10*des.Second, 0))
	late := cfg.Jobs[0]
	late.Spec.Name, late.Spec.Completions, late.Spec.Parallelism, late.At = "b", api.Some(int32(1)), 1, des.Time(des.Second)
	cfg.Jobs = append(cfg.Jobs, late, late)
	cfg.Jobs[2].Spec.Name, cfg.Jobs[2].At = "c", des.Time(5*des.Second)
	cfg.Knobs.Latency.Start, cfg.Knobs.Latency.Contend = rng.Const(des.Second), rng.Const(300*des.Millisecond)
	starts := func() (at []string) {
		tr, _, err := sim.Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range tr.Records {
			if r.Verb == trace.Start {
				at = append(at, r.At.String()+" "+r.Ref.Name)
			}
		}
		return at
	}
	got := starts()
	// Two neighbours, and from 1 s on three; the late one has three neighbours all the time. The last is alone.
	want := []string{"1.900s a", "1.900s a", "1.900s a", "2.900s b", "6.000s c"}
	if !slices.Equal(got, want) {
		t.Errorf("want starts at %q, got %q", want, got)
	}

	cfg.Knobs.Latency.Contend = rng.Dist{Kind: rng.Exponential, P: [2]float64{float64(300 * des.Millisecond)}}
	got = starts()
	if len(slices.Compact(slices.Clone(got))) != len(want) || got[len(got)-1] != "6.000s c" {
		t.Errorf("each by a draw of its own: want other starts for all but the last, got %q", got)
	}
}

// An always-failing Job waits 10, 20, 40, ... s, and at most ten minutes.
func TestRun_BackoffDoubles(t *testing.T) {
	for _, tc := range []struct {
		limit int32
		want  []int64
	}{
		{0, []int64{0}},
		{6, []int64{0, 10, 30, 70, 150, 310, 630}},
		{10, []int64{0, 10, 30, 70, 150, 310, 630, 1230, 1830, 2430, 3030}},
	} {
		tr, out, err := sim.Run(base(api.JobSpec{Completions: api.Some(int32(1)), Parallelism: 1, BackoffLimit: tc.limit}, always(0, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := creations(tr); !slices.Equal(got, tc.want) {
			t.Errorf("backoffLimit %d: pods created at %v, want %v", tc.limit, got, tc.want)
		}
		if got := out.Jobs[0].Reason(); got != "Failed/BackoffLimitExceeded" {
			t.Errorf("backoffLimit %d: %s", tc.limit, got)
		}
	}
}

// P(success) is the negative binomial's (field study D.6): sum over k <= B of C(C+k-1,k) (1-p)^C p^k. The estimate over
// fixed seeds must lie within 4.5 standard errors, which a correct model misses once in 150,000 cases.
func TestRun_SuccessProbability(t *testing.T) {
	const runs = 4000
	w := sim.NewWorld()
	for _, tc := range []struct {
		completions, limit int32
		p, want            float64
	}{
		{10, 3, 0.10, 0.965839},
		{100, 6, 0.05, 0.719965},
		{100, 6, 0.10, 0.085111},
	} {
		fail := always(des.Second, 1)
		fail.Chance = uint64(tc.p * (1 << 63))
		cfg := base(api.JobSpec{Completions: api.Some(tc.completions), Parallelism: 1, BackoffLimit: tc.limit}, fail, always(des.Second, 0))
		complete := 0
		for i := range uint64(runs) {
			cfg.Replication = i
			out, err := w.Run(cfg, nil)
			if err != nil {
				t.Fatal(err)
			}
			if out.Jobs[0].Complete() {
				complete++
			}
		}
		got := float64(complete) / runs
		if d, v := got-tc.want, tc.want*(1-tc.want)/runs; d*d > 4.5*4.5*v {
			t.Errorf("completions %d, backoffLimit %d, p %v: P(success) %v, want %v", tc.completions, tc.limit, tc.p, got, tc.want)
		}
	}
}
