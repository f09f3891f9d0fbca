package sim_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// source is a file of the project. Its name is the slash-separated path below the root.
type source struct {
	name string
	text []byte
	fset *token.FileSet
	file *ast.File // nil: not Go
}

func newSource(name string, text []byte) (*source, error) {
	s := &source{name: name, text: text, fset: token.NewFileSet()}
	if path.Ext(name) != ".go" {
		return s, nil
	}
	file, err := parser.ParseFile(s.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	s.file = file
	return s, err
}

func (s *source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

func (s *source) line(n ast.Node) int { return s.fset.Position(n.Pos()).Line }

// in says whether the file lies in one of the directories.
func (s *source) in(dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return isIn(s.name, dir) })
}

// report takes what a rule has found at a line; 0 stands for the whole file.
type report func(line int, format string, args ...any)

// rules are what every file must keep to, by name.
var rules = map[string]func(*source, report){
	"unfinished": unfinished,
	"wide":       wide,
	"long":       long,
	"trace":      golden,
	"banned":     bannedCalls,
	"concurrent": concurrent,
	"random":     random,
	"printing":   printing,
	"function":   longFunctions,
	"docstring":  docstrings,
}

const (
	columns      = 120
	testColumns  = 140 // tables want width
	softLines    = 400
	hardLines    = 600
	functionSize = 70
)

// longFiles have more than softLines lines, at most as many as stand here. The list only gets shorter.
var longFiles = map[string]int{}

// longFuncs have more than functionSize lines, at most as many as stand here. The list only gets shorter.
var longFuncs = map[string]int{}

// TestTidy holds every file of the project against the rules.
func TestTidy(t *testing.T) {
	packages := map[string]*docs{}
	err := files("..", func(name string) error {
		if !textual(name) {
			return nil
		}
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			return err
		}
		s, err := newSource(name, text)
		if err != nil {
			return err
		}
		for _, rule := range rules {
			rule(s, func(line int, format string, args ...any) {
				t.Errorf("%s:%d: %s", name, line, fmt.Sprintf(format, args...))
			})
		}
		noteDocs(packages, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, d := range packages {
		if problem := d.problem(); problem != "" {
			t.Errorf("%s: %s", dir, problem)
		}
	}
	for name := range longFiles {
		if _, err := os.Stat(filepath.Join("..", name)); err != nil {
			t.Errorf("longFiles: %v: take it off the list", err)
		}
	}
}

// textual says whether a file is written by hand, and so has to keep to the rules.
func textual(name string) bool {
	switch path.Ext(name) {
	case ".go", ".md", ".yaml", ".yml", ".sh", ".trace":
		return true
	}
	return path.Base(name) == "Makefile"
}

// unfinished finds the words for what is left to do. They are split here, so that this file may pass.
func unfinished(s *source, report report) {
	for i, line := range lines(s.text) {
		for _, word := range []string{"TO" + "DO", "FIX" + "ME"} {
			if bytes.Contains(line, []byte(word)) {
				report(i+1, "%s: finish it, or open an issue", word)
			}
		}
	}
}

// wide finds lines that are too long, but for those with an address in them. A tab counts 1.
func wide(s *source, report report) {
	limit := columns
	switch {
	case s.file == nil:
		return
	case s.isTest():
		limit = testColumns
	}
	for i, line := range lines(s.text) {
		if width := utf8.RuneCount(line); width > limit && !bytes.Contains(line, []byte("://")) {
			report(i+1, "%d columns: at most %d", width, limit)
		}
	}
}

func long(s *source, report report) {
	if s.file == nil {
		return
	}
	n, known := len(lines(s.text)), longFiles[s.name]
	switch {
	case n > hardLines:
		report(0, "%d lines: at most %d; split it", n, hardLines)
	case known == 0 && n > softLines:
		report(0, "%d lines: at most %d; split it", n, softLines)
	case known > 0 && n > known:
		report(0, "%d lines: it had %d; split it", n, known)
	case known > 0 && n <= softLines:
		report(0, "%d lines: take it off the list in sim/tidy_test.go", n)
	}
}

// golden keeps golden traces to what trace.Encode writes: printable ASCII, no trailing spaces.
func golden(s *source, report report) {
	if path.Ext(s.name) != ".trace" {
		return
	}
	for i, line := range lines(s.text) {
		if at := bytes.IndexFunc(line, func(r rune) bool { return r < ' ' || r > '~' }); at >= 0 {
			report(i+1, "column %d: %q: write printable ASCII, spaces for tabs", at+1, line[at])
		}
		if bytes.HasSuffix(line, []byte(" ")) {
			report(i+1, "trailing spaces")
		}
	}
}

// lines are the lines of text without their ends; a last line without an end counts.
func lines(text []byte) [][]byte {
	if len(text) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
}

// docs is what is known of a package's documentation.
type docs struct {
	production bool // there are files besides tests
	inDoc      bool // doc.go has the package comment
	elsewhere  string
}

func noteDocs(packages map[string]*docs, s *source) {
	if s.file == nil || s.isTest() {
		return
	}
	dir := path.Dir(s.name)
	d := packages[dir]
	if d == nil {
		d = &docs{}
		packages[dir] = d
	}
	d.production = true
	switch hasDoc := s.file.Doc != nil && len(s.file.Doc.Text()) >= 80; {
	case path.Base(s.name) == "doc.go":
		d.inDoc = hasDoc
	case s.file.Doc != nil:
		d.elsewhere = s.name
	}
}

func (d *docs) problem() string {
	switch {
	case d.production && !d.inDoc:
		return "no doc.go that says what the package is, how to read it and what it refuses to do"
	case d.elsewhere != "":
		return d.elsewhere + " has a package comment: move it to doc.go"
	}
	return ""
}
