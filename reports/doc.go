// Package reports turns traces into facts, facts into verdicts, and verdicts into text: how close one world is to
// another, per scenario and over all.
//
// Read run.go for what a trace tells of Jobs and pods, facts.go for the facts in it, align.go for how the facts of two
// runs are held against each other, raced.go for those that a race decides, compare.go for how many runs become one
// verdict, timed.go for the statistics behind it, overall.go for the summary of all scenarios and score.go for what is
// wanted of them. The forms of a report are text.go (and Markdown) and forms.go (JSON, CSV, JUnit); pictures are
// reports/plot, the page for a browser is reports/page.
//
// calibrate.go fits the latencies of a cluster to its traces: measure.go has what they say, relist.go when the kubelets
// look, contend.go by how much pods delay each other, shared.go what they have in common, and distribution.go how the
// rest is distributed.
//
// An exact fact (a condition, a counter, what became of a pod) is equal or not. A timed one is equal to the nanosecond
// or a matter of statistics: worlds in lockstep, whose clocks are virtual and whose latencies are drawn alike, must
// agree in every record; other worlds may be equivalent.
//
// It refuses to be lenient: a fact that only one world observed, or that was named and nobody observed, is a
// difference, a comparison without runs is an error, and what too few runs cannot tell is inconclusive rather than
// fine. It reads traces and nothing else; no world is known here.
package reports
