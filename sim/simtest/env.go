package simtest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/check"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// Env is a script's world. Checkers look at it after every event.
type Env struct {
	t       *testing.T
	cfg     sim.Config
	world   *sim.World
	records trace.Trace
	shown   int
	broken  []string
}

// NewEnv is a world with one boundless node, without latencies or client limits.
func NewEnv(t *testing.T) *Env {
	e := &Env{t: t, world: sim.NewWorld()}
	e.cfg = sim.Config{Scenario: "story", Knobs: api.DefaultKnobs(), Nodes: []api.NodeSpec{{Name: "n0", Unlimited: true}}}
	e.cfg.Until.Quiescent = true
	e.cfg.Knobs.QPS, e.cfg.Knobs.RestartJitter = 0, false
	var c check.Checker
	e.world.Check(func(s *store.Store) { e.broken = append(e.broken, c.After(s)...) })
	return e
}

// Handle plays one command and returns its answer.
func (e *Env) Handle(d *datadriven.TestData) string {
	a := &args{t: e.t, d: d}
	answer := e.play(d.Cmd, a)
	a.done()
	for _, b := range e.broken {
		answer += "broken: " + b + "\n"
	}
	e.broken = nil
	if answer == "" {
		return "ok\n"
	}
	return answer
}

func (e *Env) play(cmd string, a *args) string {
	switch cmd {
	case "cluster":
		e.cluster(a)
	case "submit":
		e.submit(a)
	case "fate":
		e.fate(a)
	case "patch":
		e.patch(a)
	case "delete":
		e.cfg.Faults = append(e.cfg.Faults, api.Fault{At: a.time("at"), Kind: api.DeletePod, Job: e.job(a),
			Index: api.NoIndex, Attempt: int32(a.number("pod", 0))})
	case "begin":
		e.world.Begin(&e.cfg, &e.records)
	case "run":
		return e.run(a.time("until"))
	case "step":
		for range a.number("n", 1) {
			e.world.Step()
		}
		return e.news()
	case "job":
		return e.status(e.job(a))
	case "pods":
		return e.pods(e.job(a))
	default:
		e.t.Fatalf("unknown command %q", cmd)
	}
	return ""
}

func (e *Env) cluster(a *args) {
	if cpu := a.number("cpu", 0); cpu > 0 {
		e.cfg.Nodes[0] = api.NodeSpec{Name: "n0", Resources: api.Resources{MilliCPU: cpu, Memory: 1 << 40},
			Pods: int32(a.number("pods", 110))}
	}
	e.cfg.Knobs.Kubernetes = api.Minor(a.number("kubernetes", int64(api.DefaultMinor)))
	e.cfg.Knobs.Latency.Watch = rng.Const(a.span("watch", 0))
	e.cfg.Knobs.Latency.Request = rng.Const(a.span("request", 0))
}

func (e *Env) submit(a *args) {
	spec := api.JobSpec{Name: a.text("job", "a"), Parallelism: int32(a.number("parallelism", 1)),
		BackoffLimit: int32(a.number("limit", 6))}
	if c := a.text("completions", "1"); c != "none" {
		n, err := strconv.ParseInt(c, 10, 32)
		if err != nil {
			e.t.Fatal(err)
		}
		spec.Completions = api.Some(int32(n))
	}
	if s := a.number("deadline", -1); s >= 0 {
		spec.ActiveDeadlineSeconds = api.Some(s)
	}
	if s := a.number("ttl", -1); s >= 0 {
		spec.TTLSecondsAfterFinished = api.Some(int32(s))
	}
	spec.Suspend = a.flag("suspend")
	spec.Template = api.PodTemplate{TerminationGracePeriodSeconds: 30,
		Containers: []api.Container{{Name: "main", Requests: api.Resources{MilliCPU: 1000}}}}
	spec.Template.Requests = api.Effective(spec.Template.Containers)
	if a.text("policy", "Never") == "OnFailure" {
		spec.Template.RestartPolicy = api.RestartOnFailure
	}
	e.cfg.Jobs = append(e.cfg.Jobs, sim.Submission{Spec: spec})
}

func (e *Env) fate(a *args) {
	r := api.FateRule{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: rng.Const(a.span("run", 0)),
		Exit: int32(a.number("exit", 0)), Term: rng.Const(a.span("term", 0)), TermExit: int32(a.number("termexit", 143))}
	if n := int32(a.number("pod", -1)); n >= 0 {
		r.Number = api.Ranges{{From: n, To: n}}
	}
	if n := int32(a.number("restart", -1)); n >= 0 {
		r.Restart = api.Ranges{{From: n, To: n}}
	}
	e.cfg.Fates = append(e.cfg.Fates, r)
}

func (e *Env) patch(a *args) {
	f := api.Fault{At: a.time("at"), Kind: api.PatchJob, Job: e.job(a)}
	if n := a.number("parallelism", -1); n >= 0 {
		f.Patch.Parallelism = api.Some(int32(n))
	}
	if n := a.number("limit", -1); n >= 0 {
		f.Patch.BackoffLimit = api.Some(int32(n))
	}
	if s := a.text("suspend", ""); s != "" {
		f.Patch.Suspend = api.Some(s == "true")
	}
	e.cfg.Faults = append(e.cfg.Faults, f)
}

func (e *Env) job(a *args) api.JobID {
	name := a.text("job", "a")
	for i := range e.cfg.Jobs {
		if e.cfg.Jobs[i].Spec.Name == name {
			return api.JobID(i)
		}
	}
	e.t.Fatalf("no Job is named %q", name)
	return 0
}

// run lets everything happen up to and including an instant.
func (e *Env) run(until des.Time) string {
	for {
		next, ok := e.world.Peek()
		if !ok || next > until || !e.world.Step() {
			return e.news()
		}
	}
}

// news are the records since the last answer.
func (e *Env) news() string {
	var b strings.Builder
	for ; e.shown < len(e.records.Records); e.shown++ {
		r := &e.records.Records[e.shown]
		fmt.Fprintf(&b, "%v %s %s %s %s", r.At, r.Actor, r.Verb, r.Ref, r.Because)
		for _, arg := range r.Args {
			fmt.Fprintf(&b, " %s=%s", arg.Key, arg.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (e *Env) status(id api.JobID) string {
	s := &e.world.Store().Job(id).Status
	text := fmt.Sprintf("active=%d ready=%d terminating=%d succeeded=%d failed=%d uncounted=%d/%d start=%v\n", s.Active,
		s.Ready.Or(0), s.Terminating.Or(0), s.Succeeded, s.Failed,
		len(s.UncountedSucceeded), len(s.UncountedFailed), s.StartTime)
	for _, c := range s.Conditions {
		text += fmt.Sprintf("%s=%v %s at %v\n", c.Type, c.Status, c.Reason, c.Transition)
	}
	return text
}

func (e *Env) pods(id api.JobID) string {
	var lines []string
	e.world.Store().PodsOf(id, func(p *api.Pod) bool {
		line := fmt.Sprintf("%d %v restarts=%d exit=%d finalizer=%v", p.Attempt, p.Status.Phase, p.Status.Restarts,
			p.Status.Exit, p.Finalizer)
		if p.Deleted != des.Never {
			line += fmt.Sprintf(" deleted=%v", p.Deleted)
		}
		lines = append([]string{line}, lines...)
		return true
	})
	return strings.Join(lines, "\n") + "\n"
}
