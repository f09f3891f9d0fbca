package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Lifetime is how long something was seen to live.
type Lifetime struct {
	Time float64 // at least 0
	// Ended says that it ended then. If not, all that is known is that it lived on: it is censored, like a pod still
	// running when its run ends.
	Ended bool
}

// Step is a step of a survival curve.
type Step struct {
	Time float64
	// AtRisk is how many were seen to live until just before Time; Ends is how many of them ended at it.
	AtRisk, Ends int
	// Survival is the chance to live longer than Time.
	Survival float64
	// Error is its standard error by Greenwood's formula, which says nothing once Survival is 0; Error is 0 then.
	Error float64
	// Lo and Hi are its interval, computed for log(-log(Survival)), so that it stays within [0, 1]. Once Survival is 0,
	// Lo is 0 and Hi that of the step before, or 1.
	Lo, Hi float64
}

// Curve is a survival curve: a step for every time at which something ended, in order. Before the first, Survival is 1.
type Curve struct {
	Steps      []Step
	Confidence float64
	N          int
}

// KaplanMeier is the survival curve of lifetimes that may be censored (Kaplan and Meier 1958,
// https://doi.org/10.1080/01621459.1958.10501452; Greenwood's variance and the log-minus-log interval as in Kalbfleisch
// and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed., section 1.4). What is censored at a time at
// which something ends counts as still at risk then.
func KaplanMeier(lifetimes []Lifetime, confidence float64) (Curve, error) {
	if len(lifetimes) == 0 {
		return Curve{}, fmt.Errorf("lifetimes: %w", ErrEmpty)
	}
	if err := checkConfidence(confidence); err != nil {
		return Curve{}, err
	}
	for i, l := range lifetimes {
		if !(l.Time >= 0) || math.IsInf(l.Time, 1) {
			return Curve{}, fmt.Errorf("lifetimes[%d]: %w: %v (allowed: 0 and more)", i, ErrRange, l.Time)
		}
	}
	ordered := slices.Clone(lifetimes)
	slices.SortFunc(ordered, func(a, b Lifetime) int { return cmp.Compare(a.Time, b.Time) })
	c := Curve{Confidence: confidence, N: len(lifetimes)}
	z := -normalQuantile((1 - confidence) / 2)
	survival, greenwood, hi := 1.0, 0.0, 1.0
	for i := 0; i < len(ordered); {
		at := Step{Time: ordered[i].Time, AtRisk: len(ordered) - i}
		for ; i < len(ordered) && ordered[i].Time == at.Time; i++ {
			if ordered[i].Ended {
				at.Ends++
			}
		}
		if at.Ends == 0 {
			continue
		}
		risk, ends := float64(at.AtRisk), float64(at.Ends)
		survival *= 1 - ends/risk
		greenwood += ends / (risk * (risk - ends))
		at.Survival = survival
		if survival > 0 {
			at.Error = survival * math.Sqrt(greenwood)
			half := z * math.Sqrt(greenwood) / -math.Log(survival)
			at.Lo = math.Pow(survival, math.Exp(half))
			hi = math.Pow(survival, math.Exp(-half))
		}
		at.Hi = hi
		c.Steps = append(c.Steps, at)
	}
	return c, nil
}

// Quantile is the time by which a share of q has ended, 0 < q < 1, with the interval of Brookmeyer and Crowley 1982
// (https://doi.org/10.2307/2530286): where the curve's interval says the same. If the curve or its interval does not
// come down that far, the last time at which something ended stands in, and a warning says so.
func (c *Curve) Quantile(q float64) (Summary, error) {
	if !(q > 0 && q < 1) {
		return Summary{}, fmt.Errorf("quantile %v: %w (allowed: between 0 and 1, both excluded)", q, ErrRange)
	}
	if len(c.Steps) == 0 {
		return Summary{}, fmt.Errorf("nothing ended: %w", ErrEmpty)
	}
	s := Summary{Confidence: c.Confidence, N: c.N}
	down := func(what string, value func(*Step) float64) float64 {
		for i := range c.Steps {
			// A rounding error above 1-q is not above it.
			if value(&c.Steps[i]) <= 1-q+1e-12 {
				return c.Steps[i].Time
			}
		}
		s.Warnings = append(s.Warnings, fmt.Errorf("%s: %w: the curve ends above %v", what, ErrFew, 1-q))
		return c.Steps[len(c.Steps)-1].Time
	}
	s.Center = down("estimate", func(at *Step) float64 { return at.Survival })
	s.Lo = down("lower end", func(at *Step) float64 { return at.Lo })
	s.Hi = down("upper end", func(at *Step) float64 { return at.Hi })
	if len(s.Warnings) > 0 {
		s.Confidence = 0
	}
	return s, nil
}
