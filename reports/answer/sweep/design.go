package sweep

import (
	"fmt"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/rng"
)

// Point is one combination: a change for each factor, in their order.
type Point []scenarios.Change

// maxPoints bounds a design.
const maxPoints = 100_000

// Grid is every combination; the last factor varies fastest.
func Grid(factors []Factor) ([]Point, error) {
	total := 1
	for _, f := range factors {
		if total *= len(f.Values); total > maxPoints {
			return nil, fmt.Errorf("a grid of more than %d points (allowed: fewer values, or a sample)", maxPoints)
		}
	}
	out := make([]Point, total)
	for i := range out {
		out[i] = make(Point, len(factors))
		rest := i
		for k := len(factors) - 1; k >= 0; k-- {
			n := len(factors[k].Values)
			out[i][k] = factors[k].change(rest % n)
			rest /= n
		}
	}
	return out, nil
}

// Change gives the field a value.
func (f *Factor) Change(value string) scenarios.Change {
	return scenarios.Change{Field: f.Field, Value: value}
}

func (f *Factor) change(level int) scenarios.Change { return f.Change(f.Values[level]) }

// Latin is a Latin hypercube of n points: of each factor, every n-th part of its values occurs once (McKay, Beckman and
// Conover 1979, https://doi.org/10.1080/00401706.1979.10489755).
func Latin(factors []Factor, n int, seed uint64) []Point {
	out := make([]Point, n)
	for k := range factors {
		stream := rng.Source{Seed: seed}.At(rng.Key{Purpose: rng.Pick, Job: -1, Index: int32(k)})
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		for i := n - 1; i > 0; i-- {
			j := int(stream.Int64N(int64(i + 1)))
			order[i], order[j] = order[j], order[i]
		}
		for i := range out {
			u := (float64(order[i]) + stream.Float64()) / float64(n)
			out[i] = append(out[i], factors[k].at(u))
		}
	}
	return out
}

// Halton is the first n points of a Halton sequence, with a random shift (Halton 1960,
// https://doi.org/10.1007/BF01386213; Cranley and Patterson 1976, https://doi.org/10.1137/0713071). There are at most
// as many factors as primes below 50.
func Halton(factors []Factor, n int, seed uint64) ([]Point, error) {
	primes := []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47}
	if len(factors) > len(primes) {
		return nil, fmt.Errorf("a Halton sequence in %d dimensions (allowed: %d)", len(factors), len(primes))
	}
	out := make([]Point, n)
	for k := range factors {
		stream := rng.Source{Seed: seed}.At(rng.Key{Purpose: rng.Pick, Job: -1, Index: int32(k)})
		shift := stream.Float64()
		for i := range out {
			u := radicalInverse(i+1, primes[k]) + shift
			if u >= 1 {
				u--
			}
			out[i] = append(out[i], factors[k].at(u))
		}
	}
	return out, nil
}

// at is the value that has the part u of the values below it, 0 <= u < 1.
func (f *Factor) at(u float64) scenarios.Change {
	return f.change(min(len(f.Values)-1, int(u*float64(len(f.Values)))))
}

// radicalInverse mirrors the digits of i in a base at the point.
func radicalInverse(i, base int) (v float64) {
	for scale := 1 / float64(base); i > 0; scale /= float64(base) {
		v += float64(i%base) * scale
		i /= base
	}
	return v
}
