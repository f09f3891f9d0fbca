package sim_test

import (
	"fmt"
	"testing"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// BenchmarkRun is a whole run without a trace: completions at parallelism 10, 30 s exponential run times, no failures.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int32{100, 1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("completions=%d", n), func(b *testing.B) {
			cfg := base(api.JobSpec{Completions: api.Some(n), Parallelism: 10, BackoffLimit: 6},
				api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain,
					Run: rng.Dist{Kind: rng.Exponential, P: [2]float64{30e9}}})
			cfg.Until.Horizon = des.Never
			w := sim.NewWorld()
			b.ReportAllocs()
			for i := range b.N {
				cfg.Replication = uint64(i)
				out, err := w.Run(cfg, nil)
				if err != nil || !out.Jobs[0].Complete() {
					b.Fatal(err, out)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/attempt")
		})
	}
}
