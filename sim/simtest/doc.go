// Package simtest is the theatre: a world in which one can submit, fail, step and look, played by the scripts in
// testdata.
//
// A script is a list of commands with their answers, in the form of github.com/cockroachdb/datadriven:
//
//	cluster [cpu=MILLI] [pods=N] [kubernetes=37] [watch=5ms] [request=5ms]   one node, and the latencies; before submit
//	submit job=a [completions=N|none] [parallelism=N] [limit=N] [policy=OnFailure] [deadline=S] [ttl=S] [suspend]
//	fate [pod=N] [restart=N] [run=3s] [exit=N] [term=5s] [termexit=N]        the first that matches decides
//	patch job=a at=5s [parallelism=N] [limit=N] [suspend=true|false]
//	delete job=a pod=N at=5s
//	begin                     start the run
//	run until=7s              let everything up to then happen, and print the records
//	step [n=N]                let N events happen, and print the records
//	job job=a                 the Job's status as stored
//	pods job=a                the Job's pods as stored
//
// An argument that is not known fails the script. Answers are rewritten by make golden; the diff is
// the review.
package simtest
