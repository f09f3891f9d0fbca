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

// The traces of the library have no latencies. A digest pins what each scenario does under the default profile, with
// its random draws and client limits: the same seed gives the same bytes, on one processor and on two.
func TestLibrary_DefaultProfile(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, name := range scenarios.Names() {
		runtime.GOMAXPROCS(1)
		first := runDefault(t, name)
		runtime.GOMAXPROCS(2)
		if second := runDefault(t, name); !bytes.Equal(first, second) {
			t.Errorf("%s: another trace on two processors", name)
		}
		h := fnv.New64a()
		h.Write(first) // a hash never fails
		got := fmt.Sprintf("%016x FNV-1a of jobsim run --scenario %s --profile default -o trace\n", h.Sum64(), name)
		golden := filepath.Join("library", "want", "default", name+".digest")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if want, err := os.ReadFile(golden); err != nil || string(want) != got {
			t.Errorf("%s (make golden rewrites it): got %.16s, want %.16s (%v)", golden, got, want, err)
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
	cfg := sc.Config()
	cfg.Seed = 1 // as the command line has it
	tr, _, err := sim.Run(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return trace.Encode(tr)
}
