package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/spf13/cobra"
)

func newList(s streams) *cobra.Command {
	var output, profile string
	var rules, presets bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the scenarios of the library, the numbers of a profile and where they come from, or the rules",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%q: an argument that nobody asked for", args[0])
			}
			switch {
			case rules && profile != "":
				return usagef("--rules and --profile do not go together")
			case presets:
				return listPresets(s, output)
			case rules:
				return listRules(s, output)
			case profile != "":
				return listProfile(s, output, profile)
			}
			return list(s, output)
		},
	}
	cmd.Flags().StringVar(&profile, "profile", "", "list the numbers of this profile: default or none")
	cmd.Flags().BoolVar(&rules, "rules", false, "list what is easily got wrong about Jobs, and what shows each")
	cmd.Flags().BoolVar(&presets, "presets", false, "list the distributions of run times and failures that have a name")
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table, wide or json")
	return cmd
}

func list(s streams, output string) error {
	type entry struct {
		Name string `json:"name"`
		Why  string `json:"why"`
	}
	var entries []entry
	for _, name := range scenarios.Names() {
		sc, err := scenarios.Named(name)
		if err != nil {
			return err
		}
		entries = append(entries, entry{name, strings.Join(strings.Fields(sc.File.Why), " ")})
	}
	return table(s, output, entries, "NAME\tWHY", func(e *entry) string {
		if output == "table" {
			e.Why = shorten(e.Why, 100)
		}
		return e.Name + "\t" + e.Why
	})
}

// listProfile prints every number of a profile, with its origin.
func listProfile(s streams, output, name string) error {
	settings, err := scenarios.Settings(name)
	if err != nil {
		return usageError{fmt.Errorf("--profile: %w", err)}
	}
	return table(s, output, settings, "NAME\tVALUE\tORIGIN\tSOURCE", func(e *scenarios.Setting) string {
		if output == "table" {
			e.Source = shorten(e.Source, 90)
		}
		return strings.Join([]string{e.Name, e.Value, string(e.Origin), e.Source}, "\t")
	})
}

// listRules prints which rule stands for which row, where Kubernetes has it, and what shows it.
func listRules(s streams, output string) error {
	type entry struct {
		Rule      string   `json:"rule"`
		Row       int      `json:"row"`
		Upstream  string   `json:"upstream"`
		Scenarios []string `json:"scenarios"`
		Evidence  string   `json:"evidence"`
		says      string
	}
	var entries []entry
	for _, r := range scenarios.Rows() {
		entries = append(entries, entry{string(r.Rule), r.Number, r.Upstream, append([]string{}, r.Scenarios...),
			r.Proof(), r.Says})
	}
	header := "ROW\tRULE\tUPSTREAM\tSCENARIOS\tEVIDENCE"
	if output == "wide" {
		header += "\tWHAT HAPPENS"
	}
	return table(s, output, entries, header, func(e *entry) string {
		row := strconv.Itoa(e.Row)
		if e.Row == 0 {
			row = "-"
		}
		line := strings.Join([]string{row, cmp.Or(e.Rule, "-"), e.Upstream, strings.Join(e.Scenarios, ","), e.Evidence}, "\t")
		if output == "wide" {
			line += "\t" + e.says
		}
		return line
	})
}

// listPresets prints the named distributions, with their sources.
func listPresets(s streams, output string) error {
	return table(s, output, slices.Clone(scenarios.Presets()), "NAME\tOF\tDISTRIBUTION\tN\tFIT\tSOURCE",
		func(e *scenarios.Preset) string {
			n := fmt.Sprint(e.N)
			if e.N == 0 {
				n = "unknown"
			}
			if output == "table" {
				e.Fit, e.Source = shorten(e.Fit, 40), shorten(e.Source, 60)
			}
			return strings.Join([]string{"preset:" + e.Name, e.Of, e.Dist, n, e.Fit, e.Source}, "\t")
		})
}

// table prints entries as JSON, or a line each under a header.
func table[T any](s streams, output string, entries []T, header string, line func(*T) string) error {
	switch output {
	case "json":
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(entries)
	case "table", "wide":
		t := tabwriter.NewWriter(s.out, 0, 0, 3, ' ', 0)
		fmt.Fprintln(t, header)
		for i := range entries {
			fmt.Fprintln(t, line(&entries[i]))
		}
		return t.Flush()
	}
	return usagef("-o %q (allowed: table, wide, json)", output)
}

// shorten cuts a text at a word.
func shorten(text string, width int) string {
	if len(text) <= width {
		return text
	}
	end := strings.LastIndexByte(text[:width], ' ')
	if end < 0 {
		end = width
	}
	return text[:end] + " ..."
}
