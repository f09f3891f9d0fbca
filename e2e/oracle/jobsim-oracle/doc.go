// Command jobsim-oracle plays scenarios with the real Kubernetes control plane in virtual time and writes their traces.
//
//	jobsim-oracle [--seed N] [--runs N] [FILE...]
//	jobsim-oracle diff [-library] [-small] [-n N] [-seed N] [-features LIST] [FILE...]
//	jobsim-oracle repeat|record [FLAG...] [FILE...]
//	jobsim-oracle --version
//
// Scenarios come from the files, or from standard input without any. For each scenario and replication one trace in
// the text form goes to standard output, in order. jobsim starts it for --world oracle.
//
// diff plays scenarios here and in the simulator and compares the traces: the library, all small worlds, random ones by
// seed (scenarios/gen), files. It counts what was compared, what differed and what could not be compared, and shrinks a
// scenario that differs. Its exit status is 0 only if everything was compared and nothing differed.
//
// repeat plays scenarios many times with the same seed and compares the traces to the byte, and record keeps scenarios
// with their traces; -h tells the flags of each.
//
// The exit status is 0, or 1 after errors, which are on standard error: a scenario that cannot be played does not keep
// the others from being played.
package main
