// Package cronctl is the CronJob controller, file for file beside pkg/controller/cronjob of Kubernetes: what enqueues a
// CronJob (controller.go), one sync (sync.go), and the arithmetic of schedule times (schedule.go). Function names are
// upstream's where the semantics are the same.
//
// A sync waits for the API server at every request, and the world may go on meanwhile. Its requests take tokens of the
// client's limit (so do its Kubernetes Events), but no time: a cluster's latency is that of the Job
// controller's requests.
//
// It parses no schedule and knows no time zone: the times are in the spec (api.CronJobSpec.Schedule). Deletion of a
// CronJob is not modelled.
package cronctl
