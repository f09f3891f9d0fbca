package cluster

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/jobsim/jobsim/e2e/objects"
)

func TestWriteImage_HoldsTheProgramAndNothingElse(t *testing.T) {
	var first, second bytes.Buffer
	for _, w := range []io.Writer{&first, &second} {
		if err := WriteImage(w, "jobsim.local/worker:dev", "worker", []byte("program")); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same program gave two images")
	}
	files := map[string]string{}
	read := func(r io.Reader, prefix string) {
		for archive := tar.NewReader(r); ; {
			h, err := archive.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			text, _ := io.ReadAll(archive)
			files[prefix+h.Name] = string(text)
		}
	}
	read(&first, "")
	read(strings.NewReader(files["layer.tar"]), "layer/")
	if files["layer/worker"] != "program" || len(files) != 4 {
		t.Errorf("want manifest, config, layer and the program in it, got %q", files)
	}
	for _, want := range []string{`"RepoTags":["jobsim.local/worker:dev"]`, `"Layers":["layer.tar"]`} {
		if !strings.Contains(files["manifest.json"], want) {
			t.Errorf("manifest: want %s in %s", want, files["manifest.json"])
		}
	}
}

func TestConsent(t *testing.T) {
	for _, tc := range []struct{ kind, agreed, want bool }{
		{true, false, true}, {false, true, true}, {false, false, false},
	} {
		c := &Cluster{Name: "production", IsKind: tc.kind}
		err := c.Consent(tc.agreed)
		if (err == nil) != tc.want || err != nil && !errors.Is(err, ErrNotYours) {
			t.Errorf("kind=%t agreed=%t: want %t, got %v", tc.kind, tc.agreed, tc.want, err)
		}
	}
}

func TestConfig_IsWhatKubeadmReads(t *testing.T) {
	c := config(&Options{Workers: 1, Reserved: 1, ManagerArgs: map[string]string{"kube-api-qps": "5", "concurrent-job-syncs": "1"}},
		"jobsim/kind-node:v1.37.2")
	if len(c.Nodes) != 3 || c.Networking.APIServerAddress != "127.0.0.1" || !c.Networking.DisableDefaultCNI {
		t.Errorf("want three nodes on the loopback interface with a network of their own, got %+v", c)
	}
	var join struct {
		NodeRegistration struct{ Taints []corev1.Taint }
	}
	if err := yaml.Unmarshal([]byte(c.Nodes[2].KubeadmConfigPatches[0]), &join); err != nil {
		t.Fatal(err)
	}
	if taints := join.NodeRegistration.Taints; len(taints) != 1 || taints[0].Key != objects.ReservedTaint ||
		taints[0].Effect != corev1.TaintEffectNoSchedule || len(c.Nodes[1].KubeadmConfigPatches) != 0 {
		t.Errorf("want the last node reserved, and no other, got %+v", c.Nodes)
	}
	var patch struct {
		ControllerManager struct {
			ExtraArgs []struct{ Name, Value string }
		}
	}
	if err := yaml.Unmarshal([]byte(c.KubeadmConfigPatches[0]), &patch); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range patch.ControllerManager.ExtraArgs {
		names = append(names, a.Name+"="+a.Value)
	}
	want := "enable-hostpath-provisioner=true concurrent-job-syncs=1 kube-api-qps=5"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("(-want +got)\n-%s\n+%s", want, got)
	}
	if config(&Options{}, "kindest/node:v1.37.0").Networking.DisableDefaultCNI {
		t.Error("kind's own image needs kind's network")
	}
}
