package goal

import (
	"errors"
	"testing"
)

func TestGoal(t *testing.T) {
	v := Values{"success": 0.995, "p95(makespan)": 3600, "mean(pods)": 12, "cost": 4, "backoffLimit": 6}
	for _, tc := range []struct {
		text string
		want bool
	}{
		{"success >= 0.99", true}, {"success >= 1", false}, {"p95(makespan) <= 2h", true}, {"p95( makespan ) < 60m", false},
		{"p95(makespan) <= 3600.5s && success > 99/100", true}, {"mean(pods) < 10 || cost < 1e1", true},
		{"backoffLimit < 5", false}, {"p95(makespan) + 1d > 86400", true},
	} {
		g, err := Goal(tc.text, "backoffLimit")
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		if got, err := g.Is(v); err != nil || got != tc.want {
			t.Errorf("%s: %v, %v", tc.text, got, err)
		}
	}
	for _, bad := range []string{"", "success", "success >=", "succes > 1", "p42(makespan) < 1", "p95(success) < 1", "1h", "parallelism < 3"} {
		if g, err := Goal(bad, "backoffLimit"); !errors.Is(err, ErrExpr) {
			t.Errorf("%q: %v, %v", bad, g, err)
		}
	}
	if _, err := Objective("success > 1"); !errors.Is(err, ErrExpr) {
		t.Errorf("an objective that is true or false: %v", err)
	}
}

// A goal is known to be met, or missed, only if it is so throughout the intervals of its metrics.
func TestJudge(t *testing.T) {
	g, err := Goal("success >= 0.99 && mean(ran) / 3600 <= cost")
	if err != nil || len(g.Metrics) != 3 {
		t.Fatal(g, err)
	}
	at := func(lo, hi float64) map[string]Interval {
		return map[string]Interval{"success": {lo, hi}, "mean(ran)": {3500, 3600}, "cost": {1, 2}}
	}
	for _, tc := range []struct {
		lo, hi float64
		want   Truth
	}{{0.991, 0.999, Met}, {0.98, 0.999, Unknown}, {0.9, 0.98, Missed}} {
		if got, failed := g.Judge(at(tc.lo, tc.hi), nil); failed != nil || got != tc.want {
			t.Errorf("%+v: %v, %v", tc, got, failed)
		}
	}
	o, err := Objective("mean(ran) / 3600 * backoffLimit", "backoffLimit")
	if err != nil {
		t.Fatal(err)
	}
	got, err := o.Between(at(0, 1), Values{"backoffLimit": 2})
	if err != nil || got != (Interval{3500.0 / 3600 * 2, 2}) {
		t.Errorf("%v, %v", got, err)
	}
}
