package scenarios

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decode reads node strictly into out, a pointer to a value with json tags, and reports below path. What cannot be read
// stays zero.
func (d *document) decode(node *yaml.Node, path string, out any) {
	c := checker{d: d}
	value := c.check(node, path, reflect.TypeOf(out).Elem())
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		d.add(path, "%v", err)
	}
}

// checker holds a YAML tree against a Go type and turns it into what encoding/json can write; nil stands for null and
// for what is wrong.
type checker struct{ d *document }

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func (c *checker) check(n *yaml.Node, path string, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if isNull(n) {
		return nil
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		return c.leaf(n, path, t)
	}
	switch t.Kind() {
	case reflect.Struct:
		return c.mapping(n, path, t)
	case reflect.Map:
		return c.dict(n, path, t)
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return c.sequence(n, path, t)
		}
	}
	return c.scalar(n, path, t)
}

func (c *checker) wrong(n *yaml.Node, path, allowed string) any {
	if n.Kind == yaml.ScalarNode {
		c.d.unreadable(n, path, "%q is not %s", cut(n.Value), allowed)
	} else {
		c.d.unreadable(n, path, "is %s (allowed: %s)", describe(n), allowed)
	}
	return nil
}

func (c *checker) mapping(n *yaml.Node, path string, t reflect.Type) any {
	if n.Kind != yaml.MappingNode {
		return c.wrong(n, path, "a mapping")
	}
	fields := jsonFields(t)
	out := map[string]any{}
	c.eachKey(n, path, func(key *yaml.Node, at string, value *yaml.Node) {
		ft, known := fields[key.Value]
		if !known {
			if len(*c.d.problems) < maxProblems {
				c.d.put(key.Line, at, "unknown field"+suggest(key.Value, fields))
			}
			return
		}
		if v := c.check(value, at, ft); v != nil {
			out[key.Value] = v
		}
	})
	return out
}

func (c *checker) dict(n *yaml.Node, path string, t reflect.Type) any {
	if n.Kind != yaml.MappingNode {
		return c.wrong(n, path, "a mapping")
	}
	out := map[string]any{}
	c.eachKey(n, path, func(key *yaml.Node, at string, value *yaml.Node) {
		v := c.check(value, at, t.Elem())
		if v != nil || isNull(value) && t.Elem().Kind() == reflect.Pointer { // there null says something
			out[key.Value] = v
		}
	})
	return out
}

// eachKey calls f for the keys of a mapping; the ones that are not texts and those given twice are reported instead.
func (c *checker) eachKey(n *yaml.Node, path string, f func(key *yaml.Node, at string, value *yaml.Node)) {
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || isNull(key) {
			c.d.unreadable(key, path, "has a key that is %s (allowed: a text)", describe(key))
			continue
		}
		at := joinKey(path, key.Value)
		if first, twice := lines[key.Value]; twice {
			c.d.put(key.Line, at, fmt.Sprintf("is given twice, first in line %d", first))
			continue
		}
		lines[key.Value] = key.Line
		f(key, at, n.Content[i+1])
	}
}

func (c *checker) sequence(n *yaml.Node, path string, t reflect.Type) any {
	if n.Kind != yaml.SequenceNode {
		return c.wrong(n, path, "a list")
	}
	out := []any{}
	for i, item := range n.Content {
		out = append(out, c.check(item, path+"["+strconv.Itoa(i)+"]", t.Elem()))
	}
	return out
}

// leaf lets a type that reads itself judge the value.
func (c *checker) leaf(n *yaml.Node, path string, t reflect.Type) any {
	if n.Kind == yaml.ScalarNode && (len(n.Value) > maxScalar || hugeExponent(n.Value)) {
		c.d.unreadable(n, path, "%.40q... is too large a value", n.Value)
		return nil
	}
	text, err := plainJSON(n)
	if err == nil {
		err = json.Unmarshal(text, reflect.New(t).Interface())
	}
	if err != nil {
		what := strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, err.Error())
		c.d.unreadable(n, path, "%s", what[:min(len(what), 500)])
		return nil
	}
	return json.RawMessage(text)
}

// maxScalar bounds a value that reads itself; an empirical distribution is the longest.
const maxScalar = 200_000

// hugeExponent says whether text ends like 1e1000: reading such a resource.Quantity can take very long.
func hugeExponent(text string) bool {
	digits := strings.TrimRight(text, "0123456789")
	tail := len(text) - len(digits)
	digits = strings.TrimRight(digits, "+-")
	return tail > 2 && digits != "" && strings.ContainsAny(digits[len(digits)-1:], "eE")
}

// plainJSON is a tree as JSON.
func plainJSON(n *yaml.Node) ([]byte, error) {
	var value any
	switch n.Kind {
	case yaml.ScalarNode:
		tag := n.ShortTag()
		if (tag == "!!int" || tag == "!!float" || tag == "!!bool") && json.Valid([]byte(n.Value)) {
			return []byte(n.Value), nil
		}
		value = n.Value
	case yaml.SequenceNode, yaml.MappingNode:
		if err := n.Decode(&value); err != nil {
			return nil, err
		}
	}
	return json.Marshal(value)
}

func (c *checker) scalar(n *yaml.Node, path string, t reflect.Type) any {
	tag, isScalar := n.ShortTag(), n.Kind == yaml.ScalarNode
	switch t.Kind() {
	case reflect.String, reflect.Slice:
		if !isScalar || tag != "!!str" && tag != "!!timestamp" {
			return c.wrong(n, path, "a text")
		}
		if n.Style == 0 && yaml11Bool(n.Value) {
			return c.wrong(n, path, "a text but a boolean, for kubectl (allowed: a text in quotes)")
		}
		return n.Value
	case reflect.Bool:
		var v bool
		if !isScalar || n.Style != 0 || n.Decode(&v) != nil {
			return c.wrong(n, path, "true or false")
		}
		return v
	case reflect.Int32, reflect.Int64, reflect.Int:
		var v int64
		if !isScalar || tag != "!!int" || n.Decode(&v) != nil || reflect.Zero(t).OverflowInt(v) {
			return c.wrong(n, path, fmt.Sprintf("a whole number of %d bits", t.Bits()))
		}
		return v
	case reflect.Float64:
		var v float64
		if !isScalar || tag != "!!int" && tag != "!!float" || n.Decode(&v) != nil || v-v != 0 {
			return c.wrong(n, path, "a number")
		}
		return v
	}
	return c.wrong(n, path, "a value that can be given here")
}

// yaml11Bool says whether kubectl, which reads YAML 1.1, takes a plain word for a boolean that YAML 1.2 takes for a
// text (go.yaml.in/yaml/v2@v2.4.4/resolve.go:37).
func yaml11Bool(word string) bool {
	lower := strings.ToLower(word)
	if !slices.Contains([]string{"y", "yes", "on", "n", "no", "off"}, lower) {
		return false
	}
	return word == lower || word == strings.ToUpper(word) || word == strings.ToUpper(word[:1])+lower[1:]
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

// suggest says which field was probably meant, or which ones there are.
func suggest(key string, fields map[string]reflect.Type) string {
	return didYouMean(key, slices.Sorted(maps.Keys(fields)))
}

// didYouMean says which of the names, which are sorted, was probably meant, or which ones there are if they are few.
func didYouMean(word string, names []string) string {
	best, bestDistance := "", 3
	for _, name := range names {
		if d := distance(strings.ToLower(cut(word)), strings.ToLower(name)); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	switch {
	case best != "" && bestDistance < len(best):
		return fmt.Sprintf(" (did you mean %s?)", best)
	case len(names) > 16:
		return ""
	}
	return fmt.Sprintf(" (allowed: %s)", strings.Join(names, ", "))
}

// distance is how many letters have to be put in, taken out or replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// join is the path of a part of a path.
func join(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}

// joinKey is the path of a key of a mapping.
func joinKey(path, key string) string {
	if strings.ContainsAny(key, ".[]") {
		return path + "[" + cut(key) + "]"
	}
	return join(path, cut(key))
}

// describe says what a node is, for messages.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!str":
		return "the text " + strconv.Quote(cut(n.Value))
	}
	return cut(n.Value)
}

// cut shortens a value for a message.
func cut(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:60], "") + "..."
}
