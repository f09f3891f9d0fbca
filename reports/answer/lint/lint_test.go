package lint

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/study"
)

// clean is a Job about which there is nothing to say.
const clean = `apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  completions: 4
  parallelism: 2
  backoffLimit: 6
  activeDeadlineSeconds: 86400
  ttlSecondsAfterFinished: 3600
  podFailurePolicy: {rules: [{action: FailJob, onPodConditions: [{type: DisruptionTarget}]}]}
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox}]
`

// broken are the changes to the clean Job that break each rule; what else they break does not matter.
var broken = map[string][]string{
	"backoff-limit-hopeless":  {"failure-rate=0.2", "spec.completions=50"},
	"backoff-limit-default":   {"spec.backoffLimit=null", "spec.completions=100"},
	"backoff-limit-zero":      {"spec.backoffLimit=0"},
	"backoff-limit-unbounded": {"spec.backoffLimit=100000", "spec.activeDeadlineSeconds=null"},
	"onfailure-shares-the-limit": {"spec.podFailurePolicy=null", "spec.template.spec.restartPolicy=OnFailure",
		"failure-rate=0.3", "spec.parallelism=20", "spec.completions=20"},
	"logs-lost-onfailure":             {"spec.podFailurePolicy=null", "spec.template.spec.restartPolicy=OnFailure"},
	"limit-beside-limit-per-index":    {"spec.completionMode=Indexed", "spec.backoffLimitPerIndex=1"},
	"deadline-before-limit":           {"spec.activeDeadlineSeconds=300"},
	"deadline-too-tight":              {"spec.activeDeadlineSeconds=100", "duration=exponential:60s"},
	"no-deadline":                     {"spec.activeDeadlineSeconds=null"},
	"backoff-dominates":               {"failure-rate=0.4", "duration=1s", "spec.backoffLimit=1000"},
	"ttl-missing":                     {"spec.ttlSecondsAfterFinished=null"},
	"ttl-too-short":                   {"spec.ttlSecondsAfterFinished=10"},
	"suspended":                       {"spec.suspend=true"},
	"disruptions-count":               {"spec.podFailurePolicy=null"},
	"ignored-failures-still-back-off": {"spec.podFailurePolicy={rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}"},
	"policy-rule-unreachable": {"spec.podFailurePolicy={rules: [{action: Ignore, onExitCodes: {operator: NotIn, " +
		"values: [7]}}, {action: FailJob, onExitCodes: {operator: In, values: [3, 4]}}]}"},
	"success-policy-too-late": {"spec.completionMode=Indexed", "spec.backoffLimitPerIndex=1",
		"spec.successPolicy={rules: [{succeededCount: 3}]}"},
	"replacements-overlap":              {"spec.completionMode=Indexed", "spec.podFailurePolicy=null"},
	"second-container-never-ends":       {"spec.template.spec.containers=[{name: a, image: x}, {name: b, image: x}]"},
	"parallelism-beyond-the-controller": {"spec.parallelism=400", "spec.completions=400", "duration=1s", "cluster.profile=default"},
	"parallelism-beyond-completions":    {"spec.parallelism=5"},
	"parallelism-multiplies-back-off":   {"spec.parallelism=8"},
	"parallelism-zero":                  {"spec.parallelism=0"},
	"status-too-large":                  {"spec.completionMode=Indexed", "spec.completions=200000"},
	"requests-missing":                  {"spec.parallelism=20"},
}

func lintWith(t *testing.T, settings []string) []Finding {
	t.Helper()
	list, _, err := scenarios.Load("job.yaml", strings.NewReader(clean), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	var changes []scenarios.Change
	for _, s := range settings {
		field, value, _ := strings.Cut(s, "=")
		changes = append(changes, scenarios.Change{Field: field, Value: value})
	}
	sc, err := list[0].With(changes...)
	if err != nil {
		t.Fatal(err)
	}
	found, err := (&Linter{Pool: study.NewPool(2), Seed: 1, Runs: 100}).Lint(context.Background(), sc)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Every rule is silent about the clean Job, and speaks about the Job that breaks it, with evidence.
func TestRules(t *testing.T) {
	for _, f := range lintWith(t, nil) {
		t.Errorf("the clean Job: %s: %s", f.Rule.ID, f.What)
	}
	rules := Rules()
	if len(rules) < 15 {
		t.Errorf("%d rules", len(rules))
	}
	for _, r := range rules {
		settings, ok := broken[r.ID]
		if !ok {
			t.Errorf("%s: no Job breaks it", r.ID)
			continue
		}
		said := ""
		for _, f := range lintWith(t, settings) {
			if f.Rule.ID == r.ID {
				said = fmt.Sprintf("%s: %s (%s)", f.Field, f.What, f.Evidence)
				if f.Evidence == "" || f.Field == "" {
					t.Errorf("%s: no evidence, or no field", r.ID)
				}
			}
		}
		if said == "" {
			t.Errorf("%s is silent about %v", r.ID, settings)
		}
		t.Logf("%s: %s", r.ID, said)
	}
}
