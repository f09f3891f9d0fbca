package scenarios

import (
	"fmt"

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
func (d *document) validateRestarts(at string, c *corev1.Container, init bool) {
	rules := at + ".restartPolicyRules"
	switch {
	case c.RestartPolicy == nil && len(c.RestartPolicyRules) > 0:
		d.add(at+".restartPolicy", "is required when restart rules are used")
	case c.RestartPolicy == nil:
	case init && isSidecar(c) && len(c.RestartPolicyRules) > 0:
		d.add(rules, "restartPolicyRules are not allowed for init containers with restart policy Always")
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
		case corev1.ContainerRestartRuleActionRestart:
		case restartAllContainers:
			d.add(field+".action", "cannot be simulated: restarts of a whole pod in place: %s (allowed: Restart)", notYet)
		default:
			d.add(field+".action", "%q (allowed: Restart)", cut(string(r.Action)))
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
	if c.RestartPolicy == nil || kind == api.Sidecar {
		return out
	}
	out.Restart = api.Some(restartPolicies[*c.RestartPolicy])
	for _, r := range c.RestartPolicyRules {
		out.RestartRules = append(out.RestartRules, api.RestartRule{Values: r.ExitCodes.Values,
			NotIn: r.ExitCodes.Operator == corev1.ContainerRestartRuleOnExitCodesOpNotIn})
	}
	return out
}
