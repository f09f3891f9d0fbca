package trace

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// Observer turns committed writes into records. Every world uses it, so that the same write gives the same words.
type Observer struct {
	Sink Sink
	// JobName gives the names of Jobs, by id.
	JobName func(api.JobID) string
	// NodeName gives the names of nodes, by id.
	NodeName func(api.NodeID) string
}

// PodRef is the name of a pod in the trace.
func (o *Observer) PodRef(p *api.Pod) Ref {
	return Ref{Kind: KindPod, Name: o.JobName(p.Job), Index: p.Index, Attempt: p.Attempt}
}

// Pod records the write that made now out of old. A Version of 0 stands for no object.
func (o *Observer) Pod(at des.Time, actor Actor, because Rule, old, now *api.Pod) {
	verb, args := o.podChange(old, now)
	if verb == "" {
		return
	}
	subject := now
	if now.Version == 0 {
		subject = old
	}
	o.Sink.Record(Record{At: at, Actor: actor, Verb: verb, Ref: o.PodRef(subject), Because: because, Args: args})
}

// podChange names the most telling change of a write; a write that tells nothing has no verb.
func (o *Observer) podChange(old, now *api.Pod) (Verb, []Arg) {
	switch {
	case old.Version == 0:
		return Create, nil
	case now.Version == 0:
		return Remove, nil
	case old.Node != now.Node && now.Node != api.NoNode:
		return Bind, []Arg{{"node", o.NodeName(now.Node)}}
	case old.Status.Phase != now.Status.Phase && now.Status.Phase != api.Pending:
		return phaseChange(now)
	case old.Owner != now.Owner && now.Owner == api.NoJob:
		return Release, []Arg{{"job", o.JobName(old.Owner)}}
	case old.Owner != now.Owner:
		return Adopt, []Arg{{"job", o.JobName(now.Owner)}}
	case old.Finalizer && !now.Finalizer:
		return Untrack, nil
	case old.Deleted == des.Never && now.Deleted != des.Never,
		now.Deleted != des.Never && old.Grace != now.Grace:
		return Terminate, []Arg{{"grace", strconv.FormatInt(now.Grace, 10) + "s"}}
	case old.Status.Restarts != now.Status.Restarts:
		return Restart, []Arg{{"restarts", itoa(now.Status.Restarts)}}
	case old.Status.Disruption != now.Status.Disruption:
		return Disrupt, []Arg{{"reason", now.Status.Disruption.String()}}
	case old.Status.Ready != now.Status.Ready:
		return Ready, []Arg{{"ready", strconv.FormatBool(now.Status.Ready)}}
	case old.Labels != now.Labels:
		return Update, []Arg{{"labels", "changed"}}
	}
	return "", nil
}

func phaseChange(p *api.Pod) (Verb, []Arg) {
	switch p.Status.Phase {
	case api.Running:
		return Start, []Arg{{"ready", strconv.FormatBool(p.Status.Ready)}}
	case api.Succeeded:
		return Succeed, nil
	case api.Failed:
		var args []Arg
		if p.Status.Exit != 0 {
			args = append(args, Arg{"exit", itoa(p.Status.Exit)})
		}
		if p.Status.OOMKilled {
			args = append(args, Arg{"oom", "true"})
		}
		if p.Status.Reason != api.NoReason {
			args = append(args, Arg{"reason", p.Status.Reason.String()})
		}
		if p.Status.Disruption != api.NoDisruption {
			args = append(args, Arg{"disruption", p.Status.Disruption.String()})
		}
		return Fail, args
	default: // Pending, as every pod begins
		return "", nil
	}
}

// Job records the write that made now out of old. A Version of 0 stands for no object.
func (o *Observer) Job(at des.Time, actor Actor, because Rule, old, now *api.Job) {
	rec := Record{At: at, Actor: actor, Because: because}
	subject := now
	switch {
	case old.Version == 0:
		rec.Verb = Create
	case now.Version == 0:
		rec.Verb, subject = Remove, old
	case old.Deleted == des.Never && now.Deleted != des.Never:
		rec.Verb = Terminate
	case old.Spec != now.Spec:
		rec.Verb, rec.Args = Update, specArgs(old.Spec, now.Spec)
	default:
		rec.Verb, rec.Args = Status, statusArgs(&now.Status)
	}
	rec.Ref = Ref{Kind: KindJob, Name: o.JobName(subject.ID)}
	o.Sink.Record(rec)
}

func specArgs(old, now *api.JobSpec) []Arg {
	var args []Arg
	add := func(key string, changed bool, value string) {
		if changed {
			args = append(args, Arg{key, value})
		}
	}
	add("parallelism", old.Parallelism != now.Parallelism, itoa(now.Parallelism))
	add("completions", old.Completions != now.Completions, itoa(now.Completions.Value))
	add("backoffLimit", old.BackoffLimit != now.BackoffLimit, itoa(now.BackoffLimit))
	add("maxFailedIndexes", old.MaxFailedIndexes != now.MaxFailedIndexes, itoa(now.MaxFailedIndexes.Value))
	add("activeDeadlineSeconds", old.ActiveDeadlineSeconds != now.ActiveDeadlineSeconds,
		strconv.FormatInt(now.ActiveDeadlineSeconds.Value, 10))
	add("ttlSecondsAfterFinished", old.TTLSecondsAfterFinished != now.TTLSecondsAfterFinished,
		itoa(now.TTLSecondsAfterFinished.Value))
	add("podReplacementPolicy", old.PodReplacementPolicy != now.PodReplacementPolicy, now.PodReplacementPolicy.String())
	add("suspend", old.Suspend != now.Suspend, strconv.FormatBool(now.Suspend))
	requests := now.Template.Requests
	add("requests", old.Template.Requests != requests, fmt.Sprintf("%dm,%d", requests.MilliCPU, requests.Memory))
	return args
}

// statusArgs spells a Job's status out. What is nil or zero and rarely set is left out; nil and 0 of ready and
// terminating differ, and so do nil and empty failedIndexes.
func statusArgs(s *api.JobStatus) []Arg {
	args := make([]Arg, 0, 12)
	add := func(key, value string) { args = append(args, Arg{key, value}) }
	add("active", itoa(s.Active))
	if s.Ready.Set {
		add("ready", itoa(s.Ready.Value))
	}
	if s.Terminating.Set {
		add("terminating", itoa(s.Terminating.Value))
	}
	add("succeeded", itoa(s.Succeeded))
	add("failed", itoa(s.Failed))
	if n := len(s.UncountedSucceeded); n > 0 {
		add("uncountedSucceeded", strconv.Itoa(n))
	}
	if n := len(s.UncountedFailed); n > 0 {
		add("uncountedFailed", strconv.Itoa(n))
	}
	if s.CompletedIndexes != "" {
		add("completedIndexes", s.CompletedIndexes)
	}
	if s.FailedIndexes.Set {
		add("failedIndexes", s.FailedIndexes.Value)
	}
	if s.StartTime != des.Never {
		add("startTime", s.StartTime.String())
	}
	if s.CompletionTime != des.Never {
		add("completionTime", s.CompletionTime.String())
	}
	for i := range s.Conditions {
		add("condition", conditionText(&s.Conditions[i]))
	}
	return args
}

// conditionText is "Failed=True BackoffLimitExceeded at 5.000s: Job has reached the specified backoff limit".
func conditionText(c *api.Condition) string {
	var b strings.Builder
	b.WriteString(string(c.Type))
	if c.Status {
		b.WriteString("=True ")
	} else {
		b.WriteString("=False ")
	}
	b.WriteString(c.Reason)
	b.WriteString(" at ")
	b.WriteString(c.Transition.String())
	b.WriteString(": ")
	b.WriteString(c.Message)
	return b.String()
}

// ParseCondition reads the argument "condition" of a record.
func ParseCondition(text string) (c api.Condition, err error) {
	bad := fmt.Errorf("not a condition: %.80q (allowed: such as %q)", text, "Failed=True Reason at 5.000s: message")
	kind, rest, ok := strings.Cut(text, "=")
	if !ok {
		return c, bad
	}
	status, rest, ok := strings.Cut(rest, " ")
	reason, rest, ok2 := strings.Cut(rest, " at ")
	at, message, ok3 := strings.Cut(rest, ": ")
	if !ok || !ok2 || !ok3 || status != "True" && status != "False" {
		return c, bad
	}
	c = api.Condition{Type: api.ConditionType(kind), Status: status == "True", Reason: reason, Message: message}
	c.Transition, err = ParseTime(at)
	return c, err
}

// Node records the write that made now out of old. A Version of 0 stands for no object.
func (o *Observer) Node(at des.Time, actor Actor, because Rule, old, now *api.Node) {
	rec := Record{At: at, Actor: actor, Because: because, Verb: Update}
	subject := now
	switch {
	case old.Version == 0:
		rec.Verb = Create
	case now.Version == 0:
		rec.Verb, subject = Remove, old
	default:
		if old.Ready != now.Ready {
			rec.Args = append(rec.Args, Arg{"ready", strconv.FormatBool(now.Ready)})
		}
		if old.Unschedulable != now.Unschedulable {
			rec.Args = append(rec.Args, Arg{"unschedulable", strconv.FormatBool(now.Unschedulable)})
		}
		if old.Unreachable != now.Unreachable {
			rec.Args = append(rec.Args, Arg{"unreachable", strconv.FormatBool(now.Unreachable != des.Never)})
		}
	}
	rec.Ref = Ref{Kind: KindNode, Name: o.NodeName(subject.ID)}
	o.Sink.Record(rec)
}

// CronJob records the write that made now out of old. A Version of 0 stands for no object.
func (o *Observer) CronJob(at des.Time, actor Actor, because Rule, old, now *api.CronJob) {
	rec := Record{At: at, Actor: actor, Because: because, Ref: Ref{Kind: KindCronJob, Name: now.Spec.Name}}
	switch {
	case old.Version == 0:
		rec.Verb = Create
	case old.Spec != now.Spec:
		rec.Verb, rec.Args = Update, cronSpecArgs(old.Spec, now.Spec)
	default:
		rec.Verb, rec.Args = Status, o.cronStatusArgs(&now.Status)
	}
	o.Sink.Record(rec)
}

func cronSpecArgs(old, now *api.CronJobSpec) []Arg {
	var args []Arg
	add := func(key string, changed bool, value string) {
		if changed {
			args = append(args, Arg{key, value})
		}
	}
	add("schedule", old.Plan.Schedule != now.Plan.Schedule, now.Plan.Schedule)
	add("timeZone", old.Plan.TimeZone != now.Plan.TimeZone, now.Plan.TimeZone)
	add("suspend", old.Suspend != now.Suspend, strconv.FormatBool(now.Suspend))
	add("concurrencyPolicy", old.ConcurrencyPolicy != now.ConcurrencyPolicy, now.ConcurrencyPolicy.String())
	add("startingDeadlineSeconds", old.StartingDeadlineSeconds != now.StartingDeadlineSeconds,
		strconv.FormatInt(now.StartingDeadlineSeconds.Value, 10))
	add("successfulJobsHistoryLimit", old.SuccessfulJobsHistoryLimit != now.SuccessfulJobsHistoryLimit,
		itoa(now.SuccessfulJobsHistoryLimit.Value))
	add("failedJobsHistoryLimit", old.FailedJobsHistoryLimit != now.FailedJobsHistoryLimit,
		itoa(now.FailedJobsHistoryLimit.Value))
	return args
}

func (o *Observer) cronStatusArgs(s *api.CronJobStatus) []Arg {
	names := make([]string, len(s.Active))
	for i, id := range s.Active {
		names[i] = o.JobName(id)
	}
	args := []Arg{{"active", strings.Join(names, ",")}}
	if s.LastScheduleTime != des.Never {
		args = append(args, Arg{"lastScheduleTime", s.LastScheduleTime.String()})
	}
	if s.LastSuccessfulTime != des.Never {
		args = append(args, Arg{"lastSuccessfulTime", s.LastSuccessfulTime.String()})
	}
	return args
}

// ExplainCronJob records why the CronJob controller creates no Job.
func (o *Observer) ExplainCronJob(at des.Time, name string, because Rule, args ...Arg) {
	o.Sink.Record(Record{At: at, Actor: CronJob, Verb: Wait, Ref: Ref{Kind: KindCronJob, Name: name}, Because: because,
		Args: args})
}

// Explain records a decision: no write, only why the next one will or will not come.
func (o *Observer) Explain(at des.Time, actor Actor, verb Verb, job api.JobID, because Rule, args ...Arg) {
	o.Sink.Record(Record{At: at, Actor: actor, Verb: verb, Ref: Ref{Kind: KindJob, Name: o.JobName(job)},
		Because: because, Args: args})
}

func itoa(n int32) string { return strconv.Itoa(int(n)) }
