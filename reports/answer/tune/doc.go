// Package tune chooses settings of a Job: of all combinations of some fields, the one that minimises an objective among
// those that meet every goal.
//
// Read problem.go for the question, race.go for how the runs are spent, exact.go for where theory spares them, and
// answer.go for what comes out. It is ranking and selection with an indifference zone. Where the objective must be
// measured, every combination is run a little, all with the same replications, and the ones that are certainly worse,
// or certainly miss a goal, drop out; the others are run more, until one is left. Where the objective is known, the
// cheapest ones are run until they certainly miss a goal or certainly meet all. Certain means by intervals that hold
// for all combinations, metrics and looks at once (Bonferroni over combinations and metrics, stats.Looks over the
// looks), with the probability that is asked for. See Kim and Nelson, Selecting the best system (Handbooks in
// Operations Research and Management Science 13, 2006, chapter 17), section 4.
//
// Where a goal is about success alone it uses that more attempts and more time never make a Job fail: a combination
// that misses it takes along those that allow less. Where a closed form gives P(success) it is no estimate.
package tune
