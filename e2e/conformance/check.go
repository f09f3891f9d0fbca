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
	"github.com/jobsim/jobsim/sim/rng"
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
	// Leave says that the cluster is deleted when all is over: see replay.Options.
	Leave bool
}

// NewChecker makes a cluster ready: what replays that were killed have left behind is deleted (swept are the
// namespaces), and the worker's image is tried.
func NewChecker(ctx context.Context, c *cluster.Cluster, image, run string, seed uint64) (
	k *Checker, swept []string, err error) {
	if swept, err = replay.Sweep(ctx, c.Client); err != nil {
		return nil, nil, err
	}
	if err = replay.Preflight(ctx, c.Client, image); err != nil {
		return nil, swept, err
	}
	k = &Checker{Cluster: c, Image: image, Run: run, Seed: seed}
	k.ClockOffset, err = replay.ClockOffset(ctx, c.Config)
	return k, swept, err
}

// Case is a scenario that is to be checked.
type Case struct {
	Scenario *scenarios.Scenario
	// Forecast is a rough one when a case is planned; that of a case that was checked is what it was held against.
	Forecast *Forecast
	// Oldest is the oldest Kubernetes, such as 1.34, of which the scenario speaks.
	Oldest string
	// Replication is the number of the replay, which draws fates of its own.
	Replication uint64
	// Restarts are the times at which the controller manager is restarted.
	Restarts []time.Duration
	// Apart says that it is replayed on reserved nodes, which it disturbs.
	Apart bool
	// Exclusive says that no other case may run beside it.
	Exclusive bool
	// Long says that it takes longer than MaxLength.
	Long bool
	// Skip is why it is not checked; empty if it is.
	Skip string
}

// Result is what became of a case.
type Result struct {
	Case *Case
	// Verdict is that on the exact facts, Times that on the times.
	Verdict, Times reports.Verdict
	Differences    []Difference
	Margins        Margins
	Pace           float64 // of the slowest cluster that was taken into account
	// Tries is how many replays the verdict took, and Earlier are those that gave none; see Settle.
	Tries   int
	Earlier []*Result
	Seen    *observe.Observation
	// Err is why there is no verdict.
	Err error
}

// Plan reads scenarios of the library, for a cluster; no names stand for all.
func Plan(names []string, site Site, seed uint64) ([]*Case, error) {
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
		c, err := NewCase(sc, site, seed)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if c.Long && everything && c.Skip == "" {
			c.Skip = fmt.Sprintf("takes %v, longer than %v: ask for it by name", c.Usual().Round(time.Second), MaxLength)
		}
		cases = append(cases, c)
	}
	longestFirst(cases)
	return cases, errors.Join(errs...)
}

// NewCase is a scenario as a case for a cluster; its parameters are those of Plan.
func NewCase(sc *scenarios.Scenario, site Site, seed uint64) (*Case, error) {
	c := &Case{Scenario: sc, Oldest: oldest}
	minor := fmt.Sprintf("1.%d", site.Minor)
	if sc.File.Kubernetes != "" {
		c.Oldest = sc.File.Kubernetes
	} else if err := sc.SetKubernetes(minor); errors.Is(err, scenarios.ErrTooNew) {
		c.Skip = err.Error()
		return c, nil
	} else if err != nil {
		return nil, err
	}
	cfg, nodes := sc.Config(), site.Nodes
	if c.Apart = replay.Disturbs(cfg) && len(cfg.Nodes) <= site.Reserved; c.Apart {
		nodes = site.Reserved
	}
	err := replay.Refuse(sc, nodes, site.Machines)
	if err != nil {
		c.Skip = err.Error()
		return c, nil
	}
	if c.Forecast, err = Predict(sc, seed, 0, runsToPlan, paces...); err != nil {
		return nil, err
	}
	c.Long = c.Usual() > MaxLength
	c.Exclusive = replay.Crowds(cfg) || replay.Disturbs(cfg) && !c.Apart || c.Forecast.Queue
	if v := sc.File.Kubernetes; v != minor {
		c.Skip = fmt.Sprintf("is for Kubernetes %s, and this is %s", v, minor)
	}
	return c, nil
}

// longestFirst sorts cases so that the last to end is not one that began late.
func longestFirst(cases []*Case) {
	slices.SortStableFunc(cases, func(a, b *Case) int { return int(b.Usual() - a.Usual()) })
}

// Name is the scenario's, and the number of the replication if it is not the first.
func (c *Case) Name() string {
	if c.Replication == 0 {
		return c.Scenario.Name
	}
	return fmt.Sprintf("%s#%d", c.Scenario.Name, c.Replication)
}

// Repeat is every case so many times, as replications first, first+1, ... Each replication but 0 goes through the cases
// in an order of its own, always the same one: pods that start beside those of the case before are late, and no case
// shall always come after the same other.
func Repeat(cases []*Case, first, times int) []*Case {
	var all []*Case
	for i := first; i < first+times; i++ {
		order := rng.Source{Replication: uint64(i)}.At(rng.Key{Purpose: rng.Pick})
		round := make([]*Case, len(cases))
		for k, c := range cases {
			again := *c
			again.Replication = uint64(i)
			at := k
			if i > 0 {
				at = int(order.Int64N(int64(k) + 1)) // Fisher and Yates, inside out
				round[k] = round[at]
			}
			round[at] = &again
		}
		all = append(all, round...)
	}
	return all
}

// Usual is how long the scenario usually takes, in the simulator's opinion; 0 of one that is skipped.
func (c *Case) Usual() time.Duration {
	if c.Forecast == nil {
		return 0
	}
	return time.Duration(c.Forecast.Usual)
}

// tries is how often a case is replayed at most to get a verdict.
const tries = 3

// Settle checks a case, and does it again if the cluster stood in the way of a verdict: it was too slow, or could not
// be seen. begin is called before each replay, and its error is the result's.
func (k *Checker) Settle(ctx context.Context, c *Case, begin func() error) *Result {
	return settle(c, begin, func() *Result { return k.Check(ctx, c) })
}

func settle(c *Case, begin func() error, check func() *Result) *Result {
	var earlier []*Result
	for try := 1; ; try++ {
		if err := begin(); err != nil {
			return &Result{Case: c, Err: err, Earlier: earlier}
		}
		r := check()
		r.Tries, r.Earlier = try, earlier
		if try == tries || r.Err != nil || !r.Excused() {
			return r
		}
		earlier = append(earlier, r)
	}
}

// Check replays a case and compares.
func (k *Checker) Check(ctx context.Context, c *Case) *Result {
	r := k.Replay(ctx, c)
	if r.Err == nil {
		r.Err = r.judge(k.Seed)
	}
	return r
}

// Replay replays a case; nobody judges what was seen.
func (k *Checker) Replay(ctx context.Context, c *Case) *Result {
	r := &Result{Case: c}
	o := replay.Options{Client: k.Cluster.Client, Scenario: c.Scenario, Version: k.Cluster.Version, Image: k.Image,
		Seed: k.Seed, Replication: c.Replication, Restarts: c.Restarts,
		Apart: c.Apart, Places: c.Forecast.Places, Length: time.Duration(c.Forecast.Length), ClockOffset: k.ClockOffset,
		Run: k.Run, Leave: k.Leave}
	if k.Cluster.Kind != nil {
		o.Machines = k.Cluster.Kind
	}
	r.Seen, r.Err = replay.Run(ctx, o)
	return r
}

// judge holds what was seen against a forecast for clusters as slow as this one was.
func (r *Result) judge(seed uint64) error {
	c := r.Case
	list, err := facts(r.Seen.Trace)
	if err != nil {
		return err
	}
	if c.Forecast, err = Predict(c.Scenario, seed, c.Replication, runsToJudge, paces...); err != nil {
		return err
	}
	if slower := c.Forecast.slower(list); slower > c.Forecast.Pace {
		if c.Forecast, err = Predict(c.Scenario, seed, c.Replication, runsToJudge,
			append(slices.Clone(paces), slower)...); err != nil {
			return err
		}
	}
	r.Margins, r.Pace = c.Forecast.margins(list), c.Forecast.Pace
	r.Verdict, r.Times, r.Differences = c.Forecast.compare(list, len(r.Seen.Gaps) > 0)
	return nil
}
