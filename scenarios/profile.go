package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// profiles are the clusters to start from, by name.
//
// none has no latency and no client limit: the pure logic, for exact comparisons.
//
// default is one kind node (kind v0.33.0, Kubernetes v1.37.2, 2 cores, measured 2026-11-24): with 20 pods created at
// once the time from creation to start is 2 s at the median and 5 s at most, and a Job of 100 pods of 1 s at
// parallelism 20 finishes in 37 s. A lognormal of median 1.9 s and sigma 0.36 from binding to start has its 99.5 %
// quantile, the expected largest of 100 pods, at 4.8 s. The other latencies are within the medians of the same runs: an
// API request about 5 ms, a watch event 2 ms, scheduling 10 ms; the kubelet notices an exit at its next relist, once a
// second (pkg/kubelet/kubelet.go:215), and reports after stopping the sandbox.
var profiles = map[string]func(*api.Knobs){
	"none": func(k *api.Knobs) {
		k.QPS, k.Events = 0, false
		k.RestartJitter = false
	},
	"default": func(k *api.Knobs) {
		k.Latency = api.Latency{
			Request: rng.Const(5 * des.Millisecond),
			Watch:   rng.Const(2 * des.Millisecond),
			Bind:    rng.Const(10 * des.Millisecond),
			Start:   mustParse("lognormal:1.9s,0.36"),
			Observe: mustParse("uniform:100ms,1.1s"),
			Remove:  mustParse("uniform:100ms,1.1s"),
		}
	},
}

const defaultProfile = "default"

func mustParse(text string) rng.Dist {
	d, err := rng.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// minor is the Kubernetes version asked for, such as 37 for "1.37" or "v1.37.2".
func minor(text string) (api.Minor, bool) {
	if text == "" {
		return api.DefaultMinor, true
	}
	parts := strings.Split(strings.TrimPrefix(text, "v"), ".")
	if len(parts) < 2 || parts[0] != "1" {
		return 0, false
	}
	n, err := strconv.Atoi(parts[1])
	m := api.Minor(n)
	return m, err == nil && m >= api.OldestMinor && m <= api.DefaultMinor
}

// knobs are the profile's, with what the scenario says of them.
func (s *Scenario) knobs() api.Knobs {
	k := api.DefaultKnobs()
	k.Kubernetes, _ = minor(s.File.Kubernetes)
	c := &s.File.Cluster
	name := c.Profile
	if name == "" {
		name = defaultProfile
	}
	profiles[name](&k)
	l := &c.Latency
	setDist(&k.Latency.Request, l.Request)
	setDist(&k.Latency.Watch, l.Watch)
	setDist(&k.Latency.Bind, l.Bind)
	setDist(&k.Latency.Start, l.Start)
	setDist(&k.Latency.Observe, l.Observe)
	setDist(&k.Latency.Remove, l.Remove)
	setSpan(&k.Latency.PhaseStep, l.PhaseStep)
	c.Knobs.apply(&k)
	return k
}

func (n *Knobs) apply(k *api.Knobs) {
	setSpan(&k.SyncBatch, n.SyncBatch)
	setSpan(&k.APIBackoff, n.APIBackoff)
	setSpan(&k.MaxAPIBackoff, n.MaxAPIBackoff)
	setSpan(&k.PodFailureBackoff, n.PodFailureBackoff)
	setSpan(&k.MaxPodBackoff, n.MaxPodBackoff)
	setSpan(&k.ExpectationTimeout, n.ExpectationTimeout)
	setSpan(&k.RestartBackoff, n.RestartBackoff)
	setSpan(&k.MaxRestartBackoff, n.MaxRestartBackoff)
	setSpan(&k.RestartBackoffReset, n.RestartBackoffReset)
	setSpan(&k.NodeMonitorPeriod, n.NodeMonitorPeriod)
	setSpan(&k.NodeMonitorGrace, n.NodeMonitorGrace)
	setSpan(&k.LeaseRenew, n.LeaseRenew)
	setSpan(&k.PodGCPeriod, n.PodGCPeriod)
	setSpan(&k.PodGCQuarantine, n.PodGCQuarantine)
	setSpan(&k.SchedulerBackoff, n.SchedulerBackoff)
	setSpan(&k.MaxSchedulerBackoff, n.MaxSchedulerBackoff)
	setSpan(&k.SchedulerFlush, n.SchedulerFlush)
	setPtr(&k.MaxUncountedPods, n.MaxUncountedPods)
	setPtr(&k.MaxPodsPerSync, n.MaxPodsPerSync)
	setPtr(&k.SlowStartBatch, n.SlowStartBatch)
	setPtr(&k.JobSyncs, n.JobSyncs)
	setPtr(&k.QPS, n.QPS)
	setPtr(&k.Burst, n.Burst)
	setPtr(&k.Events, n.Events)
	setPtr(&k.RestartJitter, n.RestartJitter)
	setPtr(&k.UnreachableSeconds, n.UnreachableSeconds)
}

func setDist(dst *rng.Dist, d Dist) {
	if d.Set {
		*dst = d.Dist
	}
}

func setSpan(dst *des.Duration, s Span) {
	if s.Set {
		*dst = s.Duration
	}
}

func setPtr[T any](dst *T, p *T) {
	if p != nil {
		*dst = *p
	}
}

// SetProfile replaces the profile of the scenario.
func (s *Scenario) SetProfile(name string) error {
	if _, ok := profiles[name]; !ok {
		return fmt.Errorf("%q (allowed: none, default)", name)
	}
	s.File.Cluster.Profile = name
	return nil
}

// SetKubernetes replaces the Kubernetes version of the scenario.
func (s *Scenario) SetKubernetes(version string) error {
	if _, ok := minor(version); !ok {
		return fmt.Errorf("%q (allowed: 1.34, 1.35, 1.36, 1.37)", version)
	}
	s.File.Kubernetes = version
	return nil
}
