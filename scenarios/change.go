package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"go.yaml.in/yaml/v3"
)

// Change gives a field of a scenario a value. Field is
//   - failure-rate or duration, as the flags of these names have them;
//   - a path in the manifest of every Job, such as spec.backoffLimit;
//   - a path in the scenario, such as cluster.knobs.maxPodBackoff or jobs[0].manifest.spec.parallelism.
//
// Value is YAML; null takes the field out.
type Change struct{ Field, Value string }

// String is the change as a flag has it.
func (c Change) String() string { return c.Field + "=" + c.Value }

// With is the scenario with changes, read and checked anew. Errors wrap ErrInvalid where a change is at fault.
func (s *Scenario) With(changes ...Change) (*Scenario, error) {
	text, err := s.YAML()
	if err != nil {
		return nil, err
	}
	var root map[string]any
	if err = yaml.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	var fates []Change
	var names []string
	for _, c := range changes {
		names = append(names, c.String())
		if c.Field == "failure-rate" || c.Field == "duration" {
			fates = append(fates, c)
		} else if err = put(root, c); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrInvalid, c, err)
		}
	}
	if text, err = yaml.Marshal(root); err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	list, _, err := Load("with "+strings.Join(names, " "), bytes.NewReader(text), nil, ".")
	if err != nil {
		return nil, err
	}
	out := list[0]
	out.Name, out.Bare = s.Name, s.Bare
	if err := out.changeFates(fates); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return out, nil
}

// Field is what a field that With can change is now, in the first Job's manifest where that is where it is, as YAML on
// one line; false where it is not there.
func (s *Scenario) Field(field string) (string, bool) {
	switch run, rate, ok := s.Coins(); {
	case field == "failure-rate":
		return strconv.FormatFloat(rate, 'g', -1, 64), ok
	case field == "duration":
		return run.String(), ok
	}
	parts := splitPath(field)
	var root, node any = s.File, nil
	if len(parts) > 0 && (parts[0] == "spec" || parts[0] == "metadata") && len(s.Manifests) > 0 {
		root = s.Manifests[0]
	}
	text, err := json.Marshal(root)
	if err != nil || json.Unmarshal(text, &node) != nil {
		return "", false
	}
	for _, part := range parts {
		switch at := node.(type) {
		case map[string]any:
			node = at[part]
		case []any:
			i, failed := strconv.Atoi(strings.Trim(part, "[]"))
			if failed != nil || i < 0 || i >= len(at) {
				return "", false
			}
			node = at[i]
		default:
			return "", false
		}
	}
	text, err = json.Marshal(node)
	return strings.Trim(string(text), `"`), err == nil && node != nil && len(parts) > 0
}

func put(root map[string]any, c Change) error {
	var value any
	if err := yaml.Unmarshal([]byte(c.Value), &value); err != nil {
		return fmt.Errorf("not a value in YAML: %w", err)
	}
	parts := splitPath(c.Field)
	if len(parts) == 0 {
		return fmt.Errorf("names no field")
	}
	if parts[0] != "spec" && parts[0] != "metadata" {
		_, err := setAt(root, parts, value)
		return err
	}
	jobs, _ := root["jobs"].([]any)
	if len(jobs) == 0 {
		return fmt.Errorf("there is no Job (allowed: of a CronJob, such as cronJobs[0].manifest.spec.concurrencyPolicy)")
	}
	for i := range jobs {
		if _, err := setAt(jobs[i], append([]string{"manifest"}, parts...), value); err != nil {
			return err
		}
	}
	return nil
}

// setAt puts value at a path below node, makes the mappings that are missing on the way, and returns the new node.
func setAt(node any, parts []string, value any) (any, error) {
	if len(parts) == 0 {
		return value, nil
	}
	if list, ok := node.([]any); ok {
		i, err := strconv.Atoi(strings.Trim(parts[0], "[]"))
		if err != nil || i < 0 || i >= len(list) {
			return nil, fmt.Errorf("%s: there are entries 0 to %d", parts[0], len(list)-1)
		}
		list[i], err = setAt(list[i], parts[1:], value)
		return list, err
	}
	m, ok := node.(map[string]any)
	if !ok && node != nil {
		return nil, fmt.Errorf("%s: what is above has no fields", parts[0])
	}
	if m == nil {
		m = map[string]any{}
	}
	part, err := setAt(m[parts[0]], parts[1:], value)
	if err != nil {
		return nil, err
	}
	if part == nil {
		delete(m, parts[0])
	} else {
		m[parts[0]] = part
	}
	return m, nil
}

// Coins are how long runs take and how likely they fail, if the fates of the scenario are as SetFates leaves them.
func (s *Scenario) Coins() (run rng.Dist, rate float64, ok bool) {
	f := s.File.Fates
	if len(f) == 0 || len(f) > 2 {
		return run, 0, false
	}
	last := &f[len(f)-1]
	if len(f) == 2 {
		if f[0].Probability == nil {
			return run, 0, false
		}
		rate = *f[0].Probability
	}
	var plain Scenario
	if err := plain.SetFates(last.Run.Dist, rate); err != nil {
		return run, 0, false
	}
	want, err := json.Marshal(plain.File.Fates)
	have, failed := json.Marshal(f)
	return last.Run.Dist, rate, errors.Join(err, failed) == nil && bytes.Equal(want, have)
}

// defaultRun is how long a run takes if only its failure rate is known: 30s.
var defaultRun = rng.Const(30 * des.Second)

// changeFates sets what the fields failure-rate and duration say; what they do not say stays, if it is as plain.
func (s *Scenario) changeFates(changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	run, rate, ok := s.Coins()
	if !ok {
		run, rate = defaultRun, 0
	}
	for _, c := range changes {
		var err error
		if c.Field == "duration" {
			run, err = ParseDist(c.Value)
		} else if rate, err = strconv.ParseFloat(c.Value, 64); err != nil {
			err = fmt.Errorf("failure-rate: %q is not a number", c.Value)
		}
		if err != nil {
			return err
		}
	}
	return s.SetFates(run, rate)
}
