package gen

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/des"
	"go.yaml.in/yaml/v3"
)

// MaxTries is how many scenarios Shrink asks about at most.
const MaxTries = 3000

// Shrink is the smallest scenario it can find that still fails, where fails(s) holds. It asks about ever smaller
// scenarios, at most MaxTries of them and always in the same order: without a Job and all that names it, without some
// faults, fates or fields, with lower numbers and rounder times. Whatever is in the file is taken apart as it is
// nested, so that a new field needs nothing here. If s does not fail, it is s.
func Shrink(s *scenarios.Scenario, fails func(*scenarios.Scenario) bool) *scenarios.Scenario {
	text, err := s.YAML()
	var tree map[string]any
	if err == nil {
		err = yaml.Unmarshal(text, &tree)
	}
	if err != nil || !fails(s) {
		return s
	}
	k := shrinker{fails: fails, name: s.Name, tried: map[string]bool{}, best: s}
	tree["why"] = fmt.Sprintf("What is left of %s.\n", s.Name)
	for next := tree; next != nil; {
		tree, next = next, k.better(next)
	}
	return k.best
}

type shrinker struct {
	fails func(*scenarios.Scenario) bool
	name  string
	tried map[string]bool // by text
	tries int
	best  *scenarios.Scenario
}

// better is a smaller tree that still fails, or nil.
func (k *shrinker) better(tree map[string]any) map[string]any {
	for candidate := range smallerFiles(tree) {
		if k.tries >= MaxTries {
			return nil
		}
		if k.still(candidate) {
			return candidate
		}
	}
	return nil
}

// still says whether a tree is a scenario that fails, and then remembers it as the best.
func (k *shrinker) still(tree map[string]any) bool {
	text, err := yaml.Marshal(tree)
	if err != nil || k.tried[string(text)] {
		return false
	}
	k.tried[string(text)] = true
	list, _, err := scenarios.Load(k.name, bytes.NewReader(text), nil, ".")
	if err != nil {
		return false // such as a fault without the node that it names
	}
	if tied(list[0]) && !tied(k.best) {
		return false // it would be another failure
	}
	k.tries++
	if !k.fails(list[0]) {
		return false
	}
	k.best = list[0]
	return true
}

// tied says whether users do two things in one instant.
func tied(s *scenarios.Scenario) bool {
	seen := map[des.Duration]bool{}
	for i := range s.File.Jobs {
		seen[s.File.Jobs[i].At.Duration] = true
	}
	for i := range s.File.Faults {
		at := s.File.Faults[i].At.Duration
		if seen[at] {
			return true
		}
		seen[at] = true
	}
	return false
}

// kept are the fields that say what something is, and those that keep things from happening in one instant: without
// them a scenario would not be smaller, but another one.
var kept = []string{"apiVersion", "kind", "metadata", "name", "why", "cluster", "profile", "latency", "phaseStep"}

// phases are the parts of a second in which users act in shrunk scenarios: not at whole seconds, where timers go off.
var phases = []time.Duration{400 * time.Millisecond, 500 * time.Millisecond, 600 * time.Millisecond,
	700 * time.Millisecond}

// smallerFiles yields the files that are a step smaller, the boldest first.
func smallerFiles(file map[string]any) iter.Seq[map[string]any] {
	return func(yield func(map[string]any) bool) {
		jobs, _ := file["jobs"].([]any)
		for i := range jobs {
			if len(jobs) > 1 && !yield(withoutJob(file, jobs, i)) {
				return
			}
		}
		for v := range smaller(file) {
			if out, _ := v.(map[string]any); !yield(out) {
				return
			}
		}
	}
}

// withoutJob is a file without one of its Jobs, and without the entries of other lists that name it.
func withoutJob(file map[string]any, jobs []any, i int) map[string]any {
	out := maps.Clone(file)
	out["jobs"] = slices.Delete(slices.Clone(jobs), i, i+1)
	name := jobName(jobs[i])
	for key, value := range out {
		if list, ok := value.([]any); ok && key != "jobs" {
			out[key] = slices.DeleteFunc(slices.Clone(list), func(entry any) bool { return mentions(entry, name) })
		}
	}
	return out
}

func jobName(job any) any {
	for _, key := range []string{"manifest", "metadata", "name"} {
		m, _ := job.(map[string]any)
		job = m[key]
	}
	return job
}

func mentions(v, name any) bool {
	switch v := v.(type) {
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), func(x any) bool { return mentions(x, name) })
	case []any:
		return slices.ContainsFunc(v, func(x any) bool { return mentions(x, name) })
	}
	return v == name
}

// smaller yields the values that are a step smaller than v. Every step leaves fewer parts, a lower number, or a shorter
// time, so that there is an end.
func smaller(v any) iter.Seq[any] {
	return func(yield func(any) bool) {
		switch v := v.(type) {
		case map[string]any:
			smallerMap(v, yield)
		case []any:
			smallerList(v, yield)
		case int:
			for _, n := range []int{0, 1, v / 2, v - 1} {
				if n >= 0 && n < v && !yield(n) {
					return
				}
			}
		case string:
			for _, text := range smallerTexts(v) {
				if !yield(text) {
					return
				}
			}
		}
	}
}

func smallerMap(v map[string]any, yield func(any) bool) {
	keys := slices.Sorted(maps.Keys(v))
	for _, key := range keys {
		out := maps.Clone(v)
		delete(out, key)
		if !slices.Contains(kept, key) && !yield(out) {
			return
		}
	}
	for _, key := range keys {
		for part := range smallerField(key, v[key]) {
			out := maps.Clone(v)
			out[key] = part
			if !yield(out) {
				return
			}
		}
	}
}

func smallerField(key string, v any) iter.Seq[any] {
	text, isText := v.(string)
	switch {
	case isText && slices.Contains(kept, key):
		return func(func(any) bool) {}
	case isText && key == "at":
		return func(yield func(any) bool) {
			for _, phase := range phases {
				for _, less := range smallerSpans(text, phase) {
					if !yield(less) {
						return
					}
				}
			}
		}
	}
	return smaller(v)
}

// smallerList takes out halves, quarters and so on, down to single entries, as delta debugging does.
func smallerList(v []any, yield func(any) bool) {
	for size := len(v); size > 0; size /= 2 {
		for from := 0; from < len(v); from += size {
			if !yield(slices.Delete(slices.Clone(v), from, min(from+size, len(v)))) {
				return
			}
		}
	}
	for i := range v {
		for part := range smaller(v[i]) {
			out := slices.Clone(v)
			out[i] = part
			if !yield(out) {
				return
			}
		}
	}
}

// smallerSpans are shorter spans and rounder ones, each so much more than a round one.
func smallerSpans(text string, more time.Duration) (out []string) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return nil
	}
	for _, round := range []time.Duration{0, d.Truncate(time.Minute), d.Truncate(10 * time.Second),
		d.Truncate(time.Second), (d / 2).Truncate(time.Second), d.Truncate(100 * time.Millisecond),
		d.Truncate(time.Millisecond)} {
		if round+more < d {
			out = append(out, (round + more).String())
		}
	}
	return out
}

// smallerTexts are shorter spans for a span, spans for a distribution, and single numbers for a set of them.
func smallerTexts(text string) (out []string) {
	out = smallerSpans(text, 0)
	_, list, isDist := strings.Cut(text, ":")
	for _, part := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(",+*:", r) }) {
		if _, err := time.ParseDuration(part); err == nil && isDist {
			out = append(out, part)
		}
	}
	if from, _, isRange := strings.Cut(text, "-"); isRange && !isDist {
		if _, err := strconv.Atoi(from); err == nil {
			out = append(out, from)
		}
	}
	return out
}
