package mutation

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var (
	recorded = flag.String("recorded", "", "play every mutant on what jobsim-oracle record has written to this directory")
	update   = flag.Bool("update", false, "rewrite the table")
)

// table lists what was caught, and by what.
const table = "README.md"

const root = "../.."

// Every mutant can be made: its text stands in its file once, and is Go again once it is replaced.
func TestMutants_Apply(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Mutants {
		if names[m.Name] {
			t.Errorf("%s: there are two of that name", m.Name)
		}
		names[m.Name] = true
		if _, err := m.mutate(); err != nil {
			t.Error(err)
		}
	}
	for name := range Survivors {
		if !names[name] {
			t.Errorf("%s: there is no such mutant to survive", name)
		}
	}
}

// mutate is the mutated text of the file.
func (m *Mutant) mutate() ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, m.File))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(text, []byte(m.Old)); n != 1 {
		return nil, fmt.Errorf("%s: %q stands %d times in %s (allowed: once)", m.Name, m.Old, n, m.File)
	}
	text = bytes.Replace(text, []byte(m.Old), []byte(m.New), 1)
	if _, err := format.Source(text); err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	return text, nil
}

// The random scenarios catch every mutant, and the simulator as it is agrees on all of them.
func TestMutants_AreCaught(t *testing.T) {
	if *recorded == "" {
		t.Skip("make mutants has the oracle record scenarios first")
	}
	dir, err := filepath.Abs(*recorded)
	if err != nil {
		t.Fatal(err)
	}
	if c := play(t, build(t, nil), dir); c.scenario != "" {
		t.Fatalf("without a mutation %s differs: %s", c.scenario, c.difference)
	}
	var rows []string
	for _, m := range Mutants {
		c := play(t, build(t, &m), dir)
		why, survives := Survivors[m.Name]
		switch {
		case c.scenario == "" && survives:
			t.Logf("%s survives: %s", m.Name, why)
			rows = append(rows, fmt.Sprintf("| %s | %s | nothing | | %s |", m.Name, m.What, why))
			continue
		case c.scenario == "":
			t.Errorf("%s is not caught: %s", m.Name, m.What)
			continue
		case survives:
			t.Errorf("%s is caught now by %s: it is no survivor", m.Name, c.scenario)
			continue
		}
		t.Logf("%s: %s, after %s scenarios: %s", m.Name, c.scenario, c.played, c.difference)
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s | %s |", m.Name, m.What, c.scenario, c.played,
			strings.ReplaceAll(c.difference, "|", "\\|")))
	}
	if *update && !t.Failed() {
		rewrite(t, rows)
	}
}

// build makes the program swarm of a mutant; of none if m is nil.
func build(t *testing.T, m *Mutant) string {
	t.Helper()
	tmp := t.TempDir()
	program := filepath.Join(tmp, "swarm")
	args := []string{"build", "-o", program}
	if m != nil {
		text, err := m.mutate()
		if err != nil {
			t.Fatal(err)
		}
		original, err := filepath.Abs(filepath.Join(root, m.File))
		if err != nil {
			t.Fatal(err)
		}
		mutated, overlay := filepath.Join(tmp, "mutated.go"), filepath.Join(tmp, "overlay.json")
		list, err := json.Marshal(map[string]map[string]string{"Replace": {original: mutated}})
		if err = errors.Join(err, os.WriteFile(mutated, text, 0o600), os.WriteFile(overlay, list, 0o600)); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-overlay", overlay)
	}
	if out, err := exec.Command("go", append(args, "./swarm")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// caught is what a mutant was caught by; all empty if it was not.
type caught struct{ scenario, played, difference string }

func play(t *testing.T, program, dir string) caught {
	t.Helper()
	out, err := exec.Command(program, dir).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return caught{}
	case !errors.As(err, &exit) || exit.ExitCode() != 1:
		t.Fatalf("%v\n%s", err, out)
	}
	columns := strings.SplitN(strings.TrimSpace(string(out)), "\t", 3)
	if len(columns) != 3 {
		t.Fatalf("the program said %q", out)
	}
	return caught{columns[0], columns[1], columns[2]}
}

const (
	begin = "<!-- table: make mutants -->\n"
	end   = "<!-- end -->\n"
)

func rewrite(t *testing.T, rows []string) {
	t.Helper()
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", table)
	}
	head := "\n| mutant | what it does | caught by | as number | what differed first |\n|---|---|---|---|---|\n"
	text = []byte(before + begin + head + strings.Join(rows, "\n") + "\n\n" + end + after)
	if err := os.WriteFile(table, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
