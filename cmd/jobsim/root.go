package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitOK             = 0
	exitUsage          = 1 // the command line or the input is at fault
	exitExpectation    = 2 // a run did not come out as its scenario expects
	exitInfrastructure = 3 // something else failed, or a study was interrupted, after printing what it knew
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errExpectation is a run that did not come out as expected.
var errExpectation = errors.New("expectation failed")

// usageError is a command line that cannot be followed.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run is the whole program, testable: it never exits.
func run(ctx context.Context, args []string, s streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if !errors.Is(err, errExpectation) {
		fmt.Fprintln(s.err, "jobsim:", err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var usage usageError
	switch {
	case errors.Is(err, errExpectation):
		return exitExpectation
	case errors.As(err, &usage), errors.Is(err, scenarios.ErrInvalid), errors.Is(err, sim.ErrTooManySteps):
		return exitUsage
	}
	return exitInfrastructure
}

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "jobsim",
		Short:         "simulate Kubernetes Jobs: failures, retries and back-off, exactly and at once",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs, // so that an unknown command is ours to report
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("unknown command %q (see jobsim --help)", args[0])
			}
			return cmd.Help()
		},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		what, why, found := strings.Cut(err.Error(), ": strconv.") // and what Go says of its own
		if i := strings.LastIndex(why, ": "); found && i >= 0 {
			what += why[i:]
		}
		return usageError{errors.New(what)}
	})
	root.AddCommand(newRun(s), newExplain(s), newList(s), newValidate(s), newCompare(s), newPlot(s),
		newCalibrate(s), newConformance(s))
	root.AddCommand(newSweep(s), newTune(s), newPlan(s), newPredictFlake(s), newLint(s), newRare(s), newVerify(s),
		newMerge(s))
	return root
}
