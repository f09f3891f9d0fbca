// Package study runs a scenario many times: replications in parallel, on one World for each worker, with results that
// do not depend on how many workers there were.
//
// It is the only room under sim that starts goroutines. It knows nothing of statistics: what comes out is a sample.
package study
