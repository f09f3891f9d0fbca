// Package scenarios is the scenario format: strict reading, Kubernetes' defaults, validation, and compilation to
// sim.Config; and the embedded library of named scenarios.
//
// Read format.go for what a scenario file has, load.go for how it is read, and fields.go for which field of a Job
// manifest is modelled, which cannot matter, and which is refused. README.md in this folder is the reference for users.
//
// A scenario separates what is asked (Job manifests, as users have them) from what will happen (fates and faults) and
// from what is expected. It never guesses: an unknown field, an unmodelled field of a manifest and an impossible value
// are errors with file and line, all of them at once.
package scenarios
