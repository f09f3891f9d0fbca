package gen

import (
	"fmt"
	"iter"
	"strings"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
	corev1 "k8s.io/api/core/v1"
)

// SmallWorlds is how many scenarios Small yields.
const SmallWorlds = 5508

// Small yields every world of one Job with completions absent or 1 to 3, parallelism 1 to 3, backoffLimit 0 to 2 and
// either restart policy, in which every run of a container ends well, ends badly or is cut short by a user who deletes
// its pod.
//
// That is all although the sequences of outcomes are endless: a run that has not begun when the Job is finished cannot
// matter, and a Job makes at most completions + backoffLimit pods (without completions parallelism + backoffLimit),
// each of at most max(1, backoffLimit) restarts. So the worlds are the leaves of a tree. At each node the simulator
// plays what is decided with all other runs going on for ever; the first of those that has begun gets each of the
// outcomes. Another world that agrees with the simulator on the leaves agrees with it on all sequences: by induction
// over the runs the same ones begin.
func Small() iter.Seq[*scenarios.Scenario] {
	return func(yield func(*scenarios.Scenario) bool) {
		t := tree{world: sim.NewWorld()}
		for _, policy := range []corev1.RestartPolicy{corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure} {
			for completions := range int32(4) {
				for parallelism := int32(1); parallelism <= 3; parallelism++ {
					for limit := range int32(3) {
						t.plant(policy, completions, parallelism, limit)
						if !t.grow(nil, yield) {
							return
						}
					}
				}
			}
		}
	}
}

// outcome is what becomes of one run.
type outcome byte

const (
	ok      outcome = 'o' // exits with 0 after 4 s
	fail    outcome = 'f' // exits with 1 after 2 s
	deleted outcome = 'd' // its pod is deleted after 1.3 s, and it dies 1 s later
)

// decision is the outcome of a run.
type decision struct {
	pod, restart int32
	begun        des.Time
	outcome      outcome
}

// tree explores the worlds of one Job.
type tree struct {
	world *sim.World
	name  string
	base  *scenarios.Scenario // without fates and faults
}

func (t *tree) plant(policy corev1.RestartPolicy, completions, parallelism, limit int32) {
	d := drawing{}
	job := d.newJob(0)
	job.Spec.Completions = nil
	if completions > 0 {
		job.Spec.Completions = &completions
	}
	job.Spec.Parallelism, job.Spec.BackoffLimit = &parallelism, &limit
	job.Spec.Template.Spec.RestartPolicy = policy
	t.name = fmt.Sprintf("small-%s-c%d-p%d-b%d", strings.ToLower(string(policy)), completions, parallelism, limit)
	f := scenarios.File{APIVersion: scenarios.APIVersion, Kind: scenarios.Kind, Metadata: scenarios.Metadata{Name: t.name},
		Jobs: []scenarios.Job{{Manifest: job}}}
	f.Cluster.Profile = "none"
	f.Cluster.Latency.PhaseStep = span(phaseStep)
	f.Until.Horizon = span(des.Hour)
	t.base = load(&f)
}

// grow yields all worlds that begin with some decisions. It is false when the caller has had enough.
func (t *tree) grow(known []decision, yield func(*scenarios.Scenario) bool) bool {
	f := t.file(known)
	pod, restart, begun, open := t.undecided(&f, len(known))
	if !open {
		return yield(load(&f))
	}
	for _, o := range []outcome{ok, fail, deleted} {
		next := append(known[:len(known):len(known)], decision{pod, restart, begun, o})
		if !t.grow(next, yield) {
			return false
		}
	}
	return true
}

// file is the scenario of some decisions.
func (t *tree) file(known []decision) scenarios.File {
	f := t.base.File
	var text []byte
	for i, k := range known {
		text = append(text, byte(k.outcome))
		match := scenarios.Match{Attempt: ranges(int(k.pod)), Restart: ranges(int(k.restart))}
		switch k.outcome {
		case ok:
			f.Fates = append(f.Fates, scenarios.Fate{Match: match, Run: constant(4 * des.Second)})
		case fail:
			f.Fates = append(f.Fates, scenarios.Fate{Match: match, Run: constant(2 * des.Second), Exit: ptr(int32(1))})
		case deleted:
			at := k.begun.Add(1300*des.Millisecond + des.Duration(i)*des.Microsecond)
			f.Faults = append(f.Faults, scenarios.Fault{At: span(des.Duration(at)),
				DeletePod: &scenarios.PodRef{Job: "a", Attempt: &k.pod}})
		}
	}
	f.Fates = append(f.Fates, scenarios.Fate{Run: scenarios.Dist{Forever: true, Set: true},
		OnTerm: scenarios.OnTerm{After: constant(des.Second)}})
	f.Metadata.Name = fmt.Sprintf("%s-%s", t.name, text)
	f.Why = "A small world: the runs, in the order in which they begin, end ok (o), fail (f) or are deleted (d).\n"
	return f
}

// undecided is the first run that has begun and goes on for ever, if there is one.
func (t *tree) undecided(f *scenarios.File, known int) (pod, restart int32, begun des.Time, open bool) {
	s := *t.base
	s.File = *f
	var tr trace.Trace
	if _, err := t.world.Run(s.Config(), &tr); err != nil {
		panic(fmt.Errorf("%s: %w", f.Metadata.Name, err))
	}
	restarts := map[int32]int32{}
	for i := range tr.Records {
		r := &tr.Records[i]
		switch {
		case r.Ref.Kind != trace.KindPod || r.Verb != trace.Start && r.Verb != trace.Restart:
			continue
		case r.Verb == trace.Restart:
			restarts[r.Ref.Attempt]++
		}
		if known == 0 {
			return r.Ref.Attempt, restarts[r.Ref.Attempt], r.At, true
		}
		known--
	}
	return 0, 0, 0, false
}
