// Package e2e is the room of the worlds that are not the model: what runs a scenario on real Kubernetes code and writes
// down what it did as a trace, in the same words as the simulator.
//
// Read README.md for which worlds there are and what each costs. oracle, a module of its own, is the real control plane
// in one process and in virtual time; cluster, replay, observe and conformance are a live cluster; suite_test.go runs
// the library on one.
//
// It refuses to know the model: sim and a world meet in the scenario that goes into both and in the trace that comes
// out of both, and sim/trace compares the two. It holds no statistics; those are in reports.
package e2e
