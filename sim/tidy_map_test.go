package sim_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// TestTidy_NoMapIsRanged type-checks the packages of sim and finds every loop over a map in them: its order differs
// from run to run. Tests, and sim/simtest with its library, are left out.
func TestTidy_NoMapIsRanged(t *testing.T) {
	dirs := map[string]bool{}
	err := files("..", func(name string) error {
		ours := isIn(name, "sim") && !isIn(name, "sim/simtest")
		if ours && path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
			dirs[path.Dir(name)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := newChecker()
	for dir := range dirs {
		if _, err := c.Import(module + "/" + dir); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for _, problem := range c.problems {
		t.Error(problem)
	}
	if len(c.packages) < 10 {
		t.Errorf("want at least 10 packages, got %d", len(c.packages))
	}
}

// checker type-checks packages of the project from source, and what they import of the standard library.
type checker struct {
	fset     *token.FileSet
	standard types.Importer
	packages map[string]*types.Package
	problems []string
}

func newChecker() *checker {
	c := &checker{fset: token.NewFileSet(), packages: map[string]*types.Package{}}
	build.Default.CgoEnabled = false // pure Go has all that sim imports, and takes no C compiler
	c.standard = importer.ForCompiler(c.fset, "source", nil)
	return c
}

// Import is types.Importer.
func (c *checker) Import(imported string) (*types.Package, error) {
	if p := c.packages[imported]; p != nil {
		return p, nil
	}
	dir, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		return c.standard.Import(imported)
	}
	names, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(dir), "*.go"))
	if err != nil {
		return nil, err
	}
	var list []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(c.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		list = append(list, file)
	}
	return c.check(imported, list)
}

func (c *checker) check(imported string, list []*ast.File) (*types.Package, error) {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	p, err := (&types.Config{Importer: c}).Check(imported, c.fset, list, info)
	if err != nil {
		return nil, err
	}
	c.packages[imported] = p
	for _, file := range list {
		ast.Inspect(file, func(n ast.Node) bool {
			if loop, ok := n.(*ast.RangeStmt); ok && mayBeMap(info.TypeOf(loop.X)) {
				c.problems = append(c.problems, c.fset.Position(loop.Pos()).String()+
					": range over a map: its order is random; use a slice by dense id")
			}
			return true
		})
	}
	return p, nil
}

// mayBeMap says whether values of type t are maps, or may be for some type argument.
func mayBeMap(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return mayBeMap(t.Constraint())
	case *types.Named:
		return mayBeMap(t.Underlying())
	case *types.Interface:
		for i := range t.NumEmbeddeds() {
			if mayBeMap(t.EmbeddedType(i)) {
				return true
			}
		}
		return false
	case *types.Union:
		for i := range t.Len() {
			if mayBeMap(t.Term(i).Type()) {
				return true
			}
		}
		return false
	default:
		_, isMap := t.(*types.Map)
		return isMap
	}
}

func TestTidy_CatchesRangedMaps(t *testing.T) {
	const bad = `package bad

type set map[int]bool

type alias = set

type lists interface{ ~[]int | ~map[int]int }

func loops[M ~map[string]int, L lists, S ~[]int](m M, l L, s S, n int, f func(func(int) bool)) {
	for range map[int]int{} {} // 1
	for range set(nil) {}      // 2
	for range alias(nil) {}    // 3
	for range m {}             // 4
	for range any(l).(set) {}  // 5
	for range s {}
	for range n {}
	for range f {}
	for range "text" {}
	for range [3]int{} {}
	for range []map[int]int{} {}
}
`
	c := newChecker()
	file, err := parser.ParseFile(c.fset, "bad.go", bad, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.check("bad", []*ast.File{file}); err != nil {
		t.Fatal(err)
	}
	if len(c.problems) != 5 || !strings.HasPrefix(c.problems[0], "bad.go:10:") {
		t.Errorf("want the 5 loops over maps, got:\n%s", strings.Join(c.problems, "\n"))
	}
}
