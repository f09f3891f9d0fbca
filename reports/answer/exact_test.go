package answer_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/study"
)

// One change to a configuration that a closed form holds for, and none holds.
func TestExactSuccess_SaysWhereItHolds(t *testing.T) {
	if x, ok := answer.ExactSuccess(coins(t, 100, 10, 6, 0.05, "exponential:30s")); !ok ||
		math.Abs(x.Success-0.71996) > 1e-5 {
		t.Errorf("%+v, %v", x, ok)
	}
	for name, change := range map[string]func(*sim.Config, *api.JobSpec){
		"two Jobs": func(c *sim.Config, _ *api.JobSpec) { c.Jobs = append(c.Jobs, c.Jobs[0]) },
		"CronJob":  func(c *sim.Config, _ *api.JobSpec) { c.CronJobs = make([]sim.CronSubmission, 1) },
		"fault":    func(c *sim.Config, _ *api.JobSpec) { c.Faults = []api.Fault{{Kind: api.DeletePod}} },
		"too large": func(c *sim.Config, s *api.JobSpec) {
			c.Nodes = []api.NodeSpec{{Pods: 9}}
			s.Template.Requests.MilliCPU = 1
		},
		"second attempts":  func(c *sim.Config, _ *api.JobSpec) { c.Fates[0].Attempt = api.Ranges{{From: 0, To: 0}} },
		"every other pod":  func(c *sim.Config, _ *api.JobSpec) { c.Fates[0].Every = 2 },
		"an index":         func(c *sim.Config, _ *api.JobSpec) { c.Fates[0].Index = api.Ranges{{From: 3, To: 3}} },
		"time to failure":  func(c *sim.Config, _ *api.JobSpec) { c.Fates[0].FailAfter = api.Some(rng.Const(des.Second)) },
		"eviction":         func(c *sim.Config, _ *api.JobSpec) { c.Fates[0].End = api.EndEvicted },
		"never ends":       func(c *sim.Config, _ *api.JobSpec) { c.Fates[1].NoExit = true },
		"OnFailure":        func(_ *sim.Config, s *api.JobSpec) { s.Template.RestartPolicy = api.RestartOnFailure },
		"restart rule":     func(_ *sim.Config, s *api.JobSpec) { s.Template.Containers[0].Restart = api.Some(api.RestartOnFailure) },
		"second container": func(_ *sim.Config, s *api.JobSpec) { s.Template.Containers = make([]api.Container, 2) },
		"pod deadline":     func(_ *sim.Config, s *api.JobSpec) { s.Template.ActiveDeadlineSeconds = api.Some(int64(5)) },
		"deadline":         func(_ *sim.Config, s *api.JobSpec) { s.ActiveDeadlineSeconds = api.Some(int64(500)) },
		"suspended":        func(_ *sim.Config, s *api.JobSpec) { s.Suspend = true },
		"managedBy":        func(_ *sim.Config, s *api.JobSpec) { s.ManagedBy = "example.com/other" },
		"work queue":       func(_ *sim.Config, s *api.JobSpec) { s.Completions = api.Opt[int32]{} },
		"parallelism 0":    func(_ *sim.Config, s *api.JobSpec) { s.Parallelism = 0 },
		"failure policy":   func(_ *sim.Config, s *api.JobSpec) { s.PodFailurePolicy = make([]api.FailureRule, 1) },
		"success policy":   func(_ *sim.Config, s *api.JobSpec) { s.SuccessPolicy = make([]api.SuccessRule, 1) },
		"both limits": func(_ *sim.Config, s *api.JobSpec) {
			s.CompletionMode, s.BackoffLimitPerIndex, s.BackoffLimit = api.Indexed, api.Some(int32(1)), 199
		},
	} {
		c := coins(t, 100, 10, 6, 0.05, "30s")
		c.Jobs[0].Spec.Template.Containers = append([]api.Container(nil), c.Jobs[0].Spec.Template.Containers...)
		change(c, &c.Jobs[0].Spec)
		if x, ok := answer.ExactSuccess(c); ok {
			t.Errorf("%s: %+v", name, x)
		}
	}
}

// Where a closed form is said to hold, the simulator agrees: whatever runs take, also where those that fail are
// shorter, whatever runs at a time, with and without latencies.
func TestExactSuccess_IsWhatTheSimulatorSays(t *testing.T) {
	cases, runs := 60, 4000
	if testing.Short() {
		cases, runs = 6, 500
	}
	r := rand.New(rand.NewPCG(3, 4))
	pool := study.NewPool(2)
	var ps []float64
	for i := range cases {
		completions, p := int32(1+r.IntN(12)), 0.05+0.6*r.Float64()
		c := coins(t, completions, 1+r.Int32N(completions+2), r.Int32N(12), p, "exponential:20s")
		c.Seed = uint64(i)
		s := &c.Jobs[0].Spec
		if i%2 == 0 {
			c.Fates[0].Run = rng.Const(des.Duration(r.Int64N(int64(3 * des.Second))))
		}
		if i%3 == 0 {
			c.Knobs.Kubernetes = []api.Minor{34, 35, 36, 37}[r.IntN(4)]
			c.Knobs.QPS, c.Knobs.Latency.Watch = 20, rng.Const(300*des.Millisecond)
			c.Knobs.Latency.Request = rng.Const(40 * des.Millisecond)
		}
		switch i % 4 {
		case 0:
			s.CompletionMode = api.Indexed
		case 1:
			s.CompletionMode, s.BackoffLimitPerIndex, s.BackoffLimit = api.Indexed, api.Some(r.Int32N(4)), 1<<31-1
			if r.IntN(2) == 0 {
				s.MaxFailedIndexes = api.Some(r.Int32N(completions))
			}
		}
		x, ok := answer.ExactSuccess(c)
		if !ok {
			t.Fatalf("case %d: no closed form", i)
		}
		st := answer.Study{Pool: pool, Config: c, Runs: runs}
		tally, err := st.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		p, err = stats.BinomialTest(tally.Complete, tally.Runs, x.Success)
		if err != nil {
			t.Fatal(err)
		}
		if ps = append(ps, p); p < 0.001 {
			t.Logf("case %d: %s says %v, %d of %d runs, p %.2g: %+v", i, x.Form, x.Success, tally.Complete, runs, p, s)
		}
	}
	adjusted, err := stats.Holm(ps)
	for i, p := range adjusted {
		if err != nil || p < 0.01 {
			t.Errorf("case %d: p %.2g after Holm's correction, %v", i, p, err)
		}
	}
}
