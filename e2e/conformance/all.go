package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Pace is how many cases are replayed at a time, and how long after one another they begin at least: pods that start
// together slow each other down. Beginnings that are kept apart favour the pods that a scenario starts with over those
// that come later, of which some start beside the beginning of another; at random they find the cluster alike (Wolff
// 1982, doi:10.1287/opre.30.2.223).
type Pace struct {
	Parallel int // 1 if it is less
	Every    rng.Dist
}

// UsualPace is that of which two cores are not late.
var UsualPace = Pace{Parallel: 8, Every: rng.Const(des.Second)}

// CheckAll settles cases, and then one by one those that stand no other beside them. done is called for each when it is
// over, from one goroutine at a time. The results are in the order of the cases; when the context ends, those that had
// not begun carry its error.
func (k *Checker) CheckAll(ctx context.Context, cases []*Case, pace Pace, done func(*Result)) []*Result {
	return all(ctx, cases, pace, func(ctx context.Context, c *Case) *Result {
		return k.Settle(ctx, c, ctx.Err)
	}, done)
}

// ReplayAll is CheckAll without a judgement.
func (k *Checker) ReplayAll(ctx context.Context, cases []*Case, pace Pace, done func(*Result)) []*Result {
	return all(ctx, cases, pace, k.Replay, done)
}

func all(ctx context.Context, cases []*Case, pace Pace, do func(context.Context, *Case) *Result,
	done func(*Result)) []*Result {
	results := make([]*Result, len(cases))
	var mu sync.Mutex
	check := func(i int) {
		r := &Result{Case: cases[i], Err: ctx.Err()}
		if cases[i].Skip == "" && r.Err == nil {
			r = do(ctx, cases[i])
		}
		mu.Lock()
		defer mu.Unlock()
		results[i] = r
		done(r)
	}
	var workers sync.WaitGroup
	queue := make(chan int)
	for range max(1, pace.Parallel) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range queue {
				check(i)
			}
		}()
	}
	apart := time.Duration(0)
	for i, c := range cases {
		if c.Exclusive {
			continue
		}
		if c.Skip == "" {
			wait(ctx, apart)
			apart = time.Duration(rng.Source{}.Draw(&pace.Every, rng.Key{Purpose: rng.Arrival, Sub: int32(i)}))
		}
		queue <- i
	}
	close(queue)
	workers.Wait()
	for i, c := range cases {
		if c.Exclusive {
			check(i)
		}
	}
	return results
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Keep writes what was seen into a directory: the trace, a line of JSON for each watch event behind it, and the verdict
// with what led to it. Of earlier tries and of replays that did not come to their end there is no trace: who reads the
// traces of a directory gets one of a replay, and a whole one.
func (r *Result) Keep(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := filepath.Join(dir, r.Case.Name())
	for i, earlier := range r.Earlier {
		if err := earlier.keep(fmt.Sprintf("%s.try-%d", name, i+1)); err != nil {
			return err
		}
	}
	if r.Seen == nil {
		return nil
	}
	if r.Err == nil {
		if err := os.WriteFile(name+".trace", trace.Encode(r.Seen.Trace), 0o644); err != nil {
			return err
		}
	}
	return r.keep(name)
}

func (r *Result) keep(name string) error {
	var events bytes.Buffer
	e := json.NewEncoder(&events)
	for i := range r.Seen.Log {
		if err := e.Encode(&r.Seen.Log[i]); err != nil {
			return err
		}
	}
	if err := os.WriteFile(name+".events.jsonl", events.Bytes(), 0o644); err != nil {
		return err
	}
	if r.Err != nil {
		return os.WriteFile(name+".error", []byte(r.Err.Error()+"\n"), 0o644)
	}
	kept := verdictFile{Verdict: r.Verdict, Times: r.Times, Tries: r.Tries, Pace: r.Pace,
		Differences: []string{}, Margins: r.Margins}
	for _, d := range r.Differences {
		kept.Differences = append(kept.Differences, d.String())
	}
	for _, g := range r.Seen.Gaps {
		kept.Gaps = append(kept.Gaps, g.String())
	}
	text, err := json.MarshalIndent(&kept, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(name+".verdict.json", append(text, '\n'), 0o644)
}

// verdictFile is how a result is kept.
type verdictFile struct {
	Verdict reports.Verdict `json:"verdict"`
	Times   reports.Verdict `json:"times"`
	// Tries is how many replays the verdict took.
	Tries int `json:"tries,omitempty"`
	// Pace is that of the slowest cluster that was taken into account.
	Pace        float64  `json:"pace"`
	Differences []string `json:"differences"`
	Gaps        []string `json:"gaps,omitempty"`
	Margins     Margins  `json:"margins"`
}

// The part of JUnit's form that everybody reads, Sonobuoy among them.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"timestamp,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string  `xml:"name,attr"`
	Class   string  `xml:"classname,attr"`
	Failure *string `xml:"failure,omitempty"`
	Error   *string `xml:"error,omitempty"`
	Skipped *string `xml:"skipped,omitempty"`
}

// WriteJUnit writes the results as JUnit does: what is Different has failed, what has no verdict is in error, and what
// is Inconclusive was skipped.
func WriteJUnit(w io.Writer, results []*Result, now time.Time) error {
	s := junitSuite{Name: "jobsim conformance", Tests: len(results), Time: now.UTC().Format(time.RFC3339)}
	for _, r := range results {
		c := junitCase{Name: r.Case.Name(), Class: "jobsim"}
		text := r.Explain()
		switch r.Word() {
		case failed:
			s.Errors++
			c.Error = &text
		case reports.Different.String():
			s.Failures++
			c.Failure = &text
		case skipped, reports.Inconclusive.String():
			s.Skipped++
			c.Skipped = &text
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	return e.Encode(s)
}

// Failed says whether there is no verdict although there should be one.
func (r *Result) Failed() bool { return r.Word() == failed }

// Differs says whether the cluster does something else than the simulator says.
func (r *Result) Differs() bool { return r.Word() == reports.Different.String() }
