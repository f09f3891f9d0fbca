package tune

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/stats"
)

// looks are when a combination is looked at.
var looks = stats.Looks{First: 32, Ratio: 2, Most: 16}

// race is a problem that is being answered.
type race struct {
	*Problem
	all       []*candidate
	sorted    []*candidate
	goals     []*goal.Expr
	objective *goal.Expr
	level     float64 // the confidence of each interval
	runs      int
	best      *candidate // the best that certainly meets the goals; nil: none yet
}

// newRace reads the expressions and the combinations.
func newRace(p *Problem) (*race, error) {
	p.defaults()
	r := &race{Problem: p}
	var fields []string
	for _, f := range p.Factors {
		fields = append(fields, FieldName(f.Field))
	}
	metrics := 0
	for _, text := range p.Goals {
		g, err := goal.Goal(text, fields...)
		if err != nil {
			return nil, err
		}
		r.goals = append(r.goals, g)
		metrics += len(g.Metrics)
	}
	var err error
	if r.objective, err = goal.Objective(p.Minimise, fields...); err != nil {
		return nil, err
	}
	if r.all, err = p.candidates(); err != nil {
		return nil, err
	}
	metrics += len(r.objective.Metrics)
	share := (1 - p.Correct) / float64(len(r.all)*max(1, metrics))
	r.level = looks.Level(1 - share)
	for _, c := range r.all {
		if err := r.enter(c); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// enter notes what is known of a combination without any run.
func (r *race) enter(c *candidate) error {
	c.goals = make([]goal.Truth, len(r.goals))
	if c.state != InRace {
		return nil
	}
	return r.look(c)
}

// run spends the runs: rounds in which combinations of which something is open have as many runs, twice as many each
// time.
func (r *race) run(ctx context.Context) error {
	r.prune()
	if len(r.objective.Metrics) == 0 {
		if err := r.probe(ctx); err != nil {
			return err
		}
	}
	for n := looks.First; !r.settled(); n *= 2 {
		n = min(n, r.Runs)
		for _, c := range r.order() {
			guessed, err := r.visit(ctx, c, n)
			if err != nil {
				return err
			}
			if guessed {
				break
			}
		}
		if n == r.Runs && r.nothingOpen() {
			return nil
		}
	}
	return nil
}

// probe looks by bisection, with few runs, for the cheapest combination that seems to meet the goals. On its way it
// finds some that certainly miss them, and those that allow less with them.
func (r *race) probe(ctx context.Context) error {
	all := r.order()
	for lo, hi := 0, len(all); lo < hi && !r.settled(); {
		middle := (lo + hi) / 2
		guessed, err := r.visit(ctx, all[middle], min(looks.First, r.Runs))
		if err != nil {
			return err
		}
		if guessed {
			hi = middle
		} else {
			lo = middle + 1
		}
	}
	return nil
}

// visit runs a combination up to n runs, as long as something of it is open, and says whether dearer ones can wait, as
// it meets the goals by what is known. Only where the objective is known without runs is anything dearer.
func (r *race) visit(ctx context.Context, c *candidate, n int) (guessed bool, err error) {
	for r.open(c) && c.tally.Runs < n {
		if err := r.more(ctx, c, min(n, max(looks.First, 2*c.tally.Runs))); err != nil {
			return false, err
		}
		r.spread(c)
		r.prune()
	}
	return len(r.objective.Metrics) == 0 && (c.state == Dearer || c.state == InRace && c.seems), nil
}

// open says whether more runs of a combination can tell more.
func (r *race) open(c *candidate) bool {
	return c.state == InRace && !c.closed && (len(r.objective.Metrics) > 0 || slices.Contains(c.goals, goal.Unknown))
}

// nothingOpen says whether all have the runs that they can have.
func (r *race) nothingOpen() bool {
	return !slices.ContainsFunc(r.order(), r.open)
}

// order has the combinations by the objective, the best first, if it is known without runs.
func (r *race) order() []*candidate {
	if r.sorted == nil {
		r.sorted = slices.DeleteFunc(slices.Clone(r.all), func(c *candidate) bool { return c.state == Invalid })
		slices.SortStableFunc(r.sorted, func(a, b *candidate) int { return cmp.Compare(a.value.Lo, b.value.Lo) })
	}
	return r.sorted
}

// more runs a combination up to n runs and looks at it.
func (r *race) more(ctx context.Context, c *candidate, n int) error {
	cfg := c.scenario.Config()
	cfg.Seed = r.Seed
	before := c.tally.Runs
	s := answer.Study{Pool: r.Pool, Config: cfg, Runs: n, From: c.tally}
	var err error
	if c.tally, err = s.Run(ctx); err != nil {
		return err
	}
	r.runs += c.tally.Runs - before
	if r.Taken != nil {
		r.Taken(r.runs)
	}
	c.closed = n >= r.Runs
	return r.look(c)
}

// look sets what is known of a combination.
func (r *race) look(c *candidate) error {
	metrics := map[string]goal.Interval{}
	points := goal.Values{}
	for name, v := range c.fixed {
		points[name] = v
	}
	for _, e := range append([]*goal.Expr{r.objective}, r.goals...) {
		for _, name := range e.Metrics {
			i, center, err := r.interval(c, name)
			if err != nil {
				return err
			}
			metrics[name], points[name] = i, center
		}
	}
	var err error
	if c.value, err = r.objective.Between(metrics, c.fixed); err != nil {
		return err
	}
	if c.closed {
		v, failed := r.objective.Number(points)
		if failed != nil {
			return failed
		}
		c.value = goal.Interval{Lo: v, Hi: v}
	}
	c.seems = true
	for i, g := range r.goals {
		if c.goals[i] == goal.Met {
			continue
		}
		is, failed := g.Is(points)
		if failed != nil {
			return failed
		}
		c.seems = c.seems && is
		if c.goals[i], err = g.Judge(metrics, c.fixed); err != nil {
			return err
		}
		if c.goals[i] == goal.Unknown && c.closed {
			c.goals[i] = map[bool]goal.Truth{true: goal.Met, false: goal.Missed}[is]
		}
	}
	return nil
}

// interval is between which numbers a metric is, and its estimate. One of which nothing can be said, such as a high
// quantile of few runs, may be anything.
func (r *race) interval(c *candidate, name string) (goal.Interval, float64, error) {
	switch {
	case name == "success" && c.exact != nil:
		return goal.Interval{Lo: c.exact.Success, Hi: c.exact.Success}, c.exact.Success, nil
	case c.tally.Runs == 0:
		return goal.Interval{Lo: 0, Hi: math.MaxFloat64}, math.MaxFloat64, nil
	case name == "success": // the exact interval: the approximate ones fail far out, where selection needs them
		s, err := stats.ClopperPearson(c.tally.Complete, c.tally.Runs, r.level)
		return goal.Interval{Lo: s.Lo, Hi: s.Hi}, s.Center, err
	}
	scale := 1.0
	if name == "cost" {
		name, scale = "mean(ran)", r.Price/3600
	}
	m, err := answer.MetricNamed(name)
	if err != nil {
		return goal.Interval{}, 0, err
	}
	s, err := m.Of(c.tally, r.level)
	if err != nil || len(s.Warnings) > 0 {
		v := s.Center * scale
		if err != nil {
			v = math.MaxFloat64
		}
		return goal.Interval{Lo: 0, Hi: math.MaxFloat64}, v, nil
	}
	return goal.Interval{Lo: s.Lo * scale, Hi: s.Hi * scale}, s.Center * scale, nil
}

// grows are the fields of which more never makes a Job fail.
var grows = []string{"spec.backoffLimit", "spec.backoffLimitPerIndex", "spec.activeDeadlineSeconds",
	"spec.maxFailedIndexes"}

// spread takes what is known of the goals about success alone to the combinations that allow more, or less.
func (r *race) spread(c *candidate) {
	for i, g := range r.goals {
		if c.goals[i] == goal.Unknown || len(g.Metrics) != 1 || g.Metrics[0] != "success" || len(g.Fields) > 0 ||
			!strings.Contains(g.Text, ">") {
			continue
		}
		for _, other := range r.all {
			if other.state != InRace || other.goals[i] != goal.Unknown {
				continue
			}
			switch more, less := r.allows(other, c); {
			case more && c.goals[i] == goal.Met, less && c.goals[i] == goal.Missed:
				other.goals[i] = c.goals[i]
			}
		}
	}
}

// allows says whether a allows at least as many attempts and as much time as b and is the same otherwise, and whether
// at most as many.
func (r *race) allows(a, b *candidate) (more, less bool) {
	more, less = true, true
	for k := range a.levels {
		if a.levels[k] == b.levels[k] {
			continue
		}
		field := r.Factors[k].Field
		va, okA := a.fixed[FieldName(field)]
		vb, okB := b.fixed[FieldName(field)]
		if !okA || !okB || !slices.Contains(grows, field) {
			return false, false
		}
		more, less = more && va > vb, less && va < vb
	}
	return more, less
}

// prune takes out what certainly misses a goal, and what cannot be better than the best that certainly meets all.
func (r *race) prune() {
	for _, c := range r.all {
		if c.state != InRace {
			continue
		}
		met := true
		for i, g := range c.goals {
			if g == goal.Missed {
				c.state, c.why = Misses, r.Goals[i]
			}
			met = met && g == goal.Met
		}
		known := c.tally.Runs > 0 || len(r.objective.Metrics) == 0
		if c.state == InRace && met && known && (r.best == nil || c.value.Hi < r.best.value.Hi) {
			r.best = c
		}
	}
	if r.best == nil {
		return
	}
	for _, c := range r.all {
		if c.state != InRace || c == r.best || c.tally.Runs == 0 && len(r.objective.Metrics) > 0 {
			continue
		}
		if c.value.Lo >= r.best.value.Hi*(1-r.indifference()) {
			c.state = Dearer
		}
	}
}

// indifference is 0 where the objective is known exactly.
func (r *race) indifference() float64 {
	if len(r.objective.Metrics) == 0 {
		return 0
	}
	return r.Indifference
}

// settled says whether one combination is left.
func (r *race) settled() bool {
	left := 0
	for _, c := range r.all {
		if c.state == InRace && c != r.best {
			left++
		}
	}
	return left == 0
}
