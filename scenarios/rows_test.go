package scenarios_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/trace"
)

// Every row from 1 to 84 is there once, and says where Kubernetes has it and what shows it.
func TestRows_Evidence(t *testing.T) {
	list := scenarios.Rows()
	for i := range list {
		r := &list[i]
		switch {
		case i < 84 && r.Number != i+1, i >= 84 && r.Number != 0:
			t.Fatalf("entry %d is row %d", i, r.Number)
		case r.Says == "" || r.Upstream == "":
			t.Errorf("row %d, rule %q: says %q, upstream %q", r.Number, r.Rule, r.Says, r.Upstream)
		case r.Rule == "" || len(r.Evidence) == 0:
			t.Errorf("row %d, rule %q: scenarios %v, evidence %v", r.Number, r.Rule, r.Scenarios, r.Evidence)
		}
		for _, e := range r.Evidence {
			if why := unfounded(t, r, e); why != "" {
				t.Errorf("row %d, rule %q: evidence %q: %s", r.Number, r.Rule, e, why)
			}
		}
	}
}

// unfounded says what is wrong with a piece of evidence.
func unfounded(t *testing.T, r *scenarios.Row, evidence string) string {
	t.Helper()
	kind, name, _ := strings.Cut(evidence, " ")
	switch kind {
	case "oracle": // plays the whole library
		if len(r.Scenarios) == 0 {
			return "there is no scenario to play"
		}
		return ""
	case "story":
		text, err := os.ReadFile(filepath.Join("..", "sim", "simtest", "testdata", name))
		if err != nil {
			return err.Error()
		}
		if !strings.Contains(string(text), " "+string(r.Rule)) {
			return "the rule is not in it"
		}
		return ""
	case "test":
		if !slices.Contains(goTests(t), name) {
			return "there is no such test"
		}
		return ""
	}
	return "unknown kind (allowed: oracle, story, test)"
}

var testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// goTests are the names of all tests of the light rooms.
func goTests(t *testing.T) (names []string) {
	t.Helper()
	for _, room := range []string{"sim", "scenarios", "reports"} {
		for _, text := range sources(t, room, "_test.go") {
			for _, m := range testFunc.FindAllStringSubmatch(text, -1) {
				names = append(names, m[1])
			}
		}
	}
	return names
}

// sources are the files of a room whose names end so.
func sources(t *testing.T, room, end string) (texts []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("..", room), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, end) {
			return err
		}
		text, err := os.ReadFile(path)
		texts = append(texts, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// The trace of every scenario that a row names has the row's rule.
func TestRows_ScenariosShowTheRule(t *testing.T) {
	seen := map[string]map[trace.Rule]bool{}
	for _, r := range scenarios.Rows() {
		for _, name := range r.Scenarios {
			if seen[name] == nil {
				_, tr, _ := runNamed(t, name)
				seen[name] = map[trace.Rule]bool{}
				for i := range tr.Records {
					seen[name][tr.Records[i].Because] = true
				}
			}
			if !seen[name][r.Rule] {
				t.Errorf("row %d: the trace of %s has no %s", r.Number, name, r.Rule)
			}
		}
	}
}

var ruleConst = regexp.MustCompile(`\bRule\w+ +(?:trace\.)?Rule += "([a-z.-]+)"`)

// Every rule of the simulator is in the table, with what shows it; every rule of the table is one of the simulator's.
func TestRows_EveryRule(t *testing.T) {
	var shown, rules []string
	for _, r := range scenarios.Rows() {
		shown = append(shown, string(r.Rule))
	}
	for _, text := range sources(t, "sim", ".go") {
		for _, m := range ruleConst.FindAllStringSubmatch(text, -1) {
			rules = append(rules, m[1])
			if !slices.Contains(shown, m[1]) {
				t.Errorf("nothing is known to show %s", m[1])
			}
		}
	}
	for _, r := range shown {
		if !slices.Contains(rules, r) {
			t.Errorf("%s is not a rule of the simulator", r)
		}
	}
	if len(rules) < 50 {
		t.Errorf("only %d rules were found", len(rules))
	}
}
