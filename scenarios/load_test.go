package scenarios_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
)

const header = "apiVersion: jobsim.dev/v1alpha1\nkind: Scenario\nmetadata: {name: x}\n"

const manifest = `apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
`

// inline is a scenario of the manifest, followed by more fields of the scenario.
func inline(manifest, more string) string {
	return header + "jobs:\n- manifest:\n    " + strings.ReplaceAll(strings.TrimSpace(manifest), "\n", "\n    ") + "\n" + more
}

func load(text string) ([]*scenarios.Scenario, error) {
	files := fstest.MapFS{"job.yaml": {Data: []byte(manifest)}}
	list, _, err := scenarios.Load("x.yaml", strings.NewReader(text), files, ".")
	return list, err
}

// An error says where and what, and what is allowed; all of them at once.
func TestLoad_BadInput(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", "x.yaml: no scenario and no Job in it"},
		{"not yaml", "a: [", "x.yaml:1: cannot be read as YAML"},
		{"not utf-8", "a: \xff\n", "not UTF-8"},
		{"another kind", "apiVersion: apps/v1\nkind: Deployment\n", "x.yaml:2: kind: apps/v1 Deployment is not simulated: its pods"},
		{"unknown field", inline(manifest, "untill: {}\n"), "x.yaml:16: untill: unknown field"},
		{"unknown field of the manifest", manifest + "        imagePullPolicyy: Always\n",
			"x.yaml:11: spec.template.spec.containers[0].imagePullPolicyy: unknown field"},
		{"wrong case", strings.Replace(manifest, "template:", "backofflimit: 3\n  template:", 1),
			"x.yaml:5: spec.backofflimit: unknown field (did you mean backoffLimit?)"},
		{"given twice", strings.Replace(manifest, "template:", "backoffLimit: 1\n  backoffLimit: 2\n  template:", 1), "is given twice"},
		{"negative", strings.Replace(manifest, "template:", "parallelism: -1\n  template:", 1), "x.yaml:5: spec.parallelism: -1 is negative"},
		{"a text for a number", strings.Replace(manifest, "template:", "completions: many\n  template:", 1),
			`x.yaml:5: spec.completions: "many" is not a whole number of 32 bits`},
		{"too large a number", strings.Replace(manifest, "template:", "completions: 4294967296\n  template:", 1),
			"is not a whole number of 32 bits"},
		{"restartPolicy Always", strings.Replace(manifest, "Never", "Always", 1),
			`x.yaml:7: spec.template.spec.restartPolicy: "Always": a Job's pods are not restarted for ever (allowed: OnFailure, Never)`},
		{"unmodelled", strings.Replace(manifest, "template:", "scheduling: {disruptionMode: {all: {}}}\n  template:", 1),
			"x.yaml:5: spec.scheduling: cannot be simulated: gang scheduling is alpha"},
		{"a probe", manifest + "        livenessProbe: {exec: {command: [a]}}\n", "containers[0].livenessProbe: cannot be simulated: probes"},
		{"no containers", strings.Replace(manifest, "containers:\n      - name: main\n        image: busybox", "containers: []", 1),
			"containers: is required"},
		{"no such file", header + "jobs:\n- file: other.yaml\n", "jobs[0].file: other.yaml: file does not exist"},
		{"outside", header + "jobs:\n- file: ../../etc/passwd\n", "is outside of the scenario's folder"},
		{"no such job", inline(manifest, "fates:\n- {match: {job: b}}\n"), `x.yaml:17: fates[0].match.job: no Job is named "b" (allowed: a)`},
		{"probability", inline(manifest, "fates:\n- {probability: 1.5}\n"), "x.yaml:17: fates[0].probability: 1.5 (allowed: 0 to 1)"},
		{"distribution", inline(manifest, "fates:\n- {run: zipf:3s}\n"), `unknown family "zipf"`},
		{"two ends", inline(manifest, "fates:\n- {exit: 1, oom: true}\n"), "ends in 2 ways"},
		{"two disturbances", inline(manifest, "faults:\n- {at: 1s, suspend: a, resume: a}\n"), "has 2 disturbances"},
		{"no such node", inline(manifest, "faults:\n- {drain: n7}\n"), `no node is named "n7"`},
		{"profile", inline(manifest, "cluster: {profile: fast}\n"), `cluster.profile: "fast" (allowed: default, none)`},
		{"version", inline(manifest, "kubernetes: \"1.12\"\n"), `kubernetes: "1.12" (allowed: 1.34, 1.35, 1.36, 1.37)`},
		{"a huge quantity", inline(manifest, "cluster: {nodes: [{cpu: 1e999999999, memory: 1}]}\n"), "is too large a value"},
		{"a long exponent", manifest + "        resources: {requests: {cpu: \"9e99999999999999999999\"}}\n", "is too large a value"},
		{"cyclic alias", "a: &a [*a]\n", "x.yaml"},
		{"deep", strings.Repeat("[", 5000), "x.yaml"},
		{"large", "a: " + strings.Repeat("x", 2<<20), "larger than"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := load(tc.text)
			if err == nil || !errors.Is(err, scenarios.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

// Aliases that multiply are counted as often as they are used.
func TestLoad_Bomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: jobsim.dev/v1alpha1\nkind: Scenario\nfates: &l0 [{run: 1s}, {run: 1s}]\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&b, "k%d: &l%d [*l%d, *l%d]\n", i, i, i-1, i-1)
	}
	b.WriteString("jobs: *l39\n")
	if _, err := load(b.String()); !errors.Is(err, scenarios.ErrInvalid) {
		t.Errorf("error %v", err)
	}
}

func TestLoad_AllProblemsAtOnce(t *testing.T) {
	_, err := load(inline(strings.Replace(manifest, "template:", "parallelism: -1\n  backoffLimit: -2\n  template:", 1), ""))
	var invalid *scenarios.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Problems) != 2 {
		t.Errorf("error %v, want two problems", err)
	}
}

func TestLoad_FileAndList(t *testing.T) {
	for _, text := range []string{
		header + "jobs:\n- file: job.yaml\n",
		manifest,
		"apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(manifest), "\n", "\n  ") + "\n",
	} {
		list, err := load(text)
		if err != nil || len(list) != 1 || len(list[0].Manifests) != 1 || *list[0].Manifests[0].Spec.BackoffLimit != 6 {
			t.Errorf("%d scenarios, error %v from\n%s", len(list), err, text)
		}
	}
}

// The example of the README is a scenario that runs.
func TestReadme_Example(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	example, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("no example")
	}
	list, err := load(example)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := sim.Run(list[0].Config()); err != nil {
		t.Fatal(err)
	}
}
