package kubelet_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/rng"
)

// walk is a random life: a pod, its fates, and what is done to it.
type walk struct {
	s        rng.Stream
	knobs    api.Knobs
	template api.PodTemplate
	fates    api.Fates
	begin    des.Time
	deletes  []deletion // in order; at is from begin
}

func newWalk(seed uint64) *walk {
	w := &walk{s: rng.Source{Seed: seed}.At(rng.Key{Purpose: rng.Arrival}), knobs: api.DefaultKnobs()}
	w.knobs.RestartJitter = w.coin(2)
	if w.coin(2) {
		w.knobs.Latency.PhaseStep = 1000 * des.Microsecond
	}
	if w.coin(3) {
		lat := &w.knobs.Latency
		lat.Start, lat.Observe, lat.Remove = w.dist(), w.dist(), w.dist()
		lat.Restart, lat.Relist = w.dist(), w.span()
	}
	w.begin = des.Time(w.span())
	w.fates.Source.Seed = seed
	w.template.TerminationGracePeriodSeconds = w.s.Int64N(40)
	w.template.RestartPolicy = api.RestartPolicy(w.s.Int64N(2))
	if w.coin(4) {
		w.template.ActiveDeadlineSeconds = api.Some(1 + w.s.Int64N(100))
	}
	for range w.s.Int64N(4) * w.s.Int64N(2) {
		w.addContainer(api.Init + api.ContainerKind(w.s.Int64N(2)))
	}
	for range 1 + w.s.Int64N(3)*w.s.Int64N(2) {
		w.addContainer(api.Main)
	}
	at := des.Duration(0)
	for grace := w.s.Int64N(40); w.coin(2); grace = w.s.Int64N(40) {
		at += w.span()
		w.deletes = append(w.deletes, deletion{at, grace})
	}
	return w
}

func (w *walk) coin(n int64) bool { return w.s.Int64N(n) == 0 }

// span is often 0, or a round number, so that things coincide.
func (w *walk) span() des.Duration {
	switch w.s.Int64N(4) {
	case 0:
		return 0
	case 1:
		return des.Duration(w.s.Int64N(10)) * des.Second
	}
	return des.Duration(w.s.Int64N(int64(40 * des.Second)))
}

func (w *walk) dist() rng.Dist {
	if w.coin(2) {
		return rng.Const(w.span())
	}
	return rng.Dist{Kind: rng.Uniform, P: [2]float64{0, 20e9}}
}

// addContainer adds a container with one or two rules for its runs.
func (w *walk) addContainer(kind api.ContainerKind) {
	i := int32(len(w.template.Containers))
	w.template.Containers = append(w.template.Containers, api.Container{Name: fmt.Sprint("c", i), Kind: kind})
	for k := range 1 + w.s.Int64N(2) {
		r := api.FateRule{Job: api.AnyJob, Container: i, Chance: api.Certain,
			Start: w.dist(), Run: w.dist(), Term: w.dist(),
			Exit: int32(w.s.Int64N(3)), TermExit: int32(w.s.Int64N(2)),
			NoExit: w.coin(5), NeverTerm: w.coin(4), NoReady: w.coin(5)}
		if w.coin(3) {
			r.Ready = w.dist()
		}
		if k == 0 && w.coin(2) {
			r.Restart = api.Ranges{{From: 0, To: int32(w.s.Int64N(4))}}
		}
		if w.coin(8) {
			r.End = api.End(w.s.Int64N(5))
		}
		w.fates.Rules = append(w.fates.Rules, r)
	}
}

// observer checks what may be said of every life.
type observer struct {
	w      *walk
	l      *kubelet.Life
	now    des.Time
	status api.PodStatus // as last written
	lines  []string
	done   bool
	err    error
}

func (o *observer) fail(format string, args ...any) {
	if o.err == nil {
		o.err = fmt.Errorf("at %v: %s", o.now, fmt.Sprintf(format, args...))
	}
}

// live lives the life until nothing is to come, for at most an hour.
func (w *walk) live(l *kubelet.Life) *observer {
	o := &observer{w: w, l: l, now: w.begin}
	pod := api.Pod{Index: api.NoIndex, Number: 3, Attempt: 3}
	l.Begin(&kubelet.Env{Knobs: &w.knobs, Fates: &w.fates}, &pod, &w.template, w.begin)
	deletes := w.deletes
	for acts := 0; o.err == nil; acts++ {
		next := l.Next()
		if next < o.now {
			o.fail("Next is in the past: %v", next)
		}
		if len(deletes) > 0 && w.begin.Add(deletes[0].at) < next {
			o.now = w.begin.Add(deletes[0].at)
			l.Delete(o.now, deletes[0].grace)
			deletes = deletes[1:]
			continue
		}
		if next == des.Never || next > w.begin.Add(des.Hour) {
			break
		}
		if acts > 2000 {
			o.fail("no end of Acts")
		}
		o.now = next
		o.act(l.Act(next))
	}
	if len(w.deletes) > 0 && !o.done {
		o.fail("deleted, but not done")
	}
	return o
}

func (o *observer) act(a kubelet.Action) {
	switch {
	case a.Write && a.Remove, a.Remove != a.Done:
		o.fail("an impossible action: %+v", a)
	case o.done:
		o.fail("an action after the last: %+v", a)
	case a.Remove && len(o.w.deletes) == 0:
		o.fail("removed, but not deleted")
	case a.Remove && !o.status.Phase.Terminal():
		o.fail("removed in phase %v", o.status.Phase)
	}
	o.done = a.Done
	if a.Write {
		s := o.l.Status()
		list := o.l.Containers()
		o.change(s)
		o.consistent(s, list)
		o.status = s
		o.lines = append(o.lines, fmt.Sprintf("%v %v %+v %+v", o.now, a.Because, s, list))
	}
	if a.Remove {
		o.lines = append(o.lines, fmt.Sprintf("%v remove", o.now))
	}
}

// change checks a change of the status.
func (o *observer) change(s api.PodStatus) {
	old := o.status
	switch {
	case old.Phase.Terminal():
		o.fail("a report after the terminal phase")
	case s.Phase < old.Phase:
		o.fail("phase %v after %v", s.Phase, old.Phase)
	case s.Reports != old.Reports+1:
		o.fail("report %d after %d", s.Reports, old.Reports)
	case s.Restarts < old.Restarts || s.MaxRestarts > s.Restarts:
		o.fail("restarts %d, at most %d, after %d", s.Restarts, s.MaxRestarts, old.Restarts)
	case s.Ready && s.Phase != api.Running:
		o.fail("ready in phase %v", s.Phase)
	case s.StartTime != o.w.begin.Truncate():
		o.fail("startTime %v", s.StartTime)
	case s.Phase == api.Running && s.RunningSince > o.now, s.Phase == api.Running && old.Phase == api.Running &&
		s.RunningSince != old.RunningSince:
		o.fail("running since %v", s.RunningSince)
	case s.Phase.Terminal() && s.EndedAt != o.now, !s.Phase.Terminal() && s.EndedAt != des.Never:
		o.fail("phase %v, ended at %v", s.Phase, s.EndedAt)
	case s.FinishedAt != des.Never && s.FinishedAt > o.now:
		o.fail("finished at %v", s.FinishedAt)
	case s.HasReady && (s.ReadySince > o.now || s.ReadySince != s.ReadySince.Truncate()):
		o.fail("ready since %v", s.ReadySince)
	case !s.HasReady && s.Reason != api.AdmissionError:
		o.fail("no Ready condition")
	case s.Ready != old.Ready && s.ReadySince != o.now.Truncate():
		o.fail("Ready changed, but not now: %v", s.ReadySince)
	}
}

// latest is latestFinishTime of the Job controller with Never for nil: the end of the last container of a kind, or
// previous if that is later; Never if one of them has not ended.
func latest(previous des.Time, list []kubelet.ContainerStatus, kind api.ContainerKind) des.Time {
	finished := previous
	for _, c := range list {
		if c.Kind != kind {
			continue
		}
		if c.State != kubelet.Terminated || c.Terminated.FinishedAt == des.Never {
			return des.Never
		}
		if at := c.Terminated.FinishedAt.Truncate(); finished == des.Never || finished < at {
			finished = at
		}
	}
	return finished
}

// consistent checks that the status sums up the containers.
func (o *observer) consistent(s api.PodStatus, list []kubelet.ContainerStatus) {
	restarts, ready, live, failed := int32(0), true, false, false
	finished := latest(latest(des.Never, list, api.Main), list, api.Sidecar)
	for _, c := range list {
		restarts += c.Restarts
		live = live || c.State == kubelet.Running
		end := c.Terminated
		known := c.State == kubelet.Terminated && end.FinishedAt != des.Never
		if known && (end.StartedAt > end.FinishedAt || end.FinishedAt > o.now) {
			o.fail("%s ran from %v to %v", c.Name, end.StartedAt, end.FinishedAt)
		}
		if last := c.Last.Value; c.Last.Set && last.StartedAt > last.FinishedAt {
			o.fail("%s ran before from %v to %v", c.Name, last.StartedAt, last.FinishedAt)
		}
		if (c.Restarts > 0) && !c.Last.Set {
			o.fail("%s was restarted, but has no last termination", c.Name)
		}
		if c.Kind == api.Init {
			continue
		}
		ready = ready && c.Ready
		failed = failed || c.Kind == api.Main && (c.State != kubelet.Terminated || end.Exit != 0)
	}
	if len(list) == 0 {
		finished, ready, failed = des.Never, false, true
	}
	switch {
	case s.Restarts != restarts:
		o.fail("%d restarts, containers have %d", s.Restarts, restarts)
	case s.FinishedAt != finished:
		o.fail("finished at %v, containers at %v", s.FinishedAt, finished)
	case s.Ready && !ready, s.Phase == api.Running && ready && !s.Ready:
		o.fail("ready is %v, of the containers %v", s.Ready, ready)
	case s.Phase.Terminal() && live:
		o.fail("%v, but a container runs", s.Phase)
	case s.Phase == api.Succeeded && failed, s.Phase == api.Failed && !failed && s.Reason == api.NoReason:
		o.fail("%v, but the containers say failed is %v", s.Phase, failed)
	}
}

// TestLife_Random: whatever is done to a pod, its life makes sense, and the same is told again by a Life that was
// used before.
func TestLife_Random(t *testing.T) {
	const lives = 4000
	ends := map[string]int{}
	var used kubelet.Life
	for seed := range uint64(lives) {
		w := newWalk(seed)
		var fresh kubelet.Life
		first := w.live(&fresh)
		if first.err != nil {
			t.Fatalf("seed %d: %v\n%+v\n%+v\n%v", seed, first.err, w.template, w.fates.Rules, w.deletes)
		}
		if again := w.live(&used); !slices.Equal(first.lines, again.lines) {
			t.Fatalf("seed %d, lived again (-want +got)\n- %q\n+ %q", seed, first.lines, again.lines)
		}
		s := first.status
		end := s.Phase.String() + s.Reason.String()
		if first.done {
			end += " removed"
		}
		ends[end]++
	}
	for _, want := range []string{"Pending", "Running", "Succeeded", "Succeeded removed", "Failed", "Failed removed",
		"FailedEvicted", "FailedDeadlineExceeded removed", "FailedUnexpectedAdmissionError"} {
		if ends[want] < lives/1000 {
			t.Errorf("of %d lives, too few ended as %q: %v", lives, want, ends)
		}
	}
}

// TestLife_Memory: a Life that has lived once lives again without allocating.
func TestLife_Memory(t *testing.T) {
	w := newWalk(1)
	for w.template.Containers = nil; len(w.template.Containers) < 3; {
		w.addContainer(api.ContainerKind(2 - len(w.template.Containers)))
	}
	env := kubelet.Env{Knobs: &w.knobs, Fates: &w.fates}
	pod := api.Pod{Index: api.NoIndex}
	var l kubelet.Life
	if n := testing.AllocsPerRun(100, func() {
		pod.Number++
		l.Begin(&env, &pod, &w.template, 0)
		for next := l.Next(); next < des.Time(des.Minute); next = l.Next() {
			l.Act(next)
			l.Containers()
		}
		l.Delete(des.Time(des.Minute), 30)
		for next := l.Next(); next != des.Never; next = l.Next() {
			l.Act(next)
		}
	}); n != 0 {
		t.Errorf("a life allocates %v times", n)
	}
}
