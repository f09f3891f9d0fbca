package main

import (
	"fmt"
	"go/token"
	"os"

	"github.com/kisielk/errcheck/errcheck"
	"github.com/nishanths/exhaustive/passes/exhaustive"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/shadow"
	"golang.org/x/tools/go/analysis/suite/vet"
	"golang.org/x/tools/go/analysis/unitchecker"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
	"honnef.co/go/tools/unused"
)

// off are checks that are not wanted.
var off = map[string]string{
	"SA5009": "go vet's printf finds the same",
	"ST1000": "sim/tidy_test.go wants more of a package comment",
}

// flags are those of exhaustive.
var flags = map[string]string{
	"d":        "true",                        // a default clause answers for the members that are not listed
	"typeonly": `^github\.com/jobsim/jobsim/`, // enumerations of others grow without us
}

func main() {
	for name, value := range flags {
		if err := exhaustive.Analyzer.Flags.Set(name, value); err != nil {
			fmt.Fprintln(os.Stderr, "lint:", err)
			os.Exit(1)
		}
	}
	suite := append([]*analysis.Analyzer{shadow.Analyzer, errcheck.Analyzer, exhaustive.Analyzer, u1000}, vet.Suite...)
	for _, group := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers} {
		for _, a := range group {
			if off[a.Analyzer.Name] == "" {
				suite = append(suite, a.Analyzer)
			}
		}
	}
	unitchecker.Main(suite...)
}

// u1000 reports what staticcheck's analyzer of unused code only computes.
var u1000 = &analysis.Analyzer{
	Name:     "U1000",
	Doc:      "find unused constants, variables, functions, fields and types",
	Requires: []*analysis.Analyzer{unused.Analyzer.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		result, ok := pass.ResultOf[unused.Analyzer.Analyzer].(unused.Result)
		if !ok {
			return nil, fmt.Errorf("unused: unknown result %T", pass.ResultOf[unused.Analyzer.Analyzer])
		}
		for _, object := range result.Unused {
			pass.Reportf(find(pass.Fset, object.Position), "%s %s is unused", object.Kind, object.Name)
		}
		return nil, nil
	},
}

// find is p as a position of fset.
func find(fset *token.FileSet, p token.Position) (found token.Pos) {
	fset.Iterate(func(f *token.File) bool {
		if f.Name() == p.Filename {
			found = f.Pos(p.Offset)
		}
		return found == token.NoPos
	})
	return found
}
