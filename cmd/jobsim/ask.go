package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// askFlags are what verbs that simulate have in common: where the randomness comes from, how many runs there are, and
// in which form the answer is. Each is there if it was declared.
type askFlags struct {
	seed   uint64
	runs   int
	output string

	least, most int      // of runs
	forms       []string // of output
}

func (o *askFlags) seedFlag(f *pflag.FlagSet, what string) {
	if what == "" {
		what = "all randomness follows from it: the same seed gives the same result"
	}
	f.Uint64Var(&o.seed, "seed", 1, what)
}

// runsFlag declares -n: how many there are unless one says otherwise, and between which bounds.
func (o *askFlags) runsFlag(f *pflag.FlagSet, runs, least, most int, what string) {
	o.least, o.most = least, most
	f.IntVarP(&o.runs, "runs", "n", runs, what)
}

// outputFlag declares -o. The first of the forms is what is printed unless one says otherwise.
func (o *askFlags) outputFlag(f *pflag.FlagSet, forms ...string) {
	o.forms = forms
	what := forms[0]
	if last := len(forms) - 1; last > 0 {
		what = strings.Join(forms[:last], ", ") + " or " + forms[last]
	}
	f.StringVarP(&o.output, "output", "o", forms[0], what)
}

// checkAsk says what is wrong with those that were declared.
func (o *askFlags) checkAsk() error {
	switch {
	case o.most > 0 && (o.runs < o.least || o.runs > o.most):
		return usagef("-n %d (allowed: %d to %d)", o.runs, o.least, o.most)
	case len(o.forms) > 0 && !slices.Contains(o.forms, o.output):
		return usagef("-o %q (allowed: %s)", o.output, strings.Join(o.forms, ", "))
	}
	return nil
}
