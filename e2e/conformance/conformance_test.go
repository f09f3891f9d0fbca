package conformance

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// onCluster is the trace of a scenario on a simulated kind node, after a change of what happens there.
func onCluster(t *testing.T, name string, change func(*sim.Config)) (*Forecast, *trace.Trace) {
	t.Helper()
	sc := scenario(t, name)
	f, err := Predict(sc, 1, 0, runsToJudge, paces...)
	if err != nil {
		t.Fatal(err)
	}
	cfg := sc.Config()
	if err = slow(cfg, 1); err != nil {
		t.Fatal(err)
	}
	cfg.Seed = 99
	change(cfg)
	seen, _, err := sim.Run(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return f, seen
}

// fates changes what becomes of containers.
func fates(change func(*api.FateRule)) func(*sim.Config) {
	return func(cfg *sim.Config) {
		for i := range cfg.Fates {
			change(&cfg.Fates[i])
		}
	}
}

func TestCompare(t *testing.T) {
	gap := []observe.Gap{{From: 0, To: des.Time(des.Second), Kind: observe.Silent, What: "paused"}}
	twoMore := func(cfg *sim.Config) { cfg.Jobs[0].Spec.BackoffLimit += 2 }
	backoff := func(d des.Duration) func(*sim.Config) {
		return func(cfg *sim.Config) { cfg.Knobs.PodFailureBackoff = d }
	}
	pace := func(pace float64) func(*sim.Config) {
		return func(cfg *sim.Config) {
			if err := slow(cfg, pace); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tc := range []struct {
		name, scenario string
		change         func(*sim.Config)
		gaps           []observe.Gap
		want, times    reports.Verdict
		wantText       string
	}{
		{"the same", "odd-pods-fail", pace(1), nil, reports.Equal, reports.Equivalent, ""},
		{"the same with a gap", "odd-pods-fail", pace(1), gap, reports.Equal, reports.Equivalent, ""},
		{"a very slow cluster", "odd-pods-fail", pace(8), nil, reports.Equal, reports.Inconclusive, ""},
		{"a container that lives too long", "five-by-two", fates(func(f *api.FateRule) { f.Run = rng.Const(des.Minute) }), nil,
			reports.Equal, reports.Inconclusive, ""},
		{"an eviction that nobody was in a hurry for", "evicted", fates(func(f *api.FateRule) {
			if f.End == api.EndEvicted {
				f.Run = rng.Const(18 * des.Second)
			}
		}), nil, reports.Equal, reports.Equivalent, ""},
		{"another limit", "never-zero", twoMore, nil, reports.Different, reports.Different,
			"job a: failed: want 1, got 3"},
		{"another limit with a gap", "never-zero", twoMore, gap, reports.Inconclusive, reports.Inconclusive,
			"job a: failed: want 1, got 3"},
		{"back-off without end", "retry-loop", backoff(10 * des.Minute), nil, reports.Equal, reports.Different,
			"job a: makespan"},
		{"no back-off", "retry-loop", backoff(des.Second), nil, reports.Equal, reports.Different, "job a: makespan"},
		{"no back-off with a gap", "retry-loop", backoff(des.Second), gap, reports.Equal, reports.Inconclusive,
			"job a: makespan"},
		{"other rounds of the pod garbage collector", "unscheduled-deleted",
			func(cfg *sim.Config) { cfg.Knobs.Uptime = 8700 * des.Millisecond }, nil, reports.Equal, reports.Equivalent, ""},
		{"a quarantine that the garbage collector just misses", "node-deleted",
			func(cfg *sim.Config) { cfg.Knobs.PodGCQuarantine++ }, nil, reports.Equal, reports.Equivalent, ""},
		{"a quarantine of four rounds", "node-deleted",
			func(cfg *sim.Config) { cfg.Knobs.PodGCQuarantine *= 2 }, nil, reports.Equal, reports.Different,
			"job a: pod a/0 ended"},
		{"nobody there", "hello", func(cfg *sim.Config) { cfg.Until.Horizon = 1 }, nil, reports.Different,
			reports.Equivalent, "job hello: condition Complete: want"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, seen := onCluster(t, tc.scenario, tc.change)
			r := Result{Case: &Case{Scenario: scenario(t, tc.scenario), Forecast: f},
				Seen: &observe.Observation{Trace: seen, Gaps: tc.gaps}}
			err := r.judge(1)
			text := r.Explain()
			if err != nil || r.Verdict != tc.want || r.Times != tc.times || !strings.Contains(text, tc.wantText) {
				t.Errorf("want %v, times %v with %q, got %v, %v (%v) with\n%s", tc.want, tc.times, tc.wantText,
					r.Verdict, r.Times, err, text)
			}
		})
	}
}

// What kind clusters did to evicted pods, where a look of the kubelet lost how their containers had ended: one that ended
// with 0 has Failed, and one has been restarted, says its status.
func TestJudge_AnEvictionMayLoseItsContainers(t *testing.T) {
	for _, name := range []string{"evicted", "evicted-exits-zero"} {
		text, err := os.ReadFile("testdata/" + name + ".trace")
		if err != nil {
			t.Fatal(err)
		}
		seen, err := trace.Decode(text)
		if err != nil {
			t.Fatal(name, err)
		}
		r := Result{Case: &Case{Scenario: scenario(t, name)}, Seen: &observe.Observation{Trace: seen}}
		if err := r.judge(1); err != nil || r.Verdict != reports.Equal || r.Times != reports.Equivalent {
			t.Errorf("%s: %v, times %v, %v:\n%s", name, r.Verdict, r.Times, err, r.Explain())
		}
	}
}

func scenario(t *testing.T, name string) *scenarios.Scenario {
	t.Helper()
	sc, err := scenarios.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// A fact about the pace of a cluster is no exact fact.
func TestPredict_LeavesRacesOpen(t *testing.T) {
	f, _ := onCluster(t, "deadline-or-limit", func(*sim.Config) {})
	key := reports.Key{Job: "a", Name: "condition Failed"}
	if _, exact := f.Exact[key]; exact {
		t.Errorf("the race between deadline and limit was taken for decided: %s", f.Exact[key])
	}
	if _, exact := f.Exact[reports.Key{Job: "a", Name: "pods"}]; !exact {
		t.Error("the number of pods does not depend on the race")
	}

	f, _ = onCluster(t, "evicted-exits-zero", func(*sim.Config) {})
	outcomes := f.Possible[reports.Key{Job: "a", Name: "pod a/0 outcome"}]
	slices.Sort(outcomes)
	if want := []string{"Failed reason=Evicted", "Succeeded"}; !slices.Equal(outcomes, want) {
		t.Errorf("how an evicted pod ends that a look of its kubelet may find: want %q, got %q", want, outcomes)
	}
}

func TestPlan_SaysWhatIsLeftOut(t *testing.T) {
	cases, err := Plan(nil, Site{Minor: 37, Nodes: 1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	skipped := map[string]string{}
	for _, c := range cases {
		skipped[c.Scenario.Name] = c.Skip
	}
	for name, want := range map[string]string{
		"hello":               "",
		"backoff-cap":         "longer than 3m0s: ask for it by name",
		"drain":               "cluster.nodes: 2, and this cluster has 1 for pods",
		"node-returns":        "nodes of this cluster cannot be stopped",
		"deletion-heard-late": "cluster.latency: a live cluster has its own",
	} {
		if got, ok := skipped[name]; !ok || !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: want %q, got %q", name, want, got)
		}
	}
	if _, err = Plan([]string{"hallo"}, Site{Minor: 37, Nodes: 1}, 1); err == nil {
		t.Error("a scenario that does not exist was planned")
	}
}

func TestPlan_SaysWhatNeedsNodesOrTheClusterForItself(t *testing.T) {
	const others, reserved, alone = "", "reserved nodes", "the cluster"
	for _, tc := range []struct {
		scenario string
		reserved int
		want     string
	}{
		{"hello", 6, others}, {"unscheduled-deleted", 6, others},
		{"drain", 6, reserved}, {"drain", 1, alone}, {"node-returns", 6, reserved}, {"node-returns", 0, alone},
		{"eighty-at-once", 6, alone}, {"waiting-in-order", 6, alone},
	} {
		cases, err := Plan([]string{tc.scenario}, Site{Minor: 37, Nodes: 2, Reserved: tc.reserved, Machines: true}, 1)
		if err != nil {
			t.Fatal(err)
		}
		got := others
		switch c := cases[0]; {
		case c.Exclusive:
			got = alone
		case c.Apart:
			got = reserved
		}
		if got != tc.want {
			t.Errorf("%s with %d reserved nodes: want %q for itself, got %q", tc.scenario, tc.reserved, tc.want, got)
		}
	}
}

func TestPredict_KnowsWherePodsComeTo(t *testing.T) {
	f, err := Predict(scenario(t, "drain"), 1, 0, runsToPlan, paces...)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range f.Places {
		got = append(got, fmt.Sprintf("%d on %d", p.Attempt, p.Node))
	}
	if want := "0 on 0, 1 on 1, 2 on 1"; strings.Join(got, ", ") != want {
		t.Errorf("want pods %s, got %s", want, strings.Join(got, ", "))
	}
}

func TestWriteTable(t *testing.T) {
	f, seen := onCluster(t, "never-zero", func(cfg *sim.Config) { cfg.Jobs[0].Spec.BackoffLimit++ })
	sc := scenario(t, "never-zero")
	r := &Result{Case: &Case{Scenario: sc, Forecast: f}, Seen: &observe.Observation{Trace: seen}}
	if err := r.judge(1); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := WriteTable(&out, []*Result{r, {Case: &Case{Scenario: sc, Skip: "no time"}}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"finish.backoff-limit", "job a: failed: want 1, got 2", "skipped: no time",
		"0 Equal, 1 Different, 0 Inconclusive, 0 failed, 1 skipped"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in\n%s", want, &out)
		}
	}
}

// What a busy machine leaves open is tried again, a few times; what is settled, or failed, is not.
func TestSettle(t *testing.T) {
	c := &Case{Forecast: &Forecast{}}
	open := &Result{Case: c, Verdict: reports.Inconclusive, Seen: &observe.Observation{Gaps: []observe.Gap{{}}}}
	equal, failed := &Result{Case: c, Verdict: reports.Equal}, &Result{Case: c, Err: errors.New("no")}
	for _, tc := range []struct {
		results []*Result
		want    int
	}{
		{[]*Result{equal}, 1}, {[]*Result{failed, equal}, 1}, {[]*Result{open, equal, open}, 2},
		{[]*Result{open, open, failed}, 3}, {[]*Result{open, open, open, equal}, tries},
	} {
		begun, checked := 0, 0
		r := settle(c, func() error { begun++; return nil }, func() *Result {
			checked++
			again := *tc.results[checked-1]
			return &again
		})
		if r.Tries != tc.want || len(r.Earlier) != tc.want-1 || begun != tc.want || checked != tc.want ||
			r.Verdict != tc.results[tc.want-1].Verdict {
			t.Errorf("%d tries, %d begun, %d checked, want %d", r.Tries, begun, checked, tc.want)
		}
	}
	full := errors.New("the disk is full")
	if r := settle(c, func() error { return full }, nil); !errors.Is(r.Err, full) {
		t.Errorf("error %v, want %v", r.Err, full)
	}
}

func TestRepeat_MixesTheOrder(t *testing.T) {
	var cases []*Case
	for _, name := range strings.Split("abcdefgh", "") {
		cases = append(cases, &Case{Scenario: &scenarios.Scenario{Name: name}})
	}
	var rounds []string
	for round := range slices.Chunk(Repeat(cases, 0, 4), len(cases)) {
		var names string
		for _, c := range round {
			names += c.Scenario.Name
			if c.Replication != uint64(len(rounds)) {
				t.Errorf("%s in round %d", c.Name(), len(rounds))
			}
		}
		rounds = append(rounds, names)
	}
	for i, c := range Repeat(cases, 2, 2) { // goes on where two were before
		if want := rounds[2+i/len(cases)][i%len(cases)]; c.Scenario.Name != string(want) || c.Replication != uint64(2+i/len(cases)) {
			t.Errorf("case %d from round 2 on: want %c, got %s", i, want, c.Name())
		}
	}
	if rounds[0] != "abcdefgh" {
		t.Errorf("want the first round as it was given, got %s", rounds[0])
	}
	for i, names := range rounds {
		sorted := []byte(names)
		slices.Sort(sorted)
		if string(sorted) != "abcdefgh" || slices.Contains(rounds[:i], names) {
			t.Errorf("want every case once, in an order of its own: %q", rounds)
		}
	}
}
