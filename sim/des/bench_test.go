package des_test

import (
	"fmt"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
)

// BenchmarkHold is the hold model: the first event is replaced by one a random while later.
func BenchmarkHold(b *testing.B) {
	for _, pending := range []int{10, 1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			var k des.Kernel
			x := uint64(1)
			next := func() des.Duration {
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
				return des.Duration(x >> 34)
			}
			for range pending {
				k.Schedule(des.Time(next()), 0, 0, 0, 0)
			}
			for range pending {
				e, _ := k.Step()
				k.Schedule(e.At.Add(next()), 0, 0, 0, 0)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				e, _ := k.Step()
				k.Schedule(e.At+des.Time(next()), 0, 0, 0, 0)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
		})
	}
}
