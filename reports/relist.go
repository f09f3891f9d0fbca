package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// A kubelet looks for containers that have ended at fixed instants, a second and what a look takes apart (package
// sim/kubelet, relist.go). What lies between two notices of one kubelet is a multiple of that.

const (
	// A look comes after leastRelist at least (pkg/kubelet/kubelet.go:215@v1.37.2), and takes less than half as long.
	leastRelist, mostRelist = 1.0, 1.5
	relistStep              = 0.0005
	// farApart are notices between which too many looks lie to be counted, as these take longer and shorter.
	farApart = 40 * des.Second
	// leastApart is how many pairs of notices it takes to know, and inStep which mean cosine of their phases says that
	// they come in step: it is 0 of phases that are random, with a standard error of 0.13 for so many.
	leastApart, inStep = 30, 0.4
)

// lookedAt adds what lies between any two of the notices of a kubelet.
func (s *spans) lookedAt(notices []des.Time) {
	for i, a := range notices {
		for _, b := range notices[:i] {
			switch d := max(a.Sub(b), b.Sub(a)); {
			case d.Seconds() <= leastRelist/2:
				s.same = append(s.same, d.Seconds())
			case d < farApart:
				s.apart = append(s.apart, d.Seconds())
			}
		}
	}
}

// spread is how much later than the look a notice comes: the mean, as the looks say, with the spread that notices of
// one look have, as if they were exponential.
func (s *spans) spread(mean float64) rng.Dist {
	if len(s.same) >= leastApart && mean > 0 {
		deviation := median(s.same) / math.Ln2
		shape := mean * mean / (deviation * deviation)
		if d, err := rng.NewGamma(span(mean/shape), round(shape)); err == nil {
			return d
		}
	}
	return rng.Const(span(mean))
}

// relist is the period of looks so far apart, in seconds; 0 if they are not in step.
func relist(apart []float64) float64 {
	best, period := inStep, 0.0
	for p := leastRelist; p <= mostRelist; p += relistStep {
		var sum float64
		for _, d := range apart {
			sum += math.Cos(2 * math.Pi * d / p)
		}
		if mean := sum / float64(len(apart)); mean > best {
			best, period = mean, p
		}
	}
	return period
}

// perLook is apart, by look.
func perLook(apart []float64, period float64) []float64 {
	out := make([]float64, len(apart))
	for i, d := range apart {
		out[i] = d / max(1, math.Round(d/period))
	}
	return out
}

// untilNextLook is from a notice to the next look of its kubelet, in seconds; 0 if it does not look in step.
func (c *Calibration) untilNextLook() (seconds float64) {
	for i := range c.Fits {
		switch f := &c.Fits[i]; f.Name {
		case "latency.relist":
			seconds += f.Dist.Mean().Seconds()
		case "latency.observe":
			seconds -= f.Dist.Mean().Seconds()
		}
	}
	return max(0, seconds)
}

// fitNotice fits how an end is noticed: how far apart the looks of a kubelet are, and what is beyond the half of that,
// which a look takes to come in the middle. As the middle of the quartiles it has less of a spread than as the median,
// and no more to do with what is slow now and then.
func (c *Calibration) fitNotice(half, other *spans) error {
	const what = "from the container's end to its notice"
	if min(len(half.apart), len(other.apart)) < leastApart || min(len(half.observe), len(other.observe)) < leastFit {
		c.Missing = append(c.Missing, "latency.relist", "latency.observe")
		return nil
	}
	period := relist(half.apart)
	looks := Fit{Name: "latency.relist", What: "between two looks of a kubelet",
		N: len(half.apart), Judged: len(other.apart)}
	if period == 0 {
		looks.What, looks.P = "notices of a kubelet are not in step", 1
		observe, err := fitOf(half.observe, other.observe)
		if err != nil {
			return fmt.Errorf("latency.observe: %w", err)
		}
		observe.Name, observe.What = "latency.observe", what
		c.Fits = append(c.Fits, looks, *observe)
		return nil
	}
	fit, judge := perLook(half.apart, period), perLook(other.apart, period)
	alike, err := stats.KS(fit, judge)
	if err != nil {
		return fmt.Errorf("latency.relist: %w", err)
	}
	looks.Dist, looks.Median, looks.MedianOfTrace = rng.Const(span(median(fit))), median(fit), median(judge)
	looks.KS, looks.P = alike.Statistic, alike.P

	sorted := slices.Sorted(slices.Values(half.observe))
	quartiles := sorted[len(sorted)/4] + sorted[len(sorted)-1-len(sorted)/4]
	beyond := max(0, quartiles/2-looks.Median/2)
	drawn, err := rng.NewUniform(span(beyond), span(beyond+looks.Median))
	if err != nil {
		return fmt.Errorf("latency.observe: %w", err)
	}
	observe, err := judged(drawn, half.observe, other.observe)
	if err != nil {
		return fmt.Errorf("latency.observe: %w", err)
	}
	observe.Name, observe.What = "latency.observe", what+", the wait for a look taken off"
	observe.Dist = half.spread(beyond)
	c.Fits = append(c.Fits, looks, *observe)
	return nil
}
