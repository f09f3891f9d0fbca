package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrInvalid is what every error about a scenario's text wraps: the input is at fault.
var ErrInvalid = errors.New("invalid scenario")

const (
	maxProblems = 1000 // kept
	maxShown    = 50   // printed
)

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
		if i == maxShown {
			lines = append(lines, fmt.Sprintf("and %d more problems", len(e.Problems)-maxShown))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is(err, ErrInvalid) hold.
func (e *InvalidError) Unwrap() error { return ErrInvalid }

// invalid is the problems as an error; nil if there are none.
func invalid(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &InvalidError{ordered(problems)}
}

// ordered are the problems in the order of the text, each once: a file may be read for several reasons.
func ordered(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, strings.Compare(a.Field, b.Field),
			strings.Compare(a.What, b.What))
	})
	return slices.Compact(problems)
}
