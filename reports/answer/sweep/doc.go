// Package sweep asks the same question of many configurations: a grid over some fields of a scenario, or a sample of
// it.
//
// Read factor.go for how the values of a field are written, design.go for which combinations are run, and sweep.go for
// what comes out. All configurations are run with the same replications, so that rows differ by what they are and not
// by luck (common random numbers).
package sweep
