package scenarios_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

// The traces of the library have no latencies. This table pins, by a digest of the whole text, what the same scenarios do
// under the default profile, with its random draws and client limits: the same seed gives the same bytes, on one
// processor and on two.
func TestLibrary_DefaultProfile(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var got bytes.Buffer
	fmt.Fprintln(&got, "# FNV-1a of: jobsim run --scenario NAME --profile default -o trace. Rewritten by make golden.")
	for _, name := range scenarios.Names() {
		runtime.GOMAXPROCS(1)
		first := runDefault(t, name)
		runtime.GOMAXPROCS(2)
		if second := runDefault(t, name); !bytes.Equal(first, second) {
			t.Errorf("%s: another trace on two processors", name)
		}
		h := fnv.New64a()
		h.Write(first) // a hash never fails
		fmt.Fprintf(&got, "%-40s %016x %d\n", name, h.Sum64(), bytes.Count(first, []byte("\n")))
	}
	golden := filepath.Join("library", "want", "default.digests")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	lines := func(text []byte) map[string]bool {
		set := map[string]bool{}
		for line := range bytes.Lines(text) {
			set[string(line)] = true
		}
		return set
	}
	had, has := lines(want), lines(got.Bytes())
	for line := range bytes.Lines(got.Bytes()) {
		if !had[string(line)] {
			t.Errorf("now %s", line)
		}
	}
	for line := range bytes.Lines(want) {
		if !has[string(line)] {
			t.Errorf("was %s", line)
		}
	}
}

func runDefault(t *testing.T, name string) []byte {
	t.Helper()
	sc, err := scenarios.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	if err = sc.SetProfile("default"); err != nil {
		t.Fatal(err)
	}
	tr, _, err := sim.Run(sc.Config())
	if err != nil {
		t.Fatal(err)
	}
	return trace.Encode(tr)
}
