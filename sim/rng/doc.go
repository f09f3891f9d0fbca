// Package rng is addressed randomness: a stream is a pure function of a seed, a replication and a key, so that a draw
// for one purpose can never move another, and the same key gives the same number in every configuration that is
// compared.
//
// Read key.go for addresses, philox.go for the generator, dist.go for distributions and parse.go for how they are
// written.
//
// A draw leaves this package as whole nanoseconds. Inside, distributions are floating-point; to give the same bits on
// every machine, products that feed sums are wrapped in conversions (no fused multiply-add) and logarithms,
// exponentials and powers are computed by math.go out of the four operations and the square root, which IEEE 754 fixes
// to the last bit.
package rng
