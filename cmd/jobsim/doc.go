// Command jobsim simulates Kubernetes Jobs: what a cluster does to them, how long that takes, and how sure it is.
//
// One file a verb; root.go has the exit codes, input.go where scenarios come from. README.md documents the JSON output.
package main
