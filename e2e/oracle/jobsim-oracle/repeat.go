package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"testing"

	"github.com/jobsim/jobsim/e2e/oracle"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/trace"
)

// errUnrepeatable is that a scenario went otherwise when it was played again.
var errUnrepeatable = errors.New("not everything is repeatable")

// runRepeat plays every scenario many times, with the same seed: the traces must be equal to the byte.
func runRepeat(t *testing.T, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("jobsim-oracle repeat", flag.ContinueOnError)
	var c corpus
	c.flags(flags)
	times := flags.Int("times", 200, "how often each scenario is played")
	if err := c.parse(flags, args); err != nil {
		return err
	}
	played, different := 0, 0
	for s, seed := range c.mine() {
		n, err := repeat(t, s, seed, *times, out)
		if errors.Is(err, oracle.ErrUnsupported) {
			continue
		}
		if err != nil {
			return err
		}
		played++
		if n > 0 {
			different++
			fmt.Fprintf(out, "%s, seed %d: %d of %d runs differ from the first\n", s.Name, seed, n, *times-1)
		}
	}
	fmt.Fprintf(out, "%s: %d scenarios played %d times, %d of them not always the same\n", c.shardName(), played, *times,
		different)
	if different > 0 {
		return errUnrepeatable
	}
	return nil
}

// repeat says how many runs differ from the first, and prints the first difference.
func repeat(t *testing.T, s *scenarios.Scenario, seed uint64, times int, out io.Writer) (different int, err error) {
	var first *trace.Trace
	var text []byte
	for range times {
		again, err := oracle.Play(t, s, seed, 0)
		if err != nil {
			return 0, err
		}
		if first == nil {
			first, text = again, trace.Encode(again)
			continue
		}
		if bytes.Equal(text, trace.Encode(again)) {
			continue
		}
		if different++; different == 1 {
			if d := trace.Compare(first, again); d != nil {
				fmt.Fprintln(out, d)
			}
		}
	}
	return different, nil
}
