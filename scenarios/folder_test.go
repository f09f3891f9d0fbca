package scenarios_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jobsim/jobsim/scenarios"
)

func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n---\n"

// names are those of scenarios, and how many Jobs each has.
func names(list []*scenarios.Scenario) (out []string) {
	for _, s := range list {
		out = append(out, fmt.Sprintf("%s: %d", s.Name, len(s.Manifests)))
	}
	return out
}

// A manifest that a scenario of the folder names is not run a second time, and what changes nothing is left out.
func TestLoadFolder(t *testing.T) {
	other := strings.Replace(manifest, "name: a", "name: other", 1)
	list, warnings, err := scenarios.LoadFolder("dir", folder(map[string]string{
		"a.yaml":          configMap + manifest,
		"b.json":          `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}`,
		"job.yaml":        other,
		"notes.txt":       "not YAML: [",
		"scenario.yml":    header + "jobs:\n- file: ./job.yaml\n- file: deeper/job.yaml\n",
		"deeper/job.yaml": configMap + manifest,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(names(list)), "[a: 1 x: 2]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want := `dir/a.yaml:1: ConfigMap settings is left out: what a container does with it is part of its fate
dir/b.json:1: Service web is left out: the network is part of what fates stand for
dir/deeper/job.yaml:1: ConfigMap settings is left out: what a container does with it is part of its fate`
	if got := strings.TrimSuffix(fmt.Sprintln(lines(warnings)), "\n"); got != want {
		t.Errorf("(-want +got)\n-%s\n+%s", want, got)
	}
}

func lines(problems []scenarios.Problem) string {
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}

// The problems of all files are told together, those of a file that is read twice once, and by the name that the user
// knows it by.
func TestLoadFolder_Problems(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"in a file that is used", map[string]string{
			"a.yaml": header + "jobs:\n- file: b.yaml\n", "b.yaml": strings.Replace(manifest, "Never", "Always", 1)},
			`dir/b.yaml:7: spec.template.spec.restartPolicy: "Always": a Job's pods are not restarted for ever ` +
				`(allowed: OnFailure, Never)`},
		{"in two files", map[string]string{"a.yaml": "a: [", "b.yaml": "b"},
			"dir/a.yaml:1: cannot be read as YAML: did not find expected node content\n" +
				`dir/b.yaml:1: is the text "b" (allowed: a mapping with apiVersion and kind)`},
		{"no file that counts", map[string]string{"a.txt": ""}, "dir: no YAML or JSON file in it"},
		{"only what is left out", map[string]string{"a.yaml": configMap},
			"dir: no scenario and no Job in it (allowed: kind Scenario of jobsim.dev/v1alpha1, kind Job of batch/v1, or a List " +
				"of those)"},
		{"an empty file", map[string]string{"a.yaml": "", "b.yaml": manifest},
			"dir/a.yaml: no scenario and no Job in it (allowed: kind Scenario of jobsim.dev/v1alpha1, kind Job of batch/v1, " +
				"or a List of those)"},
		{"a folder named like a file", map[string]string{"a.yaml/x": "", "b.yaml": manifest}, "dir/a.yaml: is not a file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := scenarios.LoadFolder("dir", folder(tc.files))
			if err == nil || err.Error() != tc.want {
				t.Errorf("(-want +got)\n-%s\n+%v", tc.want, err)
			}
		})
	}
}

// A Job is kept as it was written, without the defaults that the API server sets, wherever it was written.
func TestLoad_ManifestsAsWritten(t *testing.T) {
	for _, text := range []string{manifest, header + "jobs:\n- file: job.yaml\n", inline(manifest, "")} {
		list, err := load(text)
		if err != nil {
			t.Fatal(err)
		}
		s := list[0]
		written, complete := s.File.Jobs[0].Manifest, s.Manifests[0]
		if written.Spec.BackoffLimit != nil || written.Namespace != "" || *complete.Spec.BackoffLimit != 6 {
			t.Errorf("backoffLimit %v, namespace %q from\n%s", written.Spec.BackoffLimit, written.Namespace, text)
		}
	}
}
