package trace

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// TextVersion is the first line of the text form. It changes when Decode would no longer read what an older Encode
// wrote.
const TextVersion = "trace: jobsim.dev/v1"

const columnLine = "# t             actor           verb       ref             because                   args"

// Where the columns begin, if those before them are not wider than usual, and where the decimal point of t stands.
const (
	pointColumn   = 6
	actorColumn   = 16
	verbColumn    = 32
	refColumn     = 43
	becauseColumn = 59
	argsColumn    = 85
)

// maxProblems is how many problems Decode collects before it gives up.
const maxProblems = 10

// Encode is the text form of t; the package documentation describes it.
func Encode(t *Trace) []byte {
	dst := make([]byte, 0, 256+96*len(t.Records))
	h := &t.Header
	dst = append(dst, TextVersion...)
	dst = append(dst, "\nscenario: "...)
	dst = appendWord(dst, h.Scenario, "")
	dst = append(dst, "\nworld: "...)
	dst = appendWord(dst, h.World, "")
	dst = append(dst, "\nkubernetes: "...)
	dst = appendWord(dst, h.Kubernetes, "")
	dst = append(dst, "\nseed: "...)
	dst = strconv.AppendUint(dst, h.Seed, 10)
	dst = append(dst, "\nreplication: "...)
	dst = strconv.AppendUint(dst, h.Replication, 10)
	dst = append(dst, "\n\n"+columnLine+"\n"...)
	for i := range t.Records {
		dst = t.Records[i].AppendLine(dst)
		dst = append(dst, '\n')
	}
	return dst
}

// AppendLine appends the line of r in the text form, without a line end.
func (r *Record) AppendLine(dst []byte) []byte {
	start := len(dst)
	at := r.At.String()
	for range pointColumn - strings.IndexByte(at+".", '.') {
		dst = append(dst, ' ')
	}
	dst = append(dst, at...)
	dst = appendWord(pad(dst, start+actorColumn), string(r.Actor), "")
	dst = appendWord(pad(dst, start+verbColumn), string(r.Verb), "")
	dst = appendRef(pad(dst, start+refColumn), &r.Ref)
	dst = appendWord(pad(dst, start+becauseColumn), string(r.Because), "")
	if len(r.Args) > 0 {
		dst = appendArgs(pad(dst, start+argsColumn), r.Args)
	}
	return dst
}

// String is the line of r in the text form.
func (r *Record) String() string { return string(r.AppendLine(nil)) }

func appendArgs(dst []byte, args []Arg) []byte {
	for i, a := range args {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendWord(dst, a.Key, "=")
		dst = append(dst, '=')
		dst = appendWord(dst, a.Value, "")
	}
	return dst
}

// pad fills with spaces up to column, at least two.
func pad(dst []byte, column int) []byte {
	dst = append(dst, "  "...)
	for len(dst) < column {
		dst = append(dst, ' ')
	}
	return dst
}

// Decode reads the text form. It is strict: what it accepts, Encode gives back to the byte. Errors are "line N: field:
// problem", several of them joined; it never returns a part of a trace.
func Decode(text []byte) (*Trace, error) {
	d := decoder{rest: text}
	t := &Trace{Header: d.header()}
	for len(d.rest) > 0 && len(d.problems) < maxProblems {
		line, ok := d.line()
		if !ok {
			break
		}
		rec, err := parseRecord(line)
		if err != nil {
			d.problem(err)
			continue
		}
		t.Records = append(t.Records, rec)
	}
	if len(d.problems) > 0 {
		return nil, errors.Join(d.problems...)
	}
	return t, nil
}

// DecodeAll reads the text forms of traces that stand one after the other, as jobsim-oracle writes them. Errors are
// those of Decode, with the number of the trace, from 1; no text is no trace.
func DecodeAll(text []byte) ([]*Trace, error) {
	var traces []*Trace
	for len(text) > 0 {
		one := text
		if end := bytes.Index(text, []byte("\n"+TextVersion+"\n")); end >= 0 {
			one = text[:end+1]
		}
		t, err := Decode(one)
		if err != nil {
			return nil, fmt.Errorf("trace %d: %w", len(traces)+1, err)
		}
		traces, text = append(traces, t), text[len(one):]
	}
	return traces, nil
}

type decoder struct {
	rest     []byte
	number   int // of the line that was read last, from 1
	problems []error
}

func (d *decoder) problem(err error) {
	d.problems = append(d.problems, fmt.Errorf("line %d: %w", d.number, err))
}

// line takes the next line, and says whether it ended with a newline.
func (d *decoder) line() (string, bool) {
	line, rest, ok := bytes.Cut(d.rest, []byte{'\n'})
	d.number++
	d.rest = rest
	if !ok {
		d.problem(errors.New("the text ends within a line"))
	}
	return string(line), ok
}

func (d *decoder) header() (h Header) {
	d.expect(TextVersion)
	d.word("scenario", &h.Scenario)
	d.word("world", &h.World)
	d.word("kubernetes", &h.Kubernetes)
	d.count("seed", &h.Seed)
	d.count("replication", &h.Replication)
	d.expect("")
	d.expect(columnLine)
	return h
}

// expect takes a line that can only be want. Once something was wrong, it and its like take nothing more.
func (d *decoder) expect(want string) {
	if len(d.problems) > 0 {
		return
	}
	if line, ok := d.line(); ok && line != want {
		d.problem(fmt.Errorf("header: %.80q (allowed: %q)", line, want))
	}
}

func (d *decoder) word(key string, dst *string) {
	value, ok := d.value(key)
	if !ok {
		return
	}
	word, rest, err := cutWord(value, "")
	if err != nil || rest != "" || string(appendWord(nil, word, "")) != value {
		d.problem(fmt.Errorf("%s: not one word: %.80q", key, value))
	}
	*dst = word
}

func (d *decoder) count(key string, dst *uint64) {
	value, ok := d.value(key)
	if !ok {
		return
	}
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != value {
		d.problem(fmt.Errorf("%s: not a whole number: %.80q (allowed: 0 to 18446744073709551615)", key, value))
	}
	*dst = n
}

func (d *decoder) value(key string) (string, bool) {
	if len(d.problems) > 0 {
		return "", false
	}
	line, ok := d.line()
	if !ok {
		return "", false
	}
	value, ok := strings.CutPrefix(line, key+": ")
	if !ok {
		d.problem(fmt.Errorf("header: %.80q (allowed: %s: ...)", line, key))
	}
	return value, ok
}

func parseRecord(line string) (Record, error) {
	r, err := scanRecord(line)
	if err != nil {
		return r, err
	}
	if want := r.String(); want != line {
		return r, fmt.Errorf("record: not as it would be written:\n got %q\nwant %q", line, want)
	}
	return r, nil
}

// scanRecord reads a line without minding its spacing.
func scanRecord(line string) (r Record, err error) {
	s := strings.TrimLeft(line, " ")
	fail := func(column string, err error) (Record, error) { return r, fmt.Errorf("%s: %w", column, err) }
	at, s, err := cutWord(s, "")
	if err != nil {
		return fail("t", err)
	}
	if r.At, err = ParseTime(at); err != nil {
		return fail("t", err)
	}
	words := [...]struct {
		column string
		dst    *string
	}{{"actor", (*string)(&r.Actor)}, {"verb", (*string)(&r.Verb)}, {"ref", nil}, {"because", (*string)(&r.Because)}}
	for _, w := range words {
		s = strings.TrimLeft(s, " ")
		if w.dst == nil {
			r.Ref, s, err = cutRef(s)
		} else {
			*w.dst, s, err = cutWord(s, "")
		}
		if err != nil {
			return fail(w.column, err)
		}
	}
	if r.Args, err = scanArgs(s); err != nil {
		return fail("args", err)
	}
	return r, nil
}

func scanArgs(s string) ([]Arg, error) {
	var args []Arg
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		key, rest, err := cutWord(s, "=")
		if err != nil {
			return nil, err
		}
		rest, ok := strings.CutPrefix(rest, "=")
		if !ok {
			return nil, fmt.Errorf("no value: %.40q (allowed: key=value)", s)
		}
		value, rest, err := cutWord(rest, "")
		if err != nil {
			return nil, fmt.Errorf("value of %q: %w", key, err)
		}
		args = append(args, Arg{key, value})
		s = rest
	}
	return args, nil
}
