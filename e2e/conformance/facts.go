package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// facts are what a trace comes to: how every Job ended, with which counters and indexes, what became of each of its
// pods, in which order, and what the API server refused; and the times that count. Of the stories, which depend on
// latencies, only the order is told.
func facts(t *trace.Trace) ([]reports.Fact, error) {
	run, err := reports.Read(t)
	if err != nil {
		return nil, fmt.Errorf("trace of %s: %w", t.Header.World, err)
	}
	list := slices.DeleteFunc(run.Facts(false), countsLoss(run))
	for i := range list {
		f := &list[i]
		// A replay has a pod evicted for its full volume, which, unlike an eviction for the node's sake, leaves no
		// DisruptionTarget (eviction_manager.go:559 against 446@v1.37.2).
		f.Text = strings.TrimSuffix(f.Text, " disruption="+api.TerminationByKubelet.String())
		// It has a second to obey SIGTERM (eviction_manager.go:62), and a look of its kubelet may lose how it ended.
		if outcome, exit, found := strings.Cut(f.Text, " exit="); found && strings.Contains(exit, evicted) {
			f.Text = outcome + evicted
		}
		// Whether a container that was killed for its memory is said to be is a race in the container runtime, which it
		// documents (containerd v2.3.4, internal/cri/server/events.go:197). The exit code is not.
		f.Text = strings.TrimSuffix(f.Text, " oom=true")
	}
	add := func(job, name string, kind reports.Kind, lines []string) {
		list = append(list, reports.Fact{Key: reports.Key{Job: job, Name: name}, Kind: kind, Text: strings.Join(lines, ", ")})
	}
	for _, j := range run.Jobs {
		add(j.Name, orderFact, reports.Story, order(run.Trace, j.Name))
		if refused := refusals(t, j.Name); len(refused) > 0 {
			add(j.Name, "refused", reports.Exact, refused)
		}
		for _, p := range j.Pods {
			list = append(list, delays(j, p, run.End)...)
		}
	}
	return list, nil
}

// Facts that the Job controller has no part in, by which the pace of a cluster is known: from a pod's creation to its
// node; to its start, or, of one that did not start, to its end; to an end that nobody asked for; and from where it was
// told to end to its end.
const (
	nodeFact = " node"
	waitFact = " wait"
	lifeFact = " life"
	stopFact = " stop"
)

// aboutPace says whether a fact is one of them. They are not judged: what they come to is in other facts as well.
func aboutPace(k reports.Key) bool {
	return strings.HasSuffix(k.Name, nodeFact) || strings.HasSuffix(k.Name, waitFact) ||
		strings.HasSuffix(k.Name, lifeFact) || strings.HasSuffix(k.Name, stopFact)
}

func delays(j *reports.Job, p *reports.Pod, end des.Time) (list []reports.Fact) {
	add := func(name string, from, until des.Time) {
		list = append(list, reports.Fact{Key: reports.Key{Job: j.Name, Name: p.Ref.String() + name}, Kind: reports.Timed,
			Span: until.Sub(from)})
	}
	if p.Bound != des.Never {
		add(nodeFact, p.Created, p.Bound)
	}
	add(waitFact, p.Created, min(p.Started, p.Terminated, p.Ended, p.Removed, end))
	switch {
	case p.Ended == des.Never:
	case p.Ended < p.Terminated:
		add(lifeFact, p.Created, p.Ended)
	default:
		add(stopFact, p.Terminated, p.Ended)
	}
	return list
}

// orderFact is the name of the order of what happened to a Job's pods.
const orderFact = "order"

// order are the beginnings and ends of a Job's pods, as they came.
func order(t *trace.Trace, job string) (events []string) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Ref.Kind != trace.KindPod || r.Ref.Name != job {
			continue
		}
		switch r.Verb {
		case trace.Create, trace.Succeed, trace.Fail:
			events = append(events, fmt.Sprintf("%s %s", r.Verb, strings.TrimPrefix(r.Ref.Path(), job+"/")))
		default:
		}
	}
	return events
}

// countsLoss says of facts whether they are the restarts of an evicted pod. A kubelet that has lost how its container
// ended counts a restart, or not, as its status was written before or after (kubelet_pods.go:2662@v1.37.2).
func countsLoss(run *reports.Run) func(reports.Fact) bool {
	keys := map[reports.Key]bool{}
	for _, j := range run.Jobs {
		for _, p := range j.Pods {
			if slices.Contains(p.Why, trace.Arg{Key: "reason", Value: api.Evicted.String()}) {
				keys[reports.Key{Job: j.Name, Name: p.Ref.String() + " restarts"}] = true
			}
		}
	}
	return func(f reports.Fact) bool { return keys[f.Key] }
}

// evicted is how the outcome of a pod says that the kubelet has evicted it.
var evicted = " reason=" + api.Evicted.String()

// refusals are the changes of a Job that the API server did not accept, by what was wrong with them. They are no
// writes, so that the normal form of a trace does not have them.
func refusals(t *trace.Trace, job string) (errors []string) {
	for i := range t.Records {
		if r := &t.Records[i]; r.Verb == trace.Refuse && r.Ref.Name == job {
			text, _ := r.Arg("error")
			errors = append(errors, text)
		}
	}
	return errors
}
