package plan

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// Workload is Jobs and when they come.
type Workload struct {
	// Interval is between arrivals of the Jobs of the configuration, which take turns, Count of them altogether; used
	// where there is no Trace. With neither, its Jobs come as it says. Its CronJobs come besides, but for a Trace.
	Interval rng.Dist
	Count    int
	// Trace are Jobs as they came.
	Trace []Arrival
}

// Arrival is one Job of a trace: pods that run at the same time and equally long.
type Arrival struct {
	At   des.Time
	Run  des.Duration
	Pods int32
}

// MaxJobs bounds a workload.
const MaxJobs = 20_000

// ErrTrace is what errors about the text of a trace wrap.
var ErrTrace = errors.New("not a trace")

// ReadSWF reads the Standard Workload Format (Feitelson, https://www.cs.huji.ac.il/labs/parallel/workload/swf.html): of
// its 18 fields the submit time (2), the run time (4) and the processors (5, or 8 where 5 is unknown), of which each
// becomes a pod. Jobs that did not run are left out. Times begin with the first Job.
func ReadSWF(r io.Reader) ([]Arrival, error) {
	var out []Arrival
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], ";") {
			continue
		}
		if len(fields) < 8 {
			return nil, fmt.Errorf("line %d: %w: %d fields (allowed: 18)", n, ErrTrace, len(fields))
		}
		var v [3]float64 // submit, run, processors
		for i, field := range []int{1, 3, 4} {
			var err error
			if v[i], err = strconv.ParseFloat(fields[field], 64); err != nil {
				return nil, fmt.Errorf("line %d: %w: field %d: %q is not a number", n, ErrTrace, field+1, fields[field])
			}
		}
		if v[2] <= 0 {
			v[2], _ = strconv.ParseFloat(fields[7], 64) // 0 where it is no number: left out below
		}
		if err := add(&out, v[0], v[1], v[2]); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return begin(out, lines.Err())
}

// ReadCSV reads a table with the columns submit, run (both in seconds) and, if there is one, pods; others are ignored.
func ReadCSV(r io.Reader) ([]Arrival, error) {
	c := csv.NewReader(r)
	header, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrace, err)
	}
	columns := [3]int{-1, -1, -1}
	for i, name := range header {
		for k, want := range []string{"submit", "run", "pods"} {
			if strings.TrimSpace(strings.ToLower(name)) == want {
				columns[k] = i
			}
		}
	}
	if columns[0] < 0 || columns[1] < 0 {
		return nil, fmt.Errorf("%w: columns %s (allowed: submit, run, and pods)", ErrTrace, strings.Join(header, ", "))
	}
	var out []Arrival
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return begin(out, nil)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTrace, err)
		}
		line, _ := c.FieldPos(0)
		v := [3]float64{2: 1}
		for k, column := range columns {
			if column < 0 {
				continue
			}
			if v[k], err = strconv.ParseFloat(strings.TrimSpace(row[column]), 64); err != nil {
				return nil, fmt.Errorf("line %d: %w: %s: %q is not a number", line, ErrTrace, header[column], row[column])
			}
		}
		if err := add(&out, v[0], v[1], v[2]); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// add takes one Job in, if it ran.
func add(out *[]Arrival, submit, run, pods float64) error {
	const longest = 100 * 365 * 86400
	switch {
	case run <= 0 || pods < 1:
		return nil
	case !(submit >= 0 && submit < longest && run < longest):
		return fmt.Errorf("%w: submitted at %v s, ran %v s (allowed: 0 to %d)", ErrTrace, submit, run, longest)
	case pods > 100_000:
		return fmt.Errorf("%w: %v pods (allowed: 1 to 100000)", ErrTrace, pods)
	case len(*out) == MaxJobs:
		return fmt.Errorf("%w: more than %d Jobs: cut a part out", ErrTrace, MaxJobs)
	}
	*out = append(*out, Arrival{des.Time(submit * 1e9), des.Duration(run * 1e9), int32(pods)})
	return nil
}

// begin moves the first Job to 0.
func begin(out []Arrival, err error) ([]Arrival, error) {
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTrace, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: no Job in it ran", ErrTrace)
	}
	first := des.Never
	for _, a := range out {
		first = min(first, a.At)
	}
	for i := range out {
		out[i].At = des.Time(out[i].At.Sub(first))
	}
	return out, nil
}

// configure gives a configuration the Jobs of one replication. Those of cfg are the patterns: they take turns, or the
// first lends its manifest to the Jobs of the trace.
func (w *Workload) configure(cfg *sim.Config, replication uint64) sim.Config {
	own := *cfg
	own.Replication = replication
	if w.Trace == nil && w.Count == 0 { // nothing but CronJobs, and what is submitted once
		return own
	}
	own.Jobs = nil
	if w.Trace == nil {
		source := rng.Source{Seed: own.Seed, Replication: replication}
		at := des.Time(0)
		for i := range w.Count {
			at = at.Add(source.Draw(&w.Interval, rng.Key{Purpose: rng.Arrival, Job: int32(i), Index: -1}))
			own.Jobs = append(own.Jobs, sim.Submission{At: at, Spec: cfg.Jobs[i%len(cfg.Jobs)].Spec})
		}
		own.Fates = w.turns(cfg)
		own.CronJobs = after(cfg, len(own.Jobs))
		return own
	}
	own.Fates, own.CronJobs = nil, nil
	for i, a := range w.Trace {
		spec := cfg.Jobs[0].Spec
		spec.Parallelism, spec.Completions = a.Pods, api.Some(a.Pods)
		own.Jobs = append(own.Jobs, sim.Submission{At: a.At, Spec: spec})
		own.Fates = append(own.Fates, api.FateRule{Job: api.JobID(i), Container: api.AnyMain, Chance: api.Certain,
			Run: rng.Const(a.Run)})
	}
	return own
}

// after gives the CronJobs' Jobs the numbers after those of so many others.
func after(cfg *sim.Config, jobs int) []sim.CronSubmission {
	out := slices.Clone(cfg.CronJobs)
	for i := range out {
		out[i].Spec.FirstJob += api.JobID(jobs - len(cfg.Jobs))
	}
	return out
}

// turns are the fates of the patterns' Jobs for the Jobs that are made of them. With one pattern a rule for its Job is
// one for all.
func (w *Workload) turns(cfg *sim.Config) []api.FateRule {
	var out []api.FateRule
	for _, r := range cfg.Fates {
		switch {
		case int(r.Job) >= len(cfg.Jobs): // of a CronJob
			r.Job += api.JobID(w.Count - len(cfg.Jobs))
			out = append(out, r)
		case r.Job == api.AnyJob:
			out = append(out, r)
		case len(cfg.Jobs) == 1:
			r.Job, r.More = 0, int32(w.Count-1)
			out = append(out, r)
		default:
			for i := int(r.Job); i < w.Count; i += len(cfg.Jobs) {
				one := r
				one.Job = api.JobID(i)
				out = append(out, one)
			}
		}
	}
	return out
}
