package sched

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// Pods that found no node are tried again and again, but only those tries are simulated that do something: once there
// is a node, or as long as the scheduler has not seen its own word in their status, which it writes once more then.

// resume plans the next tries.
func (s *Scheduler) resume() {
	for i := range s.nodeless {
		s.nodeless[i].retried(s.kernel.Now())
	}
	s.planRetry()
}

func (s *Scheduler) planRetry() {
	next, some := des.Never, s.hasNode()
	for i := range s.nodeless {
		if w := &s.nodeless[i]; some || s.untold(w) {
			next = min(next, w.retry())
		}
	}
	if next < s.retrying {
		s.retrying = next
		s.kernel.Schedule(next, api.ClassLook, api.KindRetry, 0, 0)
	}
}

func (s *Scheduler) hasNode() bool {
	return slices.ContainsFunc(s.nodes, func(n node) bool { return n.exists })
}

// untold says whether the pod's status, as seen, lacks that there was no node.
func (s *Scheduler) untold(w *waiter) bool { return s.pods[w.pod].message != (&reasons{}).message() }

// Retry has the pods tried again whose back-off has ended (flushBackoffQCompleted,
// backend/queue/scheduling_queue.go:1289@v1.37.2).
func (s *Scheduler) Retry() {
	now, some := s.kernel.Now(), s.hasNode()
	if now == s.retrying {
		s.retrying = des.Never
	}
	kept := s.nodeless[:0]
	for _, w := range s.nodeless {
		if w.retry() <= now && (some || s.untold(&w)) {
			s.active = append(s.active, w)
		} else {
			kept = append(kept, w)
		}
	}
	s.nodeless = kept
	s.planRetry()
	slices.SortFunc(s.active, byAge)
	s.loop()
}
