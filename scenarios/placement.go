package scenarios

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// validatePlacement reports by what the scheduler would choose among the scenario's nodes and is not modelled. Without
// nodes one stands for all: every pod finds room, so that these fields say nothing, and the manifests lose them.
func (s *Scenario) validatePlacement() {
	report := func(at string, spec *corev1.PodSpec) {
		for _, field := range placedBy(spec) {
			s.doc.add(at+field, "cannot be simulated beside nodes: %s", placement)
		}
	}
	if !s.nodesMatter() {
		report = func(_ string, spec *corev1.PodSpec) { unplace(spec) }
	}
	for i, m := range s.Manifests {
		report(fmt.Sprintf("jobs[%d].manifest.%s.", i, podSpec), &m.Spec.Template.Spec)
	}
	for i, m := range s.CronJobs {
		at := fmt.Sprintf("cronJobs[%d].manifest.spec.jobTemplate.%s.", i, podSpec)
		report(at, &m.Spec.JobTemplate.Spec.Template.Spec)
	}
}

// Placement are the fields of its Jobs by which a scheduler would choose among nodes, beyond requests of cpu and
// memory, each with its Job.
func (s *Scenario) Placement() (fields []string) {
	add := func(kind, name string, spec *corev1.PodSpec) {
		for _, field := range placedBy(spec) {
			fields = append(fields, fmt.Sprintf("%s %s: %s.%s", kind, name, podSpec, field))
		}
	}
	for _, j := range s.File.Jobs {
		add("job", j.Manifest.Name, &j.Manifest.Spec.Template.Spec)
	}
	for _, j := range s.File.CronJobs {
		add("cronjob", j.Manifest.Name, &j.Manifest.Spec.JobTemplate.Spec.Template.Spec)
	}
	return fields
}

// nodesMatter says whether the scenario says anything of nodes.
func (s *Scenario) nodesMatter() bool {
	c := &s.File.Cluster
	return len(c.Nodes) > 0 || len(c.Groups) > 0 || slices.ContainsFunc(s.File.Faults, func(f Fault) bool {
		return f.Drain != "" || f.Cordon != "" || f.Uncordon != "" || f.LoseNode != "" || f.ReturnNode != "" ||
			f.DeleteNode != ""
	})
}

// placedBy are the fields by which the scheduler chooses, beyond requests of cpu and memory.
func placedBy(spec *corev1.PodSpec) (fields []string) {
	has := func(given bool, field string) {
		if given {
			fields = append(fields, field)
		}
	}
	has(len(spec.NodeSelector) > 0, "nodeSelector")
	has(spec.Affinity != nil, "affinity")
	has(len(spec.Tolerations) > 0, "tolerations")
	has(len(spec.TopologySpreadConstraints) > 0, "topologySpreadConstraints")
	has(spec.PriorityClassName != "", "priorityClassName")
	has(spec.Priority != nil && *spec.Priority != 0, "priority")
	has(spec.PreemptionPolicy != nil && *spec.PreemptionPolicy != corev1.PreemptLowerPriority, "preemptionPolicy")
	has(spec.RuntimeClassName != nil, "runtimeClassName")
	has(len(spec.Overhead) > 0, "overhead")
	has(spec.Resources != nil, "resources")
	eachContainer(spec, func(at string, c *corev1.Container) {
		for _, name := range otherResources(c) {
			has(true, joinKey(at+".resources", string(name)))
		}
		for i, p := range c.Ports {
			has(p.HostPort != 0, fmt.Sprintf("%s.ports[%d].hostPort", at, i))
		}
	})
	return fields
}

// unplace takes these fields away.
func unplace(spec *corev1.PodSpec) {
	spec.NodeSelector, spec.Affinity, spec.Tolerations, spec.TopologySpreadConstraints = nil, nil, nil, nil
	spec.PriorityClassName, spec.Priority, spec.PreemptionPolicy = "", nil, nil
	spec.RuntimeClassName, spec.Overhead, spec.Resources = nil, nil, nil
	eachContainer(spec, func(_ string, c *corev1.Container) {
		for _, name := range otherResources(c) {
			delete(c.Resources.Requests, name)
			delete(c.Resources.Limits, name)
		}
		for i := range c.Ports {
			c.Ports[i].HostPort = 0
		}
	})
}

func eachContainer(spec *corev1.PodSpec, f func(at string, c *corev1.Container)) {
	for i := range spec.InitContainers {
		f(fmt.Sprintf("initContainers[%d]", i), &spec.InitContainers[i])
	}
	for i := range spec.Containers {
		f(fmt.Sprintf("containers[%d]", i), &spec.Containers[i])
	}
}

// otherResources are the resources that no node of a scenario has, sorted.
func otherResources(c *corev1.Container) (names []corev1.ResourceName) {
	for _, list := range [...]corev1.ResourceList{c.Resources.Requests, c.Resources.Limits} {
		for name := range list {
			if name != corev1.ResourceCPU && name != corev1.ResourceMemory && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
