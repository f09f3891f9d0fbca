// Command jobsim-oracle plays scenarios with the real Kubernetes control plane in virtual time and writes their traces.
//
//	jobsim-oracle [--seed N] [--runs N] [FILE...]
//	jobsim-oracle --version
//
// Scenarios come from the files, or from standard input without any. For each scenario and replication one trace in
// the text form goes to standard output, in order. jobsim starts it for --world oracle.
//
// The exit status is 0, or 1 after errors, which are on standard error: a scenario that cannot be played does not keep
// the others from being played.
package main
