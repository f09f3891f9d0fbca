package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// shards are the parts of a study, as their pods print them.
func shards(t *testing.T, of int, args ...string) (out []string) {
	t.Helper()
	for i := range of {
		code, text, stderr := jobsim(t, job, append(args, "--shard", fmt.Sprintf("%d/%d", i, of))...)
		if code != exitOK {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		out = append(out, text)
	}
	return out
}

// Shards that are merged say what one machine says, byte for byte: whatever the order, out of logs with other lines,
// and if one comes twice.
func TestMerge_SameBytes(t *testing.T) {
	args := []string{"run", "-f", "-", "--failure-rate", "0.2", "--duration", "exponential:10s", "-n", "101", "--seed", "5"}
	parts := shards(t, 7, args...)
	logs := "[pod/jobsim-0/jobsim] " + parts[6] + "warning: something\n"
	for _, p := range parts {
		logs += "[pod/jobsim-1/jobsim] " + p
	}
	for _, form := range []string{"table", "json", "yaml"} {
		_, want, _ := jobsim(t, job, append(args, "-o", form)...)
		code, got, stderr := jobsim(t, logs, "merge", "-", "-o", form)
		if code != exitOK || got != want {
			t.Errorf("-o %s: exit %d, %s\n%s\nwant\n%s", form, code, stderr, got, want)
		}
	}
}

func TestMerge_SaysWhatIsWrong(t *testing.T) {
	args := []string{"run", "-f", "-", "--failure-rate", "0.2", "-n", "40"}
	parts := shards(t, 3, args...)
	other := shards(t, 3, append(args, "--seed", "2")...)
	for name, tc := range map[string]struct{ logs, want string }{
		"nothing":   {"hello\n", "there is none"},
		"missing":   {parts[0] + parts[2], "of 3, these are missing: [1]"},
		"other":     {parts[0] + parts[1] + other[2], "line 3: not the shards of one study: shard 2 is of"},
		"cut":       {parts[0] + parts[1][:len(parts[1])/2], "line 2: not the shards"},
		"not whole": {strings.Replace(parts[0], `"runs":40`, `"runs":80`, 1), "has 14 runs, of 80"},
		"twice": {parts[0] + strings.Replace(parts[1], `"shard":1`, `"shard":0`, 1),
			"shard 0 of 3 has 13 runs"},
	} {
		code, out, stderr := jobsim(t, tc.logs, "merge", "-")
		if code != exitUsage || !strings.Contains(stderr, tc.want) {
			t.Errorf("%s: exit %d, %q, %q, want %q", name, code, out, stderr, tc.want)
		}
	}
	for _, bad := range [][]string{{"--shard", "3/3"}, {"--shard", "x"}, {"--shard", "0/41"}, {"--on-cluster", "4"},
		{"--on-cluster", "0", "--image", "i"}, {"--shard", "0/2", "--precision", "1%"}, {"--shard", "0/2", "-o", "json"},
		{"--on-cluster", "41", "--image", "i"}, {"--shard", "0/2", "--on-cluster", "2", "--image", "i"}} {
		if code, _, stderr := jobsim(t, job, append(args, bad...)...); code != exitUsage {
			t.Errorf("%v: exit %d, %s", bad, code, stderr)
		}
	}
}

// What the pods of the printed Job would do is done here: each has the scenario of the ConfigMap and its index, and
// their logs give what one machine says.
func TestOnCluster_IsTheStudy(t *testing.T) {
	args := []string{"run", "-f", "-", "--failure-rate", "0.1", "--duration", "lognormal:20s,0.5", "-n", "50", "--seed", "9"}
	code, text, stderr := jobsim(t, job, append(args, "--on-cluster", "4", "--image", "example/jobsim")...)
	documents := strings.Split(text, "---\n")
	if code != exitOK || len(documents) != 3 || !strings.Contains(stderr, "kubectl logs -l batch.kubernetes.io/job-name=") {
		t.Fatalf("exit %d: %s%s", code, text, stderr)
	}
	var data corev1.ConfigMap
	var study batchv1.Job
	if err := yaml.UnmarshalStrict([]byte(documents[1]), &data); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict([]byte(documents[2]), &study); err != nil {
		t.Fatal(err)
	}
	pod := study.Spec.Template.Spec
	if *study.Spec.Completions != 4 || *study.Spec.CompletionMode != batchv1.IndexedCompletion ||
		pod.Volumes[0].ConfigMap.Name != data.Name || pod.Containers[0].VolumeMounts[0].MountPath != "/study" ||
		*pod.AutomountServiceAccountToken {
		t.Errorf("%+v", study)
	}
	file := filepath.Join(t.TempDir(), "scenario.yaml")
	if err := os.WriteFile(file, []byte(data.Data["scenario.yaml"]), 0o644); err != nil {
		t.Fatal(err)
	}
	logs := ""
	for i := range 4 {
		var in []string
		for _, arg := range pod.Containers[0].Args {
			arg = strings.ReplaceAll(arg, "$(JOB_COMPLETION_INDEX)", fmt.Sprint(i))
			in = append(in, strings.ReplaceAll(arg, "/study/scenario.yaml", file))
		}
		code, out, stderr := jobsim(t, "", in...)
		if code != exitOK {
			t.Fatalf("%v: exit %d: %s", in, code, stderr)
		}
		logs += out
	}
	_, want, _ := jobsim(t, job, args...)
	if _, got, stderr := jobsim(t, logs, "merge", "-"); got != want {
		t.Errorf("%s%s\nwant\n%s", got, stderr, want)
	}
	// The simulator takes the Job that it prints: it is a Job like any other.
	if code, _, stderr := jobsim(t, documents[2], "validate", "-f", "-"); code != exitOK {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
