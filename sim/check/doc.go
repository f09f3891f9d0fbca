// Package check holds what must be true of a cluster after every event, whoever made it: propositions about the store.
//
// Read check.go: a Checker remembers the statuses it saw last, so that it can tell what must not go back. It finds; it
// does not stop a run.
package check
