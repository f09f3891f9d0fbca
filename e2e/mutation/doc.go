// Package mutation proves that the comparison with the real control plane finds mistakes: it builds the simulator with
// one deliberate bug after the other and has each play the random scenarios that the oracle has played.
//
// A mutant is a text in a source file that is replaced by another; production code has no hooks for it. The program
// swarm is the simulator and the comparison, and nothing else, so that a mutant costs seconds. What the oracle does
// with the scenarios is recorded once (jobsim-oracle record). Whatever both worlds share cannot be tested so, since a
// bug in it would be in both: the life of a pod (sim/kubelet.Life), fates, constants, and the form of traces.
package mutation
