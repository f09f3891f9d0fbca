// Package answer turns many runs of a scenario into statements that carry their uncertainty: it joins sim/study, which
// runs, and reports/stats, which counts.
//
// Read tally.go for what is kept of a run, study.go for when a study ends, and checkpoint.go for how a long one goes on
// another day. The rooms below it each answer one question: see their doc.go.
//
// It prints nothing and reads no clock: a study is a function of its configuration and its seed, whatever the number of
// workers.
package answer
