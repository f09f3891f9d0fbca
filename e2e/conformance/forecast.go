package conformance

import (
	"fmt"
	"slices"

	"github.com/jobsim/jobsim/e2e/replay"
	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Forecast is what the simulator says of a scenario on a live cluster.
type Forecast struct {
	// Exact are the facts that are the same however fast the cluster is.
	Exact map[reports.Key]string
	// Possible are all values of the other facts that were seen. An order that is not exact is not here: there are more
	// than can be foreseen.
	Possible map[reports.Key][]string
	// Shortest and Longest are the extremes of the times that every run has.
	Shortest, Longest map[reports.Key]des.Duration
	// Usual and Length are how long the median and the longest run took.
	Usual, Length des.Duration
	// Places are where the pods of the first run came to.
	Places []replay.Place
	// Queue says that in it more than one pod waited for room: then the order in which they get it depends on when they
	// were tried before, and any pod that ends on the cluster has those tried again that wait.
	Queue bool
	// Held says that pods have containers which begin late: a replay holds them back before they have a node.
	Held bool
	// Rules are those that explain a run, sorted.
	Rules []trace.Rule
	// Runs is how many runs this was taken from, and Pace that of the slowest.
	Runs int
	Pace float64
}

// paces are clusters as slow as these multiples of the usual one, which is scenarios' profile default: one kind node on
// two cores. Two of them in a suite of parallel replays were up to twice as slow; some pods start in half a second.
var paces = []float64{0.25, 0.5, 1, 2}

// How many runs of each pace make a forecast: to judge a replay, and to plan one.
const (
	runsToJudge = 40
	runsToPlan  = 1
)

// Predict simulates a scenario on clusters of every pace, so many times each.
func Predict(sc *scenarios.Scenario, seed, replication uint64, runs int, paces ...float64) (*Forecast, error) {
	f := &Forecast{Exact: map[reports.Key]string{}, Possible: map[reports.Key][]string{},
		Shortest: map[reports.Key]des.Duration{}, Longest: map[reports.Key]des.Duration{},
		Runs: runs * len(paces), Pace: slices.Max(paces)}
	rules := map[trace.Rule]bool{}
	counts := map[reports.Key]int{}
	var lengths []des.Duration
	chance := sc.LeftToChance()
	for i := range f.Runs {
		cfg := sc.Config()
		if err := slow(cfg, paces[i%len(paces)]); err != nil {
			return nil, err
		}
		unsettle(cfg, i/len(paces), runs)
		cfg.Seed, cfg.Replication = seed, replication
		if !chance { // else only the pace can be varied: another replication has other fates
			cfg.Replication = uint64(i)
		}
		t, out, err := sim.Run(cfg)
		if err != nil {
			return nil, fmt.Errorf("scenario %q: %w", sc.Name, err)
		}
		lengths = append(lengths, length(t, cfg, &out))
		if i == 0 {
			f.Held = slices.ContainsFunc(cfg.Fates, startsLate)
			f.Places = places(t, cfg)
			if f.Queue, err = queue(t); err != nil {
				return nil, err
			}
		}
		if err := f.take(t, counts, rules); err != nil {
			return nil, err
		}
	}
	slices.Sort(lengths)
	f.Usual, f.Length = lengths[len(lengths)/2], lengths[len(lengths)-1]
	for key := range f.Shortest {
		if counts[key] != f.Runs && !aboutPace(key) {
			delete(f.Shortest, key)
			delete(f.Longest, key)
		}
	}
	for key, values := range f.Possible {
		if len(values) == 1 && counts[key] == f.Runs {
			f.Exact[key] = values[0]
		}
		if _, exact := f.Exact[key]; exact || key.Name == orderFact {
			delete(f.Possible, key)
		}
	}
	for r := range rules {
		f.Rules = append(f.Rules, r)
	}
	slices.Sort(f.Rules)
	return f, nil
}

// length is how long a run took: one that goes on until nothing is left to happen ends with its last record, and the
// clock stands at the horizon.
func length(t *trace.Trace, cfg *sim.Config, out *sim.Outcome) des.Duration {
	if n := len(t.Records); n > 0 && (cfg.Until.Quiescent || out.End != sim.EndFinished) {
		return t.Records[n-1].At.Sub(0)
	}
	return out.At.Sub(0)
}

// places are where the pods of a run came to.
func places(t *trace.Trace, cfg *sim.Config) (list []replay.Place) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Verb != trace.Bind {
			continue
		}
		name, _ := r.Arg("node")
		node := slices.IndexFunc(cfg.Nodes, func(n api.NodeSpec) bool { return n.Name == name })
		job := slices.IndexFunc(cfg.Jobs, func(j sim.Submission) bool { return j.Spec.Name == r.Ref.Name })
		if node >= 0 && job >= 0 {
			list = append(list, replay.Place{Job: api.JobID(job), Index: r.Ref.Index, Attempt: r.Ref.Attempt,
				Node: api.NodeID(node)})
		}
	}
	return list
}

// patience is how long a pod waits for a node at most that has room.
const patience = 2 * des.Second

// queue says whether more than one pod waited for room.
func queue(t *trace.Trace) (bool, error) {
	run, err := reports.Read(t)
	if err != nil {
		return false, err
	}
	var last des.Time // when the latest of those that wait got room
	for _, j := range run.Jobs {
		for _, p := range j.Pods { // in the order of their creation
			until := min(p.Bound, p.Terminated, p.Removed, run.End)
			if until.Sub(p.Created) <= patience {
				continue
			}
			if p.Created < last {
				return true, nil
			}
			last = max(last, until)
		}
	}
	return false, nil
}

// relist is how far apart two looks of a kubelet are for what has ended, as measured on kind.
const relist = 1013 * des.Millisecond

// slow makes the cluster a kind node, that many times as slow. Of one that is slower than the usual ones, because its
// machines have too much else to do, everything is sometimes fast and sometimes slow.
func slow(cfg *sim.Config, pace float64) error {
	l := &cfg.Knobs.Latency
	start, least := fmt.Sprintf("lognormal:%.2fs,0.36", 1.9*pace), pace
	if pace > slices.Max(paces) {
		start, least = fmt.Sprintf("uniform:500ms,%.2fs", 4*pace), 1
	}
	cfg.Knobs.QPS, cfg.Knobs.Burst, cfg.Knobs.Events = api.DefaultKnobs().QPS, api.DefaultKnobs().Burst, true
	cfg.Knobs.RestartJitter = true
	l.Relist = des.Duration(pace * float64(relist))
	for _, d := range []struct {
		to   *rng.Dist
		text string
	}{
		{&l.Request, fmt.Sprintf("uniform:%.1fms,%.1fms", 3*least, 20*pace)},
		{&l.Watch, fmt.Sprintf("uniform:%.1fms,%.1fms", 1*least, 20*pace)},
		{&l.Bind, fmt.Sprintf("uniform:%.1fms,%.1fms", 20*least, 200*pace)},
		{&l.Start, start},
		{&l.Observe, fmt.Sprintf("uniform:0ms,%.0fms", 90*pace)},
		{&l.Restart, fmt.Sprintf("uniform:10ms,%.1fs", 0.6*pace)},
		{&l.Stop, fmt.Sprintf("uniform:20ms,%.2fs", 0.48*pace)},
		{&l.Kill, fmt.Sprintf("uniform:100ms,%.1fs", 1.1*pace)},
		{&l.Remove, fmt.Sprintf("uniform:100ms,%.1fs", 1.1*pace)},
	} {
		dist, err := rng.Parse(d.text)
		if err != nil {
			return fmt.Errorf("pace %v: %w", pace, err)
		}
		*d.to = dist
	}
	return nil
}

// reconnect is how long a kubelet that was cut off may take to look for the control plane again: its watches wait 30 s
// by then, and up to as long again (client-go/tools/cache/reflector.go:63@v0.37.2).
const reconnect = des.Minute

// evictionLag is how long after its cause an eviction comes at most: the kubelet looks every 10 s
// (pkg/kubelet/kubelet.go:197@v1.37.2), at what is as old as the statistics of volumes, 5 s on clusters of e2e/cluster.
const evictionLag = 15 * des.Second

// unsettle spreads what a live cluster is free in over n runs, of which this is the one of a number: when the rounds of
// its controllers come, when an eviction comes, when a node that comes back is heard of, and whether the quarantine of
// a deleted node is over when the second round after it began comes, for it is just as long
// (podgc/gc_controller.go:239,272@v1.37.2).
func unsettle(cfg *sim.Config, number, n int) {
	part := des.Duration(7 * number % n) // not in step with the rounds
	cfg.Knobs.Uptime = cfg.Knobs.PodGCPeriod * des.Duration(number) / des.Duration(n)
	if number%2 == 1 {
		cfg.Knobs.PodGCQuarantine++
	}
	for i := range cfg.Fates {
		if f := &cfg.Fates[i]; f.End == api.EndEvicted && f.Run.Kind == rng.Constant {
			f.Run = rng.Const(des.Duration(f.Run.P[0]) + evictionLag*part/des.Duration(n))
		}
	}
	for i := range cfg.Faults {
		if f := &cfg.Faults[i]; f.Kind == api.ReturnNode {
			f.At = f.At.Add(reconnect * part / des.Duration(n))
		}
	}
}

// startsLate says whether a container may begin later than its pod.
func startsLate(r api.FateRule) bool { return r.Start.Kind != rng.Constant || r.Start.P[0] > 0 }

// take adds one run.
func (f *Forecast) take(t *trace.Trace, counts map[reports.Key]int, rules map[trace.Rule]bool) error {
	list, err := facts(t)
	if err != nil {
		return err
	}
	for i := range list {
		fact := &list[i]
		key := fact.Key
		counts[key]++
		if fact.Kind != reports.Timed {
			if !slices.Contains(f.Possible[key], fact.Text) {
				f.Possible[key] = append(f.Possible[key], fact.Text)
			}
			continue
		}
		shortest, known := f.Shortest[key]
		if !known || fact.Span < shortest {
			f.Shortest[key] = fact.Span
		}
		f.Longest[key] = max(f.Longest[key], fact.Span)
	}
	for i := range t.Records {
		if rule := t.Records[i].Because; rule != "" {
			rules[rule] = true
		}
	}
	return nil
}
