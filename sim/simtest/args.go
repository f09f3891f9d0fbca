package simtest

import (
	"strconv"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// args are the arguments of one command. Whatever nobody asks for fails the script.
type args struct {
	t     *testing.T
	d     *datadriven.TestData
	asked []string
}

func (a *args) text(key, def string) string {
	a.asked = append(a.asked, key)
	for _, arg := range a.d.CmdArgs {
		if arg.Key == key {
			if len(arg.Vals) != 1 {
				a.t.Fatalf("%s: %s has %d values", a.d.Pos, key, len(arg.Vals))
			}
			return arg.Vals[0]
		}
	}
	return def
}

func (a *args) flag(key string) bool {
	a.asked = append(a.asked, key)
	for _, arg := range a.d.CmdArgs {
		if arg.Key == key {
			return true
		}
	}
	return false
}

func (a *args) number(key string, def int64) int64 {
	text := a.text(key, "")
	if text == "" {
		return def
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		a.t.Fatalf("%s: %s: %v", a.d.Pos, key, err)
	}
	return n
}

func (a *args) span(key string, def des.Duration) des.Duration {
	text := a.text(key, "")
	if text == "" {
		return def
	}
	d, err := rng.Parse(text)
	if err != nil {
		a.t.Fatalf("%s: %s: %v", a.d.Pos, key, err)
	}
	var s rng.Stream
	return d.Draw(&s)
}

func (a *args) time(key string) des.Time { return des.Time(a.span(key, 0)) }

func (a *args) done() {
	for _, arg := range a.d.CmdArgs {
		known := false
		for _, key := range a.asked {
			known = known || key == arg.Key
		}
		if !known {
			a.t.Fatalf("%s: %s does not know the argument %q", a.d.Pos, a.d.Cmd, arg.Key)
		}
	}
}
