package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the outputs in the README")

const job = `apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec:
  completions: 10
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: pi, image: "perl:5.34.0"}
`

// jobsim runs the program in-process.
func jobsim(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(context.Background(), args, streams{strings.NewReader(stdin), &out, &err})
	return code, out.String(), err.String()
}

func TestRun_JSONIsTheInterface(t *testing.T) {
	code, out, stderr := jobsim(t, job, "run", "-f", "-", "--failure-rate", "0.1",
		"--duration", "lognormal:30s,0.5", "-n", "200", "-o", "json")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var got struct {
		Scenario        string
		Seed            uint64
		Runs            int
		Success         struct{ Estimate, Low, High float64 }
		MakespanSeconds struct{ Mean, P50, P95, P99 float64 }
		PodsCreated     struct{ Mean, P95 float64 }
		Wasted          struct{ Mean float64 } `json:"wastedPodSeconds"`
		Outcomes        map[string]int
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range got.Outcomes {
		total += n
	}
	if got.Scenario != "pi" || got.Seed != 1 || got.Runs != 200 || total != 200 {
		t.Errorf("%+v", got)
	}
	if s := got.Success; !(0 < s.Low && s.Low < s.Estimate && s.Estimate <= s.High && s.High <= 1) {
		t.Errorf("success %+v", s)
	}
	if m := got.MakespanSeconds; !(0 < m.P50 && m.P50 <= m.P95 && m.P95 <= m.P99) || got.PodsCreated.Mean < 10 || got.Wasted.Mean <= 0 {
		t.Errorf("%+v", got)
	}
}

// The same seed gives the same bytes, however many workers share the runs; another seed gives others.
func TestRun_SameSeedSameBytes(t *testing.T) {
	args := []string{"run", "-f", "-", "--failure-rate", "0.2", "-n", "50", "-o", "json"}
	_, one, _ := jobsim(t, job, append(args, "--workers", "1")...)
	_, four, _ := jobsim(t, job, append(args, "--workers", "4")...)
	_, other, _ := jobsim(t, job, append(args, "--seed", "2")...)
	if one != four || one == "" {
		t.Error("one and four workers differ")
	}
	if one == other {
		t.Error("seeds 1 and 2 agree")
	}
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	unmet := filepath.Join(dir, "unmet.yaml")
	text := "apiVersion: jobsim.dev/v1alpha1\nkind: Scenario\nmetadata: {name: x}\njobs:\n- manifest:\n    " +
		strings.ReplaceAll(strings.TrimSpace(job), "\n", "\n    ") + "\nexpect:\n- {job: pi, succeeded: 11}\n"
	if err := os.WriteFile(unmet, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		code int
		want string // in what is printed on standard error
		args []string
	}{
		{"help", exitOK, "", []string{"--help"}},
		{"list", exitOK, "", []string{"list"}},
		{"a profile", exitOK, "", []string{"list", "--profile", "default", "-o", "json"}},
		{"rules", exitOK, "", []string{"list", "--rules", "-o", "json"}},
		{"rules of a profile", exitUsage, "--rules and --profile do not go together",
			[]string{"list", "--rules", "--profile", "none"}},
		{"no such profile", exitUsage, `--profile: "defualt" (did you mean default?)`, []string{"list", "--profile", "defualt"}},
		{"validate", exitOK, "", []string{"validate", "-f", unmet}},
		{"explain", exitOK, "", []string{"explain", "--scenario", "oom"}},
		{"no command", exitUsage, `unknown command "simulate"`, []string{"simulate"}},
		{"no input", exitUsage, "nothing to simulate (allowed: -f FILE, --scenario NAME)", []string{"run"}},
		{"no such file", exitUsage, "no such file", []string{"run", "-f", filepath.Join(dir, "none.yaml")}},
		{"an empty folder", exitUsage, "no YAML or JSON file in it", []string{"run", "-f", t.TempDir()}},
		{"no such scenario", exitUsage, `no scenario of the library is named "x"`, []string{"run", "-s", "x"}},
		{"a bad flag", exitUsage, "unknown flag: --sead", []string{"run", "--sead", "1"}},
		{"a bad rate", exitUsage, "--failure-rate: failure rate 2 (allowed: 0 to 1)", []string{"run", "-s", "hello", "--failure-rate", "2"}},
		{"a bad duration", exitUsage, "--duration:", []string{"run", "-s", "hello", "--duration", "zipf:2"}},
		{"too many runs", exitUsage, "-n 0 (allowed: 1 to 1000000000)", []string{"run", "-s", "hello", "-n", "0"}},
		{"a bad precision", exitUsage, `"80%" (allowed: 0.01% to 50%)`, []string{"run", "-s", "hello", "--precision", "80%"}},
		{"a checkpoint of one run", exitUsage, "--checkpoint with 1 scenarios and -n 1", []string{"run", "-s", "hello", "--checkpoint", "x"}},
		{"a bad output", exitUsage, `-o "xml" (allowed: table, wide, json, yaml, trace, metrics)`, []string{"run", "-s", "hello", "-o", "xml"}},
		{"compare, the same", exitOK, "", []string{"compare", "hello", "oom", "--world", "sim", "-n", "2"}},
		{"compare, another profile", exitExpectation, "", []string{"compare", "hello", "--world", "sim:default", "-n", "20"}},
		{"compare, no world", exitUsage, "--world is not given (allowed: sim,", []string{"compare", "hello"}},
		{"compare, no such world", exitUsage, `world "moon" (allowed: sim,`, []string{"compare", "hello", "--world", "moon"}},
		{"compare, no such profile", exitUsage, `world sim: profile "x"`, []string{"compare", "hello", "--world", "sim:x"}},
		{"compare, no scenario", exitUsage, "nothing to simulate", []string{"compare", "--world", "sim"}},
		{"compare, one twice", exitUsage, "scenario hello is named twice", []string{"compare", "hello", "hello", "--world", "sim"}},
		{"compare, no traces", exitUsage, "no such file", []string{"compare", "hello", "--world", "trace-file:none"}},
		{"compare, a bad output", exitUsage, `-o "pdf" (allowed: table`, []string{"compare", "hello", "--world", "sim", "-o", "pdf"}},
		{"compare, no such fact", exitExpectation, "", []string{"compare", "hello", "--world", "sim", "--facts", "completedIndexes"}},
		{"sweep, nothing to set", exitUsage, "nothing to set (allowed: --set FIELD=VALUES)", []string{"sweep", "-s", "hello"}},
		{"sweep, a bad range", exitUsage, "5..1 (allowed: from a number", []string{"sweep", "-s", "hello", "--set", "spec.parallelism=5..1"}},
		{"sweep, no such field", exitUsage, "unknown field", []string{"sweep", "-s", "hello", "--set", "spec.paralellism=1,2"}},
		{"sweep, a bad value", exitUsage, "is negative", []string{"sweep", "-s", "hello", "--set", "spec.parallelism=1,-2"}},
		{"tune, no goal", exitUsage, "no goal (allowed:", []string{"tune", "-s", "hello"}},
		{"tune, a bad goal", exitUsage, "not an expression over metrics", []string{"tune", "-s", "hello", "--goal", "succes > 1"}},
		{"tune, impossible", exitExpectation, "no combination meets every goal", []string{"tune", "-s", "retry-loop", "--goal", "success > 0.5"}},
		{"plan, a bad node", exitUsage, "--node:", []string{"plan", "-s", "hello", "--interval", "1s", "--goal", "cost < 1", "--node", "cpu=x"}},
		{"plan, a bad trace", exitUsage, "not a trace", []string{"plan", "-s", "hello", "--trace", "/dev/null", "--goal", "cost < 1"}},
		{"flake, no time-out", exitUsage, "--timeout 0s", []string{"predict-flake", "-s", "hello"}},
		{"rare, no rate", exitUsage, "importance sampling needs", []string{"rare", "-s", "hello"}},
		{"lint, rules", exitOK, "", []string{"lint", "--rules"}},
		{"list, presets", exitOK, "", []string{"list", "--presets"}},
		{"no such preset", exitUsage, "no such preset (allowed: philly-run", []string{"run", "-s", "hello", "--duration", "preset:x"}},
		{"verify, no such form", exitUsage, "negative binomial", []string{"verify", "--form", "x"}},
		{"unmet", exitExpectation, "job pi: succeeded is 10, expected 11", []string{"run", "-f", unmet}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, _, stderr := jobsim(t, "", tc.args...)
			if code != tc.code || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit %d, want %d; standard error %q, want %q", code, tc.code, stderr, tc.want)
			}
		})
	}
}

// What the READMEs show is what the program prints: every block that begins with "$ jobsim" is run.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	block := regexp.MustCompile("(?s)```console\n\\$ jobsim ([^\n]*)\n(.*?)```\n")
	for _, name := range []string{"README.md", "cmd/jobsim/README.md"} {
		readme, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		matches := block.FindAllSubmatch(readme, -1)
		if len(matches) == 0 {
			t.Errorf("no example in %s", name)
		}
		for _, m := range matches {
			code, out, stderr := jobsim(t, "", words(string(m[1]))...)
			if code == exitInfrastructure {
				t.Errorf("jobsim %s: exit %d: %s", m[1], code, stderr)
			}
			got := out + stderr
			if *update {
				readme = bytes.Replace(readme, m[0], []byte("```console\n$ jobsim "+string(m[1])+"\n"+got+"```\n"), 1)
				continue
			}
			if got != string(m[2]) {
				t.Errorf("jobsim %s prints\n%s\n%s has\n%s", m[1], got, name, m[2])
			}
		}
		if *update {
			if err := os.WriteFile(name, readme, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// words splits a command line as a shell does, as far as quotes go.
func words(line string) (out []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}
