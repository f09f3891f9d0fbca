package api

import (
	"fmt"
	"strings"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// maxKnob bounds every span among the knobs, so that doubling and adding them cannot overflow: a hundred years.
const maxKnob = 100 * 365 * 24 * des.Hour

// KnobProblem is one knob with which nothing can be simulated.
type KnobProblem struct {
	Knob string // the field of Knobs, such as SyncBatch or Latency.Start
	What string // what is wrong with it, and what is allowed
}

// KnobError is all that is wrong with some knobs, in the order of the fields.
type KnobError struct{ Problems []KnobProblem }

// Error lists the problems.
func (e *KnobError) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = p.Knob + ": " + p.What
	}
	return "knobs: " + strings.Join(parts, "; ")
}

func (e *KnobError) add(knob, format string, args ...any) {
	e.Problems = append(e.Problems, KnobProblem{knob, fmt.Sprintf(format, args...)})
}

// Validate says everything with which nothing can be simulated: waits of no length that would be repeated for ever at
// one instant, limits that let nothing through, and numbers that would overflow. The error is a *KnobError.
func (k *Knobs) Validate() error {
	var e KnobError
	if k.Kubernetes < OldestMinor || k.Kubernetes > DefaultMinor {
		e.add("Kubernetes", "1.%d (allowed: 1.%d to 1.%d)", k.Kubernetes, OldestMinor, DefaultMinor)
	}
	k.validateSpans(&e)
	k.validateNumbers(&e)
	k.Latency.validate(&e)
	if len(e.Problems) == 0 {
		return nil
	}
	return &e
}

func (k *Knobs) validateSpans(e *KnobError) {
	span := func(knob string, d, least des.Duration, why string) {
		switch {
		case d < least:
			e.add(knob, "is %v: %s", d, why)
		case d > maxKnob:
			e.add(knob, "is %v (allowed: up to a hundred years)", d)
		}
	}
	const positive = "nothing would ever wait (allowed: more than 0s)"
	const zero = "it is negative (allowed: 0s or more)"
	span("SyncBatch", k.SyncBatch, 1, positive)
	span("APIBackoff", k.APIBackoff, 1, positive)
	span("MaxAPIBackoff", k.MaxAPIBackoff, 1, positive)
	span("PodFailureBackoff", k.PodFailureBackoff, 1, positive)
	span("MaxPodBackoff", k.MaxPodBackoff, 1, positive)
	span("ExpectationTimeout", k.ExpectationTimeout, 0, zero)
	span("RestartBackoff", k.RestartBackoff, 1, positive)
	span("MaxRestartBackoff", k.MaxRestartBackoff, 1, positive)
	span("RestartBackoffReset", k.RestartBackoffReset, 0, zero)
	span("NodeMonitorPeriod", k.NodeMonitorPeriod, 1, positive)
	span("LeaseRenew", k.LeaseRenew, 1, positive)
	span("NodeMonitorGrace", k.NodeMonitorGrace, k.LeaseRenew,
		fmt.Sprintf("nodes that live would be taken for lost (allowed: the lease's renewal, %v, or more)", k.LeaseRenew))
	span("PodGCPeriod", k.PodGCPeriod, 1, positive)
	span("PodGCQuarantine", k.PodGCQuarantine, 0, zero)
	span("Uptime", k.Uptime, 0, zero)
	span("Latency.PhaseStep", k.Latency.PhaseStep, 0, zero)
	span("Latency.Relist", k.Latency.Relist, 0, zero)
}

func (k *Knobs) validateNumbers(e *KnobError) {
	const most = 1 << 20
	number := func(knob string, n int32) {
		if n < 1 || n > most {
			e.add(knob, "%d (allowed: 1 to %d)", n, most)
		}
	}
	number("MaxUncountedPods", k.MaxUncountedPods)
	number("MaxPodsPerSync", k.MaxPodsPerSync)
	number("SlowStartBatch", k.SlowStartBatch)
	number("JobSyncs", k.JobSyncs)
	if q := k.QPS; q != 0 && !(q >= 1e-3 && q <= 1e6) {
		e.add("QPS", "%v (allowed: 0 for unlimited, or 0.001 to 1000000)", q)
	}
	number("Burst", k.Burst)
	if n := k.Latency.Kubelets; n < 0 || n > most {
		e.add("Latency.Kubelets", "%d (allowed: 0 for one a pod, or 1 to %d)", n, most)
	}
	if n, longest := k.UnreachableSeconds, int64(maxKnob/des.Second); n < 0 || n > longest {
		e.add("UnreachableSeconds", "%d (allowed: 0 to %d)", n, longest)
	}
}

func (l *Latency) validate(e *KnobError) {
	dist := func(knob string, d *rng.Dist) {
		if err := d.Validate(); err != nil {
			e.add("Latency."+knob, "%v", err)
		}
	}
	dist("Request", &l.Request)
	dist("Watch", &l.Watch)
	dist("Bind", &l.Bind)
	dist("Start", &l.Start)
	dist("Contend", &l.Contend)
	dist("Observe", &l.Observe)
	dist("Restart", &l.Restart)
	dist("Stop", &l.Stop)
	dist("Kill", &l.Kill)
	dist("Remove", &l.Remove)
	if !(l.Shared >= 0 && l.Shared <= 1) {
		e.add("Latency.Shared", "%v (allowed: 0 to 1)", l.Shared)
	}
}
