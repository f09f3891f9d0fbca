package reports

import (
	"maps"
	"slices"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// spans are what was measured, in seconds.
type spans struct {
	request, reaction, bind, start, observe, restart, stop, kill, remove []float64

	apart []float64 // two looks of one kubelet
	same  []float64 // two notices of one look
	crowd []int     // by start: how many other pods of the run were starting meanwhile

	run                   int     // the present one
	startBegan, stopBegan []began // by start and by stop
}

// measure adds what one run says, beside the run without latencies.
func (s *spans) measure(run, pure *Run, nodes map[string]bool) {
	at, looks := map[trace.Ref]*Pod{}, map[string][]des.Time{}
	for _, j := range pure.Jobs {
		for _, p := range j.Pods {
			at[p.Ref] = p
		}
	}
	for _, j := range run.Jobs {
		for _, p := range j.Pods {
			if p.Bound != des.Never {
				nodes[p.Node] = true
			}
			ref := at[p.Ref]
			if ref == nil {
				continue
			}
			if s.pod(p, ref) {
				looks[p.Node] = append(looks[p.Node], p.Unready)
			}
			if len(s.crowd) < len(s.start) {
				s.crowd = append(s.crowd, crowd(run, p))
				s.startBegan = append(s.startBegan, began{s.run, p.Bound})
			}
			if len(s.stopBegan) < len(s.stop) {
				s.stopBegan = append(s.stopBegan, began{s.run, p.Unready})
			}
		}
	}
	for _, node := range slices.Sorted(maps.Keys(looks)) {
		s.lookedAt(looks[node])
	}
	s.controller(run)
}

// longGrace is the grace period of most pods; who takes longer to end waited for something else, such as a lost node.
const longGrace = 30 * des.Second

// endedWithSidecars is the rule by which a pod ends whose sandbox was stopped with its sidecars, before it ends.
const endedWithSidecars trace.Rule = "kubelet.sidecars"

// pod adds the spans of a pod's life that are the cluster's alone, and says whether its kubelet noticed an end that was
// the container's own.
func (s *spans) pod(p, pure *Pod) (noticed bool) {
	add := func(to *[]float64, from, until des.Time, less des.Duration) {
		if from != des.Never && until != des.Never {
			*to = append(*to, max(0, until.Sub(from)-less).Seconds())
		}
	}
	undisturbed := p.Restarts == 0 && pure.Restarts == 0
	if undisturbed && pure.Bound == pure.Created {
		add(&s.bind, p.Created, p.Bound, 0)
	}
	if undisturbed && pure.Started != des.Never && pure.Started == pure.Bound { // no image to wait for, no init container
		add(&s.start, p.Bound, p.Started, 0)
	}
	if early := p.Ended < p.Terminated && pure.Ended < pure.Terminated; undisturbed && early && p.Started != des.Never &&
		pure.Ended != des.Never && pure.Started != des.Never && p.Succeeded == pure.Succeeded {
		unready := min(pure.Unready, pure.Ended) // sooner than the end, where a sidecar or another container goes on
		if p.Unready != des.Never && p.Unready <= p.Ended {
			noticed = true
			add(&s.observe, p.Started, p.Unready, unready.Sub(pure.Started))
			if pure.Because != endedWithSidecars {
				add(&s.stop, p.Unready, p.Ended, pure.Ended.Sub(unready))
			}
		}
	}
	if p.Restarted >= 0 {
		s.restart = append(s.restart, p.Restarted.Seconds())
	}
	alike := p.Succeeded == pure.Succeeded && slices.Equal(p.Why, pure.Why) // killed in both, or in none
	if ran := p.Started < p.Terminated && p.Terminated < p.Ended; ran && alike && pure.Terminated <= pure.Ended &&
		pure.Ended.Sub(pure.Terminated) <= longGrace {
		add(&s.kill, p.Terminated, p.Ended, pure.Ended.Sub(pure.Terminated))
	}
	if p.Terminated <= p.Ended && p.Confirmed != des.Never && p.Confirmed >= p.Ended {
		add(&s.remove, p.Ended, p.Confirmed, 0)
	}
	return noticed
}

// syncBatch is how long the Job controller lets changes of pods gather
// (pkg/controller/job/job_controller.go:71@v1.37.2).
const syncBatch = des.Second

// controller adds how long the Job controller's requests take, and how late it hears: from the note of what it will
// count to its next write of a pod is a request; from a pod's start or the news that it is or is not ready, if nothing
// happened to the Job for a while before and until then, to the status that shows it are the batch, a request, and the
// way of the news.
func (s *spans) controller(run *Run) {
	last := map[string]*trace.Record{} // of each Job, without what explains
	before := map[string]des.Time{}    // the one before that
	for i := range run.Trace.Records {
		r := &run.Trace.Records[i]
		if r.Ref.Kind != trace.KindJob && r.Ref.Kind != trace.KindPod || r.Verb.Explains() {
			continue
		}
		if l := last[r.Ref.Name]; l != nil {
			quiet := l.At.Sub(before[r.Ref.Name]) > syncBatch+syncBatch/2
			news := quiet && (l.Verb == trace.Start || l.Verb == trace.Ready)
			switch {
			case l.Actor == trace.JobController && l.Verb == trace.Status && uncounted(l) && r.Verb == trace.Untrack:
				s.request = append(s.request, r.At.Sub(l.At).Seconds())
			case news && r.Verb == trace.Status && r.At.Sub(l.At) >= syncBatch:
				s.reaction = append(s.reaction, (r.At.Sub(l.At) - syncBatch).Seconds())
			}
			before[r.Ref.Name] = l.At
		}
		last[r.Ref.Name] = r
	}
}

// uncounted says whether a status notes pods that are still to be counted.
func uncounted(r *trace.Record) bool {
	return slices.ContainsFunc(r.Args, func(a trace.Arg) bool {
		return a.Key == "uncountedSucceeded" || a.Key == "uncountedFailed"
	})
}
