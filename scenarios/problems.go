package scenarios

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrInvalid is what every error about a scenario's text wraps: the input is at fault.
var ErrInvalid = errors.New("invalid scenario")

// maxProblems bounds how many problems are reported at once.
const maxProblems = 50

// Problem is one thing that is wrong with a file, and where.
type Problem struct {
	File  string
	Line  int    // from 1; 0: the file as a whole
	Field string // such as jobs[0].at; empty: the file as a whole
	What  string
}

// String is "file:line: field: what".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		b.WriteString(":" + strconv.Itoa(p.Line))
	}
	b.WriteString(": ")
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.What)
	return b.String()
}

// InvalidError is all that is wrong with a scenario. It wraps ErrInvalid.
type InvalidError struct{ Problems []Problem }

// Error lists the problems, a line each.
func (e *InvalidError) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for i, p := range e.Problems {
		if i == maxProblems {
			lines = append(lines, fmt.Sprintf("and %d more problems", len(e.Problems)-maxProblems))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is(err, ErrInvalid) hold.
func (e *InvalidError) Unwrap() error { return ErrInvalid }

// document is one YAML document of a file, with the problems found in it.
type document struct {
	file     string
	root     *yaml.Node
	problems *[]Problem
}

// add reports a problem of the field at path; its line is that of the deepest part of the path that is written.
func (d *document) add(path, format string, args ...any) {
	line := 0
	if n := d.find(path); n != nil {
		line = n.Line
	}
	*d.problems = append(*d.problems, Problem{d.file, line, path, fmt.Sprintf(format, args...)})
}

// find is the node at path, or the nearest one above that exists.
func (d *document) find(path string) *yaml.Node {
	node := resolve(d.root)
	for _, part := range splitPath(path) {
		next := child(node, part)
		if next == nil {
			break
		}
		node = resolve(next)
	}
	return node
}

// splitPath is a.b[2].c as a, b, [2], c.
func splitPath(path string) []string {
	return strings.FieldsFunc(strings.ReplaceAll(path, "[", ".["), func(r rune) bool { return r == '.' })
}

func child(n *yaml.Node, part string) *yaml.Node {
	if n == nil {
		return nil
	}
	if i, err := strconv.Atoi(strings.Trim(part, "[]")); err == nil && strings.HasPrefix(part, "[") {
		if n.Kind == yaml.SequenceNode && i < len(n.Content) {
			return n.Content[i]
		}
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == part {
			return n.Content[i+1]
		}
	}
	return nil
}

func resolve(n *yaml.Node) *yaml.Node {
	for n != nil && (n.Kind == yaml.AliasNode || n.Kind == yaml.DocumentNode) {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		} else if len(n.Content) > 0 {
			n = n.Content[0]
		} else {
			return nil
		}
	}
	return n
}

// invalid is the problems as an error, in the order of the file; nil if there are none.
func invalid(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	sort.SliceStable(problems, func(i, j int) bool {
		a, b := problems[i], problems[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	return &InvalidError{problems}
}
