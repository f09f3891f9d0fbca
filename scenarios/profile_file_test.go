package scenarios

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jobsim/jobsim/sim/des"
)

const clusterProfile = `apiVersion: jobsim.dev/v1alpha1
kind: ClusterProfile
metadata: {name: mine}
settings:
- {name: latency.bind, value: 7s, origin: measured, source: by hand}
- {name: knobs.kubeAPIQPS, value: "50", origin: assumed, source: a guess}
`

const withProfile = `apiVersion: jobsim.dev/v1alpha1
kind: Scenario
metadata: {name: s}
cluster: {profile: mine.yaml, latency: {request: 3ms}}
jobs:
- manifest:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: a}
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: i}]}}}
`

// A scenario runs with its own numbers, then those of the file, then those of the profile default; also once it was
// written and is read without the file.
func TestProfileFile_IsUsed(t *testing.T) {
	fsys := fstest.MapFS{"mine.yaml": {Data: []byte(clusterProfile)}}
	list, _, err := Load("s.yaml", strings.NewReader(withProfile), fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	text, err := list[0].YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := Load("again.yaml", strings.NewReader(string(text)), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range []*Scenario{list[0], again[0]} {
		k := sc.Config().Knobs
		if k.Latency.Bind.Mean() != 7*des.Second || k.QPS != 50 || k.Latency.Request.Mean() != 3*des.Millisecond ||
			k.Latency.Start.Mean() < des.Second {
			t.Errorf("got %+v", k)
		}
	}
}

func TestProfileFile_IsWrittenAndRead(t *testing.T) {
	p, err := ReadProfile("mine.yaml", []byte(clusterProfile))
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadProfile("again.yaml", text)
	if err != nil || len(again.Settings) != 2 || again.Settings[0] != p.Settings[0] {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestProfileFile_RefusesBadInput(t *testing.T) {
	for _, tc := range []struct{ name, from, to, want string }{
		{"another kind", "kind: ClusterProfile", "kind: Profile", `is Profile of "jobsim.dev/v1alpha1" (allowed: ClusterProfile`},
		{"an unknown number", "latency.bind", "latency.bing", `mine.yaml:5: settings[0].name: "latency.bing" is no number of a cluster`},
		{"a bad value", "value: 7s", "value: soon", "mine.yaml:5: settings[0].value"},
		{"an unknown origin", "origin: measured", "origin: heard", `settings[0].origin: "heard" (allowed: kubernetes`},
		{"an unknown field", "source: by hand", "sauce: by hand", "settings[0].sauce: unknown field"},
		{"two documents", "settings:", "---\nsettings:", "2 documents (allowed: 1"},
		{"not YAML", "settings:", "\tsettings:", "cannot be read as YAML"},
	} {
		bad := strings.Replace(clusterProfile, tc.from, tc.to, 1)
		if _, err := ReadProfile("mine.yaml", []byte(bad)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: want %q, got %v", tc.name, tc.want, err)
		}
		fsys := fstest.MapFS{"mine.yaml": {Data: []byte(bad)}}
		if _, _, err := Load("s.yaml", strings.NewReader(withProfile), fsys, "."); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s, in a scenario: want %q, got %v", tc.name, tc.want, err)
		}
	}
	for name, want := range map[string]string{
		"../mine.yaml": "outside of the scenario's folder",
		"other.yaml":   "other.yaml: file does not exist",
	} {
		text := strings.Replace(withProfile, "mine.yaml", name, 1)
		if _, _, err := Load("s.yaml", strings.NewReader(text), fstest.MapFS{}, "."); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", name, want, err)
		}
	}
}
