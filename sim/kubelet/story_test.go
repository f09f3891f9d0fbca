package kubelet_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/rng"
)

// story is a pod's life as it is told: what the pod is, what becomes of it, and what is to be seen.
type story struct {
	name       string
	containers string // such as "init a, sidecar s, main"; empty: main
	startsAll  int32  // with this exit code of the container main all begin anew; 0: none
	onFailure  bool
	grace      int64 // 0: 30
	deadline   int64 // 0: none
	// fates has a line for each rule, such as "main#0: run=10s exit=1": a container, the restart that is meant, the
	// fate. Numbers are Run, Exit and so on; the words are forever, unready, stubborn, oom, evict, reject and stuck.
	fates   string
	begin   des.Time
	number  int32
	knobs   func(*api.Knobs)
	deletes []deletion
	late    des.Time // the node is away until then: no Act is earlier
	until   des.Time // 0: an hour
	want    string
}

// deletion is a call of Delete.
type deletion struct {
	at    des.Duration
	grace int64
}

// tell lives the life and writes down every Act that asks for something.
func (st *story) tell(t *testing.T) string {
	t.Helper()
	knobs := api.DefaultKnobs()
	knobs.RestartJitter = false
	if st.knobs != nil {
		st.knobs(&knobs)
	}
	template := st.template()
	env := kubelet.Env{Knobs: &knobs, Fates: &api.Fates{Rules: parseFates(t, &template, st.fates)}}
	pod := api.Pod{Index: api.NoIndex, Attempt: st.number, Number: st.number}
	until := st.until
	if until == 0 {
		until = des.Time(des.Hour)
	}
	var l kubelet.Life
	l.Begin(&env, &pod, &template, st.begin)
	deletes := st.deletes
	var b strings.Builder
	for {
		next := l.Next()
		if next != des.Never {
			next = max(next, st.late)
		}
		if len(deletes) > 0 && st.begin.Add(deletes[0].at) < next {
			l.Delete(st.begin.Add(deletes[0].at), deletes[0].grace)
			deletes = deletes[1:]
			continue
		}
		if next > until {
			return b.String()
		}
		act := l.Act(next)
		if act.Write {
			fmt.Fprintf(&b, "%v %v: %s%s\n", next, act.Because,
				describe(l.Status()), describeContainers(l.Containers()))
		}
		if act.Remove {
			fmt.Fprintf(&b, "%v %v: DELETE\n", next, act.Because)
		}
		if act.Done {
			b.WriteString("done\n")
		}
	}
}

func (st *story) template() api.PodTemplate {
	t := api.PodTemplate{TerminationGracePeriodSeconds: 30}
	if st.grace != 0 {
		t.TerminationGracePeriodSeconds = st.grace
	}
	if st.onFailure {
		t.RestartPolicy = api.RestartOnFailure
	}
	if st.deadline != 0 {
		t.ActiveDeadlineSeconds = api.Some(st.deadline)
	}
	names := st.containers
	if names == "" {
		names = "main"
	}
	for _, s := range strings.Split(names, ", ") {
		c := api.Container{Name: s}
		if name, ok := strings.CutPrefix(s, "init "); ok {
			c = api.Container{Name: name, Kind: api.Init}
		} else if name, ok := strings.CutPrefix(s, "sidecar "); ok {
			c = api.Container{Name: name, Kind: api.Sidecar}
		}
		if st.startsAll != 0 && c.Name == "main" {
			c.Restart = api.Some(api.RestartNever)
			c.RestartRules = []api.RestartRule{{All: true, Values: []int32{st.startsAll}}}
		}
		t.Containers = append(t.Containers, c)
	}
	return t
}

func parseFates(t *testing.T, template *api.PodTemplate, text string) (rules []api.FateRule) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		who, what, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("no colon in %q", line)
		}
		r := api.FateRule{Job: api.AnyJob, Container: -3, Chance: api.Certain, TermExit: 143}
		name, restart, ok := strings.Cut(who, "#")
		if ok {
			n, err := strconv.ParseInt(restart, 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			r.Restart = api.Ranges{{From: int32(n), To: int32(n)}}
		}
		for i, c := range template.Containers {
			if c.Name == name {
				r.Container = int32(i)
			}
		}
		if r.Container == -3 {
			t.Fatalf("no container %q", name)
		}
		for _, word := range strings.Fields(what) {
			parseWord(t, &r, word)
		}
		rules = append(rules, r)
	}
	return rules
}

func parseWord(t *testing.T, r *api.FateRule, word string) {
	t.Helper()
	key, value, _ := strings.Cut(word, "=")
	span := func() rng.Dist {
		d, err := time.ParseDuration(value)
		if err != nil {
			t.Fatal(err)
		}
		return rng.Const(des.Duration(d))
	}
	number := func() int32 {
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		return int32(n)
	}
	switch key {
	case "start":
		r.Start = span()
	case "ready":
		r.Ready = span()
	case "run":
		r.Run = span()
	case "term":
		r.Term = span()
	case "exit":
		r.Exit = number()
	case "termexit":
		r.TermExit = number()
	case "forever":
		r.NoExit = true
	case "unready":
		r.NoReady = true
	case "stubborn":
		r.NeverTerm = true
	case "oom":
		r.End = api.EndOOM
	case "evict":
		r.End = api.EndEvicted
	case "reject":
		r.End = api.EndRejected
	case "stuck":
		r.End = api.EndStuck
	default:
		t.Fatalf("no such word: %q", word)
	}
}

// describe is a status in words: what is zero is left out; the times belong to the end.
func describe(s api.PodStatus) string {
	words := []string{s.Phase.String()}
	add := func(on bool, format string, args ...any) {
		if on {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	add(s.Ready, "ready")
	add(s.Restarts != 0, "restarts=%d", s.Restarts)
	add(s.Exit != 0, "exit=%d", s.Exit)
	add(s.OOMKilled, "oom")
	add(s.Reason != api.NoReason, "%v", s.Reason)
	add(s.Disruption != api.NoDisruption, "%v", s.Disruption)
	if s.Phase.Terminal() {
		add(true, "finished=%v", s.FinishedAt)
		add(s.HasReady, "unready=%v", s.ReadySince)
		add(!s.HasReady, "no-ready-condition")
	}
	return strings.Join(words, " ")
}

// describeContainers is nothing for a single container.
func describeContainers(list []kubelet.ContainerStatus) string {
	if len(list) < 2 {
		return ""
	}
	var words []string
	for _, c := range list {
		word := c.Name + "="
		switch c.State {
		case kubelet.Waiting:
			word += c.Reason
		case kubelet.Running:
			word += "running"
		case kubelet.Terminated:
			word += fmt.Sprintf("%s(%d)", c.Terminated.Reason, c.Terminated.Exit)
		}
		if c.Restarts != 0 {
			word += fmt.Sprintf("#%d", c.Restarts)
		}
		words = append(words, word)
	}
	return " | " + strings.Join(words, " ")
}

// check compares the story with what is wanted. Lines of want may be indented.
func (st *story) check(t *testing.T) {
	t.Helper()
	got := strings.Split(strings.TrimSpace(st.tell(t)), "\n")
	want := strings.Split(strings.TrimSpace(st.want), "\n")
	differ := len(got) != len(want)
	for i := range want {
		want[i] = strings.TrimSpace(want[i])
		differ = differ || i < len(got) && got[i] != want[i]
	}
	if differ {
		t.Errorf("(-want +got)\n- %s\n+ %s", strings.Join(want, "\n- "), strings.Join(got, "\n+ "))
	}
}

// parseTime is the time at the beginning of a line.
func parseTime(t *testing.T, line string) des.Time {
	t.Helper()
	word, _, _ := strings.Cut(line, " ")
	d, err := time.ParseDuration(word)
	if err != nil {
		t.Fatal(err)
	}
	return des.Time(d)
}
