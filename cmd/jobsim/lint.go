package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/reports/answer/lint"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
)

type lintOptions struct {
	input
	level string
	rules bool
	studyFlags
}

var lintLevels = []string{"note", "warning", "error"}

func newLint(s streams) *cobra.Command {
	o := &lintOptions{}
	cmd := &cobra.Command{
		Use:   "lint (-f FILE | --scenario NAME)",
		Short: "what may go wrong with a Job, with evidence from simulations or from public threads",
		Example: "  jobsim lint -f job.yaml --failure-rate 0.02 --duration lognormal:5m,1\n" +
			"  jobsim lint -f jobs/ -o sarif > jobsim.sarif",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.input.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.level, "level", "note", "the least that is shown: note, warning or error")
	f.BoolVar(&o.rules, "rules", false, "print the rules")
	o.seedFlag(f, "of the simulations")
	o.runsFlag(f, 400, 20, 1_000_000, "how many runs a simulation has")
	o.outputFlag(f, "table", "json", "sarif")
	o.workerFlag(f)
	return cmd
}

// fileFinding is a finding and where it was looked for.
type fileFinding struct {
	lint.Finding
	file string
}

func (o *lintOptions) run(cmd *cobra.Command, s streams, args []string) error {
	switch {
	case o.rules:
		return printRules(s.out)
	case !slices.Contains(lintLevels, o.level):
		return usagef("--level %q (allowed: %s)", o.level, strings.Join(lintLevels, ", "))
	}
	if err := o.check(); err != nil {
		return err
	}
	all, err := o.load(cmd, s, args)
	if err != nil {
		return err
	}
	l := &lint.Linter{Pool: study.NewPool(o.workers), Seed: o.seed, Runs: o.runs}
	found := []fileFinding{}
	failed := false
	for _, sc := range all {
		list, broken := l.Lint(cmd.Context(), sc)
		if broken != nil {
			return broken
		}
		for _, f := range list {
			if slices.Index(lintLevels, string(f.Rule.Level)) >= slices.Index(lintLevels, o.level) {
				found = append(found, fileFinding{f, o.source()})
				failed = failed || f.Rule.Level == lint.Error
			}
		}
	}
	switch o.output {
	case "json":
		err = lintJSON(s.out, found)
	case "sarif":
		err = lintSARIF(s.out, found)
	default:
		err = lintTable(s.out, found)
	}
	if err == nil && failed {
		return errExpectation
	}
	return err
}

// source is the file that was read, if it was one.
func (o *lintOptions) source() string {
	if len(o.files) == 1 && len(o.names) == 0 && o.files[0] != "-" {
		return o.files[0]
	}
	return ""
}

func printRules(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RULE\tLEVEL\tLOOKS FOR\tTHREAD")
	for _, r := range lint.Rules() {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Title, r.Thread)
	}
	return t.Flush()
}

func lintTable(w io.Writer, found []fileFinding) error {
	for _, f := range found {
		fmt.Fprintf(w, "%s: job %s: %s: %s\n  %s\n  evidence: %s\n", f.Rule.Level, f.Job, f.Field, f.Rule.ID, f.What,
			f.Evidence)
		if f.Rule.Thread != "" {
			fmt.Fprintf(w, "  thread:   %s\n", f.Rule.Thread)
		}
	}
	counts := map[lint.Level]int{}
	for _, f := range found {
		counts[f.Rule.Level]++
	}
	_, err := fmt.Fprintf(w, "%d errors, %d warnings, %d notes\n", counts[lint.Error], counts[lint.Warning],
		counts[lint.Note])
	return err
}

func lintJSON(w io.Writer, found []fileFinding) error {
	list := []map[string]string{}
	for _, f := range found {
		list = append(list, map[string]string{"rule": f.Rule.ID, "level": string(f.Rule.Level), "job": f.Job,
			"field": f.Field, "message": f.What, "evidence": f.Evidence, "thread": f.Rule.Thread})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"apiVersion": summaryVersion, "kind": "Lint", "findings": list})
}

// lintSARIF writes SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning reads it.
func lintSARIF(w io.Writer, found []fileFinding) error {
	type object = map[string]any
	var rules []object
	for _, r := range lint.Rules() {
		rule := object{"id": r.ID, "shortDescription": object{"text": r.Title},
			"defaultConfiguration": object{"level": r.Level}}
		if r.Thread != "" {
			rule["helpUri"] = r.Thread
		}
		rules = append(rules, rule)
	}
	results := []object{}
	for _, f := range found {
		location := object{"logicalLocations": []object{{"fullyQualifiedName": "job " + f.Job + ": " + f.Field}}}
		if f.file != "" {
			location["physicalLocation"] = object{"artifactLocation": object{"uri": f.file}, "region": object{"startLine": 1}}
		}
		results = append(results, object{"ruleId": f.Rule.ID, "level": f.Rule.Level,
			"message": object{"text": f.What + ". Evidence: " + f.Evidence}, "locations": []object{location}})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(object{"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"runs": []object{{"tool": object{"driver": object{"name": "jobsim",
			"informationUri": "https://github.com/jobsim/jobsim", "rules": rules}}, "results": results}}})
}
