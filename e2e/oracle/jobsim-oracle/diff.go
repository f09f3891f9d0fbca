package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
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
	corpus
	shrink    bool
	most      int // differences that are reported
	t         *testing.T
	out       io.Writer
	compared  int
	different int
	refused   map[string]int // by the field of the scenario that could not be compared
}

func runDiff(t *testing.T, args []string, out io.Writer) error {
	d := diff{t: t, out: out, refused: map[string]int{}}
	flags := flag.NewFlagSet("jobsim-oracle diff", flag.ContinueOnError)
	d.corpus.flags(flags)
	flags.BoolVar(&d.shrink, "shrink", true, "print the smallest scenario that still differs")
	flags.IntVar(&d.most, "most", 1, "stop after so many differences")
	if err := d.parse(flags, args); err != nil {
		return err
	}
	return d.run()
}

func (d *diff) run() error {
	for s, seed := range d.mine() {
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
	fmt.Fprintf(d.out, "%s: %d scenarios compared, %d different\n", d.shardName(), d.compared, d.different)
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
