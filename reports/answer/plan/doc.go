// Package plan sizes a pool of nodes for many Jobs: how long they wait and take, how busy the nodes are and what they
// cost, how small the pool can be, and what holds the Jobs up.
//
// Read workload.go for the Jobs and when they come (by an interval's distribution, or from a trace in the Standard
// Workload Format or CSV), plan.go for what is measured, and size.go for the smallest pool and the bottleneck.
//
// A replication is the whole workload once. Its Jobs depend on each other, so intervals are over replications, of which
// each says one number about all its Jobs: Student's t. The first part of the Jobs can be left out, for a pool that is
// busy already when one begins to look.
package plan
