// Package rare estimates how likely a Job fails where that is so unlikely that no number of plain runs would show it.
//
// It is importance sampling: the Job is run with pods that fail far more often, and each run that fails counts with the
// likelihood of its coins under the true rate relative to that rate (Heidelberger 1995,
// https://doi.org/10.1145/203091.203094). The estimate has no bias, whatever the rate that is run with; the rate only
// decides how many runs it takes, and a pilot chooses it.
package rare
