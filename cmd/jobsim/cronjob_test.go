package main

import (
	"encoding/json"
	"testing"
)

// A Job in ten is still running when the next is due, which concurrencyPolicy Forbid skips: of n schedule times f(n) are
// missed, f(n) = 0.9 f(n-1) + 0.1 (1 + f(n-2)).
func TestRun_MissedStarts(t *testing.T) {
	want := []float64{0, 0}
	for n := 2; n <= 72; n++ {
		want = append(want, 0.9*want[n-1]+0.1*(1+want[n-2]))
	}
	share := func(args ...string) (s interval3) {
		t.Helper()
		var got struct{ MissedStarts *interval3 }
		args = append([]string{"run", "-f", "../../scenarios/examples/nightly.yaml", "--horizon", "72h", "-o", "json"}, args...)
		code, text, stderr := jobsim(t, "", args...)
		if err := json.Unmarshal([]byte(text), &got); code != exitOK || err != nil || got.MissedStarts == nil {
			t.Fatalf("exit %d, %v: %s%s", code, err, text, stderr)
		}
		return *got.MissedStarts
	}
	if s := share("--duration", "0.9*10m+0.1*80m", "-n", "500"); !(s.Low <= want[72]/72 && want[72]/72 <= s.High) ||
		s.High-s.Low > 0.02 {
		t.Errorf("%+v, want %v", s, want[72]/72)
	}
	// Where nothing was missed something may have been: at most what Clopper and Pearson say of 50 runs.
	if s := share("--duration", "1m", "-n", "50"); s.Estimate != 0 || s.Low != 0 || s.High < 0.05 || s.High > 0.08 {
		t.Errorf("%+v", s)
	}
}
