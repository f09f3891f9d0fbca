package sim_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/jobsim/jobsim/"

// room is what one package may import besides the standard library, and why it may import no more.
type room struct {
	imports []string // of this module
	others  []string // of other modules: prefixes
	why     string
}

// leaves are the rooms that know nothing of the components.
var leaves = []string{"sim/des", "sim/rng", "sim/api", "sim/trace"}

// rooms is the architecture: an import that is not here is an error. Arrows only point down.
var rooms = map[string]room{
	"sim/des":       {why: "the kernel has never heard of Kubernetes"},
	"sim/rng":       {imports: []string{"sim/des"}, why: "draws become spans at once, and know of nothing else"},
	"sim/api":       {imports: []string{"sim/des", "sim/rng"}, why: "objects are plain values"},
	"sim/trace":     {imports: []string{"sim/des", "sim/api"}, why: "every world writes it, so it knows none"},
	"sim/store":     {imports: leaves, why: "the store calls no component"},
	"sim/jobctl":    {imports: component, why: "components share nothing but what the store has told them"},
	"sim/sched":     {imports: component, why: "components share nothing but what the store has told them"},
	"sim/kubelet":   {imports: component, why: "components share nothing but what the store has told them"},
	"sim/gc":        {imports: component, why: "components share nothing but what the store has told them"},
	"sim/nodectl":   {imports: component, why: "components share nothing but what the store has told them"},
	"sim/check":     {imports: component, why: "it looks at the store, whoever wrote to it"},
	"sim":           {imports: append(slices.Clone(component), "sim/jobctl", "sim/sched", "sim/kubelet", "sim/gc", "sim/nodectl"), why: "the world joins the components, and nothing above it"},
	"sim/study":     {imports: []string{"sim", "sim/des"}, why: "a study runs worlds and does no statistics"},
	"sim/simtest":   {imports: append(slices.Clone(component), "sim", "sim/check"), why: "stories are told about a world", others: []string{"github.com/cockroachdb/datadriven"}},
	"reports":       {why: "reports may only read traces"},
	"reports/stats": {others: []string{"gonum.org/v1/gonum"}, why: "numbers in, numbers out"},
	"scenarios": {imports: []string{"sim", "sim/api", "sim/des", "sim/rng"}, why: "a scenario compiles to a Config and knows no more",
		others: []string{"k8s.io/api/", "k8s.io/apimachinery/", "go.yaml.in/yaml/v3"}},
	"cmd/jobsim": {imports: []string{"sim", "sim/des", "sim/rng", "sim/study", "sim/trace", "scenarios", "reports/stats"},
		why: "one file a verb, and no logic that a library could hold", others: []string{"github.com/spf13/cobra", "sigs.k8s.io/yaml"}},
}

var component = append(slices.Clone(leaves), "sim/store")

// impure are the parts of the standard library that have no place in a pure function, with what to use instead.
var impure = map[string]string{
	"os": "what is read is in the Config", "io/fs": "what is read is in the Config", "net": "nothing talks to anything",
	"log": "write a record", "sync": "there is one goroutine", "context": "a run cannot be interrupted",
	"math/rand": "use sim/rng", "math/rand/v2": "use sim/rng", "time": "use des.Time and the kernel's clock",
	"unsafe": "values are plain",
}

// allowImpure are the exceptions, with their reasons.
var allowImpure = map[string][]string{
	"sim/study": {"context", "sync", "sync/atomic"}, // the only room under sim that starts goroutines
	"sim/rng":   {"time"},                           // time.ParseDuration, for the notation of spans
}

// importsOf are the imports of the production files of a folder.
func importsOf(t *testing.T, dir string) (imports []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imports = append(imports, name)
		}
	}
	return imports
}

// forbidden says what is wrong with an import of a room, if something is.
func forbidden(name string, r room, imported string) string {
	if inner, ok := strings.CutPrefix(imported, module); ok {
		if slices.Contains(r.imports, inner) {
			return ""
		}
		return name + " imports " + inner + ": " + r.why
	}
	if strings.Contains(strings.Split(imported, "/")[0], ".") {
		for _, prefix := range r.others {
			if strings.HasPrefix(imported, prefix) {
				return ""
			}
		}
		return name + " imports " + imported + ": say in arch_test.go why it needs another module"
	}
	if !strings.HasPrefix(name, "sim") || slices.Contains(allowImpure[name], imported) {
		return ""
	}
	for banned, instead := range impure {
		if imported == banned || strings.HasPrefix(imported, banned+"/") {
			return name + " imports " + imported + ": " + instead
		}
	}
	return ""
}

func TestArch_Imports(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil && p != ".." || strings.HasPrefix(d.Name(), ".") && p != ".." {
			return filepath.SkipDir // another module
		}
		imports := importsOf(t, p)
		if len(imports) == 0 {
			return nil
		}
		name := path.Clean(filepath.ToSlash(strings.TrimPrefix(p, "..")))[1:]
		r, ok := rooms[name]
		if !ok {
			t.Errorf("%s is not a room: add it to arch_test.go with what it may import", name)
			return nil
		}
		seen++
		for _, imported := range imports {
			if problem := forbidden(name, r, imported); problem != "" {
				t.Error(problem)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 12 {
		t.Errorf("only %d rooms seen", seen)
	}
}

// The check can fail.
func TestArch_Finds(t *testing.T) {
	for _, tc := range []struct{ room, imported, want string }{
		{"sim/des", "time", "use des.Time"},
		{"sim/jobctl", module + "sim/kubelet", "share nothing"},
		{"sim/jobctl", "math/rand/v2", "use sim/rng"},
		{"sim/jobctl", "sync/atomic", "one goroutine"},
		{"scenarios", "k8s.io/client-go/kubernetes", "another module"},
		{"sim/study", "sync", ""},
		{"sim/store", module + "sim/api", ""},
	} {
		if got := forbidden(tc.room, rooms[tc.room], tc.imported); !strings.Contains(got, tc.want) || tc.want == "" && got != "" {
			t.Errorf("%s imports %s: %q, want %q", tc.room, tc.imported, got, tc.want)
		}
	}
}
