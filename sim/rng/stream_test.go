package rng

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// The vectors are those of Random123, tests/kat_vectors, lines "philox4x64 10".
func TestPhilox_KnownAnswers(t *testing.T) {
	const ones = math.MaxUint64
	for _, tc := range []struct {
		ctr  [4]uint64
		key  [2]uint64
		want [4]uint64
	}{
		{
			want: [4]uint64{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b},
		},
		{
			ctr:  [4]uint64{ones, ones, ones, ones},
			key:  [2]uint64{ones, ones},
			want: [4]uint64{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0},
		},
		{ // the digits of pi
			ctr:  [4]uint64{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
			key:  [2]uint64{0x452821e638d01377, 0xbe5466cf34e90c6c},
			want: [4]uint64{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6},
		},
	} {
		s := Stream{ctr: tc.ctr, key: tc.key}
		for i, want := range tc.want {
			if got := s.Uint64(); got != want {
				t.Errorf("counter %x key %x: word %d is %#x, want %#x", tc.ctr, tc.key, i, got, want)
			}
		}
	}
}

// The generator and the addressing together: these numbers are part of the meaning of every seed.
func TestStream_IsPinned(t *testing.T) {
	s := Source{Seed: 42, Replication: 7}.At(Key{Purpose: Run, Job: 3, Index: -1, Attempt: 2, Sub: 1})
	var got [16]uint64
	for i := range got {
		got[i] = s.Uint64()
	}
	want := [16]uint64{
		0x2a68a74e9e70bc45, 0x2cbce7521b38180b, 0xc9dca1d172205d40, 0x8b4116fae7064f82,
		0xe4df62a9e048af66, 0xb51fd5c18f7ca9ca, 0x108eebccc77a7fa5, 0x55eab5cda02094b4,
		0x9bdeb2fd10ea63f0, 0x223f9de335e7bd4e, 0xbeae9a7ba98d6daa, 0x07acb8e2f78cf2bd,
		0xa00f1b5e5ae92f3c, 0x22d3088a715d84ee, 0xd64601d454f65925, 0xb9d7a128c1c0f35c,
	}
	if got != want {
		t.Errorf("got  %#016x\nwant %#016x", got, want)
	}
}

func TestStream_CopyKeepsItsPlace(t *testing.T) {
	s := Source{Seed: 1}.At(Key{Purpose: Run})
	for range 5 {
		s.Uint64()
	}
	c := s
	for i := range 9 {
		if a, b := s.Uint64(), c.Uint64(); a != b {
			t.Errorf("word %d: %#x, in the copy %#x", i, a, b)
		}
	}
}

// extreme is a stream whose next words are given.
func extreme(words ...uint64) Stream {
	s := Stream{next: uint8(4 - len(words))}
	copy(s.out[s.next:], words)
	return s
}

func TestFloat64_StaysWithinItsBounds(t *testing.T) {
	s := extreme(0, math.MaxUint64, 1<<11)
	for _, want := range []float64{0, 1 - 0x1p-53, 0x1p-53} {
		if got := s.Float64(); got != want {
			t.Errorf("Float64() = %v, want %v", got, want)
		}
	}
	s = extreme(0, math.MaxUint64)
	for _, want := range []float64{0x1p-53, 1 - 0x1p-53} {
		if got := s.open(); got != want || 1-(1-got) != got {
			t.Errorf("open() = %v, want %v", got, want)
		}
	}
}

func TestInt64N_IsFair(t *testing.T) {
	for _, n := range []int64{1, 2, 3, 7, 10} {
		s := Source{Seed: 9}.At(Key{Purpose: Pick, Sub: int32(n)})
		counts := make([]float64, n)
		const draws = 70_000
		for range draws {
			counts[s.Int64N(n)]++
		}
		chi2 := 0.0
		for _, c := range counts {
			want := draws / float64(n)
			chi2 += (c - want) * (c - want) / want
		}
		if chi2 > 28 { // 0.1 % at 9 degrees of freedom
			t.Errorf("n = %d: counts %v, chi-square %.1f", n, counts, chi2)
		}
	}
}

// Three quarters of 2^63 do not divide 2^64: without rejection every third number would be twice as likely as the others.
func TestInt64N_RejectsWhatWouldBeBiased(t *testing.T) {
	s := Source{Seed: 9}.At(Key{Purpose: Pick})
	const n = 3 << 61
	counts := [3]int{}
	for range 30_000 {
		v := s.Int64N(n)
		if v < 0 || v >= n {
			t.Fatalf("Int64N(%d) = %d", int64(n), v)
		}
		counts[v%3]++
	}
	if slices.Min(counts[:]) < 9_700 || slices.Max(counts[:]) > 10_300 {
		t.Errorf("remainders by 3 came %v times, want about 10000 each", counts)
	}
}

func TestInt64N_RefusesEmptyRanges(t *testing.T) {
	for _, n := range []int64{0, -1, math.MinInt64} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			s := Stream{}
			s.Int64N(n)
		})
	}
}
