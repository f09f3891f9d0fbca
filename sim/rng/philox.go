package rng

import "math/bits"

// philox fills out with the next block: Philox4x64-10 of Salmon, Moraes, Dror and Shaw, "Parallel
// random numbers: as easy as 1, 2, 3", SC'11, doi:10.1145/2063384.2063405. It turns a 256-bit
// counter into four random words under a 128-bit key; here the counter is the address of the draw.
func (s *Stream) philox() {
	const (
		m0, m1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
		w0, w1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
	)
	// Variables rather than arrays, which the compiler would keep in memory: twice as fast.
	c0, c1, c2, c3 := s.ctr[0], s.ctr[1], s.ctr[2], s.ctr[3]
	k0, k1 := s.key[0], s.key[1]
	for range 5 { // two rounds at a time, which saves moves between registers
		hi0, lo0 := bits.Mul64(m0, c0)
		hi1, lo1 := bits.Mul64(m1, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0 += w0
		k1 += w1
		hi0, lo0 = bits.Mul64(m0, c0)
		hi1, lo1 = bits.Mul64(m1, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0 += w0
		k1 += w1
	}
	s.out[0], s.out[1], s.out[2], s.out[3] = c0, c1, c2, c3
	s.ctr[0]++
}
