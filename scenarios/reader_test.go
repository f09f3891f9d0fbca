package scenarios_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// jobText is a Job named a; spec goes under its spec, pod under its pod's spec, each line with its own indentation.
func jobText(spec, pod string) string {
	return `apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
` + spec + `  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox}
` + pod
}

// scenarioText is a scenario with one Job named a and, from line 10 on, the rest.
func scenarioText(rest string) string {
	return `apiVersion: jobsim.dev/v1alpha1
kind: Scenario
metadata: {name: s}
jobs:
- manifest:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: a}
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}}}
` + rest
}

func read(text string) ([]*scenarios.Scenario, error) {
	files := fstest.MapFS{
		"f.yaml":       {Data: []byte(text)},
		"two.yaml":     {Data: []byte(jobText("", "") + "---\n" + jobText("", ""))},
		"sub/job.yaml": {Data: []byte(jobText("  parallelism: -1\n", ""))},
		"ok.yaml":      {Data: []byte(jobText("  completions: 7\n", ""))},
	}
	list, _, err := scenarios.Load("f.yaml", strings.NewReader(text), files, ".")
	return list, err
}

// problem is a text and all that is wrong with it.
type problem struct{ name, text, want string }

const fileJob = "apiVersion: jobsim.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\njobs:\n- file: "

// bomb is a text whose aliases stand for 10^9 values.
func bomb() string {
	text := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		text += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10))
	}
	return text
}

var textProblems = []problem{
	{"nothing", "# only a comment\n",
		`f.yaml: no scenario and no Job in it (allowed: kind Scenario of jobsim.dev/v1alpha1, kind Job of ` +
			`batch/v1, or a List of those)`},
	{"not YAML", "kind: Job\n  spec: [",
		`f.yaml:2: cannot be read as YAML: mapping values are not allowed in this context`},
	{"not UTF-8", "kind: Job\nwhy: \xff\n", `f.yaml:2: not UTF-8`},
	{"too large", strings.Repeat("# x\n", 1<<19), `f.yaml: larger than 1048576 bytes`},
	{"too deep", "a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100),
		`f.yaml:1: is nested too deeply (allowed: up to 64 levels)`},
	{"far too deep", strings.Repeat("[", 100_000), `f.yaml:1: cannot be read as YAML: exceeded max depth of 10000`},
	{"a bomb", bomb(), `f.yaml:1: has too many values, aliases counted in full (allowed: up to 200000)`},
	{"an anchor in itself", "kind: &k\n- *k\n", `f.yaml:2: anchor "k" contains itself`},
	{"another kind", "apiVersion: apps/v1\nkind: Deployment\n",
		`f.yaml:2: kind: apps/v1 Deployment is not simulated: its pods would take room on the nodes ` +
			`(allowed: jobsim.dev/v1alpha1 Scenario, batch/v1 Job, batch/v1 CronJob, v1 List)`},
	{"nothing known", "apiVersion: kubeflow.org/v1\nkind: PyTorchJob\n",
		`f.yaml:2: kind: kubeflow.org/v1 PyTorchJob is not simulated, and nobody knows here what it would change ` +
			`(allowed: jobsim.dev/v1alpha1 Scenario, batch/v1 Job, batch/v1 CronJob, v1 List)`},
	{"a slip", "apiVersion: batch/v1\nkind: job\n", `f.yaml:2: kind: "job" (did you mean Job?)`},
	{"no kind", "apiVersion: batch/v1\n",
		`f.yaml:1: kind: is required (allowed: jobsim.dev/v1alpha1 Scenario, batch/v1 Job, batch/v1 CronJob, v1 List)`},
	{"an old version", "apiVersion: batch/v1beta1\nkind: Job\n",
		`f.yaml:1: apiVersion: "batch/v1beta1" (allowed: batch/v1, for a Job)`},
	{"another version", "apiVersion: jobsim.dev/v1\nkind: Scenario\n",
		`f.yaml:1: apiVersion: "jobsim.dev/v1" (allowed: jobsim.dev/v1alpha1, for a Scenario of its own)`},
	{"only what is left out", "apiVersion: v1\nkind: ConfigMap\n",
		`f.yaml: no scenario and no Job in it (allowed: kind Scenario of jobsim.dev/v1alpha1, kind Job of ` +
			`batch/v1, or a List of those)`},
}

var manifestProblems = []problem{
	{"several at once", jobText("  parallelism: -1\n  completions: two\n  backoffLimits: 3\n", "      "+
		"nodeName: b\n"),
		`f.yaml:5: spec.parallelism: -1 is negative
f.yaml:6: spec.completions: "two" is not a whole number of 32 bits
f.yaml:7: spec.backoffLimits: unknown field (did you mean backoffLimit?)
f.yaml:13: spec.template.spec.nodeName: cannot be simulated: the pods would go past the scheduler`},
	{"a key twice", jobText("  suspend: true\n  suspend: false\n", ""),
		`f.yaml:6: spec.suspend: is given twice, first in line 5`},
	{"wrong shape", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: [1]\n",
		`f.yaml:4: spec: is a list (allowed: a mapping)`},
	{"restartPolicy Always", strings.Replace(jobText("", ""), "Never", "Always", 1),
		`f.yaml:7: spec.template.spec.restartPolicy: "Always": a Job's pods are not restarted for ever ` +
			`(allowed: OnFailure, Never)`},
	{"no restartPolicy", strings.Replace(jobText("", ""), "      restartPolicy: Never\n", "", 1),
		`f.yaml:6: spec.template.spec.restartPolicy: is not given, and Always by default: a Job's pods are not ` +
			`restarted for ever (allowed: OnFailure, Never)`},
	{"a finalizer", strings.Replace(jobText("", ""), "{name: a}", "{name: a, finalizers: [x.y/z]}", 1),
		`f.yaml:3: metadata.finalizers: cannot be simulated: it would hold up the removal of the object`},
	{"a number as text", strings.Replace(jobText("", ""), "busybox", "busybox, env: [{name: X, value: 1}]", 1),
		`f.yaml:9: spec.template.spec.containers[0].env[0].value: "1" is not a text`},
	{"a boolean as text", strings.Replace(jobText("", ""), "busybox", "busybox, args: [yes]", 1),
		`f.yaml:9: spec.template.spec.containers[0].args[0]: "yes" is not a text but a boolean, for kubectl ` +
			`(allowed: a text in quotes)`},
	{"a huge exponent", strings.Replace(jobText("", ""), "busybox", "busybox, resources: {requests: {cpu: "+
		"1e-999999999}}", 1),
		`f.yaml:9: spec.template.spec.containers[0].resources.requests.cpu: "1e-999999999"... is too large ` +
			`a value`},
	{"a huge amount", strings.Replace(jobText("", ""), "busybox", "busybox, resources: {limits: {memory: "+
		"99999999999999999999}}", 1),
		`f.yaml:9: spec.template.spec.containers[0].resources.requests.memory: 99999999999999999999 is too ` +
			`much (allowed: up to 1Pi)`},
}

var fileProblems = []problem{
	{"no file", fileJob + "no.yaml\n", `f.yaml:5: jobs[0].file: no.yaml: file does not exist`},
	{"a file outside", fileJob + "../x.yaml\n",
		`f.yaml:5: jobs[0].file: "../x.yaml" is outside of the scenario's folder (allowed: a path below it)`},
	{"itself", fileJob + "f.yaml\n", `f.yaml:5: jobs[0].file: f.yaml holds a Scenario (allowed: one Job)`},
	{"two Jobs in the file", fileJob + "two.yaml\n",
		`f.yaml:5: jobs[0].file: two.yaml does not hold exactly one Job`},
	{"a bad Job in the file", fileJob + "sub/job.yaml\n", `sub/job.yaml:5: spec.parallelism: -1 is negative`},
	{"no Jobs", "apiVersion: jobsim.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\njobs: []\n",
		`f.yaml:4: jobs: is required: a scenario has at least one Job or CronJob`},
}

var scenarioProblems = []problem{
	{"spans", scenarioText("until: {horizon: -1s}\nfaults:\n- {at: 5, suspend: a}\n"),
		`f.yaml:10: until.horizon: "-1s" is negative (allowed: 0 or more)
f.yaml:12: faults[0].at: "5" is not a span of time (allowed: such as 30s, 1m30s, 250ms)`},
	{"a fate's ends", scenarioText("fates:\n- {exit: 1, oom: true}\n- {probability: 1.5}\n- {match: {job: " +
		"b}}\n- {exit: 300}\n"),
		`f.yaml:11: fates[0]: ends in 2 ways (allowed: one of exit, signal, oom, evict, reject, stuck)
f.yaml:12: fates[1].probability: 1.5 (allowed: 0 to 1)
f.yaml:13: fates[2].match.job: no Job is named "b" (allowed: a)
f.yaml:14: fates[3].exit: 300 (allowed: 0 to 255)`},
	{"faults", scenarioText("faults:\n- {at: 1s, suspend: a, resume: a}\n- {at: 1s, scale: {job: a}}\n- " +
		"{at: 1s, loseNode: x}\n- {at: 1s, patch: {job: a}}\n"),
		`f.yaml:11: faults[0]: has 2 disturbances (allowed: exactly one of deletePod, evictPod, labelPod, deleteJob, ` +
			`suspend, resume, scale, patch, drain, cordon, uncordon, loseNode, returnNode, deleteNode, ` +
			`restartController, failRequests, quota, patchCronJob)
f.yaml:12: faults[1].scale.parallelism: is required
f.yaml:13: faults[2].loseNode: no node is named "x"
f.yaml:14: faults[3].patch: changes nothing (allowed: parallelism, completions, backoffLimit, maxFailedIndexes, ` +
			`activeDeadlineSeconds, ttlSecondsAfterFinished, podReplacementPolicy, suspend, requests)`},
	{"expectations", scenarioText("expect:\n- {job: a}\n- {job: a, margin: 1s, pods: 1}\n- {job: a, podsCreatedAt: [2s, 1s]}\n"),
		`f.yaml:11: expect[0]: expects nothing (allowed: condition, reason, succeeded, failed, active, ready, ` +
			`terminating, pods, completedIndexes, failedIndexes, finishedAfter, finishedBefore, podsCreatedAt)
f.yaml:12: expect[1].margin: belongs to podsCreatedAt, which is not given
f.yaml:13: expect[2].podsCreatedAt[1]: is before that of the pod before (allowed: in order)`},
	{"knobs", scenarioText("cluster:\n  profile: nil\n  knobs: {syncBatch: 0s, qps: 3}\n"),
		`f.yaml:11: cluster.profile: "nil" (allowed: default, none)
f.yaml:12: cluster.knobs.qps: unknown field
f.yaml:12: cluster.knobs.syncBatch: is 0s: nothing would ever wait (allowed: more than 0s)`},
}

// Whatever is wrong is said with file, line and field, all of it at once.
func TestRead_Problems(t *testing.T) {
	for _, tc := range slices.Concat(textProblems, manifestProblems, policyProblems, fileProblems, scenarioProblems,
		cronProblems) {
		t.Run(tc.name, func(t *testing.T) {
			list, err := read(tc.text)
			if err == nil {
				t.Fatalf("loaded %d scenarios, want: %s", len(list), tc.want)
			}
			if !errors.Is(err, scenarios.ErrInvalid) {
				t.Errorf("%v does not wrap ErrInvalid", err)
			}
			if got := err.Error(); got != tc.want {
				t.Errorf("(-want +got)\n-%s\n+%s", tc.want, got)
			}
		})
	}
}

// A text with very many problems is refused in time that grows no faster than it, and says how many more there are.
func TestRead_ManyProblems(t *testing.T) {
	labels := strings.Repeat("x: [], ", 100_000)
	_, err := read("apiVersion: batch/v1\nkind: Job\nmetadata: {labels: {" + labels + "}}\n")
	var invalid *scenarios.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Problems) > 1000 {
		t.Fatalf("%d problems", len(invalid.Problems))
	}
	if lines := strings.Count(err.Error(), "\n"); lines > 50 {
		t.Errorf("%d lines", lines)
	}
}

// What kubectl applies, Load takes: exported manifests with their defaults, merge keys, JSON, lists, several documents.
func TestRead_Unmodified(t *testing.T) {
	exported := `
apiVersion: batch/v1
kind: Job
metadata:
  name: a
  creationTimestamp: 2026-11-24T06:00:00Z
  labels: {app: a, "batch.kubernetes.io/job-name": a}
  annotations: {a.b/c: "1"}
spec:
  completionMode: NonIndexed
  manualSelector: false
  selector: {matchLabels: {batch.kubernetes.io/controller-uid: 0e7b5b1e}}
  podReplacementPolicy: TerminatingOrFailed
  suspend: no
  template:
    metadata: {creationTimestamp: null}
    spec:
      containers:
      - name: main
        image: busybox
        command: [sh, -c, "exit 1"]
        resources: {}
        terminationMessagePath: /dev/termination-log
        ports: [{containerPort: 80, protocol: TCP}]
      dnsPolicy: ClusterFirst
      nodeSelector: {}
      restartPolicy: OnFailure
      schedulerName: default-scheduler
      securityContext: {}
status: {ready: 0, terminating: 0}
`
	for _, tc := range []struct {
		name, text string
		wantJobs   int
	}{
		{"exported", exported, 1},
		{"two documents", "---\n" + jobText("", "") + "---\n---\n" +
			strings.Replace(jobText("", ""), "name: a", "name: b", 1), 2},
		{"JSON",
			`{"apiVersion": "v1", "kind": "List", "items": [` + "\n\t" + `{"apiVersion": "batch/v1", "kind": ` +
				`"Job", "metadata": {"generateName": "a-"},` +
				`"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "m", "image": ` +
				`"i"}]}}}}]}`, 1},
		{"a merge key", strings.Replace(jobText("", "      - {<<: *c, name: other}\n"), "- {name: main", "- &c "+
			"{name: main", 1), 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list, err := read(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != 1 || len(list[0].Manifests) != tc.wantJobs || !list[0].Bare {
				t.Errorf("%d scenarios, the first with %d Jobs", len(list), len(list[0].Manifests))
			}
		})
	}
}

// A Job of another file is the same as one written inline.
func TestRead_File(t *testing.T) {
	list, err := read("apiVersion: jobsim.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\njobs:\n- {at: 5s, " +
		"file: ok.yaml}\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := list[0].Config().Jobs[0].Spec.Completions; got != api.Some(int32(7)) {
		t.Errorf("completions %v, want 7", got)
	}
}

// The requests of a pod are those that the scheduler counts: the main containers and sidecars together, or the most
// demanding init container with the sidecars before it.
func TestConfig_Requests(t *testing.T) {
	pod := func(inits, mains string) string {
		return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {spec: {restartPolicy: " +
			"Never, initContainers: [" +
			inits + "], containers: [" + mains + "]}}}\n"
	}
	c := func(name, cpu, more string) string {
		return fmt.Sprintf("{name: %s, image: i, resources: {requests: {cpu: %s}}%s},", name, cpu, more)
	}
	const sidecar = ", restartPolicy: Always"
	for _, tc := range []struct {
		name, text string
		wantMilli  int64
	}{
		{"sum of mains", pod("", c("m", "1", "")+c("o", "500m", "")), 1500},
		{"a greedy init container", pod(c("i", "2", ""), c("m", "1", "")), 2000},
		{"a sidecar counts with the mains", pod(c("s", "1", sidecar), c("m", "1", "")), 2000},
		{"and with the init containers after it", pod(c("s", "1", sidecar)+c("i", "2", ""), c("m", "1", "")), 3000},
		{"but not with those before it", pod(c("i", "2", "")+c("s", "1", sidecar), c("m", "500m", "")), 2000},
		{"a limit is a request", pod("", "{name: m, image: i, resources: {limits: {cpu: 3}}}"), 3000},
		{"fractions round up", pod("", c("m", "100u", "")), 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			list, err := read(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := list[0].Config().Jobs[0].Spec.Template.Requests.MilliCPU; got != tc.wantMilli {
				t.Errorf("%d millicores, want %d", got, tc.wantMilli)
			}
		})
	}
}

// A scenario that is written out and read again is the same scenario.
func TestYAML_RoundTrip(t *testing.T) {
	for _, name := range scenarios.Names() {
		s, err := scenarios.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, s)
	}
}

func roundTrip(t *testing.T, s *scenarios.Scenario) {
	t.Helper()
	text, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := scenarios.Load("written", bytes.NewReader(text), nil, ".")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got, want := fmt.Sprintf("%+v", list[0].Config()), fmt.Sprintf("%+v", s.Config()); got != want {
		t.Errorf("%s (-want +got)\n-%s\n+%s", s.Name, want, got)
	}
	if again, err := list[0].YAML(); err != nil || !bytes.Equal(again, text) {
		t.Errorf("%s: %v (-want +got)\n-%s\n+%s", s.Name, err, text, again)
	}
}

// A sidecar for which no fate is given lives as long as its pod; it is not restarted until the Job's limit is reached.
func TestConfig_Sidecar(t *testing.T) {
	text := strings.Replace(jobText("  backoffLimit: 2\n", ""), "Never\n", "OnFailure\n      initContainers: "+
		"[{name: proxy, image: i, restartPolicy: Always}]\n", 1)
	list, err := read(text)
	if err != nil {
		t.Fatal(err)
	}
	minute := scenarios.Dist{Set: true, Dist: rng.Const(des.Minute)}
	list[0].File.Fates = []scenarios.Fate{{Run: minute}}
	_, out, err := sim.Run(list[0].Config())
	if err != nil {
		t.Fatal(err)
	}
	if got := out.Jobs[0].Reason(); got != "Complete/CompletionsReached" {
		t.Errorf("%s, want Complete/CompletionsReached", got)
	}
}
