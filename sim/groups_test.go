package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// machines are a group of nodes for two pods each, and a Job of pods that run for a minute.
func machines(pods int32, change func(*api.NodeGroup)) *sim.Config {
	k := api.DefaultKnobs()
	k.QPS, k.Events = 0, false
	g := api.NodeGroup{NodeSpec: api.NodeSpec{Name: "m", Pods: 110, Resources: api.Resources{MilliCPU: 2000, Memory: 1 << 30}},
		Max: 3, Boot: rng.Const(90 * des.Second), Idle: 10 * des.Minute}
	change(&g)
	spec := api.JobSpec{Name: "a", Completions: api.Some(pods), Parallelism: pods, BackoffLimit: 6,
		Template: api.PodTemplate{TerminationGracePeriodSeconds: 30, Containers: []api.Container{{Name: "main",
			Requests: api.Resources{MilliCPU: 1000, Memory: 1 << 20}}}}}
	spec.Template.Requests = api.Effective(spec.Template.Containers)
	return &sim.Config{Scenario: "machines", Seed: 1, Knobs: k, Groups: []api.NodeGroup{g},
		Until: sim.Until{Horizon: des.Time(des.Hour), Quiescent: true},
		Jobs:  []sim.Submission{{At: des.Time(3 * des.Second), Spec: spec}},
		Fates: []api.FateRule{{Job: api.AnyJob, Container: api.AnyMain, Chance: api.Certain, Run: rng.Const(des.Minute),
			TermExit: 143}}}
}

// story is what befell nodes and how pods ended, line by line, and the outcome.
func story(t *testing.T, cfg *sim.Config) (lines []string, out sim.Outcome) {
	t.Helper()
	tr, out, err := sim.Run(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range tr.Records {
		if r.Ref.Kind == trace.KindNode || r.Verb == trace.Succeed || r.Verb == trace.Fail || r.Verb == trace.Bind {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%v %s %s %v %s", r.At, r.Actor, r.Verb, r.Ref, r.Because)))
		}
	}
	return lines, out
}

func same(t *testing.T, got []string, want string) {
	t.Helper()
	if g := strings.Join(got, "\n"); g != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
}

// The loop at 10 s sees three pods and launches two machines, which boot for 90 s. The scheduler, which had no node at
// all, looks again at 110 s. Ten minutes after their last pod, the next loop gives the machines back.
func TestGroups_GrowAndShrink(t *testing.T) {
	got, out := story(t, machines(3, func(*api.NodeGroup) {}))
	same(t, got, `
100.000s cloud create node m-0 cloud.boot
100.000s cloud create node m-1 cloud.boot
110.000s scheduler bind pod a/0 sched.bind
110.000s scheduler bind pod a/1 sched.bind
110.000s scheduler bind pod a/2 sched.bind
170.000s kubelet succeed pod a/0 scenario.fate
170.000s kubelet succeed pod a/1 scenario.fate
170.000s kubelet succeed pod a/2 scenario.fate
770.000s cloud remove node m-0 cloud.scale-down
770.000s cloud remove node m-1 cloud.scale-down`)
	if g := out.Groups[0]; g.Launched != 2 || g.Peak != 2 || g.Ran != 1520*des.Second {
		t.Errorf("%+v", g)
	}
}

// A machine that is given back as soon as it is idle stays until the scheduler, which is late, has found it.
func TestGroups_WhoIsAwaitedIsKept(t *testing.T) {
	cfg := machines(1, func(g *api.NodeGroup) { g.Idle, g.Boot = 0, rng.Const(92*des.Second) })
	cfg.Jobs[0].At = des.Time(4 * des.Second)
	got, _ := story(t, cfg)
	same(t, got, `
102.000s cloud create node m-0 cloud.boot
111.000s scheduler bind pod a/0 sched.bind
171.000s kubelet succeed pod a/0 scenario.fate
180.000s cloud remove node m-0 cloud.scale-down`)
}

// A group grows to its most and no further, and shrinks to its least.
func TestGroups_StayWithinTheirBounds(t *testing.T) {
	_, out := story(t, machines(40, func(g *api.NodeGroup) { g.Min = 1 }))
	if g := out.Groups[0]; g.Launched != 3 || g.Peak != 3 || !out.Jobs[0].Complete() ||
		g.Ran <= des.Hour+2*10*des.Minute || g.Ran >= des.Hour+2*30*des.Minute {
		t.Errorf("%+v, %+v", g, out.Jobs[0])
	}
}

// Pods that fit on no machine do not make a group grow; those of a second group do.
func TestGroups_TheFirstThatFits(t *testing.T) {
	cfg := machines(1, func(g *api.NodeGroup) { g.MilliCPU = 500 })
	if _, out := story(t, cfg); out.Groups[0].Launched != 0 {
		t.Errorf("%+v", out.Groups)
	}
	large := cfg.Groups[0]
	large.Name, large.MilliCPU = "large", 8000
	cfg.Groups = append(cfg.Groups, large)
	if _, out := story(t, cfg); out.Groups[0].Launched != 0 || out.Groups[1].Launched != 1 || !out.Jobs[0].Complete() {
		t.Errorf("%+v", out.Groups)
	}
}

// A machine that is taken away is drained when the notice comes, and gone when that ends; another takes its place, as
// the group has two at least.
func TestGroups_Reclaim(t *testing.T) {
	cfg := machines(4, func(g *api.NodeGroup) {
		g.Min, g.Reclaim, g.Notice = 2, api.Some(rng.Dist{Kind: rng.Empirical, Values: []des.Duration{45 * des.Second,
			500 * des.Hour}}), 2*des.Minute
	})
	cfg.Until.Horizon, cfg.Seed = des.Time(300*des.Second), 4
	got, out := story(t, cfg)
	same(t, got, `
3.000s scheduler bind pod a/0 sched.bind
3.000s scheduler bind pod a/1 sched.bind
3.000s scheduler bind pod a/2 sched.bind
3.000s scheduler bind pod a/3 sched.bind
45.000s cloud update node m-0 cloud.notice
45.000s kubelet fail pod a/0 kubelet.terminate
45.000s kubelet fail pod a/2 kubelet.terminate
63.000s kubelet succeed pod a/1 scenario.fate
63.000s kubelet succeed pod a/3 scenario.fate
64.000s scheduler bind pod a/4 sched.bind
64.000s scheduler bind pod a/5 sched.bind
124.000s kubelet succeed pod a/4 scenario.fate
124.000s kubelet succeed pod a/5 scenario.fate
165.000s cloud remove node m-0 cloud.reclaim
260.000s cloud create node m-2 cloud.boot`)
	if g := out.Groups[0]; g.Reclaimed != 1 {
		t.Errorf("%+v", g)
	}
}

// A machine that breaks is gone with its pods, until it is repaired; a drain lasts for its time.
func TestGroups_BreakAndDrain(t *testing.T) {
	cfg := machines(2, func(g *api.NodeGroup) {
		g.Min, g.Max, g.Break, g.Repair = 1, 1, api.Some(rng.Const(25*des.Second)), rng.Const(1000*des.Second)
	})
	cfg.Until.Horizon = des.Time(1040 * des.Second)
	got, _ := story(t, cfg)
	same(t, got, `
3.000s scheduler bind pod a/0 sched.bind
3.000s scheduler bind pod a/1 sched.bind
25.000s cloud remove node m-0 cloud.break
80.000s pod-garbage-collector fail pod a/0 podgc.orphan
80.000s pod-garbage-collector fail pod a/1 podgc.orphan
1025.000s cloud create node m-1 cloud.boot
1032.000s scheduler bind pod a/2 sched.bind
1032.000s scheduler bind pod a/3 sched.bind`)
	cfg = machines(2, func(g *api.NodeGroup) {
		g.Min, g.Max, g.Drain, g.Drained = 1, 1, api.Some(rng.Const(25*des.Second)), 5*des.Minute
	})
	cfg.Until = sim.Until{Horizon: des.Time(355 * des.Second)}
	got, _ = story(t, cfg)
	same(t, got, `
3.000s scheduler bind pod a/0 sched.bind
3.000s scheduler bind pod a/1 sched.bind
25.000s cloud update node m-0 cloud.drain
25.000s kubelet fail pod a/0 kubelet.terminate
25.000s kubelet fail pod a/1 kubelet.terminate
325.000s cloud update node m-0 cloud.drained
325.000s scheduler bind pod a/2 sched.bind
325.000s scheduler bind pod a/3 sched.bind
350.000s cloud update node m-0 cloud.drain
350.000s kubelet fail pod a/2 kubelet.terminate
350.000s kubelet fail pod a/3 kubelet.terminate`)
}
