package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/component-base/metrics"
	jobmetrics "k8s.io/kubernetes/pkg/controller/job/metrics"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// counter is a metric of the Job controller.
type counter interface {
	metrics.Registerable
	Reset()
}

// counters are those that the simulator counts too. They are global to the process, as in Kubernetes.
var counters = append([]counter{jobmetrics.JobSyncNum, jobmetrics.JobFinishedNum, jobmetrics.JobPodsFinished,
	jobmetrics.PodFailuresHandledByFailurePolicy, jobmetrics.TerminatedPodsTrackingFinalizerTotal,
	jobmetrics.JobFinishedIndexesTotal, jobmetrics.JobPodsCreationTotal, jobmetrics.JobByExternalControllerTotal},
	moreCounters...)

// resetMetrics begins a new life of the kube-controller-manager.
func resetMetrics() {
	for _, c := range counters {
		c.Reset()
	}
}

// readMetrics are the counters that are not 0, in the words of the simulator.
func readMetrics() ([]trace.Sample, error) {
	r := metrics.NewKubeRegistry()
	for _, c := range counters {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	families, err := r.Gather()
	if err != nil {
		return nil, err
	}
	var list []trace.Sample
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			if n := int64(m.GetCounter().GetValue()); n != 0 {
				list = append(list, trace.Sample{Series: f.GetName() + "{" + strings.Join(labels, ",") + "}", Value: n})
			}
		}
	}
	return list, nil
}

// compareMetrics looks for the first counter that differs; nil if there is none.
func compareMetrics(here, there trace.Header, real, modelled []trace.Sample, at des.Time) *trace.Divergence {
	lines := func(header trace.Header, samples []trace.Sample) *trace.Trace {
		t := &trace.Trace{Header: header}
		values := map[string]int64{}
		for _, s := range samples {
			// Of caches that both lag, upstream names the one that a Go map puts first.
			name, _, _ := strings.Cut(s.Series, `{group=`)
			values[name] += s.Value
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			t.Record(trace.Record{At: at, Actor: trace.JobController, Verb: trace.Status,
				Ref:  trace.Ref{Kind: trace.KindProcess, Name: name},
				Args: []trace.Arg{{Key: "value", Value: fmt.Sprint(values[name])}}})
		}
		return t
	}
	return trace.Compare(lines(here, real), lines(there, modelled))
}
