package tune

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/answer/sweep"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/study"
)

// Problem is what is to be chosen, and by what.
type Problem struct {
	Pool     *study.Pool
	Scenario *scenarios.Scenario
	Factors  []sweep.Factor // the fields to choose among, and their values
	Goals    []string       // see package goal; all must be met
	Minimise string
	Price    float64 // of a pod-hour, in whatever unit; 0 is 1
	Seed     uint64
	// Correct is the least probability that the choice is right. 0 is 0.95.
	Correct float64
	// Indifference is the part of the objective that nobody cares about. 0 is 0.01.
	Indifference float64
	// Runs are how many runs a combination has at most; what is not certain by then is decided by the estimates.
	// 0 is 50,000.
	Runs int
	// Simulate has no closed form used (answer.ExactSuccess): everything is estimated by runs.
	Simulate bool
	// Taken is called now and then with how many runs there were. nil: nobody looks.
	Taken func(runs int)
}

// ErrInfeasible is a problem in which no combination meets the goals.
var ErrInfeasible = errors.New("no combination meets every goal")

// candidate is one combination.
type candidate struct {
	point    sweep.Point
	levels   []int // of each factor
	scenario *scenarios.Scenario
	fixed    goal.Values // the values of its fields
	tally    *answer.Tally
	exact    *answer.Exact // P(success) as theory knows it; nil: by runs
	state    State
	why      string // it dropped out
	value    goal.Interval
	goals    []goal.Truth
	seems    bool // it meets the goals by the estimates
	closed   bool // it has all the runs that it can have
}

// State is what became of a combination.
type State int

// What becomes of a combination.
const (
	InRace  State = iota
	Misses        // it misses a goal
	Dearer        // another one that meets the goals is better by more than Indifference, or as good
	Chosen        // it is the answer
	Invalid       // the API server would not have it
)

// String is a word for it.
func (s State) String() string {
	return [...]string{"close", "misses", "dearer", "chosen", "invalid"}[s]
}

// FieldName is how expressions call a field: the last part of its path.
func FieldName(field string) string {
	name := field[strings.LastIndexByte(field, '.')+1:]
	return strings.ReplaceAll(name, "-", "_")
}

// defaults fills in what is not said.
func (p *Problem) defaults() {
	if p.Price == 0 {
		p.Price = 1
	}
	if p.Correct == 0 {
		p.Correct = 0.95
	}
	if p.Indifference == 0 {
		p.Indifference = 0.01
	}
	if p.Runs == 0 {
		p.Runs = 50_000
	}
}

// candidates are all combinations; those that are not valid are marked.
func (p *Problem) candidates() ([]*candidate, error) {
	points, err := sweep.Grid(p.Factors)
	if err != nil {
		return nil, err
	}
	var out []*candidate
	var problems []error
	for _, point := range points {
		c := &candidate{point: point, fixed: goal.Values{}, tally: &answer.Tally{}}
		for k, change := range point {
			c.levels = append(c.levels, slices.Index(p.Factors[k].Values, change.Value))
			if v, failed := strconv.ParseFloat(change.Value, 64); failed == nil {
				c.fixed[FieldName(change.Field)] = v
			}
		}
		c.scenario, err = p.Scenario.With(point...)
		if err != nil {
			c.state, c.why = Invalid, err.Error()
			problems = append(problems, err)
		} else if x, ok := answer.ExactSuccess(c.scenario.Config()); ok && !p.Simulate {
			c.exact = &x
		}
		out = append(out, c)
	}
	if len(problems) == len(out) {
		return nil, fmt.Errorf("no combination is valid: %w", problems[0])
	}
	return out, nil
}
