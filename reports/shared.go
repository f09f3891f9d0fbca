package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/jobsim/jobsim/sim/des"
)

// Shared is what latencies of pods have in common that begin in the same second (api.Latency).
type Shared struct {
	// Share is latency.shared.
	Share float64
	// Correlation is that of the ranks of starts that begin together, and of ends, over N pairs; OfTrace is that of the
	// Judged pairs of the runs that judge it.
	Correlation, OfTrace float64
	N, Judged            int
}

const (
	// together is how far apart two latencies begin at most that are taken to begin in the same second.
	together = des.Second / 10
	// leastPairs is how many of them it takes: of so many without any correlation one of 0.2 is seen once in forty times.
	leastPairs = 100
)

// began is when a span began, and in which run.
type began struct {
	run int
	at  des.Time
}

// fitShared fits the share that latencies have in common.
func (c *Calibration) fitShared(half, other *spans, contend float64) {
	fit, n := half.correlation(contend)
	judge, judged := other.correlation(contend)
	if min(n, judged) < leastPairs {
		c.Missing = append(c.Missing, "latency.shared")
		return
	}
	c.Shared = &Shared{Correlation: fit, N: n, OfTrace: judge, Judged: judged}
	if fit > 2/math.Sqrt(float64(n)) { // less is seen now and then where there is none
		c.Shared.Share = round(shareOf(fit))
	}
}

// correlation is that of the ranks of starts, and of stops, that begin together in one run, and of how many pairs.
func (s *spans) correlation(contend float64) (correlation float64, n int) {
	var sum coMoments
	sum.add(ranks(s.alone(contend)), s.startBegan)
	sum.add(ranks(s.stop), s.stopBegan)
	return sum.xy / sum.xx, sum.n
}

// coMoments are sums over pairs, of which none is the first: each counts as both.
type coMoments struct {
	xx, xy float64
	n      int
}

// add adds the pairs of values that begin together, about the mean of all that are in one.
func (m *coMoments) add(values []float64, when []began) {
	var pairs [][2]float64
	var mean float64
	for i := range when {
		for k := range i {
			if when[i].run == when[k].run && max(when[i].at, when[k].at).Sub(min(when[i].at, when[k].at)) <= together {
				pairs = append(pairs, [2]float64{values[i], values[k]})
				mean += values[i] + values[k]
			}
		}
	}
	mean /= float64(2 * len(pairs))
	for _, p := range pairs {
		x, y := p[0]-mean, p[1]-mean
		m.xy += x * y
		m.xx += (x*x + y*y) / 2
	}
	m.n += len(pairs)
}

// ranks are where values stand among all, from 0 to 1; those that are equal stand in the middle of their places.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, k int) int { return cmp.Compare(values[i], values[k]) })
	out := make([]float64, len(values))
	for from := 0; from < len(order); {
		until := from
		for until < len(order) && values[order[until]] == values[order[from]] {
			until++
		}
		for _, i := range order[from:until] {
			out[i] = float64(from+until) / 2 / float64(len(order))
		}
		from = until
	}
	return out
}

// shareOf is the share (rng.Source.DrawNear) by which the ranks of two latencies of one second have so great a
// correlation.
func shareOf(correlation float64) float64 {
	lo, hi := 0.0, 1.0
	for range 50 {
		if mid := (lo + hi) / 2; sharedCorrelation(mid) < correlation {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// sharedCorrelation is the correlation of the ranks of two latencies with a share in common. A rank u is a place on
// half a circle. u - 1/2 is the sum of -4/(πk)² cos(πku) over the odd k, and a step that is uniform within ±(1-share)
// of the half, mirrored at its ends, leaves sin(x)/x of each cosine at the mean, x = πk(1-share).
func sharedCorrelation(share float64) (sum float64) {
	for k := 1.0; k < 20; k += 2 {
		left := 1.0
		if x := math.Pi * k * (1 - share); x > 0 {
			left = math.Sin(x) / x
		}
		sum += 96 / math.Pow(math.Pi*k, 4) * left * left
	}
	return sum
}
