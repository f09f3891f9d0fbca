package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxBytes = 1 << 20 // of a file
	maxDepth = 64      // of nesting
	maxNodes = 200_000 // of a document, aliases counted as often as they are used
)

// decode reads node strictly into out, a pointer to a struct with json tags. Problems are reported below path; what
// could not be read is left out, so that the rest can be looked at too. It returns false where nothing could be read.
func (d *document) decode(node *yaml.Node, path string, out any) bool {
	c := checker{d: d}
	value := c.check(node, path, reflect.TypeOf(out).Elem(), 0)
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		d.add(path, "%v", err)
	}
	return err == nil
}

// checker holds a YAML tree against a Go type and turns it into what encoding/json can marshal.
type checker struct {
	d     *document
	nodes int
}

var unmarshaler = reflect.TypeFor[leaf]()

func (c *checker) check(n *yaml.Node, path string, t reflect.Type, depth int) any {
	n = resolve(n)
	if c.nodes++; c.nodes > maxNodes || depth > maxDepth {
		if c.nodes == maxNodes+1 || depth == maxDepth+1 {
			c.d.add(path, "too large or too deep (allowed: %d values, %d levels)", maxNodes, maxDepth)
		}
		return nil
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return nil
	case reflect.PointerTo(t).Implements(unmarshaler):
		return c.leaf(n, path, t)
	}
	switch t.Kind() {
	case reflect.Struct:
		return c.mapping(n, path, t, depth)
	case reflect.Map:
		return c.dict(n, path, t, depth)
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return c.sequence(n, path, t, depth)
		}
	}
	return c.scalar(n, path, t)
}

func (c *checker) mapping(n *yaml.Node, path string, t reflect.Type, depth int) any {
	if n.Kind != yaml.MappingNode {
		c.d.add(path, "is %s (allowed: a mapping)", describe(n))
		return nil
	}
	fields := jsonFields(t)
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		at := join(path, key)
		ft, known := fields[key]
		if _, twice := out[key]; twice {
			c.problem(n.Content[i], at, "is given twice")
			continue
		}
		out[key] = nil
		if !known {
			c.problem(n.Content[i], at, "unknown field"+suggest(key, fields))
			continue
		}
		out[key] = c.check(n.Content[i+1], at, ft, depth+1)
	}
	for key, v := range out {
		if v == nil {
			delete(out, key) // null is absent
		}
	}
	return out
}

func (c *checker) dict(n *yaml.Node, path string, t reflect.Type, depth int) any {
	if n.Kind != yaml.MappingNode {
		c.d.add(path, "is %s (allowed: a mapping)", describe(n))
		return nil
	}
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if _, twice := out[key]; twice {
			c.problem(n.Content[i], join(path, key), "is given twice")
		}
		out[key] = c.check(n.Content[i+1], join(path, key), t.Elem(), depth+1)
	}
	return out
}

func (c *checker) sequence(n *yaml.Node, path string, t reflect.Type, depth int) any {
	if n.Kind != yaml.SequenceNode {
		c.d.add(path, "is %s (allowed: a list)", describe(n))
		return nil
	}
	out := []any{}
	for i, item := range n.Content {
		out = append(out, c.check(item, fmt.Sprintf("%s[%d]", path, i), t.Elem(), depth+1))
	}
	return out
}

// leaf lets a self-reading type judge its text.
func (c *checker) leaf(n *yaml.Node, path string, t reflect.Type) any {
	if n.Kind != yaml.ScalarNode {
		c.d.add(path, "is %s (allowed: a single value)", describe(n))
		return nil
	}
	if len(n.Value) > maxScalar || hugeExponent(n.Value) {
		c.problem(n, path, fmt.Sprintf("%.40q... is too large a value", n.Value))
		return nil
	}
	text, _ := json.Marshal(n.Value)
	if n.Tag == "!!int" || n.Tag == "!!float" {
		if json.Valid([]byte(n.Value)) {
			text = []byte(n.Value)
		}
	}
	if err := reflect.New(t).Interface().(leaf).UnmarshalJSON(text); err != nil {
		c.problem(n, path, err.Error())
		return nil
	}
	return json.RawMessage(text)
}

// maxScalar bounds a value that reads itself; an empirical distribution is the longest.
const maxScalar = 200_000

// hugeExponent says whether the text is a number whose exponent has more than two digits: such a quantity would be
// written out before it is refused.
func hugeExponent(text string) bool {
	i := strings.LastIndexAny(text, "eE")
	if i <= 0 || text[i-1] < '0' || text[i-1] > '9' {
		return false
	}
	digits := strings.TrimLeft(text[i+1:], "+-")
	_, err := strconv.ParseUint(digits, 10, 8)
	return err != nil && strings.Trim(digits, "0123456789") == "" && digits != ""
}

func (c *checker) scalar(n *yaml.Node, path string, t reflect.Type) any {
	if n.Kind != yaml.ScalarNode {
		c.d.add(path, "is %s (allowed: %s)", describe(n), kindName(t))
		return nil
	}
	wrong := func() any {
		c.problem(n, path, fmt.Sprintf("%q is not %s", n.Value, kindName(t)))
		return nil
	}
	switch t.Kind() {
	case reflect.String, reflect.Slice:
		if n.Tag != "!!str" && n.Tag != "!!timestamp" {
			return wrong()
		}
		return n.Value
	case reflect.Bool:
		if n.Tag != "!!bool" {
			return wrong()
		}
		return strings.EqualFold(n.Value, "true")
	case reflect.Int32, reflect.Int64, reflect.Int:
		v, err := strconv.ParseInt(n.Value, 0, t.Bits())
		if n.Tag != "!!int" || err != nil {
			return wrong()
		}
		return v
	case reflect.Float64:
		v, err := strconv.ParseFloat(n.Value, 64)
		if n.Tag != "!!int" && n.Tag != "!!float" || err != nil || v != v || v-v != 0 {
			return wrong()
		}
		return v
	}
	c.problem(n, path, "cannot be given")
	return nil
}

// problem reports at a node's own line, which for keys that stand twice is not that of the path.
func (c *checker) problem(n *yaml.Node, path, what string) {
	*c.d.problems = append(*c.d.problems, Problem{c.d.file, n.Line, path, what})
}

// jsonFields are the fields of a struct type by their names in files, those of embedded structs among them.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case f.Anonymous && name == "" || strings.Contains(options, "inline"):
			for k, v := range jsonFields(f.Type) {
				out[k] = v
			}
		case name != "":
			out[name] = f.Type
		}
	}
	return out
}

// suggest names the field that was probably meant: one that differs only in case.
func suggest(key string, fields map[string]reflect.Type) string {
	for name := range fields {
		if strings.EqualFold(name, key) {
			return fmt.Sprintf(" (did you mean %s?)", name)
		}
	}
	return ""
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return strconv.Quote(n.Value)
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String, reflect.Slice:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int32, reflect.Int64, reflect.Int:
		return fmt.Sprintf("a whole number of %d bits", t.Bits())
	}
	return "a number"
}
