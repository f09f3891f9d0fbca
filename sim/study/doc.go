// Package study runs a scenario many times: replications in parallel, on one World for each worker, with results that
// come in the order of the replications, so that nothing depends on how many workers there were.
//
// Replication i of a seed draws the same random numbers whatever the configuration (sim/rng): two configurations that
// are run with the same replications differ by what they are, not by luck (common random numbers; Law, Simulation
// Modeling and Analysis, 5th ed., section 11.2).
//
// It is the only room under sim that starts goroutines. It knows nothing of statistics: what comes out is a sample.
package study
