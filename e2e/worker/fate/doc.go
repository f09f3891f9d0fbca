// Package fate is what a replayed container is told: the fates of its runs, one after the other, as a line of text that
// fits into an annotation and, by the downward API, into an environment variable.
//
// Read Run for what one run is told, and Encode for how it is written. Replay writes it, the worker reads it.
//
// It draws nothing and decides nothing: the numbers are those of sim/api.Fate. It depends on the standard library only,
// because it is linked into the worker.
package fate
