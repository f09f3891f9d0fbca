package rare

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/study"
)

// ErrUnsuited is a scenario that cannot be tilted.
var ErrUnsuited = errors.New("importance sampling needs one Job with one container, and one failure rate")

// Estimate is what was found.
type Estimate struct {
	Fail     stats.Summary // P(the Job does not complete)
	Relative float64       // the standard error of Fail, relative to it
	Rate     float64       // the failure rate that was run with
	Failed   int           // runs that failed, with that rate
	Runs     int           // without the pilot's
	Pilot    int
	// Plain is how many plain runs would be as precise.
	Plain float64
}

// pilots are how many runs each rate is tried with.
const pilots = 500

// Fail estimates P(fail) of a scenario whose fates are a failure rate and a duration (Scenario.Coins). Errors wrap
// ErrUnsuited, or are those of study.Replicate.
func Fail(ctx context.Context, pool *study.Pool, sc *scenarios.Scenario, seed uint64, runs int, confidence float64) (
	*Estimate, error) {
	_, rate, ok := sc.Coins()
	if !ok || !(rate > 0 && rate < 1) || len(sc.Manifests) != 1 {
		return nil, ErrUnsuited
	}
	if pod := &sc.Manifests[0].Spec.Template.Spec; len(pod.Containers) != 1 || len(pod.InitContainers) > 0 {
		return nil, ErrUnsuited
	}
	out := &Estimate{Rate: rate}
	best := math.Inf(1)
	for _, tilt := range rates(sc, rate) {
		s, err := sample(ctx, pool, sc, rate, tilt, seed+1<<32, pilots) // a seed of its own: the choice must not bias
		if err != nil {
			return nil, err
		}
		out.Pilot += pilots
		// Where nearly all runs fail, the rare ones that carry most of the weight are not among so few: the spread that
		// is seen is too small.
		if failed, spread := s.spread(); failed >= 10 && failed <= pilots*6/10 && spread < best {
			best, out.Rate = spread, tilt
		}
	}
	s, err := sample(ctx, pool, sc, rate, out.Rate, seed, runs)
	if err != nil {
		return nil, err
	}
	if out.Fail, err = stats.Mean(s.weights, confidence); err != nil {
		return nil, err
	}
	out.Fail.Lo = max(0, out.Fail.Lo)
	out.Runs = runs
	failed, spread := s.spread()
	out.Failed, out.Relative = failed, spread/math.Sqrt(float64(runs))
	if p := out.Fail.Center; p > 0 && out.Relative > 0 {
		out.Plain = (1 - p) / (p * out.Relative * out.Relative)
	}
	return out, nil
}

// rates are what a pilot tries: the true rate, the one at which the failures that end the Job come as late as they can,
// and rates beyond it.
func rates(sc *scenarios.Scenario, rate float64) []float64 {
	spec := &sc.Manifests[0].Spec
	completions := 1.0
	if spec.Completions != nil {
		completions = float64(*spec.Completions)
	}
	out := []float64{rate}
	if limit := float64(*spec.BackoffLimit); spec.BackoffLimitPerIndex == nil && limit < 1e6 {
		if tilt := (limit + 1) / (completions + limit); tilt > rate && tilt < 1 {
			out = append(out, tilt)
		}
	}
	for tilt := 2 * rate; tilt < 0.6; tilt *= 1.6 {
		out = append(out, tilt)
	}
	return append(out, max(rate, 0.7), max(rate, 0.8), max(rate, 0.9))
}

// weighted are the runs of one rate: the weight of each that failed, 0 of the others.
type weighted struct{ weights []float64 }

// spread is how many runs failed, and the standard deviation of the weights relative to their mean.
func (w *weighted) spread() (failed int, spread float64) {
	sum, squares := 0.0, 0.0
	for _, v := range w.weights {
		if v > 0 {
			failed++
		}
		sum += v
		squares += v * v
	}
	n := float64(len(w.weights))
	if sum == 0 {
		return 0, math.Inf(1)
	}
	return failed, math.Sqrt(max(0, squares*n/(sum*sum)-1))
}

func sample(ctx context.Context, pool *study.Pool, sc *scenarios.Scenario, rate, tilt float64, seed uint64, runs int) (
	*weighted, error) {
	tilted, err := sc.With(scenarios.Change{Field: "failure-rate", Value: fmt.Sprint(tilt)})
	if err != nil {
		return nil, err
	}
	cfg := tilted.Config()
	cfg.Seed = seed
	fails, passes := math.Log(rate/tilt), math.Log1p(-rate)-math.Log1p(-tilt)
	out := &weighted{}
	err = study.Replicate(ctx, pool, study.Fixed(cfg), 0, uint64(runs), func(w *sim.World, o *sim.Outcome) float64 {
		if o.Jobs[0].Complete() {
			return 0
		}
		bad, good := coins(w)
		return math.Exp(float64(bad)*fails + float64(good)*passes)
	}, func(_ uint64, v float64) bool {
		out.weights = append(out.weights, v)
		return true
	})
	return out, err
}

// coins counts the runs of containers that would fail and those that would not, of every pod that there was: whether
// they came to their end makes no difference to the mean of a weight.
func coins(w *sim.World) (bad, good int) {
	for id := range w.Store().PodCount() {
		p := w.Store().Pod(id)
		for restart := range p.Status.Restarts + 1 {
			key := api.FateKey{Job: p.Job, Index: p.Index, Attempt: p.Attempt, Number: p.Number, Restart: restart}
			if w.Fate(key).Exit != 0 {
				bad++
			} else {
				good++
			}
		}
	}
	return bad, good
}
