package verify

import (
	"context"
	"hash/fnv"
	"math"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim/study"
)

// Confidence of the interval of each row.
const Confidence = 0.99

// Row is a case as one seed answers it.
type Row struct {
	Case *Case
	Seed uint64
	// Got is the estimate with its interval.
	Got stats.Summary
	// P is how likely an estimate at least as far from the answer is if the simulator is right.
	P float64
}

// Inside says whether the interval holds the answer. Of right rows, one in a hundred does not.
func (r *Row) Inside() bool { return r.Got.Lo <= r.Case.Want && r.Case.Want <= r.Got.Hi }

// Run answers a case with the replications of a seed.
func Run(ctx context.Context, pool *study.Pool, c *Case, seed uint64) (Row, error) {
	cfg := *c.config
	cfg.Seed = c.seed(seed)
	configure := study.Fixed(&cfg)
	if c.configure != nil {
		configure = c.configure(&cfg)
	}
	var values []float64
	err := study.Replicate(ctx, pool, configure, 0, uint64(c.Runs), c.measure, func(_ uint64, v float64) bool {
		values = append(values, v)
		return true
	})
	r := Row{Case: c, Seed: seed}
	if err != nil {
		return r, err
	}
	if c.Share {
		r.Got, r.P, err = share(values, c.Want)
	} else {
		r.Got, r.P, err = meanOf(values, c.Want)
	}
	return r, err
}

// seed is the case's own part of a seed. Cases that shared their streams would all be above, or below, the answer
// together, and a count of those outside would say nothing.
func (c *Case) seed(seed uint64) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.What)) // never fails
	return h.Sum64() ^ seed
}

func share(values []float64, want float64) (stats.Summary, float64, error) {
	hits := 0
	for _, v := range values {
		hits += int(v)
	}
	s, err := stats.ClopperPearson(hits, len(values), Confidence)
	if err != nil {
		return s, 0, err
	}
	p, err := stats.BinomialTest(hits, len(values), want)
	return s, p, err
}

func meanOf(values []float64, want float64) (stats.Summary, float64, error) {
	s, err := stats.Mean(values, Confidence)
	if err != nil {
		return s, 0, err
	}
	if s.Lo == s.Hi { // nothing is random: the answer must be exact, but for rounding
		if math.Abs(s.Center-want) <= 1e-9*math.Abs(want) {
			s.Lo, s.Hi = min(s.Lo, want), max(s.Hi, want)
			return s, 1, nil
		}
		return s, 0, nil
	}
	p, err := stats.MeanTest(values, want)
	return s, p, err
}

// Verdict is what many rows say together.
type Verdict struct {
	Rows, Outside int
	// Allowed is how many rows are outside of their intervals at most if all are right, but for a chance of 1 in 1000.
	Allowed int
	// Smallest is the smallest p-value after Holm's correction for so many rows.
	Smallest float64
}

// Agrees says whether the rows can all be right: no row is impossible (Holm, at 1 %), and not too many are outside.
func (v Verdict) Agrees() bool { return v.Smallest >= 1-Confidence && v.Outside <= v.Allowed }

// Judge takes the rows together.
func Judge(rows []Row) (Verdict, error) {
	v := Verdict{Rows: len(rows)}
	var ps []float64
	for i := range rows {
		if !rows[i].Inside() {
			v.Outside++
		}
		ps = append(ps, rows[i].P)
	}
	adjusted, err := stats.Holm(ps)
	if err != nil {
		return v, err
	}
	v.Smallest = 1
	for _, p := range adjusted {
		v.Smallest = min(v.Smallest, p)
	}
	v.Allowed = stats.BinomialQuantile(0.999, len(rows), 1-Confidence)
	return v, nil
}
