package oracle

import (
	"errors"
	"fmt"
	"time"

	"k8s.io/client-go/util/retry"
	"k8s.io/kubernetes/pkg/controller/job"

	"github.com/jobsim/jobsim/sim/api"
)

// setConstants gives the Job controller the constants of the scenario. They are variables of its package, exported for
// tests, so that one cluster at a time can have them.
func setConstants(k *api.Knobs) {
	job.SyncJobBatchPeriod = time.Duration(k.SyncBatch)
	job.DefaultJobApiBackOff = time.Duration(k.APIBackoff)
	job.MaxJobApiBackOff = time.Duration(k.MaxAPIBackoff)
	job.DefaultJobPodFailureBackOff = time.Duration(k.PodFailureBackoff)
	job.MaxJobPodFailureBackOff = time.Duration(k.MaxPodBackoff)
	job.MaxUncountedPods = int(k.MaxUncountedPods)
	job.MaxPodCreateDeletePerSync = int(k.MaxPodsPerSync)
	retry.DefaultBackoff.Jitter = 0 // of the garbage collector after a conflict: up to a tenth of 10 ms, drawn at random
}

// fixedConstants says which of the constants that a scenario wants cannot be had here.
func fixedConstants(k *api.Knobs) error {
	var errs []error
	d := api.DefaultKnobs()
	fixed := func(field string, got, want any) {
		if got != want {
			errs = append(errs, &Unsupported{"cluster.knobs." + field,
				fmt.Sprintf("%v (allowed: %v, a constant of Kubernetes)", got, want)})
		}
	}
	fixed("slowStartBatch", k.SlowStartBatch, d.SlowStartBatch)
	fixed("expectationTimeout", k.ExpectationTimeout, d.ExpectationTimeout)
	fixed("nodeMonitorPeriod", k.NodeMonitorPeriod, d.NodeMonitorPeriod)
	fixed("nodeMonitorGrace", k.NodeMonitorGrace, d.NodeMonitorGrace)
	fixed("leaseRenew", k.LeaseRenew, d.LeaseRenew)
	fixed("unreachableSeconds", k.UnreachableSeconds, d.UnreachableSeconds)
	fixed("podGCPeriod", k.PodGCPeriod, d.PodGCPeriod)
	fixed("podGCQuarantine", k.PodGCQuarantine, d.PodGCQuarantine)
	fixed("uptime", k.Uptime, d.Uptime)
	return errors.Join(errs...)
}
