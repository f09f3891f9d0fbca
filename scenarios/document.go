package scenarios

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxBytes = 1 << 20 // of a file
	maxDepth = 64      // of nesting
	maxNodes = 200_000 // of a file, aliases counted as often as they are used
)

// document is one YAML document of a file, a tree without aliases and merge keys, with the problems found in it.
type document struct {
	file     string
	root     *yaml.Node
	problems *[]Problem
	broken   []string // paths of values that could not be read
}

// add reports a problem of the field at path, unless its value or one around it could not be read: what follows from
// that is no news.
func (d *document) add(path, format string, args ...any) {
	for _, b := range d.broken {
		if inside(path, b) {
			return
		}
	}
	if len(*d.problems) < maxProblems {
		d.put(d.line(path), path, fmt.Sprintf(format, args...))
	}
}

// unreadable reports a value that could not be read.
func (d *document) unreadable(n *yaml.Node, path, format string, args ...any) {
	if len(d.broken) < maxProblems {
		d.broken = append(d.broken, path)
	}
	d.put(n.Line, path, fmt.Sprintf(format, args...))
}

func (d *document) put(line int, path, what string) {
	if len(*d.problems) < maxProblems {
		*d.problems = append(*d.problems, Problem{d.file, line, path, what})
	}
}

// inside says whether path is outer or a part of it.
func inside(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// flattener replaces aliases by copies of what they stand for and merge keys by what they merge, within limits.
type flattener struct {
	nodes  int
	active map[*yaml.Node]bool // anchors whose copy is being made
	what   string              // the problem that stopped it
	line   int
}

func (f *flattener) fail(n *yaml.Node, format string, args ...any) *yaml.Node {
	if f.what == "" {
		f.what, f.line = fmt.Sprintf(format, args...), n.Line
	}
	return n
}

func (f *flattener) flatten(n *yaml.Node, depth int) *yaml.Node {
	f.nodes++
	switch {
	case f.what != "":
		return n
	case f.nodes > maxNodes:
		return f.fail(n, "has too many values, aliases counted in full (allowed: up to %d)", maxNodes)
	case depth > maxDepth:
		return f.fail(n, "is nested too deeply (allowed: up to %d levels)", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		target := n.Alias
		if f.active[target] {
			return f.fail(n, "anchor %q contains itself", n.Value)
		}
		f.active[target] = true
		defer delete(f.active, target)
		copied := f.flatten(target, depth)
		at := *copied
		at.Line = n.Line // a problem is shown where the value is used
		return &at
	}
	if len(n.Content) == 0 {
		return n
	}
	out := *n
	out.Content = make([]*yaml.Node, len(n.Content))
	merges := false
	for i, c := range n.Content {
		out.Content[i] = f.flatten(c, depth+1)
		merges = merges || n.Kind == yaml.MappingNode && i%2 == 0 && c.ShortTag() == "!!merge"
	}
	if merges && f.what == "" {
		return f.merge(&out)
	}
	return &out
}

// merge puts the merge keys of a mapping into effect: what they bring gives way to the mapping's own.
func (f *flattener) merge(n *yaml.Node) *yaml.Node {
	var own, brought []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.ShortTag() != "!!merge" {
			own = append(own, key, value)
			continue
		}
		sources := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			sources = value.Content
		}
		for _, s := range sources {
			if s.Kind != yaml.MappingNode {
				return f.fail(key, "merge key of %s (allowed: a mapping, or a list of mappings)", describe(s))
			}
			brought = append(brought, s.Content...)
		}
	}
	have := map[string]bool{}
	for i := 0; i < len(own); i += 2 {
		have[own[i].Value] = true
	}
	for i := 0; i+1 < len(brought); i += 2 {
		if key := brought[i].Value; !have[key] {
			have[key] = true
			own = append(own, brought[i], brought[i+1])
		}
	}
	n.Content = own
	return n
}

// line is that of the deepest part of path that is written, 0 without a text.
func (d *document) line(path string) int {
	node := d.root
	if node == nil {
		return 0
	}
	line := node.Line
	for _, part := range splitPath(path) {
		at, next := entry(node, part)
		if next == nil {
			break
		}
		node, line = next, at.Line
	}
	return line
}

// splitPath is a.b[2].c as a, b, [2], c. What stands in brackets is an index or the key of a map.
func splitPath(path string) []string {
	var parts []string
	for path != "" {
		if path[0] == '.' {
			path = path[1:]
			continue
		}
		end := strings.IndexAny(path[1:], ".[") + 1
		if path[0] == '[' {
			end = strings.IndexByte(path, ']') + 1
		}
		if end <= 0 {
			end = len(path)
		}
		parts = append(parts, path[:end])
		path = path[end:]
	}
	return parts
}

// entry is a part of n and where it is written: the key in a mapping, the item itself in a list.
func entry(n *yaml.Node, part string) (at, value *yaml.Node) {
	key := strings.TrimSuffix(strings.TrimPrefix(part, "["), "]")
	switch n.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i], n.Content[i]
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i], n.Content[i+1]
			}
		}
	}
	return nil, nil
}

// child is the value of a key of a mapping; nil if there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	_, value := entry(n, key)
	return value
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
