package oracle

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
)

// The test cases of Kubernetes itself happen in the simulator as they do in Kubernetes.
func TestPlay_Upstream(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "scenarios", "upstream", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
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
			t.Run(s.Name, func(t *testing.T) { compareWithSim(t, s) })
		}
	}
}
