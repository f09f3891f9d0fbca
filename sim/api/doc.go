// Package api holds lean value mirrors of the Kubernetes objects that the simulator is about: Job, Pod and Node with
// their specs, statuses and conditions, in the API's own words, together with what only a simulation has: fates, faults
// and knobs.
//
// Read job.go and pod.go first; fate.go says what happens to a pod, knobs.go what the modelled system's constants are.
//
// The types are plain values. They have no behaviour beyond looking at themselves, no pointers where a value will do (a
// nil that differs from zero is an Opt), and they never decide anything. Conversion from the real API types lives in
// scenarios.
package api
