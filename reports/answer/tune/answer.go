package tune

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/answer/sweep"
	"github.com/jobsim/jobsim/reports/stats"
)

// Answer is a choice and what is known of it.
type Answer struct {
	Choice       Option
	Alternatives []Option // the others that meet the goals, as far as is known, the best first
	Missed       int      // combinations that miss a goal
	Tried        []Option // all that were run
	Pareto       []Option // the combinations that no other beats in objective, P(success) and p95(makespan) at once
	Combinations int
	Invalid      int
	Runs         int // of all combinations
	// Exhaustive is how many runs a grid would have had that gives every combination as many as the choice needed, or
	// the one that was looked at most.
	Exhaustive int
	// Correct is the probability that the choice meets the goals and is the best to within Indifference, at least: as it
	// was asked for, or 0 where some combination was decided by its estimate, as it had all the runs that it could have.
	Correct float64
}

// Option is one combination as it turned out.
type Option struct {
	Point     sweep.Point
	State     State
	Objective float64
	Tally     *answer.Tally
}

// Metric is a number of the option with its 95 % interval.
func (o *Option) Metric(name string) (stats.Summary, error) {
	m, err := answer.MetricNamed(name)
	if err != nil {
		return stats.Summary{}, err
	}
	return m.Of(o.Tally, answer.Confidence)
}

// Solve answers the problem. Errors: those of the expressions and the scenario, ErrInfeasible, and ctx's.
func (p *Problem) Solve(ctx context.Context) (*Answer, error) {
	r, err := newRace(p)
	if err != nil {
		return nil, err
	}
	if err := r.run(ctx); err != nil {
		return nil, err
	}
	out := &Answer{Combinations: len(r.all), Correct: p.Correct}
	if r.best == nil {
		return nil, fmt.Errorf("%w; nearest: %s", ErrInfeasible, r.nearest())
	}
	r.best.state = Chosen
	if r.best.tally.Runs == 0 { // known by others: shown with numbers of its own
		if err := r.more(ctx, r.best, min(1024, r.Runs)); err != nil {
			return nil, err
		}
	}
	out.Runs = r.runs
	var options []Option
	for _, c := range r.all {
		o := Option{Point: c.point, State: c.state, Objective: (c.value.Lo + c.value.Hi) / 2, Tally: c.tally}
		out.Exhaustive = max(out.Exhaustive, c.tally.Runs)
		if c.closed {
			out.Correct = 0
		}
		switch c.state {
		case Chosen:
			out.Choice = o
		case Invalid:
			out.Invalid++
			continue
		case Misses:
			out.Missed++
		case InRace, Dearer:
			if met(c) {
				out.Alternatives = append(out.Alternatives, o)
			}
		}
		options = append(options, o)
	}
	out.Exhaustive *= len(r.all) - out.Invalid
	slices.SortStableFunc(out.Alternatives, func(a, b Option) int { return cmp.Compare(a.Objective, b.Objective) })
	out.Tried = slices.DeleteFunc(slices.Clone(options), func(o Option) bool { return o.Tally.Runs == 0 })
	out.Pareto = pareto(options)
	return out, nil
}

// met says whether a combination meets all goals, as far as is known.
func met(c *candidate) bool {
	return !slices.ContainsFunc(c.goals, func(g goal.Truth) bool { return g != goal.Met })
}

// nearest is the combination with the most successes, for the error.
func (r *race) nearest() string {
	best, share := "", -1.0
	for _, c := range r.all {
		if c.tally.Runs > 0 {
			if s := float64(c.tally.Complete) / float64(c.tally.Runs); s > share {
				best, share = fmt.Sprintf("%v has P(success) %.4f and misses %s", c.point, s, c.why), s
			}
		}
	}
	return best
}

// pareto are the options that were run and that no other beats in every respect.
func pareto(options []Option) (out []Option) {
	type scores [3]float64 // less is better
	of := func(o *Option) (s scores, ok bool) {
		if o.Tally.Runs == 0 {
			return s, false
		}
		m, err := o.Metric("p95(makespan)")
		return scores{o.Objective, -float64(o.Tally.Complete) / float64(o.Tally.Runs), m.Center}, err == nil
	}
	beats := func(a, b scores) bool {
		return a != b && a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2]
	}
	for i := range options {
		mine, ok := of(&options[i])
		for k := 0; ok && k < len(options); k++ {
			other, run := of(&options[k])
			ok = !run || !beats(other, mine)
		}
		if ok {
			out = append(out, options[i])
		}
	}
	slices.SortStableFunc(out, func(a, b Option) int { return cmp.Compare(a.Objective, b.Objective) })
	return out
}
