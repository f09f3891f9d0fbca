package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"testing"

	"github.com/jobsim/jobsim/e2e/oracle"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/scenarios/gen"
)

// errDifferent is that the worlds do not agree.
var errDifferent = errors.New("the simulator and the real control plane differ")

// diff compares the simulator with the real control plane, scenario by scenario.
type diff struct {
	library, small bool
	files          []*scenarios.Scenario // those of the files that were named
	first, count   uint64                // seeds of random scenarios
	features       gen.Set
	of             gen.Set // of these the random scenarios have at least so many
	least          int
	shard, shards  uint64
	shrink         bool
	most           int // differences that are reported
	t              *testing.T
	out            io.Writer
	n, different   int
	refused        int // scenarios in which the worlds cannot agree exactly, by their making
}

func runDiff(t *testing.T, args []string, out io.Writer) error {
	d := diff{t: t, out: out}
	flags := flag.NewFlagSet("jobsim-oracle diff [file...]", flag.ContinueOnError)
	flags.BoolVar(&d.library, "library", false, "the scenarios of the library")
	flags.BoolVar(&d.small, "small", false, "all small scenarios")
	flags.Uint64Var(&d.first, "seed", 1, "first seed of the random scenarios")
	flags.Uint64Var(&d.count, "n", 0, "how many random scenarios")
	features := flags.String("features", "default", "what they may have")
	of := flags.String("of", "job-api", "with -least: of which features")
	flags.IntVar(&d.least, "least", 0, "only random scenarios that have at least so many of these features")
	flags.Uint64Var(&d.shard, "shard", 0, "this one of the shards")
	flags.Uint64Var(&d.shards, "shards", 1, "into how many shards the work is cut")
	flags.BoolVar(&d.shrink, "shrink", true, "print the smallest scenario that still differs")
	flags.IntVar(&d.most, "most", 1, "stop after so many differences")
	err := flags.Parse(args)
	if err == nil {
		d.features, err = gen.ParseSet(*features)
	}
	if err == nil {
		d.of, err = gen.ParseSet(*of)
	}
	if err == nil && d.least > (d.of&d.features).Len() {
		err = fmt.Errorf("-least: %d (allowed: up to %d, the features of -of that -features allows)", d.least,
			(d.of & d.features).Len())
	}
	if err == nil && flags.NArg() > 0 {
		d.files, err = load(flags.Args(), nil)
	}
	if err == nil {
		err = d.run()
	}
	return err
}

func (d *diff) run() error {
	for s, seed := range d.all() {
		if uint64(d.n)%d.shards == d.shard {
			if err := d.one(s, seed); err != nil {
				return err
			}
		}
		d.n++
		if d.different >= d.most {
			break
		}
	}
	fmt.Fprintf(d.out, "shard %d of %d: %d scenarios, %d refused, %d different\n", d.shard, d.shards,
		d.n/int(d.shards), d.refused, d.different)
	if d.different > 0 {
		return errDifferent
	}
	return nil
}

// all yields the scenarios that are asked for, each with its seed.
func (d *diff) all() iter.Seq2[*scenarios.Scenario, uint64] {
	return func(yield func(*scenarios.Scenario, uint64) bool) {
		for _, s := range d.files {
			if !yield(s, 1) {
				return
			}
		}
		if d.library {
			for _, name := range scenarios.Names() {
				s, err := scenarios.Named(name)
				if err != nil {
					panic(err) // a test of the library would have failed
				}
				if !yield(s, 1) {
					return
				}
			}
		}
		if d.small {
			for s := range gen.Small() {
				if !yield(s, 1) {
					return
				}
			}
		}
		for seed, n := d.first, uint64(0); n < d.count; seed++ {
			s, got := gen.DrawWith(seed, d.features)
			if (got & d.of).Len() < d.least {
				continue
			}
			n++
			if !yield(s, seed) {
				return
			}
		}
	}
}

// one compares one scenario and reports a difference in its smallest form.
func (d *diff) one(s *scenarios.Scenario, seed uint64) error {
	found, err := oracle.Diff(d.t, s, seed)
	if err != nil || found == nil {
		if errors.Is(err, oracle.ErrUnsupported) {
			d.refused++
			return nil
		}
		return err
	}
	d.different++
	name := s.Name
	if d.shrink {
		s = gen.Shrink(s, func(smaller *scenarios.Scenario) bool {
			f, err := oracle.Diff(d.t, smaller, seed)
			return err == nil && f != nil
		})
		if found, err = oracle.Diff(d.t, s, seed); err != nil {
			return err
		}
	}
	text, err := s.YAML()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%s, seed %d: %v\nthe smallest scenario that still differs:\n\n%s\n", name, seed, found, text)
	return nil
}
