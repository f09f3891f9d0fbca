package kubelet

// Cause is why a Life acts. Where one Act has several causes, the larger one counts.
type Cause uint8

// The causes, with the places in Kubernetes v1.37.2 that they stand for.
const (
	CauseReady      Cause = iota // a container became ready
	CauseFate                    // a run ended as its fate says
	CauseStart                   // containers started, kubelet_pods.go:1672
	CauseRestart                 // a container was restarted in place, kuberuntime_container.go:222
	CauseRestartAll              // all containers begin anew, kuberuntime_manager.go:1293
	CauseBackOff                 // a container waits for its restart, kuberuntime_manager.go:2077
	CauseSidecars                // only sidecars were left and had to end, kuberuntime_manager.go:1484
	CauseTerminate               // the pod was deleted, kubelet_pods.go:1850
	CauseKill                    // SIGKILL after the grace period, kuberuntime_container.go:907
	CauseDeadline                // the pod's activeDeadlineSeconds ran out, active_deadline.go:68
	CauseEvict                   // the kubelet evicted the pod, eviction_manager.go:429
	CauseReject                  // the kubelet did not admit the pod, kubelet.go:2640
	CauseRemove                  // all is over with a deleted pod, status_manager.go:1302
)

// String is a word for the cause.
func (c Cause) String() string {
	return [...]string{"ready", "fate", "start", "restart", "restart-all", "back-off",
		"sidecars", "terminate", "kill", "deadline",
		"evict", "reject", "remove"}[c]
}
