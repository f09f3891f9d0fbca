// Package closedform is a leaf: what theory knows about Jobs and queues without simulating them. Probabilities are of
// attempts that fail independently with probability p; times are in whatever unit their arguments are in.
//
// The simulator is held against it (reports/answer/verify), and where it applies it gives answers at once. Each
// function names its source and the conditions under which it is exact.
//
// gonum.org/v1/gonum/mathext gives the incomplete beta function.
package closedform
