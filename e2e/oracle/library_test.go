package oracle

import (
	"testing"

	"github.com/jobsim/jobsim/scenarios"
)

// Every scenario of the library happens in the simulator as it does in Kubernetes.
func TestPlay_Library(t *testing.T) {
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			s, err := scenarios.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			compareWithSim(t, s)
		})
	}
}

func compareWithSim(t *testing.T, s *scenarios.Scenario) {
	t.Helper()
	switch d, err := Diff(t, s, 1); {
	case err != nil:
		t.Fatal(err)
	case d != nil:
		t.Errorf("%v", d)
	}
}
