package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/e2e/oracle"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/scenarios/gen"
	"github.com/jobsim/jobsim/sim/trace"
)

// errDifferent is that the worlds do not agree, errRefused that some scenarios could not be compared.
var (
	errDifferent = errors.New("the simulator and the real control plane differ")
	errRefused   = errors.New("not everything could be compared")
)

// diff compares the simulator with the real control plane, scenario by scenario.
type diff struct {
	library, small bool
	files          []string
	first, count   uint64 // seeds of random scenarios; files are played with the first
	features       gen.Set
	of             gen.Set // of these the random scenarios have at least so many
	least          int
	shard, shards  uint64
	shrink         bool
	most           int // differences that are reported
	t              *testing.T
	out            io.Writer
	seen           uint64 // scenarios, those of other shards included
	compared       int
	different      int
	refused        map[string]int // by the field of the scenario that could not be compared
}

func runDiff(t *testing.T, args []string, out io.Writer) error {
	d := diff{t: t, out: out, refused: map[string]int{}}
	flags := flag.NewFlagSet("jobsim-oracle diff", flag.ContinueOnError)
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
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "jobsim-oracle diff [-library] [-small] [-n N] [-seed N] [FILE...]")
		flags.PrintDefaults()
	}
	err := flags.Parse(args)
	d.files = flags.Args()
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
	if err == nil {
		err = d.run()
	}
	return err
}

func (d *diff) run() error {
	files, err := loadFiles(d.files)
	if err != nil {
		return err
	}
	for s, seed := range d.all(files) {
		mine := d.seen%d.shards == d.shard
		d.seen++
		if !mine {
			continue
		}
		if err := d.one(s, seed); err != nil {
			return err
		}
		if d.different >= d.most {
			break
		}
	}
	return d.sumUp()
}

// sumUp says how much was compared. What was not is an error too: nothing is known of it.
func (d *diff) sumUp() error {
	fmt.Fprintf(d.out, "shard %d of %d: %d scenarios compared, %d different\n", d.shard, d.shards, d.compared, d.different)
	for _, field := range slices.Sorted(maps.Keys(d.refused)) {
		fmt.Fprintf(d.out, "refused for %s: %d\n", field, d.refused[field])
	}
	switch {
	case d.different > 0:
		return errDifferent
	case len(d.refused) > 0:
		return errRefused
	}
	return nil
}

// all yields the scenarios that are asked for, each with its seed.
func (d *diff) all(files []*scenarios.Scenario) iter.Seq2[*scenarios.Scenario, uint64] {
	return func(yield func(*scenarios.Scenario, uint64) bool) {
		for _, s := range files {
			if !yield(s, d.first) {
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
			if err := oracle.Adapt(s); err != nil {
				panic(err) // it is a version that scenarios know
			}
			if !yield(s, seed) {
				return
			}
		}
	}
}

// one compares one scenario and reports a difference in its smallest form.
func (d *diff) one(s *scenarios.Scenario, seed uint64) error {
	found, err := oracle.Diff(d.t, s, seed)
	var u *oracle.Unsupported
	if errors.As(err, &u) {
		d.refused[u.Field]++
		fmt.Fprintf(d.out, "%s, seed %d: not compared: %v\n", s.Name, seed, u)
		return nil
	}
	if err != nil {
		return err
	}
	d.compared++
	if found == nil {
		return nil
	}
	d.different++
	return d.report(s, seed, found)
}

// report prints a difference, the smallest scenario that still has it, and how to see it again.
func (d *diff) report(s *scenarios.Scenario, seed uint64, found *trace.Divergence) error {
	fmt.Fprintf(d.out, "%s, seed %d: %v\n", s.Name, seed, found)
	if strings.HasPrefix(s.Name, "draw-") {
		fmt.Fprintf(d.out, "again: jobsim-oracle diff -n 1 -seed %d -features '%v'\n", seed, d.features)
	}
	if d.shrink {
		s = gen.Shrink(s, func(smaller *scenarios.Scenario) bool {
			f, err := oracle.Diff(d.t, smaller, seed)
			return err == nil && f != nil
		})
		smallest, err := oracle.Diff(d.t, s, seed)
		if err != nil {
			return err
		}
		fmt.Fprintf(d.out, "the smallest scenario that still differs: %v\n", smallest)
	}
	text, err := s.YAML()
	if err != nil {
		return err
	}
	fmt.Fprintf(d.out, "as a file, again: jobsim-oracle diff -seed %d FILE\n\n%s\n", seed, text)
	return nil
}
