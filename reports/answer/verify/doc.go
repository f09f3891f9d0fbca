// Package verify holds the simulator against theory: cases in which the answer is known exactly, each with the
// simulator's estimate and its interval.
//
// Read cases.go for what is compared, config.go for how a case becomes a configuration, verify.go for when the two
// disagree. A case uses the simulator as anybody would: nothing in it knows that it is a test. The closed forms are in
// reports/closedform.
package verify
