package lint

import (
	"context"
	"fmt"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/study"
	batchv1 "k8s.io/api/batch/v1"
)

// Level says how bad a finding is, in SARIF's words.
type Level string

// The levels.
const (
	Error   Level = "error"   // the Job will not do what it is for
	Warning Level = "warning" // it may well not
	Note    Level = "note"    // good to know
)

// Rule is something to look for.
type Rule struct {
	ID     string
	Level  Level
	Title  string
	Thread string // a public thread about it; empty: the evidence is the simulator's alone
	check  func(*subject) (what, evidence string, err error)
}

// Finding is a rule that was broken.
type Finding struct {
	Rule     *Rule
	Job      string
	Field    string // of the manifest, to look at
	What     string
	Evidence string
}

// Linter says how to look.
type Linter struct {
	Pool *study.Pool
	Seed uint64
	Runs int // of each simulation that a rule asks for
}

// subject is a Job that is looked at.
type subject struct {
	*Linter
	ctx      context.Context
	scenario *scenarios.Scenario
	written  *batchv1.Job // as it stands in the file
	job      *batchv1.Job // with Kubernetes' defaults
	run      rng.Dist
	rate     float64
	known    bool // rate and run are
	studies  map[string]*answer.Tally
	field    string
}

// Rules are all of them.
func Rules() []*Rule {
	var out []*Rule
	for _, list := range [][]Rule{retryRules, timeRules, policyRules, sizeRules} {
		for i := range list {
			out = append(out, &list[i])
		}
	}
	return out
}

// Lint holds every Job of a scenario against every rule. Simulations are of the whole scenario.
func (l *Linter) Lint(ctx context.Context, sc *scenarios.Scenario) ([]Finding, error) {
	var out []Finding
	studies := map[string]*answer.Tally{}
	for i, job := range sc.Manifests {
		s := &subject{Linter: l, ctx: ctx, scenario: sc, written: sc.File.Jobs[i].Manifest, job: job, studies: studies}
		s.run, s.rate, s.known = sc.Coins()
		for _, r := range Rules() {
			s.field = "spec"
			what, evidence, err := r.check(s)
			if err != nil {
				return out, fmt.Errorf("rule %s: %w", r.ID, err)
			}
			if what != "" {
				out = append(out, Finding{r, job.Name, s.field, what, evidence})
			}
		}
	}
	return out, nil
}

// study is what many runs say of the scenario with changes.
func (s *subject) study(changes ...scenarios.Change) (*answer.Tally, error) {
	key := fmt.Sprint(changes)
	if t := s.studies[key]; t != nil {
		return t, nil
	}
	sc, err := s.scenario.With(changes...)
	if err != nil {
		return nil, err
	}
	cfg := sc.Config()
	cfg.Seed = s.Seed
	st := answer.Study{Pool: s.Pool, Config: cfg, Runs: s.Runs}
	t, err := st.Run(s.ctx)
	if err == nil {
		s.studies[key] = t
	}
	return t, err
}

// share is how many runs end for a reason, such as Failed/DeadlineExceeded.
func share(t *answer.Tally, reason string) float64 {
	for _, c := range t.Outcomes {
		if c.Reason == reason {
			return float64(c.Runs) / float64(t.Runs)
		}
	}
	return 0
}

// success is P(success) with its interval, in words.
func success(t *answer.Tally) string {
	s, err := t.Success(answer.Confidence)
	if err != nil {
		return "unknown"
	}
	return fmt.Sprintf("P(success) = %.4f (95 %% interval %.4f to %.4f, %d runs)", s.Center, s.Lo, s.Hi, t.Runs)
}

func change(field string, value any) scenarios.Change {
	return scenarios.Change{Field: field, Value: fmt.Sprint(value)}
}

// completions are how many successes are needed; 1 for a work queue.
func (s *subject) completions() int {
	if c := s.job.Spec.Completions; c != nil {
		return int(*c)
	}
	return 1
}

func (s *subject) never() bool { return s.job.Spec.Template.Spec.RestartPolicy == "Never" }
