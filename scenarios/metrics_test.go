package scenarios_test

import (
	"slices"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
)

// The counters of the Job controller at the end of a run.
func TestMetrics(t *testing.T) {
	for name, want := range map[string][]trace.Sample{
		"quota": { // 13 creations for 6 pods: the 7 that were refused count as succeeded too
			{Series: `job_controller_job_pods_creation_total{reason="new",status="failed"}`, Value: 7},
			{Series: `job_controller_job_pods_creation_total{reason="new",status="succeeded"}`, Value: 13},
			{Series: `job_controller_job_pods_finished_total{completion_mode="NonIndexed",result="succeeded"}`, Value: 6},
			{Series: `job_controller_jobs_finished_total{completion_mode="NonIndexed",reason="CompletionsReached",` +
				`result="succeeded"}`, Value: 1},
		},
		"managed-by-another": {
			{Series: `job_controller_jobs_by_external_controller_total{controller_name="example.com/queue"}`, Value: 1},
		},
		"max-failed-indexes": {
			{Series: `job_controller_jobs_finished_total{completion_mode="Indexed",reason="MaxFailedIndexesExceeded",` +
				`result="failed"}`, Value: 1},
		},
	} {
		s, err := scenarios.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		_, out, err := sim.Run(s.Config())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range want {
			if !slices.Contains(out.Metrics, m) {
				t.Errorf("%s: %v is not among %v", name, m, out.Metrics)
			}
		}
	}
}
