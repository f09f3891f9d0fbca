package lint

import (
	"fmt"

	"github.com/jobsim/jobsim/reports/closedform"
)

const threads = "https://github.com/kubernetes/kubernetes/issues/"

// enough is what a Job should succeed with.
const enough = 0.99

var retryRules = []Rule{
	{"backoff-limit-hopeless", Error, "the retries are not enough for so many pods that fail so often", threads + "96630",
		func(s *subject) (string, string, error) {
			s.field = "spec.backoffLimit"
			if !s.known || s.rate == 0 || s.job.Spec.BackoffLimitPerIndex != nil {
				return "", "", nil
			}
			t, err := s.study()
			if err != nil || float64(t.Complete) >= enough*float64(t.Runs) {
				return "", "", err
			}
			what := fmt.Sprintf("with %d completions of which each pod fails with %g, backoffLimit %d is not enough",
				s.completions(), s.rate, *s.job.Spec.BackoffLimit)
			if limit, ok := closedform.NeverLimit(s.completions(), s.rate, enough, 10_000); ok && s.never() {
				what += fmt.Sprintf("; %d gives %g", limit, enough)
			}
			return what, success(t), nil
		}},
	{"backoff-limit-default", Warning, "backoffLimit is left at its default of 6 in a Job of many pods",
		"https://github.com/apecloud/kubeblocks/pull/980",
		func(s *subject) (string, string, error) {
			s.field = "spec.backoffLimit"
			n := s.completions()
			if s.written.Spec.BackoffLimit != nil || s.written.Spec.BackoffLimitPerIndex != nil || n < 20 {
				return "", "", nil
			}
			p := 6 / float64(n) // at which the limit is met on average
			return fmt.Sprintf("6 failures are allowed however many pods there are: here, %d completions", n),
				fmt.Sprintf("if 1 pod in 100 fails, P(success) = %.4f; if %.3g fail, %.4f (closed form)",
					closedform.Never(n, 6, 0.01), p, closedform.Never(n, 6, p)), nil
		}},
	{"backoff-limit-zero", Note, "a single failure ends the Job", "",
		func(s *subject) (string, string, error) {
			s.field = "spec.backoffLimit"
			if *s.job.Spec.BackoffLimit != 0 {
				return "", "", nil
			}
			return "backoffLimit 0: the first pod that fails, for whatever reason, ends the Job",
				fmt.Sprintf("if 1 pod in 100 fails, P(success) = %.4f (closed form)", closedform.Never(s.completions(), 0, 0.01)),
				nil
		}},
	{"backoff-limit-unbounded", Warning, "a Job that always fails makes pods without end", threads + "27997",
		func(s *subject) (string, string, error) {
			s.field = "spec.backoffLimit"
			limit := int(*s.job.Spec.BackoffLimit)
			if s.job.Spec.BackoffLimitPerIndex != nil || limit < 1000 || s.job.Spec.ActiveDeadlineSeconds != nil || !s.never() {
				return "", "", nil
			}
			days := closedform.BackoffSum(min(limit, 1_000_000), 10, 600) / 86400
			return fmt.Sprintf("backoffLimit %d without activeDeadlineSeconds: a Job that cannot succeed goes on", limit),
				fmt.Sprintf("one pod after another, failing at once: %d pods in %.0f days of back-off, all of them kept", limit+1,
					days), nil
		}},
	{"onfailure-shares-the-limit", Warning, "under OnFailure all running pods share backoffLimit", threads + "54870",
		func(s *subject) (string, string, error) {
			s.field = "spec.template.spec.restartPolicy"
			if s.never() || !s.known || s.rate == 0 || *s.job.Spec.Parallelism < 2 {
				return "", "", nil
			}
			together, err := s.study()
			if err != nil {
				return "", "", err
			}
			alone, err := s.study(change("spec.parallelism", 1))
			if err != nil || float64(together.Complete) >= float64(alone.Complete)-0.01*float64(alone.Runs) {
				return "", "", err
			}
			return fmt.Sprintf("the restarts of %d pods at a time count together", *s.job.Spec.Parallelism),
				success(together) + "; one pod at a time: " + success(alone), nil
		}},
	{"logs-lost-onfailure", Warning, "the logs of what failed are lost", threads + "74848",
		func(s *subject) (string, string, error) {
			s.field = "spec.template.spec.restartPolicy"
			if s.never() {
				return "", "", nil
			}
			evidence := "library scenario onfailure-limit: the pod is deleted once backoffLimit is reached"
			if s.known && s.rate > 0 {
				t, err := s.study()
				if err != nil {
					return "", "", err
				}
				evidence = fmt.Sprintf("it happens in %.1f %% of the runs", 100*share(t, "Failed/BackoffLimitExceeded"))
			}
			return "restartPolicy OnFailure: when backoffLimit is reached the pods are deleted, and their logs with them",
				evidence, nil
		}},
	{"limit-beside-limit-per-index", Note, "backoffLimit still counts beside backoffLimitPerIndex",
		"https://github.com/kubernetes/website/pull/49982",
		func(s *subject) (string, string, error) {
			s.field = "spec.backoffLimit"
			if s.job.Spec.BackoffLimitPerIndex == nil || s.written.Spec.BackoffLimit == nil {
				return "", "", nil
			}
			return fmt.Sprintf("after %d failures in all indexes together the Job fails, whatever backoffLimitPerIndex says",
				*s.job.Spec.BackoffLimit+1), "library scenario per-index-and-limit", nil
		}},
}
