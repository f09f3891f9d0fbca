package main

import (
	"errors"
	"strings"
	"testing"
)

// What was not compared is told apart from what was, and is an error as a difference is.
func TestDiff_SumUp(t *testing.T) {
	for _, tc := range []struct {
		name string
		diff diff
		err  error
		want string
	}{
		{"all is well", diff{corpus: corpus{shards: 1}, compared: 7}, nil, "7 scenarios compared, 0 different"},
		{"a difference", diff{corpus: corpus{shards: 1}, compared: 7, different: 1}, errDifferent,
			"7 scenarios compared, 1 different"},
		{"a refusal", diff{corpus: corpus{shards: 1}, compared: 6, refused: map[string]int{"kubernetesVersion": 1}},
			errRefused, "refused for kubernetesVersion: 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out strings.Builder
			tc.diff.out = &out
			if err := tc.diff.sumUp(); !errors.Is(err, tc.err) || !strings.Contains(out.String(), tc.want) {
				t.Errorf("%v, %q; want %v, %q", err, out.String(), tc.err, tc.want)
			}
		})
	}
}
