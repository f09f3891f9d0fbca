package lint

import (
	"fmt"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/closedform"
)

var timeRules = []Rule{
	{"deadline-before-limit", Warning, "the deadline comes before the retries are used up",
		"https://github.com/cdapio/cdap-operator/pull/36",
		func(s *subject) (string, string, error) {
			s.field = "spec.activeDeadlineSeconds"
			d := s.job.Spec.ActiveDeadlineSeconds
			limit := int(*s.job.Spec.BackoffLimit)
			if d == nil || !s.never() || s.job.Spec.BackoffLimitPerIndex != nil || limit > 1_000_000 {
				return "", "", nil
			}
			sum := closedform.BackoffSum(limit, 10, 600)
			if sum <= float64(*d) {
				return "", "", nil
			}
			reached := 0
			for closedform.BackoffSum(reached+1, 10, 600) <= float64(*d) {
				reached++
			}
			return fmt.Sprintf("activeDeadlineSeconds %d is less than the back-off of backoffLimit %d, %.0f s", *d, limit, sum),
				fmt.Sprintf("of failures in a row, %d retries begin before the deadline (closed form)", reached), nil
		}},
	{"deadline-too-tight", Error, "the deadline ends Jobs that would succeed", "https://github.com/kubernetes/website/issues/7722",
		func(s *subject) (string, string, error) {
			s.field = "spec.activeDeadlineSeconds"
			if s.job.Spec.ActiveDeadlineSeconds == nil || !s.known {
				return "", "", nil
			}
			with, err := s.study()
			if err != nil {
				return "", "", err
			}
			missed := share(with, "Failed/DeadlineExceeded")
			if missed < 1-enough {
				return "", "", nil
			}
			without, err := s.study(change("spec.activeDeadlineSeconds", "null"))
			if err != nil {
				return "", "", err
			}
			p99, err := without.Makespan.Quantile(0.99, answer.Confidence)
			return fmt.Sprintf("%.1f %% of the runs end by activeDeadlineSeconds %d", 100*missed,
					*s.job.Spec.ActiveDeadlineSeconds),
				fmt.Sprintf("without it %s, makespan p99 %.0f s", success(without), p99.Center/1e9), err
		}},
	{"no-deadline", Note, "a Job whose pods cannot start never ends", "",
		func(s *subject) (string, string, error) {
			s.field = "spec.activeDeadlineSeconds"
			if s.job.Spec.ActiveDeadlineSeconds != nil {
				return "", "", nil
			}
			return "no activeDeadlineSeconds: pods that wait for an image, a volume or a node are no failures, and nothing " +
				"ends the Job", "library scenario image-stuck: unfinished after its horizon", nil
		}},
	{"backoff-dominates", Warning, "most of the time is back-off", "https://github.com/openshift/cluster-operator/pull/97",
		func(s *subject) (string, string, error) {
			if !s.known || s.rate == 0 {
				return "", "", nil
			}
			with, err := s.study()
			if err != nil {
				return "", "", err
			}
			without, err := s.study(change("cluster.knobs.podFailureBackoff", "1ms"),
				change("cluster.knobs.maxPodBackoff", "1ms"))
			if err != nil {
				return "", "", err
			}
			a, _ := with.Makespan.Moments()
			b, _ := without.Makespan.Moments()
			if b == 0 || a < 1.25*b {
				return "", "", nil
			}
			return fmt.Sprintf("back-off makes the Job %.1f times as long: failures count together, also those of pods that "+
					"run at a time", a/b),
				fmt.Sprintf("mean makespan %.0f s, without back-off %.0f s (same runs)", a/1e9, b/1e9), nil
		}},
	{"ttl-missing", Note, "the finished Job and its pods stay", "https://github.com/kubernetes-sigs/node-feature-discovery/issues/64",
		func(s *subject) (string, string, error) {
			s.field = "spec.ttlSecondsAfterFinished"
			if s.job.Spec.TTLSecondsAfterFinished != nil || len(s.job.OwnerReferences) > 0 {
				return "", "", nil
			}
			evidence := fmt.Sprintf("%d pods are kept at least", s.completions())
			if s.known {
				t, err := s.study()
				if err != nil {
					return "", "", err
				}
				pods, err := t.Pods.Quantile(0.95, answer.Confidence)
				if err != nil {
					return "", "", err
				}
				evidence = fmt.Sprintf("%.0f pods are kept at the 95th percentile", pods.Center)
			}
			return "no ttlSecondsAfterFinished: somebody has to delete the Job and its pods", evidence, nil
		}},
	{"ttl-too-short", Warning, "the Job is gone before anybody can look", "https://github.com/rancher/terraform-controller/pull/63",
		func(s *subject) (string, string, error) {
			s.field = "spec.ttlSecondsAfterFinished"
			ttl := s.job.Spec.TTLSecondsAfterFinished
			if ttl == nil || *ttl >= 60 {
				return "", "", nil
			}
			return fmt.Sprintf("ttlSecondsAfterFinished %d: the pods and their logs go with the Job", *ttl),
				"library scenarios ttl and ttl-zero", nil
		}},
	{"suspended", Note, "the Job does not start by itself", "",
		func(s *subject) (string, string, error) {
			s.field = "spec.suspend"
			if s.job.Spec.Suspend == nil || !*s.job.Spec.Suspend {
				return "", "", nil
			}
			return "suspend: somebody, or a queue such as Kueue, has to resume it",
				"library scenario suspended-from-the-start", nil
		}},
}
