package scenarios

import (
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// madeLabels are the labels by which a Job knows its pods; the first two are all that its selector asks for, unless it
// is manual (generateSelector, pkg/registry/batch/job/strategy.go:209@v1.37.2).
var madeLabels = []string{
	"controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name",
}

// asNew takes off the Job what an API server has added to it, as in what kubectl prints, so that it can be created once
// more.
func asNew(job *batchv1.Job) {
	job.UID, job.ResourceVersion, job.Generation, job.ManagedFields = "", "", 0, nil
	job.CreationTimestamp, job.DeletionTimestamp, job.DeletionGracePeriodSeconds = metav1.Time{}, nil, nil
	job.Status = batchv1.JobStatus{}
	if manualSelector(&job.Spec) {
		return
	}
	if madeSelector(job.Spec.Selector) {
		job.Spec.Selector = nil
	}
	for _, name := range madeLabels {
		delete(job.Labels, name)
		delete(job.Spec.Template.Labels, name)
	}
}

// madeSelector says whether the selector is one that the API server has made.
func madeSelector(s *metav1.LabelSelector) bool {
	if s == nil || len(s.MatchExpressions) > 0 {
		return false
	}
	for name := range s.MatchLabels {
		if !slices.Contains(madeLabels[:2], name) {
			return false
		}
	}
	return len(s.MatchLabels) > 0
}
