// Package reports is the room of what is made from traces and samples: statistics in stats; facts, verdicts and
// pictures come with the comparison of worlds.
package reports
