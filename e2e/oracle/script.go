package oracle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Action is something that a user does to the cluster at a time of the scenario.
type Action struct {
	At   time.Duration
	Name string
	// Do may call c.User and the faults of c. Its error is an outcome and does not stop the script.
	Do func(ctx context.Context, c *Cluster) error
}

// Outcome is what became of an Action.
type Outcome struct {
	Name string
	At   time.Duration // when it began
	Err  error
}

// Play does the actions in the order of their times, those of one time in the order given, each
// after the one before has ended, and returns their outcomes. The error is Err: why the run was
// stopped.
func (c *Cluster) Play(script []Action) ([]Outcome, error) {
	script = inOrder(script)
	var outcomes []Outcome
	for _, a := range script {
		if err := c.SleepUntil(a.At); err != nil {
			return outcomes, err
		}
		o := Outcome{Name: a.Name, At: c.Now()}
		if err := a.Do(c.ctx, c); err != nil {
			o.Err = fmt.Errorf("%s: %w", a.Name, err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, c.Err()
}

// inOrder is the script in the order of its times.
func inOrder(script []Action) []Action {
	script = slices.Clone(script)
	slices.SortStableFunc(script, func(a, b Action) int { return cmp.Compare(a.At, b.At) })
	return script
}

// Errors are the errors of all outcomes together.
func Errors(outcomes []Outcome) error {
	var errs []error
	for _, o := range outcomes {
		errs = append(errs, o.Err)
	}
	return errors.Join(errs...)
}
