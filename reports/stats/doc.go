// Package stats is a leaf: numbers in, numbers out. It has the intervals, quantiles, tests and distances that turn
// replications into statements, for jobsim's command line, for studies and for reports.
//
// Read summary.go for what comes back and how too small a sample is treated; then a file a subject: proportion.go,
// mean.go, quantile.go (intervals), welch.go and equivalence.go (Welch's t, TOST), bootstrap.go (BCa), ks.go,
// anderson.go, energy.go, wasserstein.go (two samples or more), survival.go (Kaplan-Meier), holm.go (many tests).
// Each function names its source; each is tested against results of R or SciPy that its test cites.
//
// It refuses to guess. An empty sample, a value that is NaN or infinite, or a confidence outside (0, 1) is an error; a
// sample that is merely too small to say what was asked is a warning beside the best that can be said. It never
// reorders or keeps a caller's slice, and it has no randomness of its own: a resampling method takes a Source.
//
// gonum.org/v1/gonum/mathext gives the incomplete beta function, its inverse, and the normal quantile: special
// functions that take care to get right and that gonum maintains. Only that package is used: gonum/stat would bring all
// of LAPACK into every program that wants an interval, and has none of the tests.
package stats
