package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

// world is who can play scenarios. Worlds have only traces in common, so this is a matter of the command line: where
// the traces of a comparison come from.
type world interface {
	// lockstep says that its clock is virtual and its latencies are drawn as the simulator's, so that every record must
	// be the simulator's.
	lockstep() bool
	// run plays each scenario n times, replications 0 to n-1 of seed. It may return fewer, as what was recorded has
	// them, but not none.
	run(ctx context.Context, list []*scenarios.Scenario, seed uint64, n int) ([]*trace.Trace, error)
}

// worldForms are the ways to name a world.
const worldForms = "sim, sim:PROFILE, oracle, kind, kind:CONTEXT, trace-file:PATH"

// parseWorld is the world of a name.
func parseWorld(name string) (world, error) {
	kind, arg, _ := strings.Cut(name, ":")
	switch {
	case kind == "sim":
		return simWorld{profile: arg}, nil
	case name == "oracle":
		return oracleWorld{}, nil
	case kind == "kind":
		return kindWorld{context: arg}, nil
	case kind == "trace-file" && arg != "":
		return openTraceFile(arg)
	}
	return nil, usagef("world %q (allowed: %s)", name, worldForms)
}

// simWorld is the simulator, with another profile than the scenario's if one is given.
type simWorld struct{ profile string }

func (w simWorld) lockstep() bool { return w.profile == "" }

func (w simWorld) run(ctx context.Context, list []*scenarios.Scenario, seed uint64, n int) ([]*trace.Trace, error) {
	var out []*trace.Trace
	for _, sc := range list {
		own := *sc
		if w.profile != "" {
			if err := setProfile(&own, w.profile); err != nil {
				return nil, usageError{fmt.Errorf("world sim: profile %w", err)}
			}
		}
		cfg := own.Config()
		cfg.Seed = seed
		for i := range n {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			cfg.Replication = uint64(i)
			t, _, err := sim.Run(cfg)
			if err != nil {
				return nil, err
			}
			if w.profile != "" {
				t.Header.World = "sim:" + w.profile
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// traceFile is a world that was recorded: the traces in a file, in the text form, one after the other, or in the
// *.trace files of a directory.
type traceFile struct {
	path   string
	traces []*trace.Trace
}

func openTraceFile(path string) (*traceFile, error) {
	traces, err := readTraces(path)
	if err != nil {
		return nil, err
	}
	return &traceFile{path, traces}, nil
}

// readTraces are the traces of files, and of every *.trace below directories, in the order of their names.
func readTraces(roots ...string) ([]*trace.Trace, error) {
	var all []*trace.Trace
	read := func(file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		list, err := trace.DecodeAll(text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, list...)
		return nil
	}
	for _, root := range roots {
		before := len(all)
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || file != root && filepath.Ext(file) != ".trace" {
				return err
			}
			return read(file)
		})
		if err != nil {
			return nil, usageError{err}
		}
		if len(all) == before {
			return nil, usagef("%s: no trace in it", root)
		}
	}
	return all, nil
}

// writeTraces writes traces one after the other, as readTraces reads them.
func writeTraces(w io.Writer, traces []*trace.Trace) error {
	for _, t := range traces {
		if _, err := w.Write(trace.Encode(t)); err != nil {
			return err
		}
	}
	return nil
}

func (w *traceFile) lockstep() bool {
	switch name := w.traces[0].Header.World; name {
	case "sim", "oracle":
		return true
	default:
		return false
	}
}

func (w *traceFile) run(_ context.Context, list []*scenarios.Scenario, seed uint64, n int) ([]*trace.Trace, error) {
	var out []*trace.Trace
	for _, sc := range list {
		before := len(out)
		var others []string
		for _, t := range w.traces {
			h := &t.Header
			switch {
			case h.Scenario == sc.Name && h.Seed == seed && h.Replication < uint64(n):
				out = append(out, t)
			case h.Scenario == sc.Name:
				others = append(others, fmt.Sprintf("seed %d replication %d", h.Seed, h.Replication))
			}
		}
		if len(out) == before {
			has := "none of it"
			if len(others) > 0 {
				has = strings.Join(others[:min(len(others), 5)], ", ")
			}
			return nil, usagef("%s: no trace of scenario %s with seed %d and a replication below %d (it has %s)",
				w.path, sc.Name, seed, n, has)
		}
	}
	return out, nil
}
