package rng

import "math/bits"

// philox is Philox4x64-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11. It turns a
// 256-bit counter into four random words under a 128-bit key; here the counter is the address of the draw.
func philox(ctr [4]uint64, key [2]uint64) [4]uint64 {
	const (
		m0, m1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
		w0, w1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
	)
	for round := 0; ; round++ {
		hi0, lo0 := bits.Mul64(m0, ctr[0])
		hi1, lo1 := bits.Mul64(m1, ctr[2])
		ctr = [4]uint64{hi1 ^ ctr[1] ^ key[0], lo1, hi0 ^ ctr[3] ^ key[1], lo0}
		if round == 9 {
			return ctr
		}
		key[0] += w0
		key[1] += w1
	}
}
