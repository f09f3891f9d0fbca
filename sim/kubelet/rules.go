package kubelet

import "github.com/jobsim/jobsim/sim/trace"

// The rules of the kubelet, each with the place in Kubernetes v1.37.2 that it stands for.
const (
	RuleStart          trace.Rule = "kubelet.start"           // pkg/kubelet/kubelet_pods.go:1672
	RuleRestart        trace.Rule = "kubelet.restart"         // pkg/kubelet/kuberuntime/kuberuntime_container.go:222
	RuleRestartAll     trace.Rule = "kubelet.restart-all"     // pkg/kubelet/kuberuntime/kuberuntime_manager.go:1293
	RuleRestartBackoff trace.Rule = "kubelet.restart-backoff" // pkg/kubelet/kuberuntime/kuberuntime_manager.go:2077
	RuleTerminate      trace.Rule = "kubelet.terminate"       // pkg/kubelet/kubelet_pods.go:1850
	RulePodDeadline    trace.Rule = "kubelet.pod-deadline"    // pkg/kubelet/active_deadline.go:68
	RuleEvict          trace.Rule = "kubelet.evict"           // pkg/kubelet/eviction/eviction_manager.go:429
	RuleReject         trace.Rule = "kubelet.reject"          // pkg/kubelet/kubelet.go:2640
	RuleConfirm        trace.Rule = "kubelet.confirm"         // pkg/kubelet/status/status_manager.go:1302
	RuleReady          trace.Rule = "kubelet.ready"           // pkg/kubelet/status/generate.go:55
	RuleSidecars       trace.Rule = "kubelet.sidecars"        // pkg/kubelet/kuberuntime/kuberuntime_manager.go:1484
	RuleKill           trace.Rule = "kubelet.kill"            // pkg/kubelet/kuberuntime/kuberuntime_container.go:907
)

// Rule is the rule that a cause stands for.
func (c Cause) Rule() trace.Rule {
	return [...]trace.Rule{RuleReady, trace.RuleFate, RuleStart, RuleRestart, RuleRestartAll, RuleRestartBackoff,
		RuleSidecars,
		RuleTerminate, RuleKill, RulePodDeadline, RuleEvict, RuleReject, RuleConfirm}[c]
}
