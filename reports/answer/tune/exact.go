package tune

import (
	"slices"
	"strconv"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/stats"
)

// unlikely is a p-value below which the runs of a combination refute the closed form of its P(success): something that
// it does not know of, such as the horizon, ends Jobs.
const unlikely = 1e-6

// refutes says whether the combination's own runs speak against the closed form.
func (c *candidate) refutes() (bool, error) {
	if c.exact == nil || c.tally.Runs == 0 {
		return false, nil
	}
	p, err := stats.BinomialTest(c.tally.Complete, c.tally.Runs, c.exact.Success)
	return p < unlikely, err
}

// asIs is the scenario without any change.
func (r *race) asIs() (*candidate, error) {
	c := &candidate{scenario: r.Scenario, fixed: goal.Values{}, tally: &answer.Tally{}}
	for _, f := range r.Factors {
		value, ok := r.Scenario.Field(f.Field)
		if !ok {
			continue
		}
		c.point = append(c.point, f.Change(value))
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			c.fixed[FieldName(f.Field)] = v
		}
	}
	for _, other := range r.all {
		if other.state != Invalid && slices.Equal(other.point, c.point) {
			return other, nil
		}
	}
	if x, ok := answer.ExactSuccess(c.scenario.Config()); ok && !r.Simulate {
		c.exact = &x
	}
	return c, r.enter(c)
}
