// Package trace is the output contract: what a world has to say about a run of a scenario, as records that every world
// (sim, oracle, kind) writes with the same words, their text and JSON forms, a digest, and the normal form in which the
// traces of two worlds are compared.
//
// Read record.go for what a record is, observe.go for how a committed write becomes one, codec.go and lex.go for the
// text, json.go for the JSON, normal.go for the order of what happens in one instant, compare.go for the first
// divergence.
//
// # The text
//
// A trace is a header, an empty line, a line of column names, and one line a record:
//
//	trace: jobsim.dev/v1
//	scenario: backoff-doubles
//	world: sim
//	kubernetes: v1.37
//	seed: 1
//	replication: 0
//
//	# t             actor           verb       ref             because                   args
//	     0.000s     user            create     job a           scenario.submit
//	     0.000s     job-controller  create     pod a/0         manage.want-active
//	     2.210s     kubelet         fail       pod a/0         scenario.fate             exit=1
//
// The columns are separated by at least two spaces and have fixed widths, so that a line depends on nothing but its
// record:
//
//	t        seconds since the scenario started, at least three decimals, at most nine; aligned at the decimal point
//	actor    who did it: a component of the cluster, or the user
//	verb     what happened to the object
//	ref      the object: "job a", "node n0", "pod a/3" (NonIndexed: creation number), "pod a/2/0" (index, attempt)
//	because  the rule that explains it; "-" where the world cannot know
//	args     details, key=value, in the order in which the observer wrote them; a key may repeat
//
// A word that is empty, "-", or has anything but printable ASCII without space, quote and backslash stands in Go's
// double quotes: condition="Failed=True BackoffLimitExceeded at 5.000s: ...". The text has no tabs and no trailing
// spaces.
//
// # What it refuses to do
//
// Decode and DecodeJSON are strict. Decode accepts exactly the bytes that Encode writes; what it accepts, Encode gives
// back to the byte. Nothing here reads a file, knows a world, or forgives a difference: margins and statistics belong
// to reports.
package trace
