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

	"github.com/jobsim/jobsim/reports/answer/verify"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
)

type verifyOptions struct {
	seeds int
	form  string
	studyFlags
}

func newVerify(s streams) *cobra.Command {
	o := &verifyOptions{}
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "hold the simulator against closed forms: probabilities, back-off, makespans, queues, checkpoints",
		Example: "  jobsim verify\n" +
			"  jobsim verify --form 'M/M/c' --seeds 10",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%q: an argument that nobody asked for", args[0])
			}
			return o.run(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	o.seedFlag(f, "of the first row of each case")
	f.IntVar(&o.seeds, "seeds", 1, "how many seeds: seed, seed+1, ...")
	f.StringVar(&o.form, "form", "", "only this closed form, such as 'negative binomial'")
	o.outputFlag(f, "table", "csv", "json")
	o.workerFlag(f)
	return cmd
}

func (o *verifyOptions) run(ctx context.Context, s streams) error {
	if o.seeds < 1 || o.seeds > 1000 {
		return usagef("--seeds %d (allowed: 1 to 1000)", o.seeds)
	}
	if err := o.check(); err != nil {
		return err
	}
	cases := verify.Cases()
	var forms []string
	for i := range cases {
		if !slices.Contains(forms, cases[i].Form) {
			forms = append(forms, cases[i].Form)
		}
	}
	if o.form != "" && !slices.Contains(forms, o.form) {
		return usagef("--form %q (allowed: %s)", o.form, strings.Join(forms, ", "))
	}
	cases = slices.DeleteFunc(cases, func(c verify.Case) bool { return o.form != "" && c.Form != o.form })
	rows, err := o.rows(ctx, s, cases)
	if err != nil && !errors.Is(err, context.Canceled) || len(rows) == 0 {
		return err
	}
	v, failed := verify.Judge(rows)
	if failed = errors.Join(failed, printRows(s.out, o.output, rows, v)); failed != nil {
		return failed
	}
	switch {
	case err != nil:
		return fmt.Errorf("interrupted: %d of %d rows", len(rows), o.seeds*len(cases))
	case !v.Agrees():
		return errExpectation
	}
	return nil
}

func (o *verifyOptions) rows(ctx context.Context, s streams, cases []verify.Case) (rows []verify.Row, err error) {
	p := newProgress(s.err, "verify", o.seeds*len(cases), false)
	defer p.end()
	pool := study.NewPool(o.workers)
	for i := range cases {
		for k := range o.seeds {
			r, err := verify.Run(ctx, pool, &cases[i], o.seed+uint64(k))
			if err != nil {
				return rows, err
			}
			rows = append(rows, r)
			p.set(len(rows))
		}
	}
	return rows, nil
}

// verifyRow is a row of verify -o json.
type verifyRow struct {
	Form     string  `json:"form"`
	What     string  `json:"what"`
	Seed     uint64  `json:"seed"`
	Runs     int     `json:"runs"`
	Expected float64 `json:"expected"`
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"` // of the 99 % interval
	High     float64 `json:"high"`
	P        float64 `json:"p"`
	Inside   bool    `json:"inside"`
}

func printRows(w io.Writer, format string, rows []verify.Row, v verify.Verdict) error {
	var out []verifyRow
	for i := range rows {
		r := &rows[i]
		out = append(out, verifyRow{r.Case.Form, r.Case.What, r.Seed, r.Got.N, r.Case.Want, r.Got.Center, r.Got.Lo, r.Got.Hi,
			r.P, r.Inside()})
	}
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"apiVersion": summaryVersion, "kind": "Verification", "rows": out,
			"outside": v.Outside, "allowedOutside": v.Allowed, "smallestAdjustedP": v.Smallest, "agrees": v.Agrees()})
	case "csv":
		table := [][]string{{"form", "what", "seed", "runs", "expected", "estimate", "low", "high", "p", "inside"}}
		for _, r := range out {
			table = append(table, []string{r.Form, r.What, fmt.Sprint(r.Seed), fmt.Sprint(r.Runs), fmt.Sprint(r.Expected),
				fmt.Sprint(r.Estimate), fmt.Sprint(r.Low), fmt.Sprint(r.High), fmt.Sprint(r.P), fmt.Sprint(r.Inside)})
		}
		return writeCSV(w, table)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "closed form\tquestion\ttheory\tsimulator\t99 % interval\t\truns\tseed")
	for _, r := range out {
		mark := "inside"
		if !r.Inside {
			mark = "OUTSIDE"
		}
		fmt.Fprintf(t, "%s\t%s\t%.5g\t%.5g\t%.5g to %.5g\t%s\t%d\t%d\n", r.Form, r.What, r.Expected, r.Estimate, r.Low,
			r.High, mark, r.Runs, r.Seed)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	verdict := "they agree"
	if !v.Agrees() {
		verdict = "THEY DISAGREE"
	}
	_, err := fmt.Fprintf(w, "%d of %d rows are outside; if all are right, one in a hundred is, and more than %d with a "+
		"chance below 1 in 1000.\nThe smallest p-value is %.2g after Holm's correction; below 0.01 a row is wrong: %s.\n",
		v.Outside, v.Rows, v.Allowed, v.Smallest, verdict)
	return err
}
