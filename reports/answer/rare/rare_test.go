package rare_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports/answer/rare"
	"github.com/jobsim/jobsim/reports/closedform"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/study"
)

func job(t *testing.T, policy string, completions, limit int, rate float64, more string) *scenarios.Scenario {
	t.Helper()
	text := fmt.Sprintf(`apiVersion: jobsim.dev/v1alpha1
kind: Scenario
metadata: {name: rare}
cluster: {profile: none}
jobs:
- manifest:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: a}
    spec:
      completions: %d
      backoffLimit: %d
%s
      template:
        spec: {restartPolicy: %s, containers: [{name: main, image: busybox}]}
fates:
- {probability: %v, run: 10s, exit: 1}
- {run: 10s}
`, completions, limit, more, policy, rate)
	list, _, err := scenarios.Load("rare", strings.NewReader(text), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// Probabilities down to 1e-15 agree with the closed forms.
func TestFail_AgreesWithClosedForms(t *testing.T) {
	pool, runs, most := study.NewPool(2), 20_000, 0.1
	if testing.Short() {
		runs, most = 3000, 0.3
	}
	for _, tc := range []struct {
		name string
		sc   *scenarios.Scenario
		want float64
	}{
		{"1 of 9 in a row", job(t, "Never", 1, 8, 0.1, ""), 1e-9},
		{"10 completions", job(t, "Never", 10, 6, 0.0135, ""), closedform.NeverFails(10, 6, 0.0135)},
		{"100 completions", job(t, "Never", 100, 20, 0.02, ""), closedform.NeverFails(100, 20, 0.02)},
		{"often", job(t, "Never", 20, 3, 0.1, ""), closedform.NeverFails(20, 3, 0.1)},
		{"OnFailure", job(t, "OnFailure", 5, 5, 0.01, ""), 1 - closedform.OnFailure(5, 5, 0.01)},
		{"per index", job(t, "Never", 4, 1<<31-1, 0.002, "      completionMode: Indexed\n      backoffLimitPerIndex: 3"), 4 * 1.6e-11},
	} {
		got, err := rare.Fail(context.Background(), pool, tc.sc, 1, runs, 0.999)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		t.Logf("%s: %.4g (%.4g to %.4g), want %.4g; relative error %.2g, rate %.3g, %.2g plain runs", tc.name, got.Fail.Center,
			got.Fail.Lo, got.Fail.Hi, tc.want, got.Relative, got.Rate, got.Plain)
		if got.Fail.Lo > tc.want || got.Fail.Hi < tc.want || got.Relative > most {
			t.Errorf("%s: %+v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestFail_RefusesWhatItCannotTilt(t *testing.T) {
	list, _, err := scenarios.Load("x", strings.NewReader("apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: "+
		"{spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}"), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rare.Fail(context.Background(), study.NewPool(1), list[0], 1, 100, 0.95); !errors.Is(err, rare.ErrUnsuited) {
		t.Errorf("%v", err)
	}
}
