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
	// Apart is how far apart ranks are of starts that begin together, and of ends, at the mean of N pairs (the footrule,
	// Spearman 1906): 0 if all is in common, a third if nothing is. OfTrace is that of the Judged pairs of the runs that
	// judge it.
	Apart, OfTrace float64
	N, Judged      int
}

const (
	// together is how far apart two latencies begin at most that are taken to begin in the same second.
	together = des.Second / 10
	// leastPairs is how many of them it takes.
	leastPairs = 100
	// nothingShared is the mean distance of two ranks that have nothing in common; of n pairs it has a standard error of
	// √(1/18n).
	nothingShared, nothingSharedError = 1. / 3, 0.236
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
	fit, n := half.ranksApart()
	judge, judged := other.ranksApart()
	if min(n, judged) < leastPairs {
		c.Missing = append(c.Missing, "latency.shared")
		return
	}
	c.Shared = &Shared{Apart: fit, N: n, OfTrace: judge, Judged: judged}
	lo, hi := 0.0, 1.0
	for range 20 {
		mid := (lo + hi) / 2
		if drawn, _ := c.drawn(half, mid).ranksApart(); drawn > fit {
			lo = mid
		} else {
			hi = mid
		}
	}
	if fit < nothingShared-2*nothingSharedError/math.Sqrt(float64(n)) { // more is seen where nothing is shared
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

// ranksApart is how far apart the ranks are of starts, and of stops, that begin together in one run, at the mean, and
// of how many pairs. Some that are slow alone, as there are, change it less than they would a correlation.
func (s *spans) ranksApart() (apart float64, n int) {
	var all []float64
	add := func(values []float64, when []began) {
		for i := range when {
			for k := range i {
				between := max(when[i].at, when[k].at).Sub(min(when[i].at, when[k].at))
				if when[i].run == when[k].run && between <= together {
					all = append(all, math.Abs(values[i]-values[k]))
				}
			}
		}
	}
	add(ranks(s.start), s.startBegan)
	add(ranks(s.stop), s.stopBegan)
	var sum float64
	for _, d := range all {
		sum += d
	}
	return sum / max(1, float64(len(all))), len(all)
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
