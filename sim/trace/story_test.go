package trace_test

import (
	"math"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

const s = des.Time(des.Second)

func job(name string) trace.Ref { return trace.Ref{Kind: trace.KindJob, Name: name} }

func pod(name string, index, attempt int32) trace.Ref {
	return trace.Ref{Kind: trace.KindPod, Name: name, Index: index, Attempt: attempt}
}

// story is a Job whose only pod fails once, and what every column can hold.
func story() *trace.Trace {
	return &trace.Trace{
		Header: trace.Header{Scenario: "one failure", World: "sim", Kubernetes: "v1.37", Seed: math.MaxUint64,
			Replication: 3},
		Records: []trace.Record{
			{At: 0, Actor: trace.User, Verb: trace.Create, Ref: job("a"), Because: trace.RuleSubmit},
			{At: 0, Actor: trace.JobController, Verb: trace.Create, Ref: pod("a", api.NoIndex, 0),
				Because: "manage.want-active"},
			{At: 2210 * s / 1000, Actor: trace.Kubelet, Verb: trace.Fail, Ref: pod("a", api.NoIndex, 0),
				Because: trace.RuleFate, Args: []trace.Arg{{"exit", "1"}}},
			{At: 3*s + 37_000, Actor: trace.JobController, Verb: trace.Wait, Ref: job("a"), Because: "backoff.doubles",
				Args: []trace.Arg{{"failures", "1"}, {"until", "12.000s"}}},
			{At: 12 * s, Actor: trace.JobController, Verb: trace.Status, Ref: job("a"), Because: "finish.enact",
				Args: []trace.Arg{{"failed", "1"}, {"condition", "Failed=True BackoffLimitExceeded at 12.000s: enough"},
					{"condition", "a \" \\ \t \u00e9 \xff"}}},
			{At: 123456 * s, Actor: trace.PodGC, Verb: trace.Remove, Ref: pod("a-very-long-name", 2, 0), Because: "",
				Args: []trace.Arg{{"empty", ""}, {"dash", "-"}, {"a=b c", "x=y"}}},
			{At: -s / 10, Actor: "", Verb: "", Ref: trace.Ref{Kind: trace.KindNode, Name: "n/0"}, Because: "-"},
		},
	}
}
