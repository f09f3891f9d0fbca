package rng

import "math/bits"

// Stream is an endless sequence of random numbers: a plain value of 88 bytes, and copying it copies
// its place. Streams come from Source.At; the zero value is the one at the zero Key of the zero
// Source.
type Stream struct {
	key  [2]uint64
	ctr  [4]uint64
	out  [4]uint64
	next uint8 // in out; 0: out is to be filled first
}

// Uint64 is 64 random bits.
func (s *Stream) Uint64() uint64 {
	if s.next == 0 {
		s.philox()
	}
	v := s.out[s.next&3]
	s.next = (s.next + 1) & 3
	return v
}

// Float64 is uniform on [0, 1): a multiple of 2^-53.
func (s *Stream) Float64() float64 { return float64(s.Uint64()>>11) / (1 << 53) }

// open is uniform on (0, 1): an odd multiple of 2^-53, as is 1 less it, so that the logarithms of
// both exist.
func (s *Stream) open() float64 { return (float64(s.Uint64()>>12) + 0.5) / (1 << 52) }

// Int64N is uniform on 0..n-1, without bias (Lemire 2019, doi:10.1145/3230636). It panics if n is
// not positive.
func (s *Stream) Int64N(n int64) int64 {
	if n <= 0 {
		panic("rng: Int64N of a number that is not positive")
	}
	bound := uint64(n)
	hi, lo := bits.Mul64(s.Uint64(), bound)
	if lo < bound {
		for threshold := -bound % bound; lo < threshold; {
			hi, lo = bits.Mul64(s.Uint64(), bound)
		}
	}
	return int64(hi)
}
