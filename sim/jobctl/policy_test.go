package jobctl

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
)

// twoContainers has an init container and two main containers.
var twoContainers = api.PodTemplate{Containers: []api.Container{
	{Name: "init", Kind: api.Init}, {Name: "main"}, {Name: "second"}}}

func exitRule(a api.FailureAction, container int32, notIn bool, values ...int32) api.FailureRule {
	return api.FailureRule{Action: a, Container: container, NotIn: notIn, Values: values}
}

func conditionRule(a api.FailureAction, patterns ...api.PodCondition) api.FailureRule {
	return api.FailureRule{Action: a, Conditions: patterns}
}

// The behaviour that pod_failure_policy_test.go and the documentation of the field state.
func TestMatchPodFailurePolicy(t *testing.T) {
	disrupted := api.PodCondition{Type: api.DisruptionTarget}
	notReady := api.PodCondition{Type: api.PodReady, Status: api.ConditionFalse}
	for _, tc := range []struct {
		name       string
		rules      []api.FailureRule
		exits      []api.ContainerExit
		conditions []api.PodCondition
		want       verdict
	}{
		{name: "no rules: counted", exits: []api.ContainerExit{{Container: 1, Exit: 2}}},
		{name: "In matches", rules: []api.FailureRule{exitRule(api.FailJob, api.AnyContainer, false, 1, 2, 3)},
			exits: []api.ContainerExit{{Container: 1, Exit: 2}}, want: verdict{api.FailJob, true,
				"Container main for pod ns/a/0 failed with exit code 2 matching FailJob rule at index 0"}},
		{name: "In does not match", rules: []api.FailureRule{exitRule(api.FailJob, api.AnyContainer, false, 1, 3)},
			exits: []api.ContainerExit{{Container: 1, Exit: 2}}},
		{name: "NotIn matches", rules: []api.FailureRule{exitRule(api.IgnoreFailure, api.AnyContainer, true, 1, 3)},
			exits: []api.ContainerExit{{Container: 1, Exit: 2}}, want: verdict{action: api.IgnoreFailure, matched: true}},
		{name: "NotIn does not match a listed code", rules: []api.FailureRule{exitRule(api.FailJob, api.AnyContainer, true, 2)},
			exits: []api.ContainerExit{{Container: 1, Exit: 2}}},
		{name: "NotIn never matches an exit with 0 (row 66)",
			rules: []api.FailureRule{exitRule(api.FailJob, api.AnyContainer, true, 1, 2)},
			exits: []api.ContainerExit{{Container: 1, Exit: 0}, {Container: 2, Exit: 2}}},
		{name: "only the named container", rules: []api.FailureRule{exitRule(api.FailJob, 2, false, 5)},
			exits: []api.ContainerExit{{Container: 1, Exit: 5}, {Container: 2, Exit: 6}}},
		{name: "the named container", rules: []api.FailureRule{exitRule(api.FailJob, 2, false, 6)},
			exits: []api.ContainerExit{{Container: 1, Exit: 5}, {Container: 2, Exit: 6}}, want: verdict{api.FailJob, true,
				"Container second for pod ns/a/0 failed with exit code 6 matching FailJob rule at index 0"}},
		{name: "main containers are asked before init containers (row 68)",
			rules: []api.FailureRule{exitRule(api.FailJob, api.AnyContainer, false, 5, 6)},
			exits: []api.ContainerExit{{Container: 1, Exit: 6}, {Container: 0, Exit: 5}}, want: verdict{api.FailJob, true,
				"Container main for pod ns/a/0 failed with exit code 6 matching FailJob rule at index 0"}},
		{name: "an init container by name", rules: []api.FailureRule{exitRule(api.FailIndex, 0, false, 5)},
			exits: []api.ContainerExit{{Container: 0, Exit: 5}}, want: verdict{action: api.FailIndex, matched: true}},
		{name: "a condition", rules: []api.FailureRule{conditionRule(api.FailJob, disrupted)},
			conditions: []api.PodCondition{notReady, disrupted}, want: verdict{api.FailJob, true,
				"Pod ns/a/0 has condition DisruptionTarget matching FailJob rule at index 0"}},
		{name: "a condition of another status",
			rules:      []api.FailureRule{conditionRule(api.IgnoreFailure, api.PodCondition{Type: api.PodReady})},
			conditions: []api.PodCondition{notReady}},
		{name: "one of several patterns", rules: []api.FailureRule{conditionRule(api.IgnoreFailure, disrupted, notReady)},
			conditions: []api.PodCondition{notReady}, want: verdict{action: api.IgnoreFailure, matched: true}},
		{name: "the first rule that matches decides", rules: []api.FailureRule{
			exitRule(api.FailIndex, api.AnyContainer, false, 9), conditionRule(api.CountFailure, disrupted),
			exitRule(api.FailJob, api.AnyContainer, false, 2)},
			exits: []api.ContainerExit{{Container: 1, Exit: 2}}, conditions: []api.PodCondition{disrupted},
			want: verdict{action: api.CountFailure, matched: true}},
		{name: "its number is in the message", rules: []api.FailureRule{
			conditionRule(api.IgnoreFailure, disrupted), exitRule(api.FailJob, api.AnyContainer, false, 2)},
			exits: []api.ContainerExit{{Container: 1, Exit: 2}}, want: verdict{api.FailJob, true,
				"Container main for pod ns/a/0 failed with exit code 2 matching FailJob rule at index 1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			spec := api.JobSpec{Template: twoContainers, PodFailurePolicy: tc.rules}
			pod := failedPod{name: "ns/a/0", exits: tc.exits, conditions: tc.conditions}
			if got := matchPodFailurePolicy(&spec, &pod, true); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
			if got := matchPodFailurePolicy(&spec, &pod, false); got.action != tc.want.action || got.message != "" {
				t.Errorf("not described: %+v", got)
			}
		})
	}
}

func indexes(t *testing.T, text string) api.IndexSet {
	t.Helper()
	s, err := api.ParseIndexSet(text, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The behaviour that success_policy_test.go states.
func TestMatchSuccessPolicy(t *testing.T) {
	listed := func(text string) api.SuccessRule { return api.SuccessRule{Indexes: api.Some(indexes(t, text))} }
	count := func(n int32) api.SuccessRule { return api.SuccessRule{Count: api.Some(n)} }
	both := func(text string, n int32) api.SuccessRule {
		return api.SuccessRule{Indexes: api.Some(indexes(t, text)), Count: api.Some(n)}
	}
	for _, tc := range []struct {
		name      string
		rules     []api.SuccessRule
		succeeded string
		want      string
	}{
		{"no policy", nil, "0-9", ""},
		{"count reached", []api.SuccessRule{count(2)}, "0-2", "Matched rules at index 0"},
		{"count not reached", []api.SuccessRule{count(4)}, "0-2", ""},
		{"count 0 needs a success (row 69)", []api.SuccessRule{count(0)}, "", ""},
		{"count 0 with one", []api.SuccessRule{count(0)}, "7", "Matched rules at index 0"},
		{"all listed", []api.SuccessRule{listed("0-2")}, "0-2,4-7", "Matched rules at index 0"},
		{"not listed", []api.SuccessRule{listed("3")}, "0-2", ""},
		{"some of them", []api.SuccessRule{listed("2-4")}, "0-2,4-7", ""},
		{"enough of those listed", []api.SuccessRule{both("3-6", 2)}, "0-2,4-7", "Matched rules at index 0"},
		{"too few of those listed", []api.SuccessRule{both("3-6", 2)}, "0-2,6,7", ""},
		{"all listed, whatever the count", []api.SuccessRule{both("1", 1)}, "1", "Matched rules at index 0"},
		{"the first that is met", []api.SuccessRule{listed("9"), listed("4,6")}, "0-2,4-7", "Matched rules at index 1"},
		{"both are met", []api.SuccessRule{listed("0,1"), count(1)}, "0-2", "Matched rules at index 0"},
		{"what lies beyond completions is left out", []api.SuccessRule{listed("1,10-12")}, "1", "Matched rules at index 0"},
		{"nothing is left", []api.SuccessRule{listed("10-12")}, "1", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			spec := api.JobSpec{Completions: api.Some(int32(10)), SuccessPolicy: tc.rules}
			got, met := matchSuccessPolicy(&spec, indexes(t, tc.succeeded))
			if got != tc.want || met != (tc.want != "") {
				t.Errorf("got %q, %v, want %q", got, met, tc.want)
			}
		})
	}
}
