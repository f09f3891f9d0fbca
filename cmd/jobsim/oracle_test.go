package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

func TestFindOracle_Missing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(oracleVariable, "")
	_, err := findOracle()
	if err == nil || !strings.Contains(err.Error(), "make bin/jobsim-oracle") {
		t.Errorf("want how to build it, got %v", err)
	}
}

// The program gets the scenarios on standard input, and what it writes is read as traces.
func TestOracleWorld_Run(t *testing.T) {
	hello, err := scenarios.Named("hello")
	if err != nil {
		t.Fatal(err)
	}
	want, _, err := sim.Run(hello.Config())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	written, program := filepath.Join(dir, "trace"), filepath.Join(dir, "program")
	script := "#!/bin/sh\n[ \"$*\" = '--seed 7 --runs 2' ] && grep -q 'kind: Scenario' && cat " + written + "\n"
	for name, text := range map[string][]byte{written: trace.Encode(want), program: []byte(script)} {
		if err = os.WriteFile(name, text, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(oracleVariable, program)
	w, err := parseWorld("oracle")
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.run(context.Background(), []*scenarios.Scenario{hello}, 7, 2)
	if err != nil || len(got) != 1 || trace.Compare(want, got[0]) != nil {
		t.Errorf("want the trace that the program wrote, got %v, %v", got, err)
	}
	if _, err = w.run(context.Background(), []*scenarios.Scenario{hello}, 8, 2); err == nil {
		t.Error("want an error when the program fails")
	}
}
