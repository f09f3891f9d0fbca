package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

// oracleName is the program that holds the real control plane, and oracleVariable says where it is. For a version of
// Kubernetes that is not the default, both are followed by it: jobsim-oracle-1.35.
const (
	oracleName     = "jobsim-oracle"
	oracleVariable = "JOBSIM_ORACLE"
)

// oracleWorld is the real control plane in virtual time: programs of their own, one for a version of Kubernetes, which
// is a hundred times as large as all the rest.
type oracleWorld struct{}

// findOracle looks for the program: where the environment says, beside this one, then in PATH.
func findOracle(version api.Minor) (string, error) {
	suffix := ""
	if version != api.DefaultMinor {
		suffix = fmt.Sprintf("-1.%d", version)
	}
	if named := os.Getenv(oracleVariable); named != "" {
		return named + suffix, nil
	}
	name := oracleName + suffix
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return beside, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is neither beside jobsim nor in PATH; build it from the "+
			"source with `make bin/%s` (minutes, the first time), or name %s in %s", name, name, oracleName, oracleVariable)
	}
	return path, nil
}

func (oracleWorld) lockstep() bool { return true }

// run starts a program for each stretch of scenarios of one version. All of them are looked for before.
func (oracleWorld) run(ctx context.Context, list []*scenarios.Scenario, seed uint64, n int) ([]*trace.Trace, error) {
	programs := map[api.Minor]string{}
	for _, sc := range list {
		var err error
		if v := sc.Config().Knobs.Kubernetes; programs[v] == "" {
			if programs[v], err = findOracle(v); err != nil {
				return nil, err
			}
		}
	}
	var all []*trace.Trace
	for len(list) > 0 {
		version := list[0].Config().Knobs.Kubernetes
		other := func(sc *scenarios.Scenario) bool { return sc.Config().Knobs.Kubernetes != version }
		end := slices.IndexFunc(list, other)
		if end < 0 {
			end = len(list)
		}
		traces, err := play(ctx, programs[version], list[:end], seed, n)
		if err != nil {
			return nil, err
		}
		all, list = append(all, traces...), list[end:]
	}
	return all, nil
}

// play has the program play the scenarios, and reads its traces.
func play(ctx context.Context, program string, list []*scenarios.Scenario, seed uint64, n int) ([]*trace.Trace, error) {
	var in, out, problems bytes.Buffer
	for _, sc := range list {
		text, err := sc.YAML()
		if err != nil {
			return nil, err
		}
		in.WriteString("---\n")
		in.Write(text)
	}
	cmd := exec.CommandContext(ctx, program,
		"--seed", strconv.FormatUint(seed, 10), "--runs", strconv.Itoa(n))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &problems
	if err := cmd.Run(); err != nil {
		said := bytes.TrimSpace(problems.Bytes())
		return nil, cmp.Or(ctx.Err(), fmt.Errorf("%s: %w", program, errors.Join(err, errors.New(string(said)))))
	}
	traces, err := trace.DecodeAll(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	return traces, nil
}
