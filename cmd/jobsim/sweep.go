package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/reports/answer/sweep"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
)

type sweepOptions struct {
	input
	set    []string
	design string
	points int
	plot   string
	studyFlags
}

func newSweep(s streams) *cobra.Command {
	o := &sweepOptions{}
	cmd := &cobra.Command{
		Use:   "sweep (-f FILE | --scenario NAME) --set FIELD=VALUES...",
		Short: "run a Job with many settings: a grid, a Latin hypercube or a Halton sequence",
		Example: "  jobsim sweep -f job.yaml --set spec.backoffLimit=0..20 --failure-rate 0.05\n" +
			"  jobsim sweep -f job.yaml --set spec.parallelism=1,2,4..64 --set failure-rate=0.01,0.05,0.1 -o csv",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.input.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.set, "set", nil, "a field and its values: spec.backoffLimit=0..20, spec.parallelism=1,2,4..64, "+
		"failure-rate=0.01,0.05, 'duration=30s;lognormal:30s,0.5', cluster.knobs.maxPodBackoff=6m,10m")
	f.StringVar(&o.design, "design", "grid", "grid, latin (hypercube) or halton (sequence)")
	f.IntVar(&o.points, "points", 100, "how many points a latin or halton design has")
	o.seedFlag(f, "")
	o.runsFlag(f, 1000, 1, maxRuns, "how many runs of each point")
	o.outputFlag(f, "table", "csv", "json", "parquet")
	f.Var(&o.precision, "precision", "fewer runs where this is reached; see jobsim run --help")
	f.StringVar(&o.plot, "plot", "", "P(success) over one field, a curve, or two, a heat map: a file, "+pictureFiles)
	o.workerFlag(f)
	return cmd
}

func (o *sweepOptions) run(cmd *cobra.Command, s streams, args []string) error {
	if len(o.set) == 0 {
		return usagef("nothing to set (allowed: --set FIELD=VALUES)")
	}
	if err := errors.Join(o.check(), checkPicture(o.plot)); err != nil {
		return err
	}
	factors, points, err := o.plan()
	if err != nil {
		return usageError{err}
	}
	sc, err := o.loadOne(cmd, s, args)
	if err != nil {
		return err
	}
	p := newProgress(s.err, sc.Name, len(points), false)
	sw := sweep.Sweep{Pool: study.NewPool(o.workers), Scenario: sc, Points: points, Seed: o.seed, Runs: o.runs,
		Precision: o.precision.value(), Done: p.set}
	rows, err := sw.Run(cmd.Context())
	p.end()
	if err != nil && (len(rows) == 0 || !errors.Is(err, context.Canceled)) {
		return err
	}
	if failed := printSweep(s.out, o.output, factors, rows); failed != nil {
		return failed
	}
	if o.plot != "" {
		f, failed := sweepPicture(sc.Name, factors, rows, o.runs)
		if failed == nil {
			failed = writePicture(o.plot, f)
		}
		if failed != nil {
			return failed
		}
	}
	if err != nil {
		return fmt.Errorf("interrupted: %d of %d points", len(rows), len(points))
	}
	return nil
}

// plan is the factors and the combinations of them that are run.
func (o *sweepOptions) plan() (factors []sweep.Factor, points []sweep.Point, err error) {
	var problems []error
	for _, text := range o.set {
		f, problem := sweep.ParseFactor(text)
		factors, problems = append(factors, f), append(problems, problem)
	}
	if err = errors.Join(problems...); err != nil {
		return nil, nil, err
	}
	if o.points < 1 || o.points > 100_000 {
		return nil, nil, fmt.Errorf("--points %d (allowed: 1 to 100000)", o.points)
	}
	switch o.design {
	case "grid":
		points, err = sweep.Grid(factors)
	case "latin":
		points = sweep.Latin(factors, o.points, o.seed)
	case "halton":
		points, err = sweep.Halton(factors, o.points, o.seed)
	default:
		err = fmt.Errorf("--design %q (allowed: grid, latin, halton)", o.design)
	}
	return factors, points, err
}

// sweepMetrics are what a sweep says of each point.
var sweepMetrics = []string{"success", "mean(makespan)", "p50(makespan)", "p95(makespan)", "mean(pods)", "mean(ran)",
	"mean(wasted)"}

// sweepTable is a sweep as columns: a value for each factor, the number of runs, and three for each metric. A number
// that cannot be known is not there.
type sweepTable struct {
	factors []string
	metrics []answer.Metric
	rows    []sweepRow
}

type sweepRow struct {
	values []string
	runs   int
	exact  *float64 // P(success) by a closed form; nil: there is none
	// numbers are estimate, low and high of each metric; nil: unknown.
	numbers [][3]*float64
}

func newSweepTable(factors []sweep.Factor, rows []sweep.Row) (*sweepTable, error) {
	t := &sweepTable{}
	for _, f := range factors {
		t.factors = append(t.factors, f.Field)
	}
	for _, name := range sweepMetrics {
		m, err := answer.MetricNamed(name)
		if err != nil {
			return nil, err
		}
		t.metrics = append(t.metrics, m)
	}
	for _, r := range rows {
		row := sweepRow{runs: r.Tally.Runs}
		if r.Exact != nil {
			row.exact = &r.Exact.Success
		}
		for _, c := range r.Point {
			row.values = append(row.values, c.Value)
		}
		for _, m := range t.metrics {
			var n [3]*float64
			if v, err := m.Of(r.Tally, r.Level); err == nil {
				n[0] = &v.Center
				if len(v.Warnings) == 0 {
					n[1], n[2] = &v.Lo, &v.Hi
				}
			}
			row.numbers = append(row.numbers, n)
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

func printSweep(w io.Writer, format string, factors []sweep.Factor, rows []sweep.Row) error {
	t, err := newSweepTable(factors, rows)
	if err != nil {
		return err
	}
	switch format {
	case "json":
		return t.json(w)
	case "csv":
		return writeCSV(w, t.text())
	case "parquet":
		return t.parquet(w)
	}
	return t.table(w)
}

func (t *sweepTable) header() []string {
	out := append(slices.Clone(t.factors), "runs")
	for _, m := range t.metrics {
		out = append(out, m.Name, m.Name+" low", m.Name+" high")
	}
	return append(out, "success exact")
}

func (t *sweepTable) text() [][]string {
	out := [][]string{t.header()}
	for _, r := range t.rows {
		line := append(slices.Clone(r.values), fmt.Sprint(r.runs))
		for _, n := range r.numbers {
			for _, v := range n {
				line = append(line, optional(v, "%v"))
			}
		}
		out = append(out, append(line, optional(r.exact, "%v")))
	}
	return out
}

func optional(v *float64, format string) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(format, *v)
}

func (t *sweepTable) json(w io.Writer) error {
	var list []map[string]any
	for _, r := range t.rows {
		set := map[string]string{}
		for i, v := range r.values {
			set[t.factors[i]] = v
		}
		metrics := map[string]any{}
		for i, n := range r.numbers {
			metrics[t.metrics[i].Name] = map[string]*float64{"estimate": n[0], "low": n[1], "high": n[2]}
		}
		list = append(list, map[string]any{"set": set, "runs": r.runs, "metrics": metrics, "successExact": r.exact})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"apiVersion": summaryVersion, "kind": "Sweep", "points": list})
}

func (t *sweepTable) table(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var short []string
	for _, f := range t.factors {
		short = append(short, strings.TrimPrefix(f, "spec."))
	}
	exact := slices.ContainsFunc(t.rows, func(r sweepRow) bool { return r.exact != nil })
	column := func(text string) string { // where there is something in it
		if exact {
			return text + "\t"
		}
		return ""
	}
	fmt.Fprintf(out, "%s\tP(success)\t\t%smakespan p50\tp95\t\tpods\twasted\truns\n", strings.Join(short, "\t"),
		column("exact"))
	for _, r := range t.rows {
		n := r.numbers
		span := func(i int, format string) string {
			if n[i][1] == nil {
				return ""
			}
			return fmt.Sprintf("("+format+" to "+format+")", *n[i][1], *n[i][2])
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s%s\t%s\t%s\t%s\t%s\t%d\n", strings.Join(r.values, "\t"),
			optional(n[0][0], "%.4f"), span(0, "%.4f"), column(optional(r.exact, "%.4f")), optional(n[2][0], "%.1f s"),
			optional(n[3][0], "%.1f s"), span(3, "%.1f"), optional(n[4][0], "%.1f"), optional(n[6][0], "%.1f s"), r.runs)
	}
	fmt.Fprintln(out, "in parentheses: 95 % intervals; all rows have the same replications")
	if exact {
		fmt.Fprintln(out, "exact: P(success) by a closed form")
	}
	return out.Flush()
}
