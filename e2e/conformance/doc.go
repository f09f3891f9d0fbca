// Package conformance replays scenarios on a cluster and says, scenario by scenario, whether the cluster does what the
// simulator says.
//
// Read forecast.go for what is expected and why some facts are not, facts.go for what a trace comes to, verdict.go for
// the comparison, check.go for one scenario from beginning to end, table.go for what is printed.
//
// A fact is expected exactly if it is the same in all of the simulator's runs over clusters half as fast to twice as
// slow as the usual one; what depends on how fast a cluster is, such as a race against a deadline, is no fact about
// Kubernetes, and is only held against the values that were foreseen.
//
// It does not judge a trace that has gaps: what differs there is inconclusive.
package conformance
