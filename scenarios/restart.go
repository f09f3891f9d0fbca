package scenarios

import (
	"fmt"
	"iter"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	corev1 "k8s.io/api/core/v1"
)

const (
	maxRestartRules = 20
	maxRestartCodes = 255

	// restartAllContainers is an action since 1.35. The oracle of 1.34 is built with an API that has no constant for it.
	restartAllContainers corev1.ContainerRestartRuleAction = "RestartAllContainers"
)

var restartPolicies = map[corev1.ContainerRestartPolicy]api.RestartPolicy{
	corev1.ContainerRestartPolicyNever:     api.RestartNever,
	corev1.ContainerRestartPolicyOnFailure: api.RestartOnFailure,
	corev1.ContainerRestartPolicyAlways:    api.RestartAlways}

// isSidecar says whether the init container is one that goes on beside the others.
func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// validateRestarts is validateContainerRestartPolicy (pkg/apis/core/validation/validation.go:3797@v1.37.2), and what of
// it is not modelled.
func (d *document) validateRestarts(at string, c *corev1.Container) {
	rules := at + ".restartPolicyRules"
	switch {
	case c.RestartPolicy == nil && len(c.RestartPolicyRules) > 0:
		d.add(at+".restartPolicy", "is required when restart rules are used")
	case c.RestartPolicy == nil:
	default:
		if _, ok := restartPolicies[*c.RestartPolicy]; !ok {
			d.add(at+".restartPolicy", "%q (allowed: Always, Never, OnFailure)", cut(string(*c.RestartPolicy)))
		}
	}
	if n := len(c.RestartPolicyRules); n > maxRestartRules {
		d.add(rules, "%d rules (allowed: up to %d)", n, maxRestartRules)
	}
	for i := range c.RestartPolicyRules {
		r, field := &c.RestartPolicyRules[i], fmt.Sprintf("%s[%d]", rules, i)
		switch r.Action {
		case corev1.ContainerRestartRuleActionRestart, restartAllContainers:
		default:
			d.add(field+".action", "%q (allowed: Restart, RestartAllContainers)", cut(string(r.Action)))
		}
		e := r.ExitCodes
		if e == nil {
			d.add(field+".exitCodes", "must be specified")
			continue
		}
		if e.Operator != corev1.ContainerRestartRuleOnExitCodesOpIn &&
			e.Operator != corev1.ContainerRestartRuleOnExitCodesOpNotIn {
			d.add(field+".exitCodes.operator", "%q (allowed: In, NotIn)", cut(string(e.Operator)))
		}
		if n := len(e.Values); n > maxRestartCodes {
			d.add(field+".exitCodes.values", "%d values (allowed: up to %d)", n, maxRestartCodes)
		}
	}
}

// container is a container as the simulator has it.
func container(c *corev1.Container, kind api.ContainerKind) api.Container {
	out := api.Container{Name: c.Name, Kind: kind, Requests: requests(c)}
	if c.RestartPolicy == nil {
		return out
	}
	if kind != api.Sidecar {
		out.Restart = api.Some(restartPolicies[*c.RestartPolicy])
	}
	for _, r := range c.RestartPolicyRules {
		out.RestartRules = append(out.RestartRules, api.RestartRule{Values: r.ExitCodes.Values,
			All:   r.Action == restartAllContainers,
			NotIn: r.ExitCodes.Operator == corev1.ContainerRestartRuleOnExitCodesOpNotIn})
	}
	return out
}

// validateRestartAll is what of RestartAllContainers is not modelled: with init containers that run again the pod is
// Pending once more.
func (s *Scenario) validateRestartAll() {
	for _, m := range s.templates() {
		initial := slices.ContainsFunc(m.Spec.Template.Spec.InitContainers, isInit)
		for c := range containers(&m.Spec.Template.Spec) {
			if initial && restartsAll(c) {
				s.doc.add("", "cannot be simulated: %s: container %s: RestartAllContainers in a pod with init containers: %s",
					m.Name, c.Name, notYet)
			}
		}
	}
}

// tooNew is what of the scenario a version of Kubernetes does not have yet.
func (s *Scenario) tooNew(version api.Minor) (problems []string) {
	if version >= 36 {
		return nil
	}
	for _, m := range s.templates() {
		for c, sidecar := range containers(&m.Spec.Template.Spec) {
			switch {
			case sidecar && len(c.RestartPolicyRules) > 0:
				problems = append(problems, fmt.Sprintf("%s: container %s: restartPolicyRules are not allowed for init "+
					"containers with restart policy Always before 1.36", m.Name, c.Name))
			case restartsAll(c):
				problems = append(problems, fmt.Sprintf("%s: container %s: the gate RestartAllContainersOnContainerExits is "+
					"off before 1.36 (allowed: the action Restart)", m.Name, c.Name))
			}
		}
	}
	return problems
}

func isInit(c corev1.Container) bool { return !isSidecar(&c) }

func restartsAll(c *corev1.Container) bool {
	return slices.ContainsFunc(c.RestartPolicyRules, func(r corev1.ContainerRestartRule) bool {
		return r.Action == restartAllContainers
	})
}

// containers are those of a pod, and whether each is a sidecar.
func containers(pod *corev1.PodSpec) iter.Seq2[*corev1.Container, bool] {
	return func(yield func(*corev1.Container, bool) bool) {
		for i := range pod.InitContainers {
			if c := &pod.InitContainers[i]; !yield(c, isSidecar(c)) {
				return
			}
		}
		for i := range pod.Containers {
			if !yield(&pod.Containers[i], false) {
				return
			}
		}
	}
}
