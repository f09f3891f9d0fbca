package conformance

import (
	"fmt"
	"strings"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

// facts are what a trace comes to: how every Job ended, with which counters and indexes, and what became of each of its
// pods; and the times that count. Stories, which depend on latencies, are left out.
func facts(t *trace.Trace) ([]reports.Fact, error) {
	run, err := reports.Read(t)
	if err != nil {
		return nil, fmt.Errorf("trace of %s: %w", t.Header.World, err)
	}
	list := run.Facts(false)
	for i := range list {
		f := &list[i]
		if strings.HasPrefix(f.Key.Name, "condition ") {
			f.Text = withoutNames(f.Text)
		}
		// A replay has a pod evicted for its full volume, which, unlike an eviction for the node's sake, leaves no
		// DisruptionTarget (eviction_manager.go:559 against 446@v1.37.2).
		f.Text = strings.TrimSuffix(f.Text, " disruption="+api.TerminationByKubelet.String())
	}
	return list, nil
}

// withoutNames is a condition without its message, if that names a pod: names are made up by the API server.
func withoutNames(condition string) string {
	reason, message, _ := strings.Cut(condition, ": ")
	if strings.Contains(message, " pod ") {
		return reason
	}
	return condition
}
