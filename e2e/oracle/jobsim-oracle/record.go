package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jobsim/jobsim/e2e/oracle"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

// runRecord plays scenarios and keeps them, with what came of them, for who has no oracle: a file for each
// scenario, NAME.yaml, and all traces in oracle.trace. Scenarios that cannot be played are left out, and those in which
// the worlds differ: they show nothing about another simulator.
func runRecord(t *testing.T, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("jobsim-oracle record", flag.ContinueOnError)
	var c corpus
	c.flags(flags)
	dir := flags.String("o", "", "where to: a directory")
	if err := c.parse(flags, args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("-o is not given (allowed: a directory)")
	}
	if err := os.MkdirAll(*dir, 0o755); err != nil {
		return err
	}
	traces, err := os.Create(filepath.Join(*dir, "oracle.trace"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, traces.Close()) }()
	began, kept, different := time.Now(), 0, 0
	for s, seed := range c.mine() {
		played, err := record(t, s, seed, *dir)
		switch {
		case errors.Is(err, oracle.ErrUnsupported):
			continue
		case errors.Is(err, errDifferent):
			different++
			continue
		case err != nil:
			return err
		}
		if _, err := traces.Write(trace.Encode(played)); err != nil {
			return err
		}
		kept++
	}
	_, err = fmt.Fprintf(out, "%d scenarios recorded in %.0f s; the simulator differs in %d others\n", kept,
		time.Since(began).Seconds(), different)
	return err
}

func record(t *testing.T, s *scenarios.Scenario, seed uint64, dir string) (*trace.Trace, error) {
	text, err := s.YAML()
	if err != nil {
		return nil, err
	}
	played, err := oracle.Play(t, s, seed, 0)
	if err != nil {
		return nil, err
	}
	cfg := s.Config()
	cfg.Seed = seed
	modelled, _, err := sim.Run(cfg)
	if err != nil {
		return nil, err
	}
	if trace.Compare(played, modelled) != nil {
		return nil, errDifferent
	}
	return played, os.WriteFile(filepath.Join(dir, s.Name+".yaml"), text, 0o644)
}
