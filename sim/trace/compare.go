package trace

import (
	"fmt"
	"slices"
	"strings"
)

// Divergence is the first place where two traces differ.
type Divergence struct {
	// A and B are the normal forms of the two traces.
	A, B *Trace
	// At is the position in both of the first records that differ, from 0. One of the two may have ended there.
	At int
}

// Compare looks for the first difference between the normal forms of a and b. It is nil if there is none. Headers are
// not compared, and nothing is forgiven. Two traces without records are equal: whether that means anything is for the
// caller.
func Compare(a, b *Trace) *Divergence {
	d := &Divergence{A: Normalise(a), B: Normalise(b)}
	for ; ; d.At++ {
		x, y := d.Records()
		switch {
		case x == nil && y == nil:
			return nil
		case x == nil || y == nil || !same(x, y):
			return d
		}
	}
}

// Records are the records that differ: of A and of B. That of a trace that ended is nil.
func (d *Divergence) Records() (a, b *Record) { return at(d.A, d.At), at(d.B, d.At) }

func at(t *Trace, i int) *Record {
	if i < 0 || i >= len(t.Records) {
		return nil
	}
	return &t.Records[i]
}

// same says whether two records of normal forms say the same.
func same(a, b *Record) bool {
	return a.At == b.At && a.Actor == b.Actor && a.Verb == b.Verb && a.Ref == b.Ref && slices.Equal(a.Args, b.Args)
}

// differences names the columns in which a and b differ; of the arguments, the first that does.
func differences(a, b *Record) string {
	var columns []string
	add := func(column string, same bool) {
		if !same {
			columns = append(columns, column)
		}
	}
	add("t", a.At == b.At)
	add("actor", a.Actor == b.Actor)
	add("verb", a.Verb == b.Verb)
	add("ref", a.Ref == b.Ref)
	for i := range max(len(a.Args), len(b.Args)) {
		switch {
		case i >= len(a.Args):
			add("args: "+b.Args[i].Key, false)
		case i >= len(b.Args) || a.Args[i] != b.Args[i]:
			add("args: "+a.Args[i].Key, false)
		default:
			continue
		}
		break
	}
	return strings.Join(columns, ", ")
}

// Context is how many records String shows on either side of the first that differ.
const Context = 5

// maxCell is the width of a cell of String; longer text is cut, but for the records that differ, which stand above in
// full.
const maxCell = 56

// String shows the first difference: what differs, the two records in full, and their neighbourhood side by side.
func (d *Divergence) String() string {
	var b strings.Builder
	nameA, nameB := d.names()
	x, y := d.Records()
	switch {
	case x == nil:
		fmt.Fprintf(&b, "first difference at record %d: %s has ended\n", d.At+1, nameA)
	case y == nil:
		fmt.Fprintf(&b, "first difference at record %d: %s has ended\n", d.At+1, nameB)
	default:
		fmt.Fprintf(&b, "first difference at record %d: %s\n", d.At+1, differences(x, y))
	}
	width := max(len(nameA), len(nameB))
	fmt.Fprintf(&b, "  %-*s  %s\n  %-*s  %s\n\n", width, nameA, cell(x), width, nameB, cell(y))

	from, to := max(0, d.At-Context), min(d.At+Context, max(len(d.A.Records), len(d.B.Records))-1)
	wide := 0
	for i := from; i <= to; i++ {
		wide = max(wide, len(cut(cell(at(d.A, i)))))
	}
	fmt.Fprintf(&b, "  %6s    %-*s | %s\n", "record", wide, nameA, nameB)
	for i := from; i <= to; i++ {
		p, q := at(d.A, i), at(d.B, i)
		mark := ' '
		if p == nil || q == nil || !same(p, q) {
			mark = '!'
		}
		fmt.Fprintf(&b, "  %6d  %c %-*s | %s\n", i+1, mark, wide, cut(cell(p)), cut(cell(q)))
	}
	return b.String()
}

// names are the names of the two worlds; if they are equal, made different.
func (d *Divergence) names() (a, b string) {
	a, b = d.A.Header.World, d.B.Header.World
	if a == b {
		return a + "(a)", b + "(b)"
	}
	return a, b
}

// cell is a record on a line as short as can be, without its explanation.
func cell(r *Record) string {
	if r == nil {
		return "(end)"
	}
	dst := append([]byte(r.At.String()), ' ')
	dst = append(appendWord(dst, string(r.Actor), ""), ' ')
	dst = append(appendWord(dst, string(r.Verb), ""), ' ')
	dst = appendRef(dst, &r.Ref)
	if len(r.Args) > 0 {
		dst = appendArgs(append(dst, ' '), r.Args)
	}
	return string(dst)
}

func cut(s string) string {
	if len(s) <= maxCell {
		return s
	}
	return s[:maxCell-3] + "..."
}
