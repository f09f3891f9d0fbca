// Package kubelet carries bound pods through their phases, applying the fate of each attempt: starts, exits, in-place
// restarts, deadlines, graceful termination, and what a node that is lost does not do any more.
//
// Read life.go: a Life is the description of one pod's life, a pure state machine that says when it acts next and what
// it then reports. container.go is one container in it, backoff.go the restart back-off, terminate.go the way to the
// end, status.go the summing up. kubelet.go lives all Lives of a run in the simulator; the oracle lives the same Lives
// beside the real control plane.
//
// Every report of a pod comes its phase (api.Latency.PhaseOf) after its cause, so that where phases are on no two pods
// act in one instant. It does not model probes, volumes, images or resource usage: what matters of them is in the fate.
package kubelet
