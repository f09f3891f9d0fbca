package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/spf13/cobra"
)

// input is where scenarios come from, as the command line says it.
type input struct {
	files       []string
	names       []string
	failureRate float64
	duration    string
	profile     string
	kubernetes  string
	horizon     time.Duration
}

func (in *input) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVarP(&in.files, "filename", "f", nil,
		"Job manifests and scenarios: a file, a directory, or - for standard input")
	f.StringSliceVarP(&in.names, "scenario", "s", nil, "scenarios of the library, by name (see jobsim list)")
	f.Float64Var(&in.failureRate, "failure-rate", 0,
		"probability that a container run fails, 0 to 1; replaces the scenario's fates")
	f.StringVar(&in.duration, "duration", "",
		"how long a container runs, such as 30s, lognormal:30s,0.5 or preset:openb-run; replaces the scenario's fates")
	f.StringVar(&in.profile, "profile", "",
		"latencies and client limits of the cluster: none, default, or a file (see jobsim calibrate)")
	f.DurationVar(&in.horizon, "horizon", 0, "when to stop at the latest; a CronJob needs one, such as 24h")
	f.StringVar(&in.kubernetes, "kubernetes-version", "", "Kubernetes version whose behaviour is simulated, 1.34 to 1.37")
}

// load reads all that the command line names, in its order.
func (in *input) load(cmd *cobra.Command, s streams, args []string) ([]*scenarios.Scenario, error) {
	if len(args) > 0 {
		return nil, usagef("%q: an argument that nobody asked for (allowed: -f FILE, --scenario NAME)", args[0])
	}
	if len(in.files)+len(in.names) == 0 {
		return nil, usagef("nothing to simulate (allowed: -f FILE, --scenario NAME)")
	}
	var all []*scenarios.Scenario
	var problems []error
	for _, name := range in.names {
		sc, err := scenarios.Named(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		all = append(all, sc)
	}
	for _, f := range in.files {
		list, warnings, err := loadPath(f, s.in)
		if err != nil {
			problems = append(problems, err)
		}
		for _, w := range warnings {
			fmt.Fprintln(s.err, "warning:", w)
		}
		all = append(all, list...)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	for _, sc := range all {
		if err := in.adjust(cmd, sc); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// loadOne is load for questions about a single scenario.
func (in *input) loadOne(cmd *cobra.Command, s streams, args []string) (*scenarios.Scenario, error) {
	all, err := in.load(cmd, s, args)
	switch {
	case err != nil:
		return nil, err
	case len(all) != 1:
		return nil, usagef("%d scenarios (allowed: 1)", len(all))
	}
	return all[0], nil
}

// setProfile replaces the profile of a scenario by one of a name, or of a file.
func setProfile(sc *scenarios.Scenario, name string) error {
	if !scenarios.IsProfileFile(name) {
		return sc.SetProfile(name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	p, err := scenarios.ReadProfile(name, text)
	if err != nil {
		return err
	}
	return sc.UseProfile(p)
}

// library is input that may also be arguments, names or files, and all of the library. Names of scenarios differ.
type library struct {
	input
	all bool
}

func (l *library) flags(cmd *cobra.Command) {
	l.input.flags(cmd)
	cmd.Flags().BoolVar(&l.all, "library", false, "every scenario of the library")
}

// named reads what the arguments and the flags name.
func (l *library) named(cmd *cobra.Command, s streams, args []string) ([]*scenarios.Scenario, error) {
	if l.all {
		l.names = append(l.names, scenarios.Names()...)
	}
	for _, arg := range args {
		if _, err := os.Stat(arg); err == nil || strings.ContainsAny(arg, "./") || arg == "-" {
			l.files = append(l.files, arg)
		} else {
			l.names = append(l.names, arg)
		}
	}
	list, err := l.load(cmd, s, nil)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, sc := range list {
		if seen[sc.Name] {
			return nil, usagef("scenario %s is named twice: traces are told apart by its name", sc.Name)
		}
		seen[sc.Name] = true
	}
	return list, nil
}

// adjust applies the flags that change a scenario.
func (in *input) adjust(cmd *cobra.Command, sc *scenarios.Scenario) error {
	if cmd.Flags().Changed("failure-rate") || in.duration != "" {
		d, err := scenarios.ParseDist(orDefault(in.duration, "30s"))
		if err != nil {
			return usageError{fmt.Errorf("--duration: %w", err)}
		}
		if err := sc.SetFates(d, in.failureRate); err != nil {
			return usageError{fmt.Errorf("--failure-rate: %w", err)}
		}
	}
	if in.profile != "" {
		if err := setProfile(sc, in.profile); err != nil {
			return usageError{fmt.Errorf("--profile: %w", err)}
		}
	}
	if in.kubernetes != "" {
		if err := sc.SetKubernetes(in.kubernetes); err != nil {
			return usageError{fmt.Errorf("--kubernetes-version: %w", err)}
		}
	}
	if cmd.Flags().Changed("horizon") {
		if err := sc.SetHorizon(in.horizon); err != nil {
			return usageError{fmt.Errorf("--horizon: %w", err)}
		}
	}
	if err := sc.Ready(); err != nil {
		return usageError{fmt.Errorf("%w; or --horizon 24h", err)}
	}
	return nil
}

func orDefault(v, def string) string {
	if v == "" {
		return def
	}
	return v
}

// loadPath reads a file, every YAML and JSON file of a directory, or standard input.
func loadPath(name string, stdin io.Reader) ([]*scenarios.Scenario, []scenarios.Problem, error) {
	if name == "-" {
		return scenarios.Load("standard input", stdin, nil, ".")
	}
	info, err := os.Stat(name)
	if err != nil {
		var what *fs.PathError
		if errors.As(err, &what) {
			err = fmt.Errorf("%s: %w", name, what.Err)
		}
		return nil, nil, usageError{err}
	}
	if info.IsDir() {
		return scenarios.LoadFolder(name, os.DirFS(name))
	}
	if !info.Mode().IsRegular() && info.Mode()&fs.ModeNamedPipe == 0 {
		return nil, nil, usagef("%s: is not a file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, usageError{err}
	}
	defer func() { _ = f.Close() }()
	return scenarios.Load(name, f, os.DirFS(filepath.Dir(name)), ".")
}
