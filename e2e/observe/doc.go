// Package observe watches what happens to the Jobs of a namespace and writes it down as the trace that the simulator
// and the oracle write, too.
//
// Read watcher.go for what a Watcher offers to a replay, stream.go for how a watch outlives what cuts it, record.go for
// how a watch event becomes a record and who is taken for its author, gap.go for what may have been missed.
//
// Every committed write reaches a watch, and resource versions say in which order they were committed; that order is
// the trace's. A time is that of the receipt, the earliest of all that was committed later: at most some milliseconds
// late, unless a Gap says otherwise.
//
// It changes nothing in the cluster, and it guesses nothing: what the API does not tell, such as the rule behind a
// write, is left open, and what it could not see it says.
package observe
