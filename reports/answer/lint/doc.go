// Package lint looks for what goes wrong with a Job before it does: rules about manifests, each with evidence, which is
// what the simulator says of this very Job, or a public thread in which it happened to others.
//
// Read lint.go for what a finding is; then the rules: retries.go, time.go, policy.go, size.go. A rule that needs to
// know how often pods fail and how long they run takes it from the scenario, and says nothing where it does not say.
package lint
