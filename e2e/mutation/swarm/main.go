package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

// maxSteps stops mutants that never end: a random scenario has some thousand events.
const maxSteps = 1_000_000

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: swarm DIR")
		os.Exit(2)
	}
	found, err := run(os.Args[1])
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "swarm:", err)
		os.Exit(3)
	case found != "":
		fmt.Fprintln(os.Stdout, found)
		os.Exit(1)
	}
}

// run plays what is recorded in dir and returns the first difference; empty if there is none.
func run(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "oracle.trace"))
	if err != nil {
		return "", err
	}
	traces, err := trace.DecodeAll(text)
	if err != nil {
		return "", err
	}
	if len(traces) == 0 {
		return "", errors.New("nothing is recorded there")
	}
	for i, want := range traces {
		s, err := load(filepath.Join(dir, want.Header.Scenario+".yaml"))
		if err != nil {
			return "", err
		}
		if d := difference(s, want); d != "" {
			return fmt.Sprintf("%s\t%d\t%s", s.Name, i+1, d), nil
		}
	}
	return "", nil
}

func load(file string) (*scenarios.Scenario, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	list, _, err := scenarios.Load(file, f, nil, "")
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// difference says what the simulator does otherwise than the recorded trace; empty if nothing.
func difference(s *scenarios.Scenario, want *trace.Trace) (found string) {
	defer func() {
		if p := recover(); p != nil {
			found = fmt.Sprintf("panic: %v", p)
		}
	}()
	cfg := s.Config()
	cfg.Seed, cfg.Until.MaxSteps = want.Header.Seed, maxSteps
	got, _, err := sim.Run(cfg)
	var v *sim.Violation
	switch {
	case errors.As(err, &v):
		return "violation: " + v.What
	case err != nil:
		return err.Error()
	}
	d := trace.Compare(want, got)
	if d == nil {
		return ""
	}
	what, _, _ := strings.Cut(d.String(), "\n")
	return what
}
