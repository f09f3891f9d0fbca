package reports

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// Kind is what can be asked of a fact.
type Kind uint8

// The kinds of fact.
const (
	// Exact is a fact that two worlds must agree on, whatever their latencies.
	Exact Kind = iota
	// Story is an exact fact that depends on latencies: only worlds in lockstep must agree on it.
	Story
	// Timed is an instant or a span.
	Timed
)

// String is a word for it.
func (k Kind) String() string { return [...]string{"exact", "story", "timed"}[k] }

// Key names a fact.
type Key struct{ Job, Name string }

// MarshalText is what String says.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// String is "job a: makespan", or of a CronJob "cronjob a: change 1".
func (k Key) String() string {
	if strings.HasPrefix(k.Job, string(trace.KindCronJob)+" ") { // no Job has a name with a blank
		return k.Job + ": " + k.Name
	}
	return "job " + k.Job + ": " + k.Name
}

// MarshalText is the word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Fact is one thing that a run says.
type Fact struct {
	Key  Key
	Kind Kind
	// Text is the value of an exact fact or a story; of a story of several lines each is one event.
	Text string
	// Span is the value of a timed one: since the scenario started, or how long it took.
	Span des.Duration
}

// Value is the fact's value as text.
func (f *Fact) Value() string {
	if f.Kind == Timed {
		return f.Span.String()
	}
	return f.Text
}

// Facts are all facts of the run, by Job: exact ones, stories if they are wanted, timed ones. What did not happen is no
// fact.
func (r *Run) Facts(stories bool) []Fact {
	var out []Fact
	var order map[string]*strings.Builder
	if stories {
		order = r.order()
	}
	for _, j := range r.Jobs {
		b := builder{job: j, out: out}
		b.outcome()
		b.pods()
		if stories {
			b.text(Story, "status writes", j.writes())
			b.text(Story, "order of events", order[j.Name].String())
		}
		b.times()
		out = b.out
	}
	for _, c := range r.CronJobs {
		b := builder{job: &Job{Name: string(trace.KindCronJob) + " " + c.Name}, out: out}
		b.changes(c.Changes)
		out = b.out
	}
	return out
}

// changes are what was made of an object, and when.
func (b *builder) changes(list []Change) {
	for i, c := range list {
		name := fmt.Sprintf("change %d", i+1)
		b.exact(name, c.What)
		b.at(name+" made", c.At)
		for _, t := range c.Times {
			b.at(name+" "+t.name, t.at)
		}
	}
}

type builder struct {
	job *Job
	out []Fact
}

func (b *builder) exact(name, value string) { b.text(Exact, name, value) }

func (b *builder) text(kind Kind, name, value string) {
	b.out = append(b.out, Fact{Key: Key{b.job.Name, name}, Kind: kind, Text: value})
}

func (b *builder) at(name string, t des.Time) {
	if t != des.Never {
		b.span(name, t.Sub(0))
	}
}

func (b *builder) span(name string, d des.Duration) {
	b.out = append(b.out, Fact{Key: Key{b.job.Name, name}, Kind: Timed, Span: d})
}

// outcome is what the Job's last status says: conditions, counters and indexes.
func (b *builder) outcome() {
	last := b.job.Last()
	var order []string
	for _, c := range last.Conditions {
		order = append(order, string(c.Type))
		b.exact("condition "+string(c.Type), conditionValue(c))
	}
	b.exact("conditions", strings.Join(order, ", "))
	for _, a := range last.Args {
		switch a.Key {
		case "condition", "startTime", "completionTime": // they have times
		default:
			b.exact(a.Key, a.Value)
		}
	}
	b.changes(b.job.Changes)
	if b.job.Removed != des.Never {
		b.exact("removed by", string(b.job.RemovedBy))
	}
}

func conditionValue(c api.Condition) string {
	status := "False"
	if c.Status {
		status = "True"
	}
	return status + " " + c.Reason + ": " + c.Message
}

// pods are how many there were, by index where there are indexes, and what became of each.
func (b *builder) pods() {
	attempts := map[int32]int{}
	var indexes []int32
	for _, p := range b.job.Pods {
		b.exact(podName(p)+" outcome", p.Outcome())
		if p.Disruption != "" {
			b.exact(podName(p)+" disruption", p.Disruption)
		}
		if p.Restarts > 0 {
			b.exact(podName(p)+" restarts", strconv.Itoa(p.Restarts))
		}
		if p.Ref.Index == api.NoIndex {
			continue
		}
		if attempts[p.Ref.Index]++; attempts[p.Ref.Index] == 1 {
			indexes = append(indexes, p.Ref.Index)
		}
	}
	b.exact("pods", strconv.Itoa(len(b.job.Pods)))
	for _, index := range indexes {
		b.exact(fmt.Sprintf("attempts of index %d", index), strconv.Itoa(attempts[index]))
	}
}

func podName(p *Pod) string { return p.Ref.String() }

// order is what happened to each Job and its pods, a line each, in the order of the trace's normal form.
func (r *Run) order() map[string]*strings.Builder {
	lines := map[string]*strings.Builder{}
	for i := range r.Trace.Records {
		rec := &r.Trace.Records[i]
		if rec.Ref.Kind != trace.KindJob && rec.Ref.Kind != trace.KindPod {
			continue
		}
		b := lines[rec.Ref.Name]
		if b == nil {
			b = &strings.Builder{}
			lines[rec.Ref.Name] = b
		}
		fmt.Fprintf(b, "%s %s %s\n", rec.Actor, rec.Verb, rec.Ref)
	}
	return lines
}

// writes are the counters and conditions of every status write, a line each, without times.
func (j *Job) writes() string {
	var b strings.Builder
	for i := range j.Writes {
		for _, a := range j.Writes[i].Args {
			switch a.Key {
			case "startTime", "completionTime":
				continue
			case "condition":
				if c, err := trace.ParseCondition(a.Value); err == nil {
					a.Value = string(c.Type) + "=" + conditionValue(c)
				}
			}
			fmt.Fprintf(&b, "%s=%s ", a.Key, a.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// times are the instants of the Job's and the pods' lives, and the spans between them that people ask for.
func (b *builder) times() {
	j := b.job
	last := j.Last()
	b.at("submitted", j.Submitted)
	b.at("startTime", last.StartTime)
	b.at("completionTime", last.CompletionTime)
	for _, c := range last.Conditions {
		b.at("condition "+string(c.Type)+" since", c.Transition)
	}
	b.at("finished", j.Finished())
	b.at("removed", j.Removed)
	if f := j.Finished(); f != des.Never {
		b.span("makespan", f.Sub(j.Submitted))
	}
	for _, p := range j.Pods {
		for _, t := range p.instants() {
			b.at(podName(p)+" "+t.name, t.at)
		}
		if d, ok := p.StartLatency(); ok {
			b.span(podName(p)+" start latency", d)
		}
	}
	for _, g := range j.Gaps() {
		b.span("gap after "+podName(g.After), g.Span)
	}
}

// instant is something that happens once in a life.
type instant struct {
	name string
	at   des.Time
}

func (p *Pod) instants() []instant {
	return []instant{{"created", p.Created}, {"bound", p.Bound}, {"started", p.Started}, {"ended", p.Ended},
		{"terminated", p.Terminated}, {"untracked", p.Untracked}, {"removed", p.Removed},
		{"disrupted", p.Disrupted}}
}
