package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What was recorded of the simulator is the simulator, as long as it is complete and the same runs are asked for.
func TestCompare_TraceFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "all.trace")
	var text string
	for _, name := range []string{"hello", "retry-loop"} {
		code, out, stderr := jobsim(t, "", "run", "--scenario", name, "-o", "trace")
		if code != exitOK {
			t.Fatal(stderr)
		}
		text += out
	}
	for _, tc := range []struct {
		name, text, want string
		code             int
		args             []string
	}{
		{"the same", text, "sim (a) against sim (b): Equal", exitOK, nil},
		{"another exit code", strings.Replace(text, "exit=1", "exit=2", 1), "pod a/0 outcome is Failed exit=1", exitExpectation, nil},
		{"without its end", text[:strings.LastIndex(strings.TrimSpace(text), "\n")+1], "has ended", exitExpectation, nil},
		{"of a cluster", strings.ReplaceAll(text, "world: sim", "world: kind"), "against kind: Equal", exitOK, nil},
		{"another seed", text, "it has seed 1 replication 0", exitUsage, []string{"--seed", "2"}},
		{"another scenario", text, "it has none of it", exitUsage, []string{"oom"}},
		{"no trace", "", "no trace in it", exitUsage, nil},
		{"not a trace", "hello", "trace 1: line 1", exitUsage, nil},
	} {
		if err := os.WriteFile(file, []byte(tc.text), 0o644); err != nil {
			t.Fatal(err)
		}
		args := append([]string{"compare", "hello", "retry-loop", "--world", "trace-file:" + file}, tc.args...)
		code, out, stderr := jobsim(t, "", args...)
		if code != tc.code || !strings.Contains(out+stderr, tc.want) {
			t.Errorf("%s: want exit %d and %q, got %d:\n%s%s", tc.name, tc.code, tc.want, code, out, stderr)
		}
	}
}

// A comparison with a cluster that is not there ends in an error that says where it was looked for.
func TestCompare_NoCluster(t *testing.T) {
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "missing"))
	for world, want := range map[string]string{"kind": "invalid configuration: no configuration has been provided",
		"kind:elsewhere": `context "elsewhere" does not exist`} {
		code, _, stderr := jobsim(t, "", "compare", "hello", "--world", world)
		if code != exitInfrastructure || !strings.Contains(stderr, "world "+world+": kubeconfig: "+want) {
			t.Errorf("%s: exit %d: %s", world, code, stderr)
		}
	}
}

// The page for a browser is one of the forms, whatever the verdict.
func TestCompare_HTML(t *testing.T) {
	for model, want := range map[string]string{"sim": "sim (a) against sim (b): Equal", "sim:none": "sim:none against sim: Inconclusive"} {
		code, out, stderr := jobsim(t, "", "compare", "hello", "--profile", "default", "--world", "sim", "--model", model, "-o", "html")
		if code != exitOK || !strings.HasPrefix(out, "<!DOCTYPE html>") || !strings.Contains(out, "<title>"+want) {
			t.Errorf("%s: exit %d, %d bytes: %s", model, code, len(out), stderr)
		}
	}
}
