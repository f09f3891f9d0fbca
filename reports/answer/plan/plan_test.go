package plan

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports/answer/goal"
	"github.com/jobsim/jobsim/reports/closedform"
	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/study"
)

func dist(t *testing.T, text string) rng.Dist {
	t.Helper()
	d, err := rng.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// theories are how many intervals are held against theory: they all hold it at once with 99 % (Bonferroni).
const theories = 8

// customers are Jobs of one pod that come at exponential intervals and run for an hour on average; a node takes one
// pod.
func customers(t *testing.T, load float64, run string, jobs, runs int) *Plan {
	t.Helper()
	k := api.DefaultKnobs()
	k.QPS, k.Events, k.RestartJitter = 0, false, false
	interval, err := rng.NewExponential(des.Duration(float64(des.Hour) / load))
	if err != nil {
		t.Fatal(err)
	}
	cfg := &sim.Config{Knobs: k, Until: sim.Until{Horizon: des.Time(50 * 365 * 24 * des.Hour)},
		Fates: []api.FateRule{{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: dist(t, run)}},
		Jobs: []sim.Submission{{Spec: api.JobSpec{Name: "a", Completions: api.Some(int32(1)), Parallelism: 1, BackoffLimit: 6,
			Template: api.PodTemplate{TerminationGracePeriodSeconds: 30, Containers: []api.Container{{Name: "main"}}}}}}}
	return &Plan{Pool: study.NewPool(2), Config: cfg, Workload: Workload{Interval: interval, Count: jobs},
		Confidence: 1 - 0.01/theories, Node: api.NodeGroup{NodeSpec: api.NodeSpec{Name: "node", Pods: 1}}, Price: 1,
		Warm: 0.2, Seed: 3, Runs: runs}
}

// The waits are those of Erlang's and of Pollaczek and Khinchine's formulas, within their intervals; so is the load.
func TestMeasure_AgreesWithQueueingTheory(t *testing.T) {
	runs := 60
	if testing.Short() {
		runs = 10
	}
	for _, tc := range []struct {
		name  string
		nodes int
		load  float64
		run   string
		want  float64 // mean services
	}{
		{"M/M/1", 1, 0.5, "exponential:1h", closedform.WaitMMc(1, 0.5)},
		{"M/M/4", 4, 2.4, "exponential:1h", closedform.WaitMMc(4, 2.4)},
		{"M/M/10", 10, 7, "exponential:1h", closedform.WaitMMc(10, 7)},
		{"M/D/1", 1, 0.6, "1h", closedform.WaitMG1(0.6, 0)},
	} {
		m, err := customers(t, tc.load, tc.run, 2000, runs).Measure(context.Background(), tc.nodes)
		if err != nil {
			t.Fatal(err)
		}
		wait, busy := m["mean(wait)"], m["utilisation"]
		t.Logf("%s: wait %.4f (%.4f to %.4f), theory %.4f; utilisation %.3f, theory %.3f", tc.name, wait.Center/3600,
			wait.Lo/3600, wait.Hi/3600, tc.want, busy.Center, tc.load/float64(tc.nodes))
		if !(wait.Lo <= tc.want*3600 && tc.want*3600 <= wait.Hi) {
			t.Errorf("%s: wait %v to %v, want %v", tc.name, wait.Lo/3600, wait.Hi/3600, tc.want)
		}
		if d := busy.Center - tc.load/float64(tc.nodes); d > 0.02 || d < -0.02 {
			t.Errorf("%s: utilisation %v, want %v", tc.name, busy.Center, tc.load/float64(tc.nodes))
		}
	}
}

// Where the only node is given back as soon as nobody waits, and takes an exponential time to boot, whoever comes waits
// for that on average longer than in M/M/1 (Welch 1964, https://doi.org/10.1287/opre.12.5.736). Services are of 100
// hours, so that the autoscaler's ten seconds do not count.
func TestMeasure_AgreesWithSetupTimes(t *testing.T) {
	runs := 40
	if testing.Short() {
		runs = 6
	}
	for _, boot := range []float64{0.3, 2} { // of a service
		p := customers(t, 0.5, "exponential:1h", 1500, runs)
		interval, err := rng.NewExponential(200 * des.Hour)
		if err != nil {
			t.Fatal(err)
		}
		p.Workload.Interval = interval
		p.Config.Fates[0].Run = dist(t, "exponential:100h")
		p.Config.Until.Horizon = des.Time(120 * 365 * 24 * des.Hour)
		p.Scale, p.Least = true, 0
		p.Node.Boot = dist(t, fmt.Sprintf("exponential:%gh", 100*boot))
		m, err := p.Measure(context.Background(), 1)
		if err != nil {
			t.Fatal(err)
		}
		agrees(t, fmt.Sprintf("boot %v", boot), m["mean(wait)"], 100*3600*(closedform.WaitMMc(1, 0.5)+boot))
	}
}

// Where the only node breaks, and is repaired, at exponential times, Jobs take as long as in M/M/1 with a server that
// breaks down (Avi-Itzhak and Naor 1963, https://doi.org/10.1287/opre.11.3.303): what was done is lost, but an
// exponential service does not remember.
func TestMeasure_AgreesWithBreakdowns(t *testing.T) {
	runs := 40
	if testing.Short() {
		runs = 6
	}
	p := customers(t, 0.4, "exponential:1h", 1500, runs)
	interval, err := rng.NewExponential(250 * des.Hour)
	if err != nil {
		t.Fatal(err)
	}
	p.Workload.Interval = interval
	p.Config.Fates[0].Run = dist(t, "exponential:100h")
	p.Config.Jobs[0].Spec.BackoffLimit = 1 << 20
	p.Config.Until.Horizon = des.Time(120 * 365 * 24 * des.Hour)
	p.Node.Break, p.Node.Repair = api.Some(dist(t, "exponential:300h")), dist(t, "exponential:50h")
	m, err := p.Measure(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	agrees(t, "breakdowns", m["mean(turnaround)"], 100*3600*closedform.TurnaroundBreakdowns(0.4, 1.0/3, 2))
	if n := m["nodes"]; !(n.Lo <= 300.0/350 && 300.0/350 <= n.Hi) {
		t.Errorf("%v nodes", n)
	}
}

func agrees(t *testing.T, what string, s stats.Summary, want float64) {
	t.Helper()
	t.Logf("%s: %.5g (%.5g to %.5g), theory %.5g", what, s.Center, s.Lo, s.Hi, want)
	if !(s.Lo <= want && want <= s.Hi) {
		t.Errorf("%s: %v, want %v", what, s, want)
	}
}

// The smallest pool is the one that Erlang's formula says.
func TestSmallest(t *testing.T) {
	const load = 7.0
	g, err := goal.Goal("mean(wait) <= 15m", Fields...)
	if err != nil {
		t.Fatal(err)
	}
	want := 8
	for closedform.WaitMMc(want, load) > 0.25 {
		want++
	}
	p := customers(t, load, "exponential:1h", 1500, 20)
	best, tried, err := p.Smallest(context.Background(), []*goal.Expr{g}, 8, 40)
	if err != nil || best.Nodes != want || len(tried) > 8 {
		t.Errorf("%d nodes after %d tries, want %d, %v", best.Nodes, len(tried), want, err)
	}
	if _, _, err = p.Smallest(context.Background(), []*goal.Expr{g}, 1, 3); !errors.Is(err, ErrTooSmall) {
		t.Errorf("3 nodes for a load of 7: %v", err)
	}
	relief, err := p.Bottlenecks(context.Background(), best.Nodes)
	if err != nil || relief[0].Of != "nodes" || relief[0].Part < 0.05 {
		t.Errorf("%+v, %v", relief, err)
	}
}

// A share of missed deadlines is an estimate like any other: a goal that its interval does not decide is close.
func TestSmallest_MissedDeadlinesAreEstimates(t *testing.T) {
	p := customers(t, 2, "exponential:1h", 300, 5)
	p.Deadline = 3 * des.Hour
	m, err := p.Measure(context.Background(), 3)
	if err != nil || !(m["missed"].Lo < m["missed"].Center && m["missed"].Center < m["missed"].Hi) {
		t.Fatalf("%+v, %v", m["missed"], err)
	}
	for limit, want := range map[float64]goal.Truth{m["missed"].Center: goal.Unknown, m["missed"].Hi + 0.01: goal.Met,
		m["missed"].Lo - 0.01: goal.Missed} {
		g, err := goal.Goal(fmt.Sprintf("missed <= %v", limit), Fields...)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := judge(g, m); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v of %+v", g.Text, got, err, want, m["missed"])
		}
		p.Doublings = 2 // where it is close, and with intervals that hold at every look
		size, failed := p.try(context.Background(), []*goal.Expr{g}, 3)
		if failed != nil || size.Runs > 20 || want == goal.Unknown && size.Runs == 5 ||
			size.Runs == 5 && size.Metrics["missed"].Hi <= m["missed"].Hi {
			t.Errorf("%s: %+v, %v", g.Text, size, failed)
		}
	}
}

func TestTraces(t *testing.T) {
	swf := `; Version: 2.2
; a comment
1  100 5  60  4 -1 -1  4 -1 -1 1 1 1 1 1 -1 -1 -1
2  130 0 120 -1 -1 -1  2 -1 -1 1 1 1 1 1 -1 -1 -1
3  140 0  -1  8 -1 -1  8 -1 -1 0 1 1 1 1 -1 -1 -1
`
	table := "job,submit,run,pods\na,100,60,4\nb,130,120,2\nc,140,-1,8\n"
	for name, read := range map[string]func() ([]Arrival, error){
		"SWF": func() ([]Arrival, error) { return ReadSWF(strings.NewReader(swf)) },
		"CSV": func() ([]Arrival, error) { return ReadCSV(strings.NewReader(table)) }} {
		got, err := read()
		if err != nil || len(got) != 2 || got[0] != (Arrival{0, 60 * des.Second, 4}) ||
			got[1] != (Arrival{des.Time(30 * des.Second), 120 * des.Second, 2}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, bad := range []string{"", "1 2 3", "a b c d e f g h", "1 -5 0 60 4 -1 -1 4"} {
		if got, err := ReadSWF(strings.NewReader(bad)); !errors.Is(err, ErrTrace) {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
	for _, bad := range []string{"", "a,b\n1,2\n", "submit,run\n1,x\n", "submit,run\n1,2,3\n", "submit,run\n"} {
		if got, err := ReadCSV(strings.NewReader(bad)); !errors.Is(err, ErrTrace) {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
	p := customers(t, 1, "1h", 1, 2)
	p.Workload = Workload{Trace: []Arrival{{0, 60 * des.Second, 4}, {des.Time(30 * des.Second), 120 * des.Second, 2}}}
	p.Warm = 0
	m, err := p.Measure(context.Background(), 4)
	if err != nil || m["p99(wait)"].Center < 29 || m["p99(wait)"].Center > 35 || m["success"].Center != 1 {
		t.Errorf("the second waits for the first: %+v, %v", m, err)
	}
}
