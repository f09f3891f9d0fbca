package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports/closedform"
	"sigs.k8s.io/yaml"
)

// answerOf runs a verb on the test Job and reads what it says as JSON.
func answerOf(t *testing.T, out any, args ...string) {
	t.Helper()
	code, text, stderr := jobsim(t, job, append(args, "-f", "-", "-o", "json")...)
	if code != exitOK && code != exitExpectation {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if err := json.Unmarshal([]byte(text), out); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

type interval3 struct{ Estimate, Low, High float64 }

// The schema of tune -o json, and the known answer.
func TestTune_JSON(t *testing.T) {
	var got struct {
		Kind         string
		Choice       map[string]any
		Patch        map[string]map[string]any
		Achieved     map[string]interval3
		AsIs         struct{ Set map[string]any }
		Alternatives []struct{ Set map[string]any }
		Pareto       []struct{ Objective float64 }
		Runs         int
		Exhaustive   int     `json:"exhaustiveRuns"`
		Correct      float64 `json:"probabilityOfCorrectSelection"`
	}
	answerOf(t, &got, "tune", "--profile", "none", "--failure-rate", "0.1", "--goal", "success >= 0.98",
		"--minimise", "backoffLimit", "--choose", "backoffLimit=0..15", "--simulate")
	want, _ := closedform.NeverLimit(10, 0.1, 0.98, 15)
	if got.Kind != "Tuning" || got.Choice["backoffLimit"] != float64(want) ||
		got.Patch["spec"]["backoffLimit"] != float64(want) || got.Correct != 0.95 || got.AsIs.Set["backoffLimit"] != 6.0 {
		t.Errorf("want a limit of %d: %+v", want, got)
	}
	s := got.Achieved["success"]
	if !(s.Low <= s.Estimate && s.Estimate <= s.High && s.Estimate > 0.97) || len(got.Alternatives) == 0 ||
		len(got.Pareto) == 0 || got.Runs == 0 || got.Exhaustive < 2*got.Runs {
		t.Errorf("%+v", got)
	}
}

// A field of a Job that there is not is an error, not a combination that changes nothing.
func TestTune_CronJobHasNoSpecToChoose(t *testing.T) {
	for _, choice := range []string{"parallelism", "backoffLimit"} {
		code, _, stderr := jobsim(t, "", "tune", "-f", "../../scenarios/examples/nightly.yaml", "--horizon", "24h", "--goal",
			"success >= 0.9", "--choose", choice)
		if code == exitOK || !strings.Contains(stderr, "there is no Job") {
			t.Errorf("%s: exit %d, %s", choice, code, stderr)
		}
	}
}

// A patch is a manifest's part: the Job with it is the one that was chosen.
func TestTune_Patch(t *testing.T) {
	code, text, stderr := jobsim(t, job, "tune", "-f", "-", "--profile", "none", "--goal", "p95(makespan) <= 160s",
		"--minimise", "parallelism", "--choose", "spec.parallelism=1..10", "--choose",
		"spec.template.spec.restartPolicy=Never", "--duration", "30s", "-o", "patch")
	var got map[string]any
	if err := yaml.Unmarshal([]byte(text), &got); code != exitOK || err != nil {
		t.Fatalf("exit %d, %v: %s", code, err, stderr)
	}
	spec, _ := got["spec"].(map[string]any)
	if spec["parallelism"] != 2.0 || fmt.Sprint(spec["template"]) != "map[spec:map[restartPolicy:Never]]" {
		t.Errorf("%v", got)
	}
}

// Kubernetes issue 86333 out of its YAML: the study of it computed 0.0240 by a simulation of its own.
func TestPredictFlake_Issue86333(t *testing.T) {
	var got struct {
		Flakes interval3 `json:"flakeRate"`
		Needed interval3 `json:"neededTimeoutSeconds"`
	}
	code, text, stderr := jobsim(t, "", "predict-flake", "-f", "../../scenarios/examples/issue-86333.yaml", "--timeout", "15m",
		"--flake-rate", "1%", "-o", "json")
	if err := json.Unmarshal([]byte(text), &got); code != exitOK || err != nil {
		t.Fatalf("exit %d, %v: %s", code, err, stderr)
	}
	t.Logf("%+v", got)
	if f := got.Flakes; f.Low > 0.0240 || f.High < 0.0240 {
		t.Errorf("flake rate %+v, want 0.0240 inside", f)
	}
	if n := got.Needed; !(900 < n.Low && n.Low <= n.Estimate && n.Estimate <= n.High) {
		t.Errorf("time-out for 1 %%: %+v", n)
	}
}

func TestLint_SARIF(t *testing.T) {
	file := filepath.Join(t.TempDir(), "job.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(job, "completions: 10", "completions: 300", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	code, text, stderr := jobsim(t, "", "lint", "-f", file, "--failure-rate", "0.1", "-n", "50", "-o", "sarif")
	var got struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string `json:"ruleId"`
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &got); code != exitExpectation || err != nil || got.Version != "2.1.0" ||
		len(got.Runs) != 1 || len(got.Runs[0].Tool.Driver.Rules) < 15 {
		t.Fatalf("exit %d, %v: %s%s", code, err, text, stderr)
	}
	first := got.Runs[0].Results[0]
	if first.RuleID != "backoff-limit-hopeless" || first.Level != "error" || first.Message.Text == "" ||
		first.Locations[0].PhysicalLocation.ArtifactLocation.URI != file {
		t.Errorf("%+v", first)
	}
}

// plan with arrivals and with a trace; the smallest pool is inside of what was asked for.
func TestPlan_JSON(t *testing.T) {
	var got struct {
		Smallest struct {
			Nodes   int
			Metrics map[string]interval3
		}
		Tried       []struct{ Nodes int }
		Bottlenecks []struct {
			Of   string
			Part float64
		}
	}
	answerOf(t, &got, "plan", "--interval", "exponential:60s", "--duration", "exponential:60s", "--node", "cpu=1,memory=1Gi,pods=4",
		"--goal", "mean(wait) <= 30s", "--most", "16", "--jobs", "100", "-n", "4")
	if n := got.Smallest.Nodes; n < 2 || n > 8 || len(got.Tried) < 3 || len(got.Bottlenecks) != 5 {
		t.Errorf("%+v", got)
	}
	if w := got.Smallest.Metrics["mean(wait)"]; !(w.Low <= w.Estimate && w.Estimate <= 30) {
		t.Errorf("wait %+v", w)
	}
	file := filepath.Join(t.TempDir(), "log.swf")
	if err := os.WriteFile(file, []byte("1 0 0 600 8 -1 -1 8\n2 60 0 600 8 -1 -1 8\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	answerOf(t, &got, "plan", "--trace", file, "--node", "cpu=1,memory=1Gi,pods=4", "--goal", "p99(turnaround) <= 11m", "--most", "16",
		"--warm-up", "0.01%", "-n", "2")
	if got.Smallest.Nodes != 4 {
		t.Errorf("two Jobs of 8 pods at a time on nodes of 4: %d nodes", got.Smallest.Nodes)
	}
}

// A CronJob on nodes that an autoscaler launches: each Job waits for the autoscaler's next look, 10 s after it came, for
// the boot, and for the scheduler, which had no node at all and looks again after 107 s.
func TestPlan_CronJobWithAutoscaler(t *testing.T) {
	code, text, stderr := jobsim(t, "", "plan", "-f", "../../scenarios/examples/nightly.yaml", "--profile", "none",
		"--duration", "10m", "--horizon", "24h", "--node", "cpu=2,memory=8Gi,boot=90s", "--autoscale", "0", "--most", "4", "--goal",
		"mean(wait) <= 2m", "-n", "3", "-o", "json")
	var got struct {
		Smallest struct {
			Nodes   int
			Metrics map[string]interval3
		}
	}
	if err := json.Unmarshal([]byte(text), &got); code != exitOK || err != nil {
		t.Fatalf("exit %d, %v: %s%s", code, err, text, stderr)
	}
	m := got.Smallest.Metrics
	if w := m["p99(wait)"].Estimate; got.Smallest.Nodes != 1 || w < 106.5 || w > 108 || m["success"].Estimate != 1 {
		t.Errorf("%+v", got)
	}
	// A node is there from the boot to ten minutes after the Job: 90 s, 7 s, 10 min, 10 min, and looks every 10 s.
	if n := m["nodes"].Estimate; n < 1290.0/3600 || n > 1311.0/3600 {
		t.Errorf("%v nodes on average", n)
	}
}

// The pool is what a nodeSelector and tolerations ask for. Affinity would choose among its nodes.
func TestPlan_Placement(t *testing.T) {
	plan := func(field string) (int, string) {
		manifest := "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      " + field +
			"\n      restartPolicy: Never\n      containers: [{name: main, image: busybox}]\n"
		code, _, stderr := jobsim(t, manifest, "plan", "-f", "-", "--interval", "60s", "--jobs", "10", "--goal",
			"mean(wait) <= 30s", "--most", "2", "-n", "2")
		return code, stderr
	}
	if code, stderr := plan("tolerations: [{operator: Exists}]"); code != exitOK {
		t.Errorf("tolerations: exit %d: %s", code, stderr)
	}
	want := "spec.template.spec.affinity: cannot be simulated beside nodes"
	if code, stderr := plan("affinity: {podAntiAffinity: {}}"); code != exitUsage || !strings.Contains(stderr, want) {
		t.Errorf("affinity: exit %d: %s", code, stderr)
	}
}

func TestRare_JSON(t *testing.T) {
	var got struct {
		Fail  interval3
		Plain float64 `json:"plainRuns"`
	}
	answerOf(t, &got, "rare", "--profile", "none", "--failure-rate", "0.002", "-n", "4000")
	if want := closedform.NeverFails(10, 6, 0.002); got.Fail.Low > 1.2*want || got.Fail.High < 0.8*want || got.Plain < 1e9 {
		t.Errorf("%+v, want about %v", got, want)
	}
}
