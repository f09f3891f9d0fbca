// Package goal reads what is wanted of a Job, such as p95(makespan) <= 2h, as expressions of CEL over the metrics of a
// study, and says whether a study that knows them only to within intervals has met them.
//
// The names are success, cost, mean(makespan), p50, p90, p95 and p99 of makespan, pods, ran and wasted, and the fields
// that are chosen among, such as backoffLimit. Spans such as 90s, 15m, 2h and 1d are seconds; all numbers are doubles.
//
// github.com/google/cel-go is the language of Kubernetes' own validation rules: who writes manifests knows it.
package goal
