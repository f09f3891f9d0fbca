package reports

import (
	"fmt"
	"math"
	"slices"

	"github.com/jobsim/jobsim/reports/stats"
)

// confidence of the intervals of a report, but for those of a TOST.
const confidence = 0.95

// Ratio is how the makespans of two worlds compare: A over B, pair by pair.
type Ratio struct {
	N       int     `json:"n"`
	MedianA float64 `json:"medianA"` // seconds
	MedianB float64 `json:"medianB"`
	// Estimate is the ratio of the geometric means.
	Estimate float64 `json:"ratio"`
	// Lo and Hi are the 1-2*alpha interval, which lies within the margins exactly if the two are equivalent at a single
	// test; it is the estimate if there is no spread to make one of.
	Lo float64 `json:"low"`
	Hi float64 `json:"high"`
	// P is the p-value of not being equivalent (TOST); Adjusted is P by Holm, for all scenarios together. Both are 1 if
	// one pair was all there is.
	P        float64 `json:"p"`
	Adjusted float64 `json:"pHolm"`
}

// Shift is by how much a span differs between two worlds, B minus A, pair by pair, with the 95 % interval of the mean.
type Shift struct {
	N       int     `json:"n"`
	MedianA float64 `json:"medianA"` // seconds
	MedianB float64 `json:"medianB"`
	Mean    float64 `json:"meanDifference"`
	Lo      float64 `json:"low"`
	Hi      float64 `json:"high"`
}

// Distance is how far two samples are apart.
type Distance struct {
	NA      int     `json:"nA"`
	NB      int     `json:"nB"`
	MedianA float64 `json:"medianA"` // seconds
	MedianB float64 `json:"medianB"`
	// KS is the largest distance of the distribution functions, P its p-value if the spans were independent.
	KS float64 `json:"ks"`
	P  float64 `json:"p"`
	// Wasserstein is the area between the distribution functions, in seconds.
	Wasserstein float64 `json:"wasserstein"`
}

// leastNominal is below what chance to cover a prediction interval is not worth having: 19 other runs give 0.9.
const leastNominal = 0.9

// Coverage is how often a run of B lies within the prediction interval that A's other runs give.
type Coverage struct {
	Inside int `json:"inside"`
	N      int `json:"n"`
	// Nominal is how often it should: 0.95, or down to 0.9 where there are too few runs for that.
	Nominal float64 `json:"nominal"`
	// Lo and Hi are the 95 % Wilson interval of the share.
	Lo float64 `json:"low"`
	Hi float64 `json:"high"`
}

// Samples are the timed facts of runs that are looked at as distributions, in seconds.
type Samples struct {
	Makespans []float64 // of runs that finished
	Starts    []float64 // start latencies of pods
	Gaps      []float64 // waits for another attempt
}

// SamplesOf collects the samples of runs.
func SamplesOf(runs []*Run) (s Samples) {
	for _, r := range runs {
		if m, ok := r.Makespan(); ok {
			s.Makespans = append(s.Makespans, m.Seconds())
		}
		for _, j := range r.Jobs {
			for _, p := range j.Pods {
				if d, ok := p.StartLatency(); ok {
					s.Starts = append(s.Starts, d.Seconds())
				}
			}
			for _, g := range j.Gaps() {
				s.Gaps = append(s.Gaps, g.Span.Seconds())
			}
		}
	}
	return s
}

func (c *Comparison) measure(paired [][2]*Run, o *Options) (err error) {
	a, b := SamplesOf(c.RunsA), SamplesOf(c.RunsB)
	if c.Makespan, err = ratioOf(paired, o); err != nil {
		return fmt.Errorf("makespan: %w", err)
	}
	if c.Gaps, err = shiftOf(paired); err != nil {
		return fmt.Errorf("gaps: %w", err)
	}
	if len(a.Starts) > 0 && len(b.Starts) > 0 {
		if c.Start, err = distanceOf(a.Starts, b.Starts); err != nil {
			return fmt.Errorf("start latency: %w", err)
		}
	}
	if c.Coverage, err = coverageOf(c.RunsA, c.RunsB); err != nil {
		return fmt.Errorf("coverage: %w", err)
	}
	return nil
}

// ratioOf is the TOST of the makespans of the pairs of which both finished.
func ratioOf(paired [][2]*Run, o *Options) (*Ratio, error) {
	var a, b []float64
	for _, p := range paired {
		x, okX := p[0].Makespan()
		y, okY := p[1].Makespan()
		if okX && okY && x > 0 && y > 0 {
			a, b = append(a, x.Seconds()), append(b, y.Seconds())
		}
	}
	if len(a) == 0 {
		return nil, nil
	}
	r := &Ratio{N: len(a), MedianA: median(a), MedianB: median(b), P: 1, Adjusted: 1}
	if len(a) == 1 {
		r.Estimate = a[0] / b[0]
		r.Lo, r.Hi = r.Estimate, r.Estimate
		return r, nil
	}
	e, err := stats.PairedRatioTOST(a, b, o.margins(), o.Alpha)
	if err != nil {
		return nil, err
	}
	r.Estimate, r.Lo, r.Hi, r.P, r.Adjusted = e.Ratio.Center, e.Ratio.Lo, e.Ratio.Hi, e.P, e.P
	return r, nil
}

// shiftOf is the mean difference of the gaps that both runs of a pair have.
func shiftOf(paired [][2]*Run) (*Shift, error) {
	var a, b, differences []float64
	for _, p := range paired {
		of := map[Key]float64{}
		for _, j := range p[0].Jobs {
			for _, g := range j.Gaps() {
				of[Key{j.Name, podName(g.After)}] = g.Span.Seconds()
			}
		}
		for _, j := range p[1].Jobs {
			for _, g := range j.Gaps() {
				if x, ok := of[Key{j.Name, podName(g.After)}]; ok {
					y := g.Span.Seconds()
					a, b, differences = append(a, x), append(b, y), append(differences, y-x)
				}
			}
		}
	}
	if len(a) == 0 {
		return nil, nil
	}
	m, err := stats.Mean(differences, confidence)
	return &Shift{N: len(a), MedianA: median(a), MedianB: median(b), Mean: m.Center, Lo: m.Lo, Hi: m.Hi}, err
}

func distanceOf(a, b []float64) (*Distance, error) {
	ks, err := stats.KS(a, b)
	if err != nil {
		return nil, err
	}
	w, err := stats.Wasserstein(a, b)
	return &Distance{NA: len(a), NB: len(b), MedianA: median(a), MedianB: median(b), KS: ks.Statistic, P: ks.P,
		Wasserstein: w}, err
}

// coverageOf holds each makespan of B against the prediction interval of A's runs without the run's own partner, which
// has its fates. It is nil where A has too few runs. The interval is between order statistics: of n values, the k-th
// smallest and the k-th largest enclose another one with probability (n+1-2k)/(n+1) (Hahn and Meeker, Statistical
// Intervals, 1991, section 5.3).
func coverageOf(a, b []*Run) (*Coverage, error) {
	c := &Coverage{Nominal: 1}
	for _, run := range b {
		m, ok := run.Makespan()
		if !ok {
			continue
		}
		var others []float64
		for _, other := range a {
			if x, finished := other.Makespan(); finished && byRun(run, other) != 0 {
				others = append(others, x.Seconds())
			}
		}
		slices.Sort(others)
		n := len(others)
		k := max(1, int(math.Floor(float64(n+1)*(1-confidence)/2+1e-9)))
		nominal := float64(n+1-2*k) / float64(n+1)
		if nominal < leastNominal-1e-9 {
			return nil, nil
		}
		c.Nominal = min(c.Nominal, nominal)
		c.N++
		if x := m.Seconds(); others[k-1] <= x && x <= others[n-k] {
			c.Inside++
		}
	}
	if c.N == 0 {
		return nil, nil
	}
	return c, c.interval()
}

func (c *Coverage) interval() error {
	w, err := stats.Wilson(c.Inside, c.N, confidence)
	c.Lo, c.Hi = w.Lo, w.Hi
	return err
}

func median(values []float64) float64 {
	s := slices.Clone(values)
	slices.Sort(s)
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// judgeMakespan gives the verdict of the makespans, by P adjusted.
func (c *Comparison) judgeMakespan(o *Options) {
	m, low, high := c.Makespan, o.margins().Lo, o.margins().Hi
	interval := fmt.Sprintf("makespan ratio %.4f (%.4f to %.4f)", m.Estimate, m.Lo, m.Hi)
	switch {
	case m.N == 1:
		c.decide(Inconclusive, "makespan ratio %.4f: one pair of runs says nothing of the spread (try -n 20)", m.Estimate)
	case m.Adjusted < o.Alpha:
		c.decide(Equivalent, "the exact facts agree; %s within %.4g to %.4g", interval, low, high)
	case m.Lo > high || m.Hi < low:
		c.decide(Different, "%s lies outside of %.4g to %.4g", interval, low, high)
	case m.Estimate > high || m.Estimate < low:
		c.decide(Inconclusive, "%s is off, and %d pairs are too few to be sure", interval, m.N)
	default:
		c.decide(Inconclusive, "%s: %d pairs are too few to be sure that it is within %.4g to %.4g", interval, m.N, low, high)
	}
}
