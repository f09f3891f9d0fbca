package sim_test

import (
	"fmt"
	"testing"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// BenchmarkRun_Policies is the same for an Indexed Job with every limit and policy, to be held against BenchmarkRun: what
// the features cost those who use them.
func BenchmarkRun_Policies(b *testing.B) {
	const n = 10_000
	cfg := policies(n)
	cfg.Until.Horizon = des.Never
	w := sim.NewWorld()
	b.ReportAllocs()
	for i := range b.N {
		cfg.Replication = uint64(i)
		if out, err := w.Run(cfg, nil); err != nil || !out.Jobs[0].Complete() {
			b.Fatal(err, out)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/attempt")
}

// everyday is what users have every day: a NonIndexed Job at parallelism 10 whose pods run for 30 s on average,
// exponentially distributed, and fail with a probability of 5 %, which the backoffLimit allows. No latencies and no client
// limits: the profile none.
func everyday(n int32) *sim.Config {
	cfg := plain(n)
	fail := cfg.Fates[0]
	fail.Chance, fail.Exit = api.Certain/20, 1
	cfg.Fates = append([]api.FateRule{fail}, cfg.Fates...)
	cfg.Jobs[0].Spec.BackoffLimit = n
	return cfg
}

// BenchmarkRun is a whole run of an everyday Job, without a trace.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int32{100, 1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("completions=%d", n), func(b *testing.B) {
			cfg := everyday(n)
			cfg.Until.Horizon = des.Never
			w := sim.NewWorld()
			b.ReportAllocs()
			attempts := 0
			for i := range b.N {
				cfg.Replication = uint64(i)
				out, err := w.Run(cfg, nil)
				if err != nil || !out.Jobs[0].Complete() {
					b.Fatal(err, out)
				}
				attempts += int(out.Jobs[0].Pods)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(attempts), "ns/attempt")
		})
	}
}
