package rng

import "math/bits"

// Purpose says what a draw is for. The numbers are part of every seed's meaning and never change.
type Purpose uint8

// The purposes.
const (
	Run     Purpose = 1  // how long a container runs
	Coin    Purpose = 2  // whether a fate's probability hits
	Start   Purpose = 3  // what a fate adds before the start
	Ready   Purpose = 4  // start to readiness
	Term    Purpose = 5  // SIGTERM to death
	Failure Purpose = 6  // time to failure
	Jitter  Purpose = 7  // the kubelet's late wake-up
	Latency Purpose = 8  // one API request
	Watch   Purpose = 9  // one delivery to a watcher
	Bind    Purpose = 10 // scheduling
	Launch  Purpose = 11 // the node's own latency before a pod starts
	Observe Purpose = 12 // the node's latency from an exit to its report
	Remove  Purpose = 13 // the node's latency from the end of a deleted pod to its removal
	Pick    Purpose = 14 // a choice among equals
	Arrival Purpose = 15 // when something comes from outside
)

// Key is the address of a stream. Index -1 stands for no index.
type Key struct {
	Purpose Purpose
	Job     int32
	Index   int32
	Attempt int32
	Sub     int32 // what else tells two draws of one purpose apart
}

// Source is all the randomness of one replication.
type Source struct{ Seed, Replication uint64 }

// Stream is a sequence of random numbers. Copying it copies its place.
type Stream struct {
	key  [2]uint64
	ctr  [4]uint64
	out  [4]uint64
	next uint8 // in out; 0: out is not filled
}

// At is the stream at a key. It is cheap, and nothing is shared between streams.
func (s Source) At(k Key) Stream {
	return Stream{
		key: [2]uint64{s.Seed, s.Replication},
		ctr: [4]uint64{
			0, // the block number
			uint64(k.Purpose)<<32 | uint64(uint32(k.Job)),
			uint64(uint32(k.Index))<<32 | uint64(uint32(k.Attempt)),
			uint64(uint32(k.Sub)),
		},
	}
}

// Uint64 is 64 random bits.
func (s *Stream) Uint64() uint64 {
	if s.next == 0 {
		s.out = philox(s.ctr, s.key)
		s.ctr[0]++
	}
	v := s.out[s.next]
	s.next = (s.next + 1) & 3
	return v
}

// Float64 is uniform on [0, 1): a multiple of 2^-53.
func (s *Stream) Float64() float64 { return float64(s.Uint64()>>11) * 0x1p-53 }

// open is uniform on (0, 1): never 0, so that its logarithm exists.
func (s *Stream) open() float64 { return (float64(s.Uint64()>>12) + 0.5) * 0x1p-52 }

// Int64N is uniform on 0..n-1, without bias (Lemire 2019, arXiv 1805.10941). n must be positive.
func (s *Stream) Int64N(n int64) int64 {
	bound := uint64(n)
	hi, lo := bits.Mul64(s.Uint64(), bound)
	if lo < bound {
		for threshold := -bound % bound; lo < threshold; {
			hi, lo = bits.Mul64(s.Uint64(), bound)
		}
	}
	return int64(hi)
}
