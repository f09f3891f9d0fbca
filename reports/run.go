package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Run is what one trace tells: the lives of the Jobs and their pods. Times are those of the trace; what did not happen
// is at des.Never.
type Run struct {
	// Trace is the normal form of the trace that tells it.
	Trace *trace.Trace
	Jobs  []*Job // by creation
	// CronJobs by creation. What they bring about are Jobs; here is what became of themselves.
	CronJobs []*CronJob
	End      des.Time // of the last record
}

// CronJob is the life of a CronJob: its creation, changes of its spec, and writes of its status.
type CronJob struct {
	Name    string
	Changes []Change
}

// Job is the life of a Job.
type Job struct {
	Name      string
	Submitted des.Time
	Removed   des.Time
	RemovedBy trace.Actor // who removed it, if it was
	Changes   []Change    // of its spec, and its being marked for deletion, as they came
	Writes    []Write     // of its status, as they came
	Pods      []*Pod      // by index and attempt
}

// Change is what somebody made of an object, such as "user update suspend=true".
type Change struct {
	At   des.Time
	What string
	// Times are those details that are instants, such as lastScheduleTime.
	Times []instant
}

// Write is one write of a Job's status.
type Write struct {
	At                                            des.Time
	Active, Ready, Terminating, Succeeded, Failed int32 // what is nil is 0
	// StartTime and CompletionTime are whole seconds, or des.Never.
	StartTime, CompletionTime des.Time
	Conditions                []api.Condition
	// Args are all arguments of the record, in their order.
	Args []trace.Arg
}

// Pod is the life of a pod.
type Pod struct {
	Ref        trace.Ref
	Created    des.Time
	Bound      des.Time
	Started    des.Time // it became Running, for the first time
	Unready    des.Time // it was not ready any more, for the last time
	Ended      des.Time // it became Succeeded or Failed
	Terminated des.Time // deletionTimestamp was set for the first time
	Untracked  des.Time // the Job controller has counted it
	Confirmed  des.Time // the kubelet let go of it, once it was deleted
	Removed    des.Time
	Disrupted  des.Time    // it got a DisruptionTarget condition, for Disruption
	Succeeded  bool        // it became Succeeded; meaningful where Ended
	Why        []trace.Arg // why it Failed: exit, oom, reason, disruption
	Because    trace.Rule  // of its end, if the trace says so
	Disruption string
	Restarts   int          // of its containers, all together
	Node       string       // where it was bound
	Restarted  des.Duration // from the last time it was not ready to its first restart; negative: unknown
}

// Read is what t tells. Errors: a record of a Job or pod that was not created before, and arguments that no observer
// writes.
func Read(t *trace.Trace) (*Run, error) {
	explained := t
	t = trace.Normalise(t)
	r := &reader{run: &Run{Trace: t}, jobs: map[string]*Job{}, pods: map[trace.Ref]*Pod{}}
	for i := range t.Records {
		rec := &t.Records[i]
		r.run.End = max(r.run.End, rec.At)
		if err := r.record(rec); err != nil {
			return nil, fmt.Errorf("%s: record %d: %s: %w", title(&t.Header), i+1, rec, err)
		}
	}
	for i := range explained.Records {
		if rec := &explained.Records[i]; rec.Verb == trace.Succeed || rec.Verb == trace.Fail {
			r.pods[rec.Ref].Because = rec.Because
		}
	}
	for _, j := range r.run.Jobs {
		slices.SortFunc(j.Pods, func(a, b *Pod) int {
			return slices.Compare([]int32{a.Ref.Index, a.Ref.Attempt}, []int32{b.Ref.Index, b.Ref.Attempt})
		})
	}
	return r.run, nil
}

func title(h *trace.Header) string {
	return fmt.Sprintf("trace of %s in world %s, seed %d, replication %d", h.Scenario, h.World, h.Seed, h.Replication)
}

type reader struct {
	run  *Run
	jobs map[string]*Job
	pods map[trace.Ref]*Pod
}

func (r *reader) record(rec *trace.Record) error {
	switch rec.Ref.Kind {
	case trace.KindJob:
		return r.job(rec)
	case trace.KindPod:
		return r.pod(rec)
	case trace.KindCronJob:
		return r.cronJob(rec)
	case trace.KindNode, trace.KindProcess: // what they bring about is what counts
	}
	return nil
}

func (r *reader) cronJob(rec *trace.Record) error {
	if rec.Verb.Explains() {
		return nil
	}
	if rec.Verb == trace.Create {
		r.run.CronJobs = append(r.run.CronJobs, &CronJob{Name: rec.Ref.Name})
	}
	i := slices.IndexFunc(r.run.CronJobs, func(c *CronJob) bool { return c.Name == rec.Ref.Name })
	if i < 0 {
		return fmt.Errorf("the CronJob was not created")
	}
	change := Change{At: rec.At}
	var rest []trace.Arg
	for _, a := range rec.Args {
		at, err := trace.ParseTime(a.Value)
		if err != nil || !strings.HasSuffix(a.Key, "Time") {
			rest = append(rest, a)
			continue
		}
		change.Times = append(change.Times, instant{a.Key, at})
	}
	change.What = joinArgs(string(rec.Actor)+" "+string(rec.Verb), rest)
	c := r.run.CronJobs[i]
	c.Changes = append(c.Changes, change)
	return nil
}

func (r *reader) job(rec *trace.Record) error {
	if rec.Verb == trace.Create {
		j := &Job{Name: rec.Ref.Name, Submitted: rec.At, Removed: des.Never}
		r.jobs[j.Name] = j
		r.run.Jobs = append(r.run.Jobs, j)
		return nil
	}
	j := r.jobs[rec.Ref.Name]
	if j == nil {
		return fmt.Errorf("the Job was not created")
	}
	switch rec.Verb {
	case trace.Remove:
		j.Removed, j.RemovedBy = rec.At, rec.Actor
	case trace.Status:
		w, err := readWrite(rec)
		if err != nil {
			return err
		}
		j.Writes = append(j.Writes, w)
	case trace.Update, trace.Terminate:
		what := joinArgs(string(rec.Actor)+" "+string(rec.Verb), rec.Args)
		j.Changes = append(j.Changes, Change{At: rec.At, What: what})
	default: // what was refused changed nothing
	}
	return nil
}

func readWrite(rec *trace.Record) (w Write, err error) {
	w = Write{At: rec.At, Args: rec.Args, StartTime: des.Never, CompletionTime: des.Never}
	counters := map[string]*int32{"active": &w.Active, "ready": &w.Ready, "terminating": &w.Terminating,
		"succeeded": &w.Succeeded, "failed": &w.Failed}
	for _, a := range rec.Args {
		switch a.Key {
		case "startTime":
			w.StartTime, err = trace.ParseTime(a.Value)
		case "completionTime":
			w.CompletionTime, err = trace.ParseTime(a.Value)
		case "condition":
			var c api.Condition
			c, err = trace.ParseCondition(a.Value)
			w.Conditions = append(w.Conditions, c)
		default:
			if counter := counters[a.Key]; counter != nil {
				var n int64
				n, err = strconv.ParseInt(a.Value, 10, 32)
				*counter = int32(n)
			}
		}
		if err != nil {
			return w, fmt.Errorf("%s: %w", a.Key, err)
		}
	}
	return w, nil
}

func (r *reader) pod(rec *trace.Record) error {
	if rec.Verb == trace.Create {
		j := r.jobs[rec.Ref.Name]
		if j == nil {
			return fmt.Errorf("the Job was not created")
		}
		p := &Pod{Ref: rec.Ref, Created: rec.At, Bound: des.Never, Started: des.Never, Unready: des.Never,
			Ended: des.Never, Terminated: des.Never, Untracked: des.Never, Confirmed: des.Never, Removed: des.Never,
			Disrupted: des.Never, Restarted: -1}
		r.pods[rec.Ref] = p
		j.Pods = append(j.Pods, p)
		return nil
	}
	p := r.pods[rec.Ref]
	if p == nil {
		return fmt.Errorf("the pod was not created")
	}
	switch rec.Verb {
	case trace.Bind:
		p.Bound = rec.At
		p.Node, _ = rec.Arg("node")
	case trace.Start:
		p.Started = min(p.Started, rec.At) // it may be Pending again while all its containers are restarted
	case trace.Restart:
		count, _ := rec.Arg("restarts")
		n, err := strconv.Atoi(count)
		if err != nil {
			return fmt.Errorf("restarts of pod %v: %w", rec.Ref, err)
		}
		if p.Restarts == 0 && n == 1 && p.Unready != des.Never {
			p.Restarted = rec.At.Sub(p.Unready)
		}
		p.Restarts = n // one record may tell of several
	case trace.Succeed:
		p.Ended, p.Succeeded = rec.At, true
	case trace.Fail:
		p.Ended, p.Why = rec.At, rec.Args
	case trace.Terminate:
		p.Terminated = min(p.Terminated, rec.At)
		p.confirm(rec)
	case trace.Untrack:
		p.Untracked = rec.At
	case trace.Remove:
		p.Removed = rec.At
		p.confirm(rec)
	case trace.Disrupt:
		p.Disrupted = rec.At
		p.Disruption, _ = rec.Arg("reason")
	case trace.Ready:
		p.Unready = des.Never
		if ready, _ := rec.Arg("ready"); ready == "false" {
			p.Unready = rec.At
		}
	default: // what else there is shows in the Job's writes
	}
	return nil
}

// confirm notes a deletion by the kubelet.
func (p *Pod) confirm(rec *trace.Record) {
	if rec.Actor == trace.Kubelet {
		p.Confirmed = min(p.Confirmed, rec.At)
	}
}

// Last is the Job's last status; the zero Write, without times, if there is none.
func (j *Job) Last() Write {
	if len(j.Writes) == 0 {
		return Write{StartTime: des.Never, CompletionTime: des.Never}
	}
	return j.Writes[len(j.Writes)-1]
}

// Finished is the time of the write of the Job's terminal condition; des.Never if there is none.
func (j *Job) Finished() des.Time {
	for i := range j.Writes {
		for _, c := range j.Writes[i].Conditions {
			if c.Status && (c.Type == api.JobComplete || c.Type == api.JobFailed) {
				return j.Writes[i].At
			}
		}
	}
	return des.Never
}

// Makespan is from the first submission to the last terminal condition, and whether every Job has one.
func (r *Run) Makespan() (des.Duration, bool) {
	first, last := des.Never, des.Time(0)
	for _, j := range r.Jobs {
		first, last = min(first, j.Submitted), max(last, j.Finished())
	}
	if len(r.Jobs) == 0 || last == des.Never {
		return 0, false
	}
	return last.Sub(first), true
}

// Gap is the wait for another attempt.
type Gap struct {
	// After is the pod that failed, Attempt how many pods of its Job (of its index, in an Indexed Job) had failed before
	// it without a success between.
	After   *Pod
	Attempt int
	// Span is from the failure to the next creation of a pod of the Job (of the index).
	Span des.Duration
}

// Gaps are the waits for another attempt after each failed pod, by the time of the failure. A failure that no creation
// follows has none.
func (j *Job) Gaps() []Gap {
	type slot struct {
		ended   []*Pod
		created []des.Time
	}
	slots := map[int32]*slot{}
	var order []int32
	for _, p := range j.Pods {
		s := slots[p.Ref.Index]
		if s == nil {
			s = &slot{}
			slots[p.Ref.Index] = s
			order = append(order, p.Ref.Index)
		}
		s.created = append(s.created, p.Created)
		if p.Ended != des.Never {
			s.ended = append(s.ended, p)
		}
	}
	var gaps []Gap
	for _, index := range order {
		s := slots[index]
		slices.SortStableFunc(s.ended, func(a, b *Pod) int { return int(min(1, max(-1, a.Ended-b.Ended))) })
		slices.Sort(s.created)
		failures := 0
		for _, p := range s.ended {
			if p.Succeeded {
				failures = 0
				continue
			}
			if next, _ := slices.BinarySearch(s.created, p.Ended); next < len(s.created) {
				gaps = append(gaps, Gap{p, failures, s.created[next].Sub(p.Ended)})
			}
			failures++
		}
	}
	return gaps
}

// StartLatency is from the pod's creation to its start, and whether it started.
func (p *Pod) StartLatency() (des.Duration, bool) {
	if p.Started == des.Never {
		return 0, false
	}
	return p.Started.Sub(p.Created), true
}

// Outcome is "Succeeded", "Failed exit=1", "Running", "Pending" or "Removed" (before it ended).
func (p *Pod) Outcome() string {
	switch {
	case p.Ended != des.Never && p.Succeeded:
		return "Succeeded"
	case p.Ended != des.Never:
		return joinArgs("Failed", p.Why)
	case p.Removed != des.Never:
		return "Removed"
	case p.Started != des.Never:
		return "Running"
	}
	return "Pending"
}

func joinArgs(text string, args []trace.Arg) string {
	for _, a := range args {
		text += " " + a.Key + "=" + a.Value
	}
	return text
}
