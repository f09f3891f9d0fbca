package scenarios_test

import (
	"slices"
	"testing"

	"github.com/jobsim/jobsim/sim"
)

// A pod may miss its time by the margin, and a pod that is expected has to be there.
func TestExpect_PodsCreatedAt(t *testing.T) {
	for _, tc := range []struct {
		expect string
		want   []string
	}{
		{"podsCreatedAt: [0s, 10s]", nil},
		{"podsCreatedAt: [0s]", nil},
		{"podsCreatedAt: [1s, 12s], margin: 2s", nil},
		{"podsCreatedAt: [1s, 13s], margin: 2s",
			[]string{"job a: pod 1 was created at 10s, expected at 13s, give or take 2s"}},
		{"podsCreatedAt: [0s, 10s, 30s]", []string{"job a: there is no pod 2, expected at 30s"}},
	} {
		list, err := read(scenarioText("cluster: {profile: none}\nfates:\n- {match: {pod: 0}, exit: 1}\n" +
			"expect:\n- {job: a, " + tc.expect + "}\n"))
		if err != nil {
			t.Fatal(err)
		}
		tr, _, err := sim.Run(list[0].Config())
		if err != nil {
			t.Fatal(err)
		}
		if got := list[0].CheckTrace(tr); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", tc.expect, got, tc.want)
		}
	}
}
