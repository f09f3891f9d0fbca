package scenarios_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
)

// The test cases of Kubernetes itself end here as they end there (upstream/README.md).
func TestUpstream(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("upstream", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := scenarios.Load(file, f, nil, ".")
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			n++
			_, out, err := sim.Run(s.Config())
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range s.Check(&out) {
				t.Errorf("%s: %s\n%s", s.Name, d, s.File.Why)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d cases", n)
	}
}
