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
	AsIs         Option   // the scenario without any change
	Alternatives []Option // the others that meet the goals, as far as is known, the best first
	Missed       int      // combinations that miss a goal
	Tried        []Option // all that were run
	Pareto       []Option // the combinations that no other beats in objective, P(success) and p95(makespan) at once
	Combinations int
	Invalid      int
	Runs         int // of all combinations
	// Exhaustive is how many runs a grid would have had: for every combination as many as the choice took of the one
	// that took most. 0 where a closed form decided all.
	Exhaustive int
	// Correct is the probability that the choice meets the goals and is the best to within Indifference, at least: as
	// it was asked for, or 0 where some combination was decided by its estimate, as it had all the runs that it could
	// have; 1 where a closed form decided all.
	Correct float64
}

// Option is one combination as it turned out.
type Option struct {
	Point     sweep.Point
	State     State
	Objective float64
	Tally     *answer.Tally
	Exact     *answer.Exact // P(success) as theory knows it; nil: it is estimated
}

// Metric is a number of the option with its 95 % interval, which is a point where it is known exactly.
func (o *Option) Metric(name string) (stats.Summary, error) {
	if name == "success" && o.Exact != nil {
		p := o.Exact.Success
		return stats.Summary{N: o.Tally.Runs, Center: p, Lo: p, Hi: p, Confidence: 1}, nil
	}
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
	if err = r.run(ctx); err != nil {
		return nil, err
	}
	if r.best == nil {
		return nil, fmt.Errorf("%w; nearest: %s", ErrInfeasible, r.nearest())
	}
	out := &Answer{Combinations: len(r.all), Correct: p.Correct}
	if r.runs == 0 {
		out.Correct = 1
	}
	for _, c := range r.all {
		out.Exhaustive = max(out.Exhaustive, c.tally.Runs)
	}
	r.best.state = Chosen
	asIs, err := r.show(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range append([]*candidate{asIs}, r.all...) {
		if against, failed := c.refutes(); failed != nil || against {
			own := *p
			own.Simulate = true
			return own.Solve(ctx)
		}
	}
	out.AsIs = asIs.option()
	return out, out.sum(r)
}

// sum tells the combinations apart by what became of them.
func (a *Answer) sum(r *race) error {
	a.Runs = r.runs
	var options []Option
	for _, c := range r.all {
		o := c.option()
		if c.closed {
			a.Correct = 0
		}
		switch c.state {
		case Chosen:
			a.Choice = o
		case Invalid:
			a.Invalid++
			continue
		case Misses:
			a.Missed++
		case InRace, Dearer:
			if met(c) {
				a.Alternatives = append(a.Alternatives, o)
			}
		}
		options = append(options, o)
	}
	a.Exhaustive *= len(r.all) - a.Invalid
	slices.SortStableFunc(a.Alternatives, func(a, b Option) int { return cmp.Compare(a.Objective, b.Objective) })
	a.Tried = slices.DeleteFunc(slices.Clone(options), func(o Option) bool { return o.Tally.Runs == 0 && o.Exact == nil })
	a.Pareto = pareto(options)
	return nil
}

func (c *candidate) option() Option {
	return Option{Point: c.point, State: c.state, Objective: (c.value.Lo + c.value.Hi) / 2, Tally: c.tally, Exact: c.exact}
}

// What is shown has at least so many runs: of the choice, and of the scenario as it is. Where a closed form has told
// all, so have so many neighbours of the choice to either side.
const (
	choiceRuns    = 1024
	neighbourRuns = 256
	neighbours    = 5
)

// show has what is shown run where nobody has, and returns the scenario as it is.
func (r *race) show(ctx context.Context) (*candidate, error) {
	asIs, err := r.asIs()
	if err != nil {
		return nil, err
	}
	if err = r.atLeast(ctx, asIs, neighbourRuns); err != nil {
		return nil, err
	}
	if r.best.exact == nil {
		if r.best.tally.Runs == 0 { // known by others
			err = r.atLeast(ctx, r.best, choiceRuns)
		}
		return asIs, err
	}
	if err = r.atLeast(ctx, r.best, choiceRuns); err != nil {
		return nil, err
	}
	valid := slices.DeleteFunc(slices.Clone(r.all), func(c *candidate) bool { return c.state == Invalid })
	slices.SortStableFunc(valid, func(a, b *candidate) int { return cmp.Compare(a.value.Lo, b.value.Lo) })
	at := slices.Index(valid, r.best)
	for _, c := range valid[max(0, at-neighbours):min(len(valid), at+neighbours+1)] {
		if err = r.atLeast(ctx, c, neighbourRuns); err != nil {
			return nil, err
		}
	}
	return asIs, nil
}

func (r *race) atLeast(ctx context.Context, c *candidate, runs int) error {
	if runs = min(runs, r.Runs); c.tally.Runs >= runs {
		return nil
	}
	state, closed := c.state, c.closed
	err := r.more(ctx, c, runs)
	c.state, c.closed = state, closed // these runs decide nothing
	return err
}

// met says whether a combination meets all goals, as far as is known.
func met(c *candidate) bool {
	return !slices.ContainsFunc(c.goals, func(g goal.Truth) bool { return g != goal.Met })
}

// nearest is the combination with the most successes, for the error.
func (r *race) nearest() string {
	best, share := "", -1.0
	for _, c := range r.all {
		if o := c.option(); c.tally.Runs > 0 || c.exact != nil {
			if s, err := o.Metric("success"); err == nil && s.Center > share {
				best, share = fmt.Sprintf("%v has P(success) %.4f and misses %s", c.point, s.Center, c.why), s.Center
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
		success, failed := o.Metric("success")
		m, err := o.Metric("p95(makespan)")
		return scores{o.Objective, -success.Center, m.Center}, err == nil && failed == nil
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
