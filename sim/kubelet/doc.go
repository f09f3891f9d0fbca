// Package kubelet carries bound pods through their phases, applying the fate of each run of each container: starts,
// exits, in-place restarts, deadlines, graceful termination, and what a node that is lost does not do any more.
//
// Read life.go: a Life is the description of one pod's life, a pure state machine that says when it acts next and
// what it then reports. container.go is one container in it and the order in which containers start, relist.go when an
// end is noticed, restart.go the restart back-off, terminate.go the way to the end, phase.go the summing up to a pod's
// status, container_status.go the containers one by one. kubelet.go lives all Lives of a run in the simulator, and
// contend.go has those that start at the same time delay each other; the oracle lives the same Lives beside the real
// control plane. So there is one description of a pod's life in two worlds.
//
// # Time
//
// Every report of a pod comes its phase p (api.Latency.PhaseOf) after its cause, so that where phases are on no two
// pods act in one instant. In full, for a pod that the kubelet learns of at t0, with the draws of api.Latency in
// capitals:
//
//	first start      t0 + START + fate.Start + p, and contend for each pod that is starting then, or begins until then
//	exit             start + fate.Run + p; it is noticed OBSERVE after the first look (relist.go) from then on
//	next init start  the notice of the end of the one before + RESTART + fate.Start
//	restart          the notice, or the end of the back-off, + RESTART + fate.Start; a back-off counts from the exit
//	ready            start + fate.Ready + p, or with the start if fate.Ready is 0
//	death by SIGTERM the signal + fate.Term + p; it is noticed at once by a kubelet that ends the pod because of its
//	                 deletion, its deadline or an eviction, and else as an exit is
//	SIGKILL          the signal + the grace period; it is noticed p later, and else as such a death
//	end of the pod   the look after the notice of the last end + STOP; with sidecars that look + OBSERVE, or the last
//	                 death + STOP if that is later; where deaths are noticed at once, the last of them + KILL
//	end without exit p after the deletion or the deadline
//	confirmation     the terminal report, or the deletion of a pod that has ended, + p + REMOVE
//
// An exit's finishedAt is the instant of the exit, so it contains p and not OBSERVE.
//
// It does not model probes, volumes, images or resource usage: what matters of them is in the fate. It does not model
// preStop hooks or the loss of a node's containers.
package kubelet
