package sim_test

import (
	"fmt"
	"testing"

	"github.com/jobsim/jobsim/sim"
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

// BenchmarkRun is a whole run without a trace: completions at parallelism 10, 30 s exponential run times, no failures.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int32{100, 1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("completions=%d", n), func(b *testing.B) {
			cfg := plain(n)
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
