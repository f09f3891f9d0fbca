package rng

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A purpose that changed its number would change the meaning of every seed.
func TestPurpose_NumbersAreForEver(t *testing.T) {
	for purpose, want := range map[Purpose]uint8{Run: 1, Coin: 2, Start: 3, Ready: 4, Term: 5, Failure: 6, Jitter: 7,
		Latency: 8, Watch: 9, Bind: 10, Launch: 11, Observe: 12, Remove: 13, Pick: 14, Arrival: 15, Script: 16,
		Stop: 17, Machine: 18, Kill: 19, Relist: 20, Restart: 21, Moment: 22, Contend: 23} {
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

// Whatever is shared, a draw is distributed as it would be alone; and ranks are correlated the more, the more is shared. A
// rank u is a place on half a circle, u - 1/2 is the sum of -4/(πk)² cos(πku) over the odd k, and a step that is uniform
// within ±(1-share) of the half, mirrored at its ends, leaves sin(x)/x of each cosine at the mean, x = πk(1-share): so
// the correlation is the sum of 96/(πk)⁴ (sin(x)/x)².
func TestDrawNear_KeepsTheDistributionAndShares(t *testing.T) {
	const n = 40_000
	correlations := map[float64]float64{0: 0, 0.25: 0.089, 0.5: 0.4, 0.75: 0.8, 1: 1}
	for _, text := range []string{"uniform:0s,1s", "gamma:1s,2", "gamma:1s,0.5", "0.5*uniform:0s,1s+0.5*uniform:1s,2s"} {
		d := parsed(text)
		alone := make([]float64, n)
		for i := range alone {
			alone[i] = Source{Seed: 5}.Draw(&d, Key{Purpose: Launch, Sub: int32(i)}).Seconds()
		}
		slices.Sort(alone)
		for share, want := range correlations {
			xs, product := make([]float64, n), 0.0
			for i := range xs {
				near := func(pod int32) float64 {
					own, common := Key{Purpose: Launch, Index: pod, Sub: int32(i)}, Key{Purpose: Moment, Sub: int32(i)}
					return Source{Seed: 6}.DrawNear(&d, own, common, share).Seconds()
				}
				xs[i] = near(0)
				product += (rank(alone, xs[i]) - 0.5) * (rank(alone, near(1)) - 0.5)
			}
			slices.Sort(xs)
			distance := 0.0
			for i, x := range xs {
				distance = max(distance, math.Abs(rank(alone, x)-float64(i)/n))
			}
			if limit := 1.63 * math.Sqrt(2.0/n); distance > limit { // 1 %
				t.Errorf("%s, %v shared: distance %.4f from what is drawn alone, want less than %.4f", text, share, distance, limit)
			}
			if got := 12 * product / n; d.Kind == Uniform && math.Abs(got-want) > 0.02 {
				t.Errorf("%s, %v shared: rank correlation %.3f, want %.3f", text, share, got, want)
			}
		}
	}
}

// rank is the share of sorted that lies below x.
func rank(sorted []float64, x float64) float64 {
	i, _ := slices.BinarySearch(sorted, x)
	return float64(i) / float64(len(sorted))
}

func TestDrawNear_OfAConstant(t *testing.T) {
	d := Const(7)
	if got := (Source{}).DrawNear(&d, Key{Purpose: Launch}, Key{Purpose: Moment}, 0.5); got != 7 {
		t.Errorf("got %v, want 7 ns", got)
	}
}
