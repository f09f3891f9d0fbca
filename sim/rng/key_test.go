package rng

import (
	"math/rand/v2"
	"testing"
)

// A purpose that changed its number would change the meaning of every seed.
func TestPurpose_NumbersAreForEver(t *testing.T) {
	for purpose, want := range map[Purpose]uint8{Run: 1, Coin: 2, Start: 3, Ready: 4, Term: 5, Failure: 6, Jitter: 7,
		Latency: 8, Watch: 9, Bind: 10, Launch: 11, Observe: 12, Remove: 13, Pick: 14, Arrival: 15, Script: 16,
		Stop: 17, Machine: 18, Kill: 19, Relist: 20, Restart: 21} {
		if uint8(purpose) != want {
			t.Errorf("purpose %d, want %d", purpose, want)
		}
	}
}

// Addresses become counters one to one, so that streams of different keys cannot overlap.
func TestAt_KeepsEveryFieldApart(t *testing.T) {
	seen := map[[4]uint64]Key{}
	values := []int32{-1 << 31, -2, -1, 0, 1, 2, 1 << 16, 1<<31 - 1}
	for _, purpose := range []Purpose{0, Run, Arrival, 255} {
		for _, job := range values {
			for _, index := range values {
				for _, attempt := range values {
					for _, sub := range values {
						k := Key{purpose, job, index, attempt, sub}
						s := Source{}.At(k)
						if other, ok := seen[s.ctr]; ok {
							t.Fatalf("%+v and %+v have the same stream", k, other)
						}
						seen[s.ctr] = k
						if s.ctr[0] != 0 {
							t.Fatalf("%+v: the stream starts at block %d", k, s.ctr[0])
						}
					}
				}
			}
		}
	}
}

// Neighbours in any coordinate have nothing in common: no word is the same, and on average half of the bits.
func TestAt_NeighboursAreIndependent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		k := Key{Run, random.Int32N(1000), random.Int32N(1000) - 1, random.Int32N(10), 0}
		source := Source{random.Uint64N(1000), random.Uint64N(1000)}
		here := source.At(k)
		for _, there := range []Stream{
			source.At(Key{Coin, k.Job, k.Index, k.Attempt, k.Sub}),
			source.At(Key{k.Purpose, k.Job + 1, k.Index, k.Attempt, k.Sub}),
			source.At(Key{k.Purpose, k.Job, k.Index + 1, k.Attempt, k.Sub}),
			source.At(Key{k.Purpose, k.Job, k.Index, k.Attempt + 1, k.Sub}),
			source.At(Key{k.Purpose, k.Job, k.Index, k.Attempt, k.Sub + 1}),
			Source{source.Seed + 1, source.Replication}.At(k),
			Source{source.Seed, source.Replication + 1}.At(k),
		} {
			same, stream := 0, here
			for range 32 {
				same += bitsInCommon(stream.Uint64(), there.Uint64())
			}
			if same < 1024-160 || same > 1024+160 { // 7 standard deviations
				t.Errorf("%+v: %d of 2048 bits in common", k, same)
			}
		}
	}
}

func bitsInCommon(a, b uint64) (n int) {
	for x := ^(a ^ b); x != 0; x &= x - 1 {
		n++
	}
	return n
}

// Drawing more for one purpose, or for one more pod, moves nothing else.
func TestAt_DrawsDoNotMoveEachOther(t *testing.T) {
	source := Source{Seed: 3, Replication: 4}
	run := Key{Purpose: Run, Job: 1, Index: 2}
	exponential, _ := NewExponential(30e9)
	want := source.Draw(&exponential, run)
	for purpose := Run; purpose <= Arrival; purpose++ {
		for range 3 {
			source.Draw(&exponential, Key{Purpose: purpose, Job: 1, Index: 3})
		}
	}
	if got := source.Draw(&exponential, run); got != want {
		t.Errorf("drew %v, and %v after other draws", want, got)
	}
	stream := source.At(run)
	if got := exponential.Draw(&stream); got != want {
		t.Errorf("the stream's first draw is %v, want %v", got, want)
	}
}
