package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

func TestFindOracle_Missing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(oracleVariable, "")
	for version, want := range map[api.Minor]string{
		api.DefaultMinor: "`make bin/jobsim-oracle`",
		35:               "`make bin/jobsim-oracle-1.35`",
	} {
		_, err := findOracle(version)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// Each version of Kubernetes has a program of its own, and the traces come in the order of the scenarios.
func TestOracleWorld_Versions(t *testing.T) {
	dir := t.TempDir()
	var list []*scenarios.Scenario
	for i, version := range []string{"", "1.35", "1.35", "1.36"} {
		s, err := scenarios.Named([]string{"hello", "backoff-default", "indexed", "hello"}[i])
		if err == nil && version != "" {
			err = s.SetKubernetes(version)
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	// each program writes the traces of the scenarios that it got
	programs := map[string][]*scenarios.Scenario{"": list[:1], "-1.35": list[1:3], "-1.36": list[3:]}
	for suffix, own := range programs {
		var text []byte
		for _, s := range own {
			played, _, err := sim.Run(s.Config())
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, trace.Encode(played)...)
		}
		script := "#!/bin/sh\n[ \"$(grep -c 'kind: Scenario')\" = " + strconv.Itoa(len(own)) + " ] && cat $0.trace\n"
		program := filepath.Join(dir, "program"+suffix)
		if err := errors.Join(os.WriteFile(program, []byte(script), 0o700),
			os.WriteFile(program+".trace", text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(oracleVariable, filepath.Join(dir, "program"))
	got, err := oracleWorld{}.run(context.Background(), list, 1, 1)
	if err != nil || len(got) != len(list) {
		t.Fatalf("want %d traces, got %d, %v", len(list), len(got), err)
	}
	for i, want := range []string{"hello v1.37", "backoff-default v1.35", "indexed v1.35", "hello v1.36"} {
		if h := &got[i].Header; h.Scenario+" "+h.Kubernetes != want {
			t.Errorf("trace %d is of %s %s, want %s", i, h.Scenario, h.Kubernetes, want)
		}
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
