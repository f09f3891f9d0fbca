package sim_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// ban is a function that must not be called in some rooms.
type ban struct {
	pkg     string
	names   string // separated by spaces
	rooms   []string
	instead string
}

var bans = []ban{
	{pkg: "time", names: "Now Since Until Sleep After AfterFunc Tick NewTimer NewTicker",
		rooms: []string{"sim", "scenarios", "reports"}, instead: "use the kernel's clock; never time anything in a test"},
	{pkg: "context", names: "TO" + "DO", rooms: []string{"sim", "scenarios", "reports", "e2e", "cmd"},
		instead: "pass the caller's context"},
	{pkg: "maps", names: "Keys Values All", rooms: []string{"sim"},
		instead: "maps have no order; use a slice by dense id"},
}

// selectors calls f with the import path and the name of every pkg.Name in the file.
func (s *source) selectors(f func(n *ast.SelectorExpr, pkg, name string)) {
	if s.file == nil {
		return
	}
	paths := map[string]string{}
	for _, spec := range s.file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value) // the parser has seen to it
		name := strings.TrimSuffix(imported, "/v2")
		name = name[strings.LastIndex(name, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		paths[name] = imported
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && paths[x.Name] != "" {
				f(selector, paths[x.Name], selector.Sel.Name)
			}
		}
		return true
	})
}

func bannedCalls(s *source, report report) {
	s.selectors(func(n *ast.SelectorExpr, pkg, name string) {
		for _, b := range bans {
			if b.pkg == pkg && slices.Contains(strings.Fields(b.names), name) && s.in(b.rooms...) {
				report(s.line(n), "%s.%s: %s", pkg, name, b.instead)
			}
		}
	})
}

// random keeps to sim/rng. Tests may use generators of math/rand with a seed of their own, whose sequences Go has
// pinned; the oracle must seed the one that Kubernetes draws from.
func random(s *source, report report) {
	if s.file == nil || s.in("e2e/oracle") {
		return
	}
	const instead = "use sim/rng"
	for _, spec := range s.file.Imports {
		if strings.HasPrefix(spec.Path.Value, `"math/rand`) && !s.isTest() {
			report(s.line(spec), "%s: %s", spec.Path.Value, instead)
		}
	}
	seeded := []string{"New", "NewPCG", "NewChaCha8", "Rand", "PCG", "ChaCha8", "Source"}
	s.selectors(func(n *ast.SelectorExpr, pkg, name string) {
		if strings.HasPrefix(pkg, "math/rand") && s.isTest() && !slices.Contains(seeded, name) {
			report(s.line(n), "%s.%s draws from a global generator: use rand.New with a seed", pkg, name)
		}
	})
}

// concurrent finds what makes the order of things depend on the machine.
func concurrent(s *source, report report) {
	if s.file == nil || s.isTest() || !s.in("sim") || s.in("sim/study") {
		return
	}
	const instead = "a run is one goroutine; schedule an event"
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			report(s.line(n), "go: %s", instead)
		case *ast.SelectStmt:
			report(s.line(n), "select: %s", instead)
		case *ast.ChanType:
			report(s.line(n), "chan: %s", instead)
		case *ast.SendStmt:
			report(s.line(n), "send: %s", instead)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				report(s.line(n), "receive: %s", instead)
			}
		}
		return true
	})
}

// printing leaves standard output to cmd, and to the programs that tests of e2e start. Examples print what go test
// compares.
func printing(s *source, report report) {
	if s.file == nil || s.in("cmd") || s.in("e2e") && s.isTest() {
		return
	}
	example := func(n ast.Node) bool {
		return s.isTest() && slices.ContainsFunc(s.file.Decls, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && strings.HasPrefix(f.Name.Name, "Example") && f.Pos() <= n.Pos() && n.End() <= f.End()
		})
	}
	const instead = "return the text; cmd prints"
	s.selectors(func(n *ast.SelectorExpr, pkg, name string) {
		if pkg == "fmt" && slices.Contains([]string{"Print", "Printf", "Println"}, name) && !example(n) {
			report(s.line(n), "fmt.%s: %s", name, instead)
		}
	})
	ast.Inspect(s.file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
				report(s.line(n), "%s: %s", f.Name, instead)
			}
		}
		return true
	})
}

func longFunctions(s *source, report report) {
	if s.file == nil {
		return
	}
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := s.name + ":" + receiver(f) + f.Name.Name
		n, known := s.fset.Position(f.End()).Line-s.line(f)+1, longFuncs[name]
		switch {
		case n > max(functionSize, known):
			report(s.line(f), "%s: %d lines: at most %d; split it", f.Name.Name, n, max(functionSize, known))
		case known > 0 && n <= functionSize:
			report(s.line(f), "%s: %d lines: take it off the list in sim/tidy_test.go", f.Name.Name, n)
		}
	}
}

// receiver is "T." for a method of T or *T.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	x := f.Recv.List[0].Type
	for {
		switch t := x.(type) {
		case *ast.StarExpr:
			x = t.X
		case *ast.IndexExpr:
			x = t.X
		case *ast.IndexListExpr:
			x = t.X
		case *ast.Ident:
			return t.Name + "."
		default:
			return ""
		}
	}
}

// docstrings wants one for every exported identifier of sim. A group's stands for those of its members.
func docstrings(s *source, report report) {
	if s.file == nil || s.isTest() || !s.in("sim") {
		return
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			owner := strings.TrimSuffix(receiver(d), ".")
			if d.Name.IsExported() && (owner == "" || ast.IsExported(owner)) && d.Doc == nil {
				report(s.line(d), "%s%s has no docstring", receiver(d), d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
						report(s.line(spec), "%s has no docstring", spec.Name.Name)
					}
				case *ast.ValueSpec:
					exported := slices.ContainsFunc(spec.Names, (*ast.Ident).IsExported)
					if exported && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
						report(s.line(spec), "%s has no docstring", spec.Names[0].Name)
					}
				}
			}
		}
	}
}
