package simtest_test

import (
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/jobsim/jobsim/sim/simtest"
)

func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		e := simtest.NewEnv(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return e.Handle(d) })
	})
}
