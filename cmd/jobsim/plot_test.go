package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlot_WritesEachPicture(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	code, out, stderr := jobsim(t, "", "plot", "retry-loop", "hello", "--world", "sim,sim:default", "-n", "3",
		"-o", "svg,png,csv", "--dir", dir)
	if code != exitOK {
		t.Fatal(stderr)
	}
	want := []string{"hello-pods-sim", "hello-pods-sim-default", "hello-start-latency", "hello-status", "retry-loop-makespan",
		"retry-loop-makespan-qq", "retry-loop-pods-sim", "retry-loop-waits"}
	for _, name := range want {
		for ending, start := range map[string]string{"svg": "<?xml", "png": "\x89PNG", "csv": ""} {
			file := filepath.Join(dir, name+"."+ending)
			text, err := os.ReadFile(file)
			if err != nil || !strings.HasPrefix(string(text), start) || len(text) < 50 {
				t.Errorf("%s: %d bytes, %v", file, len(text), err)
			}
			if !strings.Contains(out, file+"\n") {
				t.Errorf("%s is not in the output:\n%s", file, out)
			}
		}
	}
}

// What was recorded is drawn, over what the simulator does.
func TestPlot_TraceFile(t *testing.T) {
	dir := t.TempDir()
	_, text, _ := jobsim(t, "", "run", "--scenario", "hello", "-o", "trace")
	file := filepath.Join(dir, "kind.trace")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "world: sim", "world: kind")), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, stderr := jobsim(t, "", "plot", "hello", "--world", "trace-file:"+file, "--world", "sim", "--dir", dir)
	if code != exitOK || !strings.Contains(out, "hello-pods-kind.svg") || !strings.Contains(out, "hello-pods-sim.svg") {
		t.Errorf("exit %d:\n%s%s", code, out, stderr)
	}
	picture, err := os.ReadFile(filepath.Join(dir, "hello-status.svg"))
	if err != nil || !strings.Contains(string(picture), ">kind<") || !strings.Contains(string(picture), ">sim<") {
		t.Errorf("want both worlds in the picture: %v", err)
	}
}

func TestPlot_RefusesBadInput(t *testing.T) {
	for _, tc := range []struct {
		want string
		args []string
	}{
		{"nothing to simulate", nil},
		{`-o "gif" (allowed: svg, png, csv`, []string{"hello", "-o", "gif"}},
		{"-n 0 (allowed", []string{"hello", "-n", "0"}},
		{`world "moon" (allowed`, []string{"hello", "--world", "moon"}},
		{`is named "helo" (did you mean hello?)`, []string{"helo"}},
		{"named twice", []string{"hello", "hello"}},
	} {
		code, _, stderr := jobsim(t, "", append([]string{"plot", "--dir", t.TempDir()}, tc.args...)...)
		if code != exitUsage || !strings.Contains(stderr, tc.want) {
			t.Errorf("%v: want %q, got exit %d: %s", tc.args, tc.want, code, stderr)
		}
	}
}
