package oracle

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Two runs of a scenario commit the same writes in the same order, to the byte: names, UIDs and
// resource versions included. ORACLE_REPEAT is how many runs are compared, 3 if it is not set;
// ORACLE_SCENARIO picks one.
func TestRun_IsRepeatable(t *testing.T) {
	repeat, err := strconv.Atoi(os.Getenv("ORACLE_REPEAT"))
	if err != nil {
		repeat = 3
	}
	for _, s := range stories() {
		if only := os.Getenv("ORACLE_SCENARIO"); only != "" && only != s.name {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			first, different := s.record(t), 0
			if len(first) < 10 {
				t.Fatalf("only %d writes", len(first))
			}
			for range repeat - 1 {
				again := s.record(t)
				if slices.Equal(first, again) {
					continue
				}
				if different++; different == 1 {
					t.Log(firstDifference(first, again))
				}
			}
			if different > 0 {
				t.Errorf("%d of %d runs differ from the first", different, repeat-1)
			}
		})
	}
}

// Another seed gives other names and the same story.
func TestRun_SeedChangesNamesOnly(t *testing.T) {
	s := stories()[2]
	first := s.record(t)
	s.options.Seed = 1
	second := s.record(t)
	if slices.Equal(first, second) {
		t.Error("seeds 0 and 1 give the same names")
	}
	if a, b := lines(first), lines(second); !slices.Equal(a, b) {
		t.Errorf("the stories differ: %s", firstDifference(a, b))
	}
}

// record plays the scenario and returns a line for each write: what happened, and the object in
// full.
func (s story) record(t *testing.T) []string {
	t.Helper()
	var out []string
	var c *Cluster
	o := s.options
	o.Life = s.fates.lives()
	o.Observe = func(w Write) {
		if c == nil {
			return // warming up
		}
		obj := w.New
		if obj == nil {
			obj = w.Old
		}
		text, err := json.Marshal(obj)
		if err != nil {
			t.Error(err)
		}
		m, err := meta.Accessor(obj)
		if err != nil {
			t.Error(err)
		}
		out = append(out, fmt.Sprintf("%v %s %s %s %s/%s\t%s %s", w.At.Sub(c.Start), w.Actor, w.Verb, w.Type,
			w.Resource.Resource, w.Subresource, m.GetName(), text))
	}
	if s.horizon == 0 {
		s.horizon = 600 * sec
	}
	inCluster(t, o, func(cl *Cluster) error {
		c = cl
		for _, j := range s.jobs {
			if err := submit(c, j.DeepCopy()); err != nil {
				return err
			}
		}
		outcomes, err := c.Play(s.script)
		if err != nil {
			return err
		}
		if err := Errors(outcomes); err != nil {
			return err
		}
		return c.SleepUntil(s.horizon)
	})
	return out
}

// lines is what happened, without the objects.
func lines(record []string) []string {
	var out []string
	for _, l := range record {
		head, _, _ := strings.Cut(l, "\t")
		out = append(out, head)
	}
	return out
}

func firstDifference(a, b []string) string {
	for i := range a {
		if i >= len(b) {
			break
		}
		if x, y := a[i], b[i]; x != y {
			at := 0
			for at < len(x) && at < len(y) && x[at] == y[at] {
				at++
			}
			from := max(0, at-60)
			return fmt.Sprintf("line %d of %d and %d:\n-%.80s ...%.200s\n+%.80s ...%.200s", i, len(a), len(b),
				x, x[from:], y, y[from:])
		}
	}
	return fmt.Sprintf("%d and %d lines, the shorter is the beginning of the longer", len(a), len(b))
}

// byBirth are the pods of the cluster, oldest first.
func byBirth(c *Cluster) []*corev1.Pod {
	list, err := c.User.CoreV1().Pods("default").List(context.Background(), metav1.ListOptions{})
	if err != nil {
		c.Fail(err)
		return nil
	}
	var pods []*corev1.Pod
	for i := range list.Items {
		pods = append(pods, &list.Items[i])
	}
	slices.SortFunc(pods, func(a, b *corev1.Pod) int { return int(c.db.birth(a.UID)) - int(c.db.birth(b.UID)) })
	return pods
}

// Which of equal pods are deleted on a scale-down is the choice of Go's maps in Kubernetes. Here it
// is the oldest, or with Shuffle whatever the seed says, the same each time.
func TestOptions_Shuffle(t *testing.T) {
	var s story
	for _, s = range stories() {
		if s.name == "scale-down-equals" {
			break
		}
	}
	victims := func(shuffle bool, seed uint64) string {
		s.options.Shuffle, s.options.Seed = shuffle, seed
		born, deleted := map[string]int{}, []int{}
		for _, l := range s.record(t) {
			head, rest, _ := strings.Cut(l, "\t")
			name, _, _ := strings.Cut(rest, " ")
			switch {
			case strings.HasSuffix(head, "job-controller create ADDED pods/"):
				born[name] = len(born)
			case strings.HasSuffix(head, "job-controller delete MODIFIED pods/"):
				deleted = append(deleted, born[name])
			}
		}
		slices.Sort(deleted)
		return fmt.Sprint(deleted)
	}
	if a, b := victims(false, 1), victims(false, 2); a != b || a != "[0 1 2 3 4 5]" {
		t.Errorf("in order: %s and %s, want [0 1 2 3 4 5]", a, b)
	}
	different := map[string]bool{}
	for seed := range uint64(5) {
		a, b := victims(true, seed), victims(true, seed)
		if a != b {
			t.Errorf("seed %d: %s and %s", seed, a, b)
		}
		different[a] = true
	}
	if len(different) < 2 {
		t.Errorf("five seeds have the same victims %v", different)
	}
}

// The garbage collector works on 20 pods at a time. Which of more it takes first is its choice: the
// story stays the same.
func TestRun_CollectorsChoice(t *testing.T) {
	s := story{options: gcOnly, jobs: []*batchv1.Job{work(60, 60, ttl(5))}, fates: runs(2*sec, 0), horizon: 20 * sec}
	want := lines(s.record(t))
	for range 5 {
		if got := lines(s.record(t)); !slices.Equal(got, want) {
			t.Fatalf("the stories differ: %s", firstDifference(want, got))
		}
	}
}
