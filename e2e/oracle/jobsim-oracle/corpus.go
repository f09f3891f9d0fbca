package main

import (
	"errors"
	"flag"
	"fmt"
	"iter"
	"time"

	"github.com/jobsim/jobsim/e2e/oracle"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/scenarios/gen"
)

// corpus says which scenarios are played. Those that name no version of Kubernetes get the one that runs here.
type corpus struct {
	files          []*scenarios.Scenario
	library, small bool
	first, count   uint64 // seeds of random scenarios; the files are played with the first
	features       gen.Set
	of             gen.Set // of these the random scenarios have at least so many
	least          int
	shard, shards  uint64
	atMost         time.Duration // real time; 0: as long as it takes
}

func (c *corpus) flags(f *flag.FlagSet) {
	f.BoolVar(&c.library, "library", false, "the scenarios of the library")
	f.BoolVar(&c.small, "small", false, "all small scenarios")
	f.Uint64Var(&c.first, "seed", 1, "first seed of the random scenarios")
	f.Uint64Var(&c.count, "n", 0, "how many random scenarios")
	c.features, c.of = gen.Default, gen.JobAPI
	f.Func("features", "what they may have (default \"default\")", func(text string) (err error) {
		c.features, err = gen.ParseSet(text)
		return err
	})
	f.Func("of", "with -least: of which features (default \"job-api\")", func(text string) (err error) {
		c.of, err = gen.ParseSet(text)
		return err
	})
	f.IntVar(&c.least, "least", 0, "only random scenarios that have at least so many of these features")
	f.Uint64Var(&c.shard, "shard", 0, "this one of the shards")
	f.Uint64Var(&c.shards, "shards", 1, "into how many shards the work is cut")
	f.DurationVar(&c.atMost, "for", 0, "begin no further scenario after so long; 0: never mind")
}

// parse reads the flags, and the files that are named behind them.
func (c *corpus) parse(f *flag.FlagSet, args []string) (err error) {
	f.Usage = func() {
		fmt.Fprintf(f.Output(), "%s [-library] [-small] [-n N] [-seed N] [FLAG...] [FILE...]\n", f.Name())
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return err
	}
	if c.shards == 0 || c.shard >= c.shards {
		return fmt.Errorf("-shard: %d of %d (allowed: 0 to less than -shards)", c.shard, c.shards)
	}
	if most := (c.of & c.features).Len(); c.least > most {
		return fmt.Errorf("-least: %d (allowed: up to %d, the features of -of that -features allows)", c.least, most)
	}
	if f.NArg() > 0 {
		c.files, err = load(f.Args(), nil)
	}
	return err
}

func (c *corpus) shardName() string { return fmt.Sprintf("shard %d of %d", c.shard, c.shards) }

// mine yields the scenarios of this shard, each with its seed.
func (c *corpus) mine() iter.Seq2[*scenarios.Scenario, uint64] {
	return func(yield func(*scenarios.Scenario, uint64) bool) {
		began, seen := time.Now(), uint64(0)
		for s, seed := range c.all() {
			turn := seen % c.shards
			seen++
			if turn != c.shard {
				continue
			}
			if c.atMost > 0 && time.Since(began) > c.atMost || !yield(s, seed) {
				return
			}
		}
	}
}

// all yields the scenarios of all shards.
func (c *corpus) all() iter.Seq2[*scenarios.Scenario, uint64] {
	return func(yield func(*scenarios.Scenario, uint64) bool) {
		for _, s := range c.files {
			if here(s) && !yield(s, c.first) {
				return
			}
		}
		if c.library {
			for _, name := range scenarios.Names() {
				s, err := scenarios.Named(name)
				if err != nil {
					panic(err) // a test of the library would have failed
				}
				if here(s) && !yield(s, 1) {
					return
				}
			}
		}
		if c.small {
			for s := range gen.Small() {
				if here(s) && !yield(s, 1) {
					return
				}
			}
		}
		for seed, n := c.first, uint64(0); n < c.count; seed++ {
			s, got := gen.DrawWith(seed, c.features)
			if (got & c.of).Len() < c.least {
				continue
			}
			if err := oracle.Adapt(s); errors.Is(err, scenarios.ErrTooNew) {
				continue
			} else if err != nil {
				panic(err) // it is a version that scenarios know
			}
			n++
			if !yield(s, seed) {
				return
			}
		}
	}
}

// here says whether the scenario is for the version of Kubernetes that runs here. One that is for every version that
// has all of it is.
func here(s *scenarios.Scenario) bool {
	if v := s.File.Kubernetes; v != "" && v != oracle.Minor {
		return false
	}
	if err := s.SetKubernetes(oracle.Minor); errors.Is(err, scenarios.ErrTooNew) {
		return false
	} else if err != nil {
		panic(err) // it is a version that scenarios know
	}
	return true
}
