package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/jobsim/jobsim/e2e/oracle"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/trace"
)

func main() {
	oracle.Main(func(t *testing.T) int {
		if err := run(t, os.Args[1:], os.Stdin, os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "jobsim-oracle:", err)
			return 1
		}
		return 0
	})
}

func run(t *testing.T, args []string, in io.Reader, out io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "diff":
			return runDiff(t, args[1:], out)
		case "repeat":
			return runRepeat(t, args[1:], out)
		case "record":
			return runRecord(t, args[1:], out)
		}
	}
	flags := flag.NewFlagSet("jobsim-oracle", flag.ContinueOnError)
	seed := flags.Uint64("seed", 1, "seed of all randomness")
	runs := flags.Uint64("runs", 1, "replications of each scenario")
	version := flags.Bool("version", false, "print the version of Kubernetes and exit")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *version {
		_, err := fmt.Fprintln(out, oracle.KubernetesVersion)
		return err
	}
	list, err := load(flags.Args(), in)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range list {
		for r := range *runs {
			played, err := oracle.Play(t, s, *seed, r)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			if _, err := out.Write(trace.Encode(played)); err != nil {
				return err
			}
		}
	}
	return errors.Join(errs...)
}

// load reads the scenarios of the files, or of in.
func load(files []string, in io.Reader) (all []*scenarios.Scenario, err error) {
	if len(files) == 0 {
		all, _, err = scenarios.Load("standard input", in, nil, "")
		return all, err
	}
	return loadFiles(files)
}

func loadFiles(files []string) (all []*scenarios.Scenario, err error) {
	for _, name := range files {
		list, err := loadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

func loadFile(name string) ([]*scenarios.Scenario, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	list, _, err := scenarios.Load(name, f, os.DirFS(filepath.Dir(name)), ".")
	return list, err
}
