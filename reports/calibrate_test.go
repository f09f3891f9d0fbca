package reports_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// known is a cluster whose latencies are known, a Job of pods of which some are deleted while they run, and one whose
// pods' containers are restarted once.
const known = `apiVersion: jobsim.dev/v1alpha1
kind: Scenario
metadata: {name: known}
cluster:
  profile: none
  latency:
    request: 8ms
    watch: 40ms
    bind: lognormal:300ms,0.4
    start: lognormal:2s,0.3
    contend: exponential:400ms
    relist: 1013ms
    kubelets: 1
    observe: 100ms
    restart: lognormal:300ms,0.4
    stop: gamma:400ms,2
    kill: lognormal:500ms,0.15
    remove: weibull:600ms,3
jobs:
- manifest:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: a}
    spec:
      completions: 12
      parallelism: 1
      backoffLimit: 100
      template:
        spec:
          restartPolicy: Never
          containers: [{name: main, image: busybox}]
- manifest:
    apiVersion: batch/v1
    kind: Job
    metadata: {name: b}
    spec:
      completions: 6
      parallelism: 1
      template:
        spec:
          restartPolicy: OnFailure
          containers: [{name: main, image: busybox}]
fates:
- {match: {job: b, restart: 0}, run: 5s, exit: 1}
- {run: "uniform:12s,20s", onTerm: {after: 1s}}
faults:
- {at: 30s, deletePod: {job: a, attempt: 1}}
- {at: 70s, deletePod: {job: a, attempt: 3}}
- {at: 110s, deletePod: {job: a, attempt: 5}}
`

// knownRuns are runs of the known cluster, and the same without latencies.
func knownRuns(t *testing.T, n int) (cluster, pure []*trace.Trace) {
	t.Helper()
	return runsOf(t, known, n)
}

func runsOf(t *testing.T, scenario string, n int) (cluster, pure []*trace.Trace) {
	t.Helper()
	list, _, err := scenarios.Load("known.yaml", strings.NewReader(scenario), nil, ".")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		cfg := list[0].Config()
		cfg.Seed, cfg.Replication = 3, uint64(i)
		slow, _, err := sim.Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		slow.Header.World = "kind"
		cfg.Knobs.Latency = api.Latency{}
		fast, _, err := sim.Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		cluster, pure = append(cluster, slow), append(pure, fast)
	}
	return cluster, pure
}

// What a simulated cluster was made of is found again: medians within 5 %, or 2 ms; spreads within 20 %. How long after
// a look an end is reported is within a tenth of the time between two, and so is what then remains to the pod's end; by
// how much pods delay each other, within a quarter.
func TestCalibrate_FindsAKnownCluster(t *testing.T) {
	c, err := reports.Calibrate(knownRuns(t, 60))
	if err != nil {
		t.Fatal(err)
	}
	if c.Fitting != 30 || c.Judging != 30 || c.World != "kind" || c.Nodes != 1 ||
		!slices.Equal(c.Missing, []string{"latency.shared"}) {
		t.Errorf("want 30 and 30 runs of kind, one node, and pods one after another that have nothing in common, got %+v", c)
	}
	want := map[string]string{"latency.request": "8ms", "latency.watch": "40ms", "latency.bind": "lognormal:300ms,0.4",
		"latency.start": "lognormal:2s,0.3", "latency.contend": "exponential:400ms", "latency.relist": "1013ms", "latency.observe": "100ms",
		"latency.restart": "lognormal:300ms,0.4", "latency.stop": "gamma:400ms,2",
		"latency.kill": "lognormal:500ms,0.15", "latency.remove": "weibull:600ms,3"}
	for _, f := range c.Fits {
		truth, err := rng.Parse(want[f.Name])
		if err != nil {
			t.Fatal(f.Name, err)
		}
		t.Logf("%s: %s, n %d and %d, KS %.3f, p %.2g", f.Name, f.Dist, f.N, f.Judged, f.KS, f.P)
		for _, q := range []struct{ p, tolerance float64 }{{0.5, 0.05}, {0.1, 0.2}, {0.9, 0.2}} {
			got, wanted := quantile(&f.Dist, q.p), quantile(&truth, q.p)
			tolerance := q.tolerance*wanted + 0.002
			switch f.Name {
			case "latency.observe":
				tolerance = 0.1
			case "latency.contend":
				tolerance = 0.25 * wanted
			case "latency.stop":
				tolerance += 0.1
			}
			if math.Abs(got-wanted) > tolerance {
				t.Errorf("%s: %s: the %v quantile is %.4g s, want %.4g s (%s)", f.Name, f.Dist, q.p, got, wanted, &truth)
			}
		}
		if f.P < 0.001 || f.KS > 0.1 || f.N < 30 || f.Judged < 30 {
			t.Errorf("%s: want a fit, got %+v", f.Name, f)
		}
	}
}

// How late news are is seen where a Job was quiet before a pod's start. Where that is too seldom for a fit, nothing is taken
// off from what else was measured: the profile would not give it back.
func TestCalibrate_LosesNothingThatItCannotTellApart(t *testing.T) {
	busy := strings.NewReplacer("bind: lognormal:300ms,0.4", "bind: 60ms", "start: lognormal:2s,0.3", "start: 600ms",
		"contend: exponential:400ms", "contend: 0s",
		"run: 5s", "run: 200ms", `"uniform:12s,20s"`, "200ms",
		"- {run:", "- {match: {job: a, attempt: 2}, start: 2s, run: 200ms}\n- {run:").Replace(known)
	c, err := reports.Calibrate(runsOf(t, busy, 4))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(c.Missing, "latency.watch") {
		t.Fatalf("want too few starts in quiet, missing are %q", c.Missing)
	}
	for name, want := range map[string]float64{"latency.bind": 0.1, "latency.start": 0.64} {
		i := slices.IndexFunc(c.Fits, func(f reports.Fit) bool { return f.Name == name })
		if i < 0 || math.Abs(c.Fits[i].Median-want) > 0.002 {
			t.Errorf("%s: want %v s, the watch in it, got %+v", name, want, c.Fits)
		}
	}
}

// What pods have in common that begin together is found again, within a tenth, and nothing where there is nothing;
// where pods delay each other, too, within a fifth.
func TestCalibrate_FindsWhatIsShared(t *testing.T) {
	for _, tc := range []struct {
		contend          string
		share, tolerance float64
	}{{"0s", 0, 0.1}, {"0s", 0.5, 0.1}, {"0s", 0.8, 0.1}, {"exponential:200ms", 0, 0.2}, {"exponential:200ms", 0.8, 0.2}} {
		crowd := strings.NewReplacer("latency:\n", fmt.Sprintf("latency:\n    shared: %v\n", tc.share),
			"parallelism: 1", "parallelism: 3", "exponential:400ms", tc.contend, "lognormal:300ms,0.4", "20ms").Replace(known)
		c, err := reports.Calibrate(runsOf(t, crowd, 120))
		if err != nil {
			t.Fatal(err)
		}
		s := c.Shared
		if s == nil || math.Abs(s.Share-tc.share) > tc.tolerance || math.Abs(s.Apart-s.OfTrace) > 0.05 || s.N < 100 || s.Judged < 100 {
			t.Errorf("want %+v, got %+v", tc, s)
		}
		t.Logf("%+v: %+v", tc, s)
	}
}

// Of pods that end together, and too seldom for the looks of their kubelet to be known, nobody knows how long they take to
// stop, nor what these latencies have in common.
func TestCalibrate_OfEndsWithoutLooks(t *testing.T) {
	few := strings.NewReplacer("parallelism: 1", "parallelism: 12", "contend: exponential:400ms", "contend: 0s",
		"lognormal:300ms,0.4", "20ms", "lognormal:2s,0.3", "2s", "gamma:400ms,2", "400ms", "uniform:12s,20s", "12s").Replace(known)
	c, err := reports.Calibrate(runsOf(t, few[:strings.Index(few, "faults:")], 2))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"latency.relist", "latency.observe", "latency.stop"} {
		if !slices.Contains(c.Missing, name) {
			t.Errorf("want %s missing, missing are %q", name, c.Missing)
		}
	}
}

// quantile is by draws: not every distribution has its own.
func quantile(d *rng.Dist, p float64) float64 {
	var values []float64
	for i := range 20_000 {
		values = append(values, rng.Source{Seed: 9}.Draw(d, rng.Key{Purpose: rng.Script, Sub: int32(i)}).Seconds())
	}
	slices.Sort(values)
	return values[int(p*float64(len(values)))]
}

// Suites replay the same runs: all of them say something of the cluster.
func TestCalibrate_TakesRunsThatWereReplayedAgain(t *testing.T) {
	cluster, pure := knownRuns(t, 20)
	twice := append(slices.Clone(cluster), cluster...)
	c, err := reports.Calibrate(append(twice, cluster...), slices.Concat(pure, pure, pure))
	if err != nil || c.Fitting != 30 || c.Judging != 30 {
		t.Errorf("want 30 and 30 runs, got %+v, %v", c, err)
	}
	if c != nil && len(c.Others) != 20 { // one or two of each three judge
		t.Errorf("want each run once among the others, got %d", len(c.Others))
	}
}

func TestCalibrate_RefusesWhatSaysNothing(t *testing.T) {
	cluster, pure := knownRuns(t, 2)
	other := relabelled(pure, "sim")
	for _, tr := range other {
		tr.Header.Seed = 2
	}
	for _, tc := range []struct {
		name          string
		cluster, pure []*trace.Trace
		want          string
	}{
		{"nothing", nil, nil, "no traces of a cluster"},
		{"other runs", cluster, other, "0 runs of the cluster have their like"},
		{"one run", cluster[:1], pure, "1 runs of the cluster have their like"},
		{"too short", cut(cluster, 3), cut(pure, 3), "no latency has 8 values"},
	} {
		_, err := reports.Calibrate(tc.cluster, tc.pure)
		if !errors.Is(err, reports.ErrEmpty) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: want %q, got %v", tc.name, tc.want, err)
		}
	}
}

func cut(traces []*trace.Trace, records int) []*trace.Trace {
	out := relabelled(traces, traces[0].Header.World)
	for _, t := range out {
		t.Records = t.Records[:records]
	}
	return out
}
