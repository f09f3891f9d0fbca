package gen_test

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/scenarios/gen"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
)

func yamlOf(t *testing.T, s *scenarios.Scenario) string {
	t.Helper()
	text, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// seeds is how many scenarios a test draws.
func seeds(short, long uint64) uint64 {
	if testing.Short() {
		return short
	}
	return long
}

// Every scenario prints as YAML that reads back as the same scenario, ends at a horizon, and has bounded work.
func TestDraw_ReadsBack(t *testing.T) {
	for seed := range seeds(200, 1500) {
		s := gen.Draw(seed, gen.All)
		text := yamlOf(t, s)
		list, _, err := scenarios.Load("drawn", strings.NewReader(text), nil, ".")
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		cfg := s.Config()
		if got, want := fmt.Sprintf("%+v", list[0].Config()), fmt.Sprintf("%+v", cfg); got != want {
			t.Errorf("seed %d (-want +got)\n-%s\n+%s", seed, want, got)
		}
		if again := yamlOf(t, list[0]); again != text {
			t.Errorf("seed %d (-want +got)\n-%s\n+%s", seed, text, again)
		}
		if cfg.Until.Horizon == 0 || len(cfg.Jobs) > 3 || len(cfg.Nodes) > 3 || len(cfg.Faults) > 100 {
			t.Errorf("seed %d is not bounded:\n%s", seed, text)
		}
		for _, j := range cfg.Jobs {
			if j.Spec.Completions.Or(0) > 50 || j.Spec.Parallelism > 30 {
				t.Errorf("seed %d is too large:\n%s", seed, text)
			}
		}
	}
}

// Seeds that once drew what cannot be read: a user who comes after the horizon.
func TestDraw_AlwaysReads(t *testing.T) {
	for _, seed := range []uint64{21953, 36731} {
		gen.Draw(seed, gen.Default)
	}
}

// first are the features of the first version, whose seeds mean what they meant then.
const first = gen.All & (1<<(gen.Ties+1) - 1)

// A seed means the same on every machine and in every version, also after features were added: these are those of the
// first version.
func TestDraw_Pinned(t *testing.T) {
	h := fnv.New64a()
	for seed := range uint64(100) {
		h.Write([]byte(yamlOf(t, gen.Draw(seed, first))))
	}
	if got, want := fmt.Sprintf("%016x", h.Sum64()), "223fe18ec8f52912"; got != want {
		t.Errorf("the scenarios of seeds 0 to 99 have digest %s, want %s", got, want)
	}
}

// Every feature shows: there are scenarios that are others without it, and some have none at all.
func TestDraw_EveryFeatureShows(t *testing.T) {
	for f := gen.Feature(0); gen.All.Has(f); f++ {
		seed := uint64(0)
		for ; seed < 400; seed++ {
			with, without := gen.Draw(seed, gen.All), gen.Draw(seed, gen.All.Without(f))
			with.File.Why, without.File.Why = "", ""
			if yamlOf(t, with) != yamlOf(t, without) {
				break
			}
		}
		if seed == 400 {
			t.Errorf("%v is never seen", f)
		}
	}
	if got := yamlOf(t, gen.Draw(1, 0)); strings.Contains(got, "faults") || strings.Contains(got, "exit") {
		t.Errorf("without features there is still\n%s", got)
	}
}

func TestParseSet(t *testing.T) {
	for _, tc := range []struct {
		text string
		want gen.Set
	}{
		{"", 0},
		{"all", gen.All},
		{"default", gen.All.Without(gen.Ties)},
		{"on-failure, ttl", gen.Of(gen.OnFailure, gen.TTL)},
		{"default,-scale,ties", gen.All.Without(gen.Scale)},
		{gen.All.String(), gen.All},
	} {
		if got, err := gen.ParseSet(tc.text); err != nil || got != tc.want {
			t.Errorf("%q is %v, %v, want %v", tc.text, got, err, tc.want)
		}
	}
	if _, err := gen.ParseSet("on-failure,luck"); err == nil || !strings.HasPrefix(err.Error(), `"luck" is not a feature (`+
		`allowed: all, default, job-api, several-jobs,`) {
		t.Errorf("an unknown feature: %v", err)
	}
	if got := gen.Feature(200).String(); got != "Feature(200)" {
		t.Errorf("an unknown feature is %q", got)
	}
}

// The small worlds are different from one another, every one's Job comes to an end, and it makes as many pods and
// restarts as Small says at most, and at times as many.
func TestSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("5508 scenarios are read")
	}
	seen, w := map[string]bool{}, sim.NewWorld()
	fullest := false
	for s := range gen.Small() {
		cfg := s.Config()
		key := fmt.Sprintf("%+v %+v %+v", cfg.Jobs, cfg.Fates, cfg.Faults)
		if seen[key] {
			t.Errorf("%s is there twice", s.Name)
		}
		seen[key] = true
		out, err := w.Run(cfg, nil)
		if err != nil || out.End != sim.EndFinished {
			t.Errorf("%s: %v, ends %v", s.Name, err, out.End)
		}
		spec := &cfg.Jobs[0].Spec
		most := spec.Completions.Or(spec.Parallelism) + spec.BackoffLimit
		if out.Jobs[0].Pods > most {
			t.Errorf("%s: %d pods, want at most %d", s.Name, out.Jobs[0].Pods, most)
		}
		fullest = fullest || out.Jobs[0].Pods == most && most == 5
		for id := range w.Store().PodCount() {
			if p := w.Store().Pod(id); p.Status.Restarts > max(1, spec.BackoffLimit) {
				t.Errorf("%s: %d restarts", s.Name, p.Status.Restarts)
			}
		}
	}
	if len(seen) != gen.SmallWorlds || !fullest {
		t.Errorf("%d worlds, want %d; one with as many pods as there can be: %v", len(seen), gen.SmallWorlds, fullest)
	}
	for range gen.Small() {
		break // whoever has enough may stop
	}
}

// planted are failures that a few things bring about together; what else a scenario has is taken out.
var planted = []struct {
	name  string
	fails func(*scenarios.Scenario) bool
	want  string // without the first lines
}{
	{"a Job and a fault", func(s *scenarios.Scenario) bool {
		for i := range s.File.Faults {
			if f := &s.File.Faults[i]; f.Suspend != "" && f.At.Duration >= 3*des.Second {
				return len(s.Manifests) > 0 && *s.Manifests[0].Spec.BackoffLimit < 3
			}
		}
		return false
	}, `cluster:
    latency:
        phaseStep: 1.009ms
    profile: none
faults:
    - at: 3.4s
      suspend: a
jobs:
    - manifest:
        apiVersion: batch/v1
        kind: Job
        metadata:
            name: a
        spec:
            backoffLimit: 0
            template:
                spec:
                    containers:
                        - image: busybox
                          name: main
                    restartPolicy: Never
`},
	{"a run that goes wrong", func(s *scenarios.Scenario) bool {
		cfg := s.Config()
		out, err := sim.NewWorld().Run(cfg, nil)
		for i := range out.Jobs {
			if err == nil && out.Jobs[i].Reason() == "Failed/BackoffLimitExceeded" && out.Jobs[i].Status.Failed == 2 {
				return true
			}
		}
		return false
	}, `cluster:
    latency:
        phaseStep: 1.009ms
    profile: none
fates:
    - signal: SIGKILL
jobs:
    - manifest:
        apiVersion: batch/v1
        kind: Job
        metadata:
            name: a
        spec:
            backoffLimit: 1
            template:
                spec:
                    containers:
                        - image: busybox
                          name: main
                    restartPolicy: Never
`},
}

// Shrink finds what matters, whatever it starts with, in a bounded number of tries, and again the same.
func TestShrink_Planted(t *testing.T) {
	for _, tc := range planted {
		t.Run(tc.name, func(t *testing.T) {
			found := 0
			for seed := uint64(0); found < 5; seed++ {
				s := gen.Draw(seed, first.Without(gen.Ties))
				if !tc.fails(s) {
					continue
				}
				found++
				tries := 0
				small := gen.Shrink(s, func(s *scenarios.Scenario) bool { tries++; return tc.fails(s) })
				got := yamlOf(t, small)
				if !tc.fails(small) || tries > gen.MaxTries+1 {
					t.Errorf("seed %d: after %d tries\n%s", seed, tries, got)
				}
				if again := yamlOf(t, gen.Shrink(s, tc.fails)); again != got {
					t.Errorf("seed %d: not the same again\n%s\n%s", seed, got, again)
				}
				if found == 1 {
					_, body, _ := strings.Cut(got, "\n")
					if body = body[:strings.Index(body, "kind: Scenario")]; body != tc.want {
						t.Errorf("seed %d, from %d bytes (-want +got)\n-%s\n+%s", seed, len(yamlOf(t, s)), tc.want, body)
					}
				}
				if lines := bytes.Count([]byte(got), []byte("\n")); lines > 45 {
					t.Errorf("seed %d: %d lines are left\n%s", seed, lines, got)
				}
			}
		})
	}
}

// What does not fail is left alone, and what always fails becomes the smallest Job.
func TestShrink_Ends(t *testing.T) {
	s := gen.Draw(7, gen.All)
	if got := gen.Shrink(s, func(*scenarios.Scenario) bool { return false }); got != s {
		t.Error("a scenario that does not fail was changed")
	}
	got := gen.Shrink(s, func(*scenarios.Scenario) bool { return true })
	if len(got.File.Jobs) != 1 || len(got.File.Fates)+len(got.File.Faults)+len(got.File.Cluster.Nodes) != 0 {
		t.Errorf("there is more left than a Job:\n%s", yamlOf(t, got))
	}
}
