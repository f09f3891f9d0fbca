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
	"strconv"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/trace"
)

// oracleName is the program that holds the real control plane, and oracleVariable says where it is.
const (
	oracleName     = "jobsim-oracle"
	oracleVariable = "JOBSIM_ORACLE"
)

// oracleWorld is the real control plane in virtual time: a program of its own, since Kubernetes is a hundred times as
// large as all the rest.
type oracleWorld struct{ program string }

// findOracle looks for the program: where the environment says, beside this one, then in PATH.
func findOracle() (oracleWorld, error) {
	if named := os.Getenv(oracleVariable); named != "" {
		return oracleWorld{named}, nil
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), oracleName)
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			return oracleWorld{beside}, nil
		}
	}
	path, err := exec.LookPath(oracleName)
	if err != nil {
		return oracleWorld{}, fmt.Errorf("world oracle: %s is neither beside jobsim nor in PATH; build it from the "+
			"source with `make bin/%s` (minutes, the first time), or name it in %s", oracleName, oracleName, oracleVariable)
	}
	return oracleWorld{path}, nil
}

func (oracleWorld) lockstep() bool { return true }

func (w oracleWorld) run(ctx context.Context, list []*scenarios.Scenario, seed uint64, n int) ([]*trace.Trace, error) {
	var in, out, problems bytes.Buffer
	for _, sc := range list {
		text, err := sc.YAML()
		if err != nil {
			return nil, err
		}
		in.WriteString("---\n")
		in.Write(text)
	}
	cmd := exec.CommandContext(ctx, w.program,
		"--seed", strconv.FormatUint(seed, 10), "--runs", strconv.Itoa(n))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &problems
	if err := cmd.Run(); err != nil {
		said := bytes.TrimSpace(problems.Bytes())
		return nil, cmp.Or(ctx.Err(), fmt.Errorf("%s: %w", w.program, errors.Join(err, errors.New(string(said)))))
	}
	traces, err := trace.DecodeAll(out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.program, err)
	}
	return traces, nil
}
