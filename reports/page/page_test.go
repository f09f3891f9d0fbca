package page_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/reports/page"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// play are n runs of a library scenario under a profile, with random durations and failures if n is more than 1.
func play(t *testing.T, name, world, profile string, n int) []*trace.Trace {
	t.Helper()
	sc, err := scenarios.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	if n > 1 {
		d, err := rng.Parse("lognormal:20s,0.5")
		if err != nil {
			t.Fatal(err)
		}
		if err := sc.SetFates(d, 0.2); err != nil {
			t.Fatal(err)
		}
	}
	if err := sc.SetProfile(profile); err != nil {
		t.Fatal(err)
	}
	cfg := sc.Config()
	cfg.Seed = 1
	var traces []*trace.Trace
	for i := range n {
		cfg.Replication = uint64(i)
		tr, _, err := sim.Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		tr.Header.World = world
		traces = append(traces, tr)
	}
	return traces
}

// write is the page of two worlds.
func write(t *testing.T, a, b []*trace.Trace, o reports.Options) string {
	t.Helper()
	r, err := reports.Compare(a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := page.Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// statistical is a page of worlds with different latencies, with all kinds of pictures.
func statistical(t *testing.T) string {
	var a, b []*trace.Trace
	for _, name := range []string{"five-by-two", "retry-loop", "indexed-retry"} {
		a, b = append(a, play(t, name, "sim", "none", 20)...), append(b, play(t, name, "kind", "default", 20)...)
	}
	return write(t, a, b, reports.Options{Margin: 0.12})
}

// exact is a page of worlds in lockstep, one of three scenarios with another exit code.
func exact(t *testing.T) string {
	var a, b []*trace.Trace
	for _, name := range []string{"hello", "odd-pods-fail", "retry-loop"} {
		a, b = append(a, play(t, name, "sim", "none", 1)...), append(b, play(t, name, "oracle", "none", 1)...)
	}
	for i := range b[2].Records {
		for k := range b[2].Records[i].Args {
			if arg := &b[2].Records[i].Args[k]; arg.Key == "exit" {
				arg.Value = "<7>" // and what a page must escape
			}
		}
	}
	return write(t, a, b, reports.Options{Lockstep: true})
}

func TestWrite_Exact(t *testing.T) {
	got := exact(t)
	for _, want := range []string{"<title>sim against oracle: Different</title>", "1 of 3 scenarios are Different, 2 Equal",
		"First difference", "exit=&lt;7&gt;", "0 throughout", `href="#s2"`, `aria-label="hello: status`, "not met: all equal"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if n := strings.Count(got, "<svg"); n != 10 {
		t.Errorf("want status and pods of 3 scenarios, both worlds' pods where they differ, waits of 2, and the ratio: 10 pictures, got %d", n)
	}
}

func TestWrite_Statistical(t *testing.T) {
	got := statistical(t)
	for _, want := range []string{"Makespan of sim over makespan of kind", "How pods start, in all scenarios",
		"with 95 % bands of Dvoretzky", "quantiles of n = 20",
		"Makespans foreseen", "creation to start"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in the page", want)
		}
	}
}

// The page asks nobody for anything: it has no address in it but the one that names what a data URL is not.
func TestWrite_SelfContained(t *testing.T) {
	for name, text := range map[string]string{"exact": exact(t), "statistical": statistical(t)} {
		if got := regexp.MustCompile(`(?i)(https?:|url\(|@import|<link|<img|<iframe|\bsrc=|srcset)`).FindString(text); got != "" {
			t.Errorf("%s: the page has a %q in it", name, got)
		}
		if len(text) > page.MaxBytes {
			t.Errorf("%s: %d bytes", name, len(text))
		}
	}
}

// All of the library fits, whatever its verdicts.
func TestWrite_Library(t *testing.T) {
	var a, b []*trace.Trace
	for _, name := range scenarios.Names() {
		a, b = append(a, play(t, name, "sim", "none", 1)...), append(b, play(t, name, "kind", "default", 1)...)
	}
	got := write(t, a, b, reports.Options{})
	if len(got) > page.MaxBytes || strings.Count(got, "<svg") < 100 {
		t.Errorf("%d bytes, %d pictures", len(got), strings.Count(got, "<svg"))
	}
	for _, name := range scenarios.Names() {
		if !strings.Contains(got, ">"+name+"</a></th>") {
			t.Errorf("no row of %s", name)
		}
	}
}
