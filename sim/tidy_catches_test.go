package sim_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

const (
	todo, fixme = "TO" + "DO", "FIX" + "ME"
	head        = "package p\n\n"
)

func many(n int, s string) string { return strings.Repeat(s, n) }

// catches has faults, and their twins that are none.
var catches = []struct{ rule, name, text, want string }{
	{"unfinished", "sim/a.go", head + "// " + todo + ": later\n", "3: " + todo + ": finish it"},
	{"unfinished", "README.md", "# a\n" + fixme + "\n", "2: " + fixme + ": finish it"},
	{"unfinished", "README.md", "# to do\n", ""},
	{"wide", "sim/a.go", head + "// " + many(118, "x") + "\n", "3: 121 columns: at most 120"},
	{"wide", "sim/a.go", head + "// " + many(117, "\u00e9") + "\n", ""},
	{"wide", "sim/a.go", head + "// https://" + many(118, "x") + "\n", ""},
	{"wide", "sim/a_test.go", head + "// " + many(118, "x") + "\n", ""},
	{"wide", "sim/a_test.go", head + "// " + many(138, "x") + "\n", "3: 141 columns: at most 140"},
	{"long", "sim/a.go", head + many(399, "\n"), "0: 401 lines: at most 400; split it"},
	{"long", "sim/a.go", head + many(599, "\n"), "0: 601 lines: at most 600; split it"},
	{"long", "sim/a.go", head + many(398, "\n"), ""},
	{"trace", "want/a.trace", "a\n\tb\n", `2: column 1: '\t': write printable ASCII`},
	{"trace", "want/a.trace", "a\r\n", `1: column 2: '\r': write printable ASCII`},
	{"trace", "want/a.trace", "a \n", "1: trailing spaces"},
	{"trace", "want/a.trace", "a b\n", ""},
	{"trace", "sim/a.go", head + "//\tb\n", ""},
	{"banned", "sim/a.go", head + "import \"time\"\n\nvar now = time.Now()\n", "5: time.Now: use the kernel's clock"},
	{"banned", "sim/a_test.go", head + "import t \"time\"\n\nvar now = t.Since\n", "5: time.Since: use the kernel's"},
	{"banned", "reports/a.go", head + "import \"time\"\n\nfunc f() { time.Sleep(1) }\n", "5: time.Sleep: use the"},
	{"banned", "cmd/a.go", head + "import \"time\"\n\nvar now = time.Now()\n", ""},
	{"banned", "sim/a.go", head + "import \"time\"\n\nvar d time.Duration\n", ""},
	{"banned", "cmd/a.go", head + "import \"context\"\n\nvar c = context." + todo + "()\n", "5: context." + todo},
	{"banned", "cmd/a.go", head + "import \"context\"\n\nvar c = context.Background()\n", ""},
	{"banned", "sim/a.go", head + "import \"maps\"\n\nvar k = maps.Keys[map[int]int]\n", "5: maps.Keys: maps have"},
	{"concurrent", "sim/a.go", head + "func f() {\n\tgo f()\n}\n", "4: go: a run is one goroutine"},
	{"concurrent", "sim/a.go", head + "func f() {\n\tselect {}\n}\n", "4: select: a run is one goroutine"},
	{"concurrent", "sim/a.go", head + "var c chan int\n", "3: chan: a run is one goroutine"},
	{"concurrent", "sim/study/a.go", head + "func f() {\n\tgo f()\n}\n", ""},
	{"concurrent", "sim/a_test.go", head + "func f() {\n\tgo f()\n}\n", ""},
	{"concurrent", "cmd/a.go", head + "func f() {\n\tgo f()\n}\n", ""},
	{"random", "reports/a.go", head + "import \"math/rand/v2\"\n", `3: "math/rand/v2": use sim/rng`},
	{"random", "cmd/a.go", head + "import \"math/rand\"\n", `3: "math/rand": use sim/rng`},
	{"random", "sim/a_test.go", head + "import \"math/rand/v2\"\n\nvar n = rand.IntN(3)\n", "5: math/rand/v2.IntN draws"},
	{"random", "sim/a_test.go", head + "import \"math/rand/v2\"\n\nvar r = rand.New(rand.NewPCG(1, 2))\n", ""},
	{"random", "sim/a.go", head + "import \"crypto/sha256\"\n", ""},
	{"printing", "sim/a.go", head + "import \"fmt\"\n\nfunc f() { fmt.Println() }\n", "5: fmt.Println: return the text"},
	{"printing", "sim/a_test.go", head + "import \"fmt\"\n\nfunc f() { fmt.Printf(\"\") }\n", "5: fmt.Printf: return"},
	{"printing", "sim/a_test.go", head + "import \"fmt\"\n\nfunc ExampleF() { fmt.Println() }\n", ""},
	{"printing", "reports/a.go", head + "func f() { println() }\n", "3: println: return the text"},
	{"printing", "sim/a.go", head + "import \"fmt\"\n\nfunc f() string { return fmt.Sprint() }\n", ""},
	{"printing", "e2e/a_test.go", head + "import \"fmt\"\n\nfunc f() { fmt.Printf(\"\") }\n", ""},
	{"printing", "cmd/a.go", head + "import \"fmt\"\n\nfunc f() { fmt.Println() }\n", ""},
	{"function", "sim/a.go", head + "func f() {\n" + many(69, "\n") + "}\n", "3: f: 71 lines: at most 70; split it"},
	{"function", "sim/a.go", head + "func f() {\n" + many(68, "\n") + "}\n", ""},
	{"docstring", "sim/a.go", head + "func F() {}\n", "3: F has no docstring"},
	{"docstring", "sim/a.go", head + "// t is.\ntype t int\n\nfunc (t) F() {}\n", ""},
	{"docstring", "sim/a.go", head + "// T is.\ntype T[K any] int\n\nfunc (*T[K]) F() {}\n", "6: T.F has no docstring"},
	{"docstring", "sim/a.go", head + "type T int\n", "3: T has no docstring"},
	{"docstring", "sim/a.go", head + "const (\n\tA = 1\n)\n", "4: A has no docstring"},
	{"docstring", "sim/a.go", head + "// These are.\nconst (\n\tA = 1\n)\n", ""},
	{"docstring", "sim/a.go", head + "var A = 1 // is one\n", ""},
	{"docstring", "sim/a_test.go", head + "func F() {}\n", ""},
}

// TestTidy_Catches has every rule find its fault in a small file, and find nothing in its twin that has none.
func TestTidy_Catches(t *testing.T) {
	untested := maps.Clone(rules)
	for _, tc := range catches {
		delete(untested, tc.rule)
		s, err := newSource(tc.name, []byte(tc.text))
		if err != nil {
			t.Fatalf("%s: %v", tc.text, err)
		}
		var got []string
		rules[tc.rule](s, func(line int, format string, args ...any) {
			got = append(got, fmt.Sprintf("%d: ", line)+fmt.Sprintf(format, args...))
		})
		if want := min(len(tc.want), 1); len(got) != want || want == 1 && !strings.HasPrefix(got[0], tc.want) {
			t.Errorf("%s: %s:\n%s\nwant %q, got %q", tc.rule, tc.name, tc.text, tc.want, got)
		}
	}
	for rule := range untested {
		t.Errorf("%s: no fault to find", rule)
	}
}

func TestTidy_CatchesPackagesWithoutDoc(t *testing.T) {
	const doc = "// Package p is what it is; it is read from here to there, and it refuses to do anything else than that.\n"
	for _, tc := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"p/doc.go": doc + "package p\n", "p/p.go": "package p\n"}, ""},
		{map[string]string{"p/p_test.go": "package p\n"}, ""},
		{map[string]string{"p/p.go": doc + "package p\n"}, "no doc.go"},
		{map[string]string{"p/doc.go": "// Package p.\npackage p\n"}, "no doc.go"},
		{map[string]string{"p/doc.go": doc + "package p\n", "p/p.go": doc + "package p\n"}, "p/p.go has a package"},
	} {
		packages := map[string]*docs{}
		for name, text := range tc.files {
			s, err := newSource(name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			noteDocs(packages, s)
		}
		got := ""
		if d := packages["p"]; d != nil {
			got = d.problem()
		}
		if (got == "") != (tc.want == "") || !strings.HasPrefix(got, tc.want) {
			t.Errorf("%v: want %q, got %q", tc.files, tc.want, got)
		}
	}
}
