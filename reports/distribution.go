package reports

import (
	"math"
	"slices"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

const (
	// resolution is below what spans are equal: a watch event's time is not exact to a tenth of a millisecond.
	resolution = 1e-4
	// A family does not fit if it is further than poor from the values, and by chance only with a probability below rare:
	// then the values themselves are taken.
	poor, rare = 0.05, 0.01
	// asLikely is by how much logarithms of likelihoods may differ (Burnham and Anderson 2002: 2 is substantial support).
	asLikely = 2
	// draws is how many values of a fit are judged.
	draws = 4000
	// maxValues bounds the values of an empirical distribution.
	maxValues = 64
)

// fitOf is the distribution of values, and how judge judges it.
func fitOf(values, judge []float64) (*Fit, error) {
	d, err := distribution(values)
	if err != nil {
		return nil, err
	}
	return judged(d, values, judge)
}

// judged is the fit of d to values, and how judge judges it.
func judged(d rng.Dist, values, judge []float64) (*Fit, error) {
	drawn := draw(&d)
	ks, err := stats.KS(judge, drawn)
	if err != nil {
		return nil, err
	}
	halves, err := stats.KS(values, judge)
	return &Fit{Dist: d, N: len(values), Judged: len(judge), Median: median(drawn), MedianOfTrace: median(judge),
		KS: ks.Statistic, P: halves.P}, err
}

// distribution is that of the most likely family; of families about as likely, the one that is nearest to the values; a
// constant if they are all but equal; their own quantiles if no family fits.
func distribution(values []float64) (rng.Dist, error) {
	sorted := slices.Sorted(slices.Values(values))
	if sorted[len(sorted)-1]-sorted[0] < resolution {
		return rng.Const(span(median(values))), nil
	}
	positive := make([]float64, len(values))
	for i, v := range values {
		positive[i] = max(v, 1e-6)
	}
	type candidate struct {
		dist       rng.Dist
		likelihood float64
		ks         stats.Test
	}
	var all []candidate
	most := math.Inf(-1)
	for _, family := range []struct {
		fit  func([]float64) (stats.Fitted, error)
		make func(scale, shape float64) (rng.Dist, error)
	}{
		{stats.FitLognormal, func(a, b float64) (rng.Dist, error) { return rng.NewLognormal(span(a), round(b)) }},
		{stats.FitGamma, func(a, b float64) (rng.Dist, error) { return rng.NewGamma(span(a), round(b)) }},
		{stats.FitWeibull, func(a, b float64) (rng.Dist, error) { return rng.NewWeibull(span(a), round(b)) }},
		{stats.FitUniform, func(a, b float64) (rng.Dist, error) { return rng.NewUniform(span(a), span(b)) }},
	} {
		fitted, err := family.fit(positive)
		if err != nil {
			return rng.Dist{}, err
		}
		d, err := family.make(fitted.Scale, fitted.Shape)
		if err != nil {
			continue // parameters that a profile cannot have
		}
		ks, err := stats.KS(values, draw(&d))
		if err != nil {
			return rng.Dist{}, err
		}
		all = append(all, candidate{d, fitted.LogLikelihood, ks})
		most = max(most, fitted.LogLikelihood)
	}
	best := candidate{ks: stats.Test{Statistic: 1}}
	for _, c := range all {
		if c.likelihood > most-asLikely && c.ks.Statistic < best.ks.Statistic {
			best = c
		}
	}
	if best.ks.Statistic > poor && best.ks.P < rare {
		return quantiles(sorted)
	}
	return best.dist, nil
}

// draw are seconds that are drawn as the simulator does.
func draw(d *rng.Dist) []float64 {
	out := make([]float64, draws)
	for i := range out {
		out[i] = rng.Source{}.Draw(d, rng.Key{Purpose: rng.Script, Sub: int32(i)}).Seconds()
	}
	return out
}

// quantiles are the values themselves, or so many quantiles of them.
func quantiles(sorted []float64) (rng.Dist, error) {
	n := min(len(sorted), maxValues)
	values := make([]des.Duration, n)
	for i := range values {
		values[i] = span(sorted[int((float64(i)+0.5)/float64(n)*float64(len(sorted)))])
	}
	return rng.NewEmpirical(values...)
}

// span is so many seconds, to four digits or the microsecond.
func span(seconds float64) des.Duration {
	return des.Duration(math.Round(round(seconds)*1e6)) * des.Microsecond
}

// round keeps four digits.
func round(v float64) float64 {
	if v == 0 {
		return 0
	}
	unit := math.Pow10(3 - int(math.Floor(math.Log10(math.Abs(v)))))
	return math.Round(v*unit) / unit
}
