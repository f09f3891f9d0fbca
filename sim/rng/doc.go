// Package rng is addressed randomness: a stream is a pure function of a seed, a replication and a
// key, so that a draw for one purpose can never move another, and the same key gives the same number
// in every configuration that is compared.
//
// Read key.go for addresses, stream.go and philox.go for the generator, dist.go for distributions,
// sample.go for how they are drawn from and parse.go for how they are written. The address is the
// generator's counter itself: nothing is seeded, nothing is kept between draws, and a stream of its
// own costs no more than a block of four words.
//
// A draw leaves this package as whole nanoseconds. Inside, distributions are floating-point, yet the
// same draw is the same number on every machine: only operations that IEEE 754 rounds exactly are
// used, no product can be fused with a sum (a test reads the source for it), and logarithms,
// exponentials and normal quantiles are our own (math.go). Pinned draws hold the package to it. Mean
// alone is for people: it uses the library's functions and promises no last digit.
//
// It refuses to be a source of entropy: seeds come from the caller. It has no distribution that can
// be negative; what would be is 0, and what is too long for a Duration is Forever.
package rng
