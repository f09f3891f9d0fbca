package answer_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/stats"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/study"
)

// coins is a Job whose runs fail with probability p.
func coins(t *testing.T, completions, parallelism, limit int32, p float64, run string) *sim.Config {
	t.Helper()
	d, err := rng.Parse(run)
	if err != nil {
		t.Fatal(err)
	}
	k := api.DefaultKnobs()
	k.QPS, k.RestartJitter = 0, false
	ok := api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: d}
	fails := ok
	fails.Chance, fails.Exit = uint64(math.Ldexp(p, 63)), 1
	return &sim.Config{Scenario: "coins", Seed: 1, Knobs: k, Nodes: []api.NodeSpec{{Name: "n", Unlimited: true}},
		Fates: []api.FateRule{fails, ok},
		Jobs: []sim.Submission{{Spec: api.JobSpec{Name: "a", Completions: api.Some(completions), Parallelism: parallelism,
			BackoffLimit: limit, Template: api.PodTemplate{RestartPolicy: api.RestartNever, TerminationGracePeriodSeconds: 30,
				Containers: []api.Container{{Name: "main"}}}}}}}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The same bytes for any number of workers, whether the study runs to its end or stops at a precision.
func TestStudy_AnyNumberOfWorkers(t *testing.T) {
	cfg := coins(t, 20, 3, 4, 0.1, "lognormal:30s,0.5")
	for _, precision := range []float64{0, 0.1} {
		want := ""
		for _, workers := range []int{1, 2, 7} {
			s := answer.Study{Pool: study.NewPool(workers), Config: cfg, Runs: 3000, Precision: precision}
			tally, err := s.Run(context.Background())
			if err != nil || tally.Runs != 3000 && precision == 0 || tally.Runs == 3000 && precision > 0 {
				t.Fatalf("precision %v, %d workers: %d runs, %v", precision, workers, tally.Runs, err)
			}
			if got := text(t, tally); want == "" {
				want = got
			} else if got != want {
				t.Errorf("precision %v, %d workers: not the same as with 1", precision, workers)
			}
		}
	}
}

// A study that is interrupted time and again, and goes on from its checkpoints, ends with the bytes of one that is not.
func TestStudy_ResumesFromACheckpoint(t *testing.T) {
	cfg := coins(t, 10, 3, 4, 0.1, "exponential:30s")
	pool := study.NewPool(2)
	for _, precision := range []float64{0, 0.05} {
		whole := answer.Study{Pool: pool, Config: cfg, Runs: 2000, Precision: precision}
		want, err := whole.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var kept *answer.Tally
		interruptions := 0
		for {
			ctx, cancel := context.WithCancel(context.Background())
			begun := 0
			part := whole
			part.From = kept
			part.Taken = func(*answer.Tally) {
				if begun++; begun == 97 {
					cancel()
				}
			}
			tally, err := part.Run(ctx)
			cancel()
			file, failed := answer.Checkpoint(cfg, tally)
			if failed != nil {
				t.Fatal(failed)
			}
			if kept, failed = answer.Resume(cfg, file); failed != nil {
				t.Fatal(failed)
			}
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			interruptions++
		}
		if got := text(t, kept); got != text(t, want) || interruptions == 0 {
			t.Errorf("precision %v, after %d interruptions: %d runs, want %d", precision, interruptions, kept.Runs, want.Runs)
		}
	}
}

func TestResume_RefusesAnotherStudy(t *testing.T) {
	cfg := coins(t, 10, 3, 4, 0.1, "30s")
	s := answer.Study{Pool: study.NewPool(1), Config: cfg, Runs: 20}
	tally, err := s.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	file, err := answer.Checkpoint(cfg, tally)
	if err != nil {
		t.Fatal(err)
	}
	other := *cfg
	other.Seed++
	if _, err := answer.Resume(&other, file); !errors.Is(err, answer.ErrCheckpoint) {
		t.Errorf("the checkpoint of another seed: %v", err)
	}
	for _, bad := range []string{"", "{}", "null", `{"apiVersion":"jobsim.dev/v1alpha1","kind":"StudyCheckpoint"}`} {
		if _, err := answer.Resume(cfg, []byte(bad)); !errors.Is(err, answer.ErrCheckpoint) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Two configurations with the same replications differ far less by luck than two with their own: the same pod has the
// same fate whatever the parallelism and the limit.
func TestCommonRandomNumbers(t *testing.T) {
	makespans := func(cfg *sim.Config) (out []float64) {
		err := study.Replicate(context.Background(), study.NewPool(2), study.Fixed(cfg), 0, 1000, study.ResultOf,
			func(_ uint64, r study.Result) bool {
				out = append(out, r.Makespan.Seconds())
				return true
			})
		if err != nil || len(out) != 1000 {
			t.Fatalf("%d results, %v", len(out), err)
		}
		return out
	}
	a := makespans(coins(t, 40, 5, 1000, 0.05, "lognormal:30s,0.5"))
	b := makespans(coins(t, 40, 6, 1000, 0.05, "lognormal:30s,0.5"))
	other := coins(t, 40, 6, 1000, 0.05, "lognormal:30s,0.5")
	other.Seed = 99
	c := makespans(other)
	paired, independent := variance(t, a, b), variance(t, a, c)
	t.Logf("variance of a difference: %.0f with common random numbers, %.0f without: a factor of %.1f",
		paired, independent, independent/paired)
	if paired*3 > independent {
		t.Errorf("common random numbers give a variance of %v, independent ones %v: want a third at most", paired, independent)
	}
}

func variance(t *testing.T, a, b []float64) float64 {
	t.Helper()
	mean, square := 0.0, 0.0
	for i := range a {
		mean += (a[i] - b[i]) / float64(len(a))
	}
	for i := range a {
		square += (a[i] - b[i] - mean) * (a[i] - b[i] - mean) / float64(len(a)-1)
	}
	return square
}

// With --precision the 95 % intervals cover at least 95 % of the time, though the study looks at them to decide when to
// end. Known answers: P(success) of D.6.1 of the field study, and the mean of the longest of two exponential spans.
func TestPrecision_CoversUnderPeeking(t *testing.T) {
	if testing.Short() {
		t.Skip("1000 studies")
	}
	const studies = 1000
	never := coins(t, 10, 1, 3, 0.1, "1s")             // P(success) = 0.965839
	longest := coins(t, 2, 2, 0, 0, "exponential:60s") // E max of two = 1.5 means
	shift := 0.0
	{ // what the controller adds to every makespan alike
		fixed := coins(t, 2, 2, 0, 0, "60s")
		s := answer.Study{Pool: study.NewPool(1), Config: fixed, Runs: 2}
		tally, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		mean, _ := tally.Makespan.Moments()
		shift = mean/float64(des.Second) - 60
	}
	pool := study.NewPool(2)
	covered, meanCovered, runs := 0, 0, 0
	for seed := range uint64(studies) {
		never.Seed, longest.Seed = seed, seed
		s := answer.Study{Pool: pool, Config: never, Runs: 100_000, Precision: 0.05}
		tally, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if w, _ := tally.Success(s.Level()); w.Lo <= 0.965839 && 0.965839 <= w.Hi {
			covered++
		}
		s = answer.Study{Pool: pool, Config: longest, Runs: 100_000, Precision: 0.15}
		if tally, err = s.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		runs += tally.Runs
		if m, _ := tally.Makespan.Mean(s.Level()); m.Lo <= (90+shift)*1e9 && (90+shift)*1e9 <= m.Hi {
			meanCovered++
		}
	}
	t.Logf("%d and %d of %d studies cover; %d runs a study", covered, meanCovered, studies, runs/studies)
	for _, n := range []int{covered, meanCovered} {
		if p, err := stats.ClopperPearson(n, studies, 0.99); err != nil || p.Hi < 0.95 {
			t.Errorf("%d of %d studies cover: at most %v", n, studies, p.Hi)
		}
	}
}

// The 95 % intervals of a study of a fixed number of runs cover 94 to 96 % of the time.
func TestIntervals_Cover(t *testing.T) {
	if testing.Short() {
		t.Skip("4000 studies")
	}
	const studies = 4000
	cfg := coins(t, 10, 1, 0, 0.1, "1s") // P(success) = 0.9^10, else the first failure ends it: pods are geometric
	success, meanPods := math.Pow(0.9, 10), (1-math.Pow(0.9, 10))/0.1
	pool := study.NewPool(2)
	covered, podsCovered := 0, 0
	for seed := range uint64(studies) {
		cfg.Seed = seed
		s := answer.Study{Pool: pool, Config: cfg, Runs: 300}
		tally, err := s.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if w, _ := tally.Success(s.Level()); w.Lo <= success && success <= w.Hi {
			covered++
		}
		if m, _ := tally.Pods.Mean(s.Level()); m.Lo <= meanPods && meanPods <= m.Hi {
			podsCovered++
		}
	}
	t.Logf("of %d studies %d cover P(success), %d the mean number of pods", studies, covered, podsCovered)
	for _, n := range []int{covered, podsCovered} {
		if share := float64(n) / studies; share < 0.94 || share > 0.96 {
			t.Errorf("%v of the studies cover, want 0.94 to 0.96", share)
		}
	}
}
