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
	var output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the scenarios of the library",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%q: an argument that nobody asked for", args[0])
			}
			return list(s, output)
		},
	}
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
	switch output {
	case "json":
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(entries)
	case "table", "wide":
		t := tabwriter.NewWriter(s.out, 0, 0, 3, ' ', 0)
		fmt.Fprintln(t, "NAME\tWHY")
		for _, e := range entries {
			if output == "table" {
				e.Why = shorten(e.Why, 100)
			}
			fmt.Fprintf(t, "%s\t%s\n", e.Name, e.Why)
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
