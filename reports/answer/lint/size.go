package lint

import (
	"fmt"
)

var sizeRules = []Rule{
	{"parallelism-beyond-the-controller", Warning, "so many pods cannot be created while they run", threads + "128625",
		func(s *subject) (string, string, error) {
			s.field = "spec.parallelism"
			p := int(*s.job.Spec.Parallelism)
			if !s.known || p < 64 {
				return "", "", nil
			}
			half := max(1, p/2)
			full, err := s.study()
			if err != nil {
				return "", "", err
			}
			less, err := s.study(change("spec.parallelism", half))
			if err != nil {
				return "", "", err
			}
			a, _ := full.Makespan.Moments()
			b, _ := less.Makespan.Moments()
			if a == 0 || b > 1.1*a {
				return "", "", nil
			}
			return fmt.Sprintf("parallelism %d is hardly faster than %d: the controller makes 20 requests a second", p, half),
				fmt.Sprintf("mean makespan %.0f s and %.0f s (same runs)", a/1e9, b/1e9), nil
		}},
	{"parallelism-beyond-completions", Note, "there are never so many pods", "",
		func(s *subject) (string, string, error) {
			s.field = "spec.parallelism"
			if c := s.job.Spec.Completions; c != nil && *s.job.Spec.Parallelism > *c {
				return fmt.Sprintf("parallelism %d of %d completions: no more pods run than are missing",
					*s.job.Spec.Parallelism, *c), "pkg/controller/job/job_controller.go:1787@v1.37.2", nil
			}
			return "", "", nil
		}},
	{"parallelism-multiplies-back-off", Warning, "pods that fail together raise the back-off together", threads + "56853",
		func(s *subject) (string, string, error) {
			s.field = "spec.parallelism"
			p := int(*s.job.Spec.Parallelism)
			if p < 7 || !s.never() || s.job.Spec.BackoffLimitPerIndex != nil {
				return "", "", nil
			}
			return fmt.Sprintf("each of %d pods that fail for one reason doubles the wait for all: 10 minutes after 7", p),
				"library scenario parallel-failures", nil
		}},
	{"parallelism-zero", Note, "nothing runs", "",
		func(s *subject) (string, string, error) {
			s.field = "spec.parallelism"
			if *s.job.Spec.Parallelism == 0 {
				return "parallelism 0: the Job waits until somebody scales it", "library scenario parallelism-zero", nil
			}
			return "", "", nil
		}},
	{"status-too-large", Warning, "the status of so many indexes may not fit", threads + "118085",
		func(s *subject) (string, string, error) {
			s.field = "spec.completions"
			indexed := s.job.Spec.CompletionMode != nil && *s.job.Spec.CompletionMode == "Indexed"
			if !indexed || s.completions() <= 100_000 && *s.job.Spec.Parallelism <= 10_000 {
				return "", "", nil
			}
			return fmt.Sprintf("%d indexes, %d at a time: completedIndexes is a text that lists what is not contiguous",
					s.completions(), *s.job.Spec.Parallelism),
				fmt.Sprintf("up to %d bytes, every other index failing", s.completions()/2*7), nil
		}},
	{"requests-missing", Note, "the scheduler puts any number of pods on a node", "",
		func(s *subject) (string, string, error) {
			s.field = "spec.template.spec.containers[0].resources"
			for _, c := range s.job.Spec.Template.Spec.Containers {
				if len(c.Resources.Requests) > 0 {
					return "", "", nil
				}
			}
			if *s.job.Spec.Parallelism < 10 {
				return "", "", nil
			}
			return fmt.Sprintf("no requests, %d pods at a time: only the limit of 110 pods a node bounds what starts there",
				*s.job.Spec.Parallelism), "the node then evicts pods, which count as failures; library scenario evicted", nil
		}},
}
