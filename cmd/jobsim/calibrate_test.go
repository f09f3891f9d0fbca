package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A profile that was fitted to traces is one that scenarios can name, and with it the simulator is what was recorded.
func TestCalibrate_MakesAProfile(t *testing.T) {
	dir := t.TempDir()
	scenario := `apiVersion: jobsim.dev/v1alpha1
kind: Scenario
metadata: {name: slow}
cluster:
  profile: none
  latency: {request: 10ms, watch: 20ms, bind: "lognormal:200ms,0.2", start: "lognormal:3s,0.2", observe: "uniform:0s,1s", stop: 1s}
jobs:
- manifest: {apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {completions: 8, template: {spec: {restartPolicy: Never,
    containers: [{name: main, image: busybox}]}}}}
fates:
- {run: "uniform:10s,20s"}
`
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	slow := file("slow.yaml", scenario)
	code, traces, stderr := jobsim(t, "", "run", "-f", slow, "--world", "sim:none", "-n", "40", "-o", "trace", "--seed", "3")
	if code != exitOK {
		t.Fatal(stderr)
	}
	file("kind.trace", strings.ReplaceAll(traces, "world: sim:none", "world: kind"))

	others := filepath.Join(t.TempDir(), "others.trace")
	code, profile, table := jobsim(t, "", "calibrate", "--from", dir, "-f", slow, "--name", "mine", "--others", others)
	if code != exitOK {
		t.Fatal(table)
	}
	for _, want := range []string{"kind: ClusterProfile", "name: mine", "name: latency.start", "value: 1s", "origin: measured",
		"KS 0.", "as in the profile default: latency.contend, latency.restart, latency.kill, latency.remove", "by 20 others"} {
		if !strings.Contains(profile, want) {
			t.Errorf("no %q in the profile\n%s", want, profile)
		}
	}
	if !strings.Contains(table, "JUDGED BY") || !strings.Contains(table, "lognormal:") {
		t.Errorf("want a table of the fits, got\n%s", table)
	}
	kind := file("mine.yaml", profile)

	latencies := strings.Index(scenario, "  profile: none")
	bare := file("bare.yaml", scenario[:latencies]+"  profile: mine.yaml\n"+scenario[strings.Index(scenario, "jobs:"):])
	for _, args := range [][]string{
		{"run", "-f", bare},
		{"run", "-f", slow, "--profile", kind},
		{"compare", bare, "--world", "trace-file:" + dir, "-n", "40", "--seed", "3"},
		{"compare", bare, "--model", "sim:" + kind, "--world", "trace-file:" + filepath.Join(dir, "kind.trace"), "-n", "40",
			"--seed", "3"},
		{"compare", bare, "--world", "trace-file:" + others, "-n", "40", "--seed", "3"},
	} {
		code, out, stderr := jobsim(t, "", args...)
		if code != exitOK || args[0] == "compare" && !strings.Contains(out, "against kind: Equivalent") {
			t.Errorf("%v: exit %d:\n%s%s", args, code, out, stderr)
		}
		if slices.Contains(args, "trace-file:"+others) && !strings.Contains(out, "TOST on 20 pairs") {
			t.Errorf("%v: want the half that was not fitted to, got\n%s", args, out)
		}
	}
}

func TestCalibrate_RefusesBadInput(t *testing.T) {
	dir := t.TempDir()
	_, one, _ := jobsim(t, "", "run", "--scenario", "hello", "-o", "trace")
	unknown := filepath.Join(dir, "unknown.trace")
	single := filepath.Join(dir, "single.trace")
	for path, text := range map[string]string{single: one, unknown: strings.Replace(one, "scenario: hello", "scenario: nobody", 1)} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		want string
		args []string
	}{
		{"--from is not given", nil},
		{"no such file", []string{"--from", filepath.Join(dir, "nowhere")}},
		{"no trace in it", []string{"--from", t.TempDir()}},
		{"1 runs of the cluster have their like", []string{"--from", single}},
		{"left out a trace of scenario nobody", []string{"--from", unknown}},
		{"an argument that nobody asked for", []string{single}},
	} {
		code, out, stderr := jobsim(t, "", append([]string{"calibrate"}, tc.args...)...)
		if code != exitUsage || !strings.Contains(stderr, tc.want) || out != "" {
			t.Errorf("%v: want %q, got exit %d: %s", tc.args, tc.want, code, stderr)
		}
	}
}
