package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jobsim/jobsim/e2e/cluster"
	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/e2e/replay"
	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
)

// MaxLength is how long a scenario may usually take to be replayed without being asked for by name.
const MaxLength = 3 * time.Minute

// oldest is the oldest Kubernetes that the simulator knows.
var oldest = fmt.Sprintf("1.%d", api.OldestMinor)

// Checker checks scenarios on one cluster.
type Checker struct {
	Cluster     *cluster.Cluster
	Image       string // of the worker
	Run         string // the mark of the undertaking
	ClockOffset time.Duration
	Seed        uint64
}

// Case is a scenario that is to be checked.
type Case struct {
	Scenario *scenarios.Scenario
	Forecast *Forecast
	// Oldest is the oldest Kubernetes, such as 1.34, of which the scenario speaks.
	Oldest string
	// Exclusive says that no other case may run beside it.
	Exclusive bool
	// Skip is why it is not checked; empty if it is.
	Skip string
}

// Result is what became of a case.
type Result struct {
	Case        *Case
	Verdict     reports.Verdict
	Differences []Difference
	Seen        *observe.Observation
	// Err is why there is no verdict.
	Err error
}

// Plan reads scenarios of the library, for a cluster of a minor version; no names stand for all. nodes is how many of
// its nodes take pods, machines whether they can be stopped.
func Plan(names []string, minor int, seed uint64, nodes int, machines bool) ([]*Case, error) {
	everything := len(names) == 0
	if everything {
		names = scenarios.Names()
	}
	var cases []*Case
	var errs []error
	for _, name := range names {
		sc, err := scenarios.Named(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c := &Case{Scenario: sc, Exclusive: replay.Exclusive(sc), Oldest: oldest}
		if sc.File.Kubernetes != "" {
			c.Oldest = sc.File.Kubernetes
		} else if err = sc.SetKubernetes(fmt.Sprintf("1.%d", minor)); err != nil {
			errs = append(errs, err)
			continue
		}
		if err = replay.Refuse(sc, nodes, machines); err != nil {
			c.Skip = err.Error()
		} else if c.Forecast, err = Predict(sc, seed, 0); err != nil {
			errs = append(errs, err)
			continue
		} else if usual := time.Duration(c.Forecast.Usual); usual > MaxLength && everything {
			c.Skip = fmt.Sprintf("takes %v, longer than %v: ask for it by name", usual.Round(time.Second), MaxLength)
		} else if v := sc.File.Kubernetes; v != fmt.Sprintf("1.%d", minor) {
			c.Skip = fmt.Sprintf("is for Kubernetes %s, and this is 1.%d", v, minor)
		}
		cases = append(cases, c)
	}
	// The longest first: then the last to end is not one that began late.
	slices.SortStableFunc(cases, func(a, b *Case) int { return int(b.length() - a.length()) })
	return cases, errors.Join(errs...)
}

func (c *Case) length() time.Duration {
	if c.Forecast == nil {
		return 0
	}
	return time.Duration(c.Forecast.Usual)
}

// Check replays a case and compares.
func (k *Checker) Check(ctx context.Context, c *Case) *Result {
	r := &Result{Case: c}
	o := replay.Options{Client: k.Cluster.Client, Scenario: c.Scenario, Version: k.Cluster.Version, Image: k.Image,
		Seed: k.Seed, Length: time.Duration(c.Forecast.Length), ClockOffset: k.ClockOffset, Run: k.Run}
	if k.Cluster.Kind != nil {
		o.Machines = k.Cluster.Kind
	}
	r.Seen, r.Err = replay.Run(ctx, o)
	if r.Seen != nil && r.Err == nil {
		r.Verdict, r.Differences, r.Err = Compare(c.Forecast, r.Seen)
	}
	return r
}
