package stats

import (
	"fmt"
	"math/bits"
	"slices"
)

// Source is where resampling takes its randomness from: 64 independent bits a call. A stream of sim/rng is one.
type Source interface{ Uint64() uint64 }

// Resampling says how a method resamples.
type Resampling struct {
	Source Source
	// Replicates is how many resamples are drawn. 0 is DefaultReplicates.
	Replicates int
}

// DefaultReplicates of a Resampling: a p-value of 0.05 is then known to about 0.002.
const DefaultReplicates = 9999

func (r Resampling) replicates() (int, error) {
	switch {
	case r.Source == nil:
		return 0, fmt.Errorf("resampling without a source: %w", ErrRange)
	case r.Replicates < 0:
		return 0, fmt.Errorf("%d replicates: %w", r.Replicates, ErrRange)
	case r.Replicates == 0:
		return DefaultReplicates, nil
	}
	return r.Replicates, nil
}

// below is a whole number in [0, n), n > 0, without bias (Lemire 2019, https://doi.org/10.1145/3230636).
func below(s Source, n uint64) int {
	hi, lo := bits.Mul64(s.Uint64(), n)
	if lo < n {
		for reject := -n % n; lo < reject; {
			hi, lo = bits.Mul64(s.Uint64(), n)
		}
	}
	return int(hi)
}

// Test is the outcome of a test of a null hypothesis.
type Test struct {
	// Statistic is what the test is built on; the function that made the Test says what it is.
	Statistic float64
	// P is the chance of a statistic at least as far out if the null hypothesis holds, in [0, 1].
	P float64
	// Warnings say why P is less exact than it could be. Nil: it is not.
	Warnings []error
}

// pool is samples as one: all values in order, and of each the sample that it comes from.
type pool struct {
	values []float64
	from   []int32
	sizes  []int
	// ends are the positions after the last of each group of equal values.
	ends []int
}

func poolOf(samples ...[]float64) (*pool, error) {
	p := &pool{}
	type member struct {
		value float64
		from  int32
	}
	var all []member
	for i, sample := range samples {
		if err := checkValues(fmt.Sprintf("sample %d", i+1), sample); err != nil {
			return nil, err
		}
		p.sizes = append(p.sizes, len(sample))
		for _, v := range sample {
			all = append(all, member{v, int32(i)})
		}
	}
	slices.SortStableFunc(all, func(a, b member) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	for i, m := range all {
		if i > 0 && m.value != all[i-1].value {
			p.ends = append(p.ends, i)
		}
		p.values = append(p.values, m.value)
		p.from = append(p.from, m.from)
	}
	p.ends = append(p.ends, len(all))
	return p, nil
}

// tied says whether some values are equal.
func (p *pool) tied() bool { return len(p.ends) < len(p.values) }

// permute is the share of random assignments of the values to the samples that have a statistic of at least that of the
// true one, which counts as one of them (Phipson and Smyth 2010, https://doi.org/10.2202/1544-6115.1585). Statistics
// that differ by rounding alone count as equal.
func (p *pool) permute(r Resampling, statistic func() float64) (Test, error) {
	n, err := r.replicates()
	if err != nil {
		return Test{}, err
	}
	truth := slices.Clone(p.from)
	observed := statistic()
	limit := observed - 1e-12*max(1, abs(observed))
	extreme := 1
	for range n {
		for i := len(p.from) - 1; i > 0; i-- {
			j := below(r.Source, uint64(i+1))
			p.from[i], p.from[j] = p.from[j], p.from[i]
		}
		if statistic() >= limit {
			extreme++
		}
	}
	p.from = truth
	return Test{Statistic: observed, P: float64(extreme) / float64(n+1)}, nil
}

func abs(x float64) float64 { return max(x, -x) }
