package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/spf13/cobra"
)

func newList(s streams) *cobra.Command {
	var output, profile string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the scenarios of the library, or the numbers of a profile and where they come from",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%q: an argument that nobody asked for", args[0])
			}
			if profile != "" {
				return listProfile(s, output, profile)
			}
			return list(s, output)
		},
	}
	cmd.Flags().StringVar(&profile, "profile", "", "list the numbers of this profile: default or none")
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
	return text[:strings.LastIndexByte(text[:width], ' ')] + " ..."
}
