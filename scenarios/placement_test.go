package scenarios_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
)

// choosy is a pod with every field by which the scheduler chooses among nodes.
const choosy = `
      nodeSelector: {disk: ssd}
      affinity: {nodeAffinity: {}}
      tolerations: [{key: spot, operator: Exists}]
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
      priorityClassName: low
      priority: -5
      preemptionPolicy: Never
      runtimeClassName: gvisor
      overhead: {cpu: 100m}
      resources: {limits: {cpu: 1}}
      containers:
      - {name: main, image: busybox, ports: [{containerPort: 80, hostPort: 80}], resources: {limits: {x.y/gpu: 1}}}
`

var choosyFields = []string{"nodeSelector", "affinity", "tolerations", "topologySpreadConstraints", "priorityClassName",
	"priority", "preemptionPolicy", "runtimeClassName", "overhead", "resources", "containers[0].resources[x.y/gpu]",
	"containers[0].ports[0].hostPort"}

// Without nodes there is nothing to choose among: what a manifest says of it is nothing to anybody.
func TestPlacement_WithoutNodes(t *testing.T) {
	text := "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n" +
		"      restartPolicy: Never" + choosy
	list, warnings, err := scenarios.Load("f.yaml", strings.NewReader(text), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	spec := list[0].Manifests[0].Spec.Template.Spec
	if c := spec.Containers[0]; spec.NodeSelector != nil || spec.Affinity != nil || spec.Tolerations != nil ||
		spec.Priority != nil || len(c.Resources.Requests) > 0 || c.Ports[0].HostPort != 0 {
		t.Errorf("the manifest still says where its pods go: %+v", spec)
	}
	if len(warnings) != len(choosyFields) {
		t.Errorf("want a warning for each field, got %v", warnings)
	}
	var want []string
	for _, f := range choosyFields {
		want = append(want, "job a: spec.template.spec."+f)
	}
	if got := list[0].Placement(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Beside nodes it would matter, and none of it is modelled.
func TestPlacement_BesideNodes(t *testing.T) {
	for _, nodes := range []string{"cluster: {nodes: [{cpu: 8, memory: 8Gi}]}",
		"cluster: {groups: [{cpu: 8, memory: 8Gi, max: 3}]}", "faults: [{at: 1s, loseNode: node}]"} {
		text := "apiVersion: jobsim.dev/v1alpha1\nkind: Scenario\n" + nodes + "\njobs:\n- manifest:\n" +
			"    apiVersion: batch/v1\n    kind: Job\n    metadata: {name: a}\n    spec:\n      template:\n" +
			"        spec:\n          restartPolicy: Never" + strings.ReplaceAll(choosy, "\n", "\n    ")
		_, _, err := scenarios.Load("f.yaml", strings.NewReader(text), nil, ".")
		for _, f := range choosyFields {
			want := fmt.Sprintf("jobs[0].manifest.spec.template.spec.%s: cannot be simulated beside nodes: ", f)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: want %s, got %v", nodes, want, err)
			}
		}
	}
}
