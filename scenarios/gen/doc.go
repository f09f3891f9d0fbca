// Package gen makes scenarios that nobody has thought of: random ones by swarm testing, all small ones one after
// another, and of a scenario in which something goes wrong the smallest in which it still does.
//
// Draw is a pure function of a seed: read feature.go for what a scenario may have, draw.go for how it is put together.
// Each draw leaves features out at random, since a scenario that has a bit of everything hides what one thing does to
// another (Groce, Zhang, Eide, Chen and Regehr, "Swarm testing", ISSTA 2012, doi:10.1145/2338965.2336763). Small goes
// through every world of up to three completions. Shrink takes a scenario apart as its text is nested (Misherghi and
// Su, "HDD: hierarchical delta debugging", ICSE 2006, doi:10.1145/1134285.1134307).
//
// What comes out is a scenario like any other: it was read from its text, is valid, prints as YAML that reads back as
// the same, ends at a horizon and has little to do until then. What is random inside of it (coins of fates, spans from
// distributions) is drawn by who runs it, from the seed of that run.
//
// It refuses to judge: whether a scenario fails is the caller's to say.
package gen
