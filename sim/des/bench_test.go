package des_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
)

// increments is a table of random spans with mean one second, so that the benchmarks measure the kernel and not a generator.
func increments(draw func(u float64) float64) []des.Duration {
	table := make([]des.Duration, 1<<12)
	x := uint64(1)
	for i := range table {
		x = xorshift(x)
		table[i] = des.Duration(draw((float64(x>>11)+0.5)*0x1p-53) * 1e9)
	}
	return table
}

func xorshift(x uint64) uint64 {
	x ^= x << 13
	x ^= x >> 7
	return x ^ x<<17
}

func exponential(u float64) float64 { return -math.Log(u) }

// hold runs the hold model: the first event is replaced by one a random while later.
func hold(b *testing.B, pending int, table []des.Duration) {
	var k des.Kernel
	x := uint64(1)
	next := func() des.Time {
		x = xorshift(x)
		return k.Now() + des.Time(table[x>>52]) + des.Time(x>>40&0xfff)
	}
	for range pending {
		k.Schedule(next(), 1, 0, 0, 0)
	}
	for range 4 * pending {
		k.Step()
		k.Schedule(next(), 1, 0, 0, 0)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		e, _ := k.Step()
		k.Schedule(next(), 1, 0, e.Obj, e.Arg)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

func BenchmarkHold(b *testing.B) {
	table := increments(exponential)
	for _, pending := range []int{10, 100, 1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) { hold(b, pending, table) })
	}
}

// BenchmarkIncrements is the hold model with the increments that are known to hurt one queue or another.
func BenchmarkIncrements(b *testing.B) {
	for _, tc := range []struct {
		name string
		draw func(u float64) float64
	}{
		{"exponential", exponential},
		{"uniform", func(u float64) float64 { return 2 * u }},
		{"biased", func(u float64) float64 { return 0.9 + 0.2*u }},
		{"bimodal", func(u float64) float64 {
			if u < 0.9 {
				return u / 9
			}
			return 9.5 + (u - 0.9)
		}},
		{"pareto", func(u float64) float64 { return math.Pow(u, -1/1.1) / 11 }},
		{"constant", func(float64) float64 { return 1 }},
	} {
		b.Run(tc.name, func(b *testing.B) { hold(b, 100_000, increments(tc.draw)) })
	}
}

// BenchmarkInstant lets everything happen at once: each event schedules the next one of its entity in the same instant.
func BenchmarkInstant(b *testing.B) {
	for _, pending := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprintf("pending=%d", pending), func(b *testing.B) {
			var k des.Kernel
			for i := range pending {
				k.Schedule(0, des.Class(i%7), 0, int32(i), 0)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				e, _ := k.Step()
				k.Schedule(e.At, e.Class(), 0, e.Obj, e.Arg+1)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
		})
	}
}
