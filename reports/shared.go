package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
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

// fitShared fits the share that latencies have in common: the one with which starts and stops that are drawn, when they
// were and as many at a time, come out as much alike as those that were measured (the method of simulated moments,
// McFadden 1989, doi:10.2307/1913621).
func (c *Calibration) fitShared(half, other *spans) {
	fit, n := half.correlation()
	judge, judged := other.correlation()
	if min(n, judged) < leastPairs {
		c.Missing = append(c.Missing, "latency.shared")
		return
	}
	c.Shared = &Shared{Correlation: fit, N: n, OfTrace: judge, Judged: judged}
	lo, hi := 0.0, 1.0
	for range 20 {
		mid := (lo + hi) / 2
		drawn, _ := c.drawn(half, mid).correlation()
		if drawn < fit {
			lo = mid
		} else {
			hi = mid
		}
	}
	if fit > 2/math.Sqrt(float64(n)) { // less is seen now and then where there is none
		c.Shared.Share = round(lo)
	}
}

// drawn are starts and stops like those of s, drawn with a share in common.
func (c *Calibration) drawn(s *spans, share float64) *spans {
	var start, contend, stop rng.Dist
	for i := range c.Fits {
		switch f := &c.Fits[i]; f.Name {
		case "latency.start":
			start = f.Dist
		case "latency.contend":
			contend = f.Dist
		case "latency.stop":
			stop = f.Dist
		}
	}
	out := &spans{startBegan: s.startBegan, stopBegan: s.stopBegan,
		start: make([]float64, len(s.start)), stop: make([]float64, len(s.stop))}
	near := func(d *rng.Dist, purpose rng.Purpose, i int, when began) float64 {
		common := rng.Key{Purpose: rng.Moment, Index: int32(when.run), Sub: int32(when.at / des.Time(des.Second))}
		return rng.Source{}.DrawNear(d, rng.Key{Purpose: purpose, Index: int32(i)}, common, share).Seconds()
	}
	for i := range out.start {
		out.start[i] = near(&start, rng.Launch, i, s.startBegan[i])
		for k := range s.crowd[i] {
			key := rng.Key{Purpose: rng.Contend, Index: int32(i), Sub: int32(k)}
			out.start[i] += rng.Source{}.Draw(&contend, key).Seconds()
		}
	}
	for i := range out.stop {
		out.stop[i] = near(&stop, rng.Stop, i, s.stopBegan[i])
	}
	return out
}

// correlation is that of the ranks of starts, and of stops, that begin together in one run, and of how many pairs.
func (s *spans) correlation() (correlation float64, n int) {
	var sum coMoments
	sum.add(ranks(s.start), s.startBegan)
	sum.add(ranks(s.stop), s.stopBegan)
	if sum.xx == 0 {
		return 0, sum.n
	}
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
