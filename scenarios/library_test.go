package scenarios_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/check"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

var update = flag.Bool("update", false, "rewrite the golden traces")

// runNamed runs a scenario of the library and returns its trace as text.
func runNamed(t *testing.T, name string) ([]byte, *trace.Trace, sim.Outcome) {
	t.Helper()
	sc, err := scenarios.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	tr, out, err := sim.Run(sc.Config())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(sc.Check(&out), sc.CheckTrace(tr)...) {
		t.Error(d)
	}
	return trace.Encode(tr), tr, out
}

// Every scenario of the library comes out as it expects, and as its golden trace has it; the diff of a golden is the
// review.
func TestLibrary_Golden(t *testing.T) {
	names := scenarios.Names()
	if len(names) < 25 {
		t.Fatalf("only %d scenarios", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			got, _, _ := runNamed(t, name)
			golden := filepath.Join("library", "want", name+".trace")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				a, err := trace.Decode(want)
				if err != nil {
					t.Fatal(err)
				}
				b, err := trace.Decode(got)
				if err != nil {
					t.Fatal(err)
				}
				t.Errorf("differs from %s (make golden rewrites it):\n%v", golden, trace.Compare(a, b))
			}
		})
	}
}

// Every scenario says what it teaches, and is named after its file.
func TestLibrary_Why(t *testing.T) {
	for _, name := range scenarios.Names() {
		sc, err := scenarios.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		if sc.Name != name || len(strings.TrimSpace(sc.File.Why)) < 40 {
			t.Errorf("%s: named %q, why %q", name, sc.Name, sc.File.Why)
		}
	}
}

// The same seed gives the same bytes: again, and on one or two processors.
func TestLibrary_SameBytes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, name := range scenarios.Names() {
		runtime.GOMAXPROCS(1)
		_, first, _ := runNamed(t, name)
		runtime.GOMAXPROCS(2)
		_, second, _ := runNamed(t, name)
		if a, b := trace.Digest(first), trace.Digest(second); a != b {
			t.Errorf("%s: digests %s and %s", name, a, b)
		}
	}
}

// After every event of every scenario all propositions about the cluster hold, under each version of Kubernetes, with
// and without latencies.
func TestLibrary_Checkers(t *testing.T) {
	for _, name := range scenarios.Names() {
		for _, version := range []string{"1.34", "1.35", "1.36", "1.37"} {
			for _, profile := range []string{"none", "default"} {
				sc, err := scenarios.Named(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(sc.SetKubernetes(version), sc.SetProfile(profile)); errors.Is(err, scenarios.ErrTooNew) {
					continue
				} else if err != nil {
					t.Fatal(err)
				}
				var c check.Checker
				w := sim.NewWorld()
				w.Check(func(s *store.Store) {
					for _, broken := range c.After(s) {
						t.Errorf("%s, %s, %s, at %v: %s", name, version, profile, w.Now(), broken)
					}
				})
				if _, err := w.Run(sc.Config(), nil); err != nil {
					t.Error(err)
				}
			}
		}
	}
}
