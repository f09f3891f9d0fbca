package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/reports/plot"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/trace"
	"github.com/spf13/cobra"
)

type plotOptions struct {
	library
	askFlags
	worlds  []string
	formats []string
	dir     string
}

func newPlot(s streams) *cobra.Command {
	o := &plotOptions{}
	cmd := &cobra.Command{
		Use:   "plot SCENARIO...",
		Short: "draw what Jobs did: status over time, pods, waits and distributions, as SVG or PNG",
		Long: "Plays scenarios, by name or file, and draws what happened, a file a picture, into a directory. With\n" +
			"several worlds each picture shows them over each other; jobsim compare --help says what a world is.",
		Example: "  jobsim plot retry-loop --dir pictures\n" +
			"  jobsim plot -f job.yaml --failure-rate 0.1 -n 100 -o png,csv\n" +
			"  jobsim plot --world trace-file:kind.trace --world sim hello",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, s, args) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringSliceVar(&o.worlds, "world", []string{"sim"}, "who plays; may be given more than once: "+worldForms)
	o.seedFlag(f, "all fates follow from it, in all worlds")
	o.runsFlag(f, 1, 1, maxTraced, "how many runs of each scenario in each world")
	f.StringSliceVarP(&o.formats, "output", "o", []string{"svg"},
		"svg, png, csv (the data behind it), or some of them")
	f.StringVar(&o.dir, "dir", ".", "where the pictures are written; it is made if it is missing")
	return cmd
}

// pictureForms are the forms of a picture, by the ending of its file.
var pictureForms = map[string]func(*plot.Figure, io.Writer) error{
	"svg": (*plot.Figure).SVG, "png": (*plot.Figure).PNG, "csv": (*plot.Figure).CSV,
}

func (o *plotOptions) run(cmd *cobra.Command, s streams, args []string) error {
	if err := o.checkAsk(); err != nil {
		return err
	}
	for _, format := range o.formats {
		if pictureForms[format] == nil {
			return usagef("-o %q (allowed: svg, png, csv, or some of them with commas between)", format)
		}
	}
	list, err := o.named(cmd, s, args)
	if err != nil {
		return err
	}
	runs, err := o.play(cmd, list)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return usageError{err}
	}
	for _, sc := range list {
		figures, err := plot.Scenario(sc.Name, runs[sc.Name]...)
		if err != nil {
			return err
		}
		for _, f := range figures {
			if err := o.write(s.out, fileName(sc.Name+"-"+f.Name), f); err != nil {
				return err
			}
		}
	}
	return nil
}

// play are the worlds with their runs, by scenario.
func (o *plotOptions) play(cmd *cobra.Command, list []*scenarios.Scenario) (map[string][]plot.World, error) {
	out := map[string][]plot.World{}
	var names []string
	for _, name := range o.worlds {
		w, err := parseWorld(name)
		if err != nil {
			return nil, err
		}
		traces, err := w.run(cmd.Context(), list, o.seed, o.runs)
		if err != nil {
			return nil, fmt.Errorf("world %s: %w", name, err)
		}
		shown := traces[0].Header.World
		if slices.Contains(names, shown) {
			shown = name
		}
		names = append(names, shown)
		if err := collect(out, shown, traces); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// collect adds the runs of a world to those of the others, by scenario.
func collect(out map[string][]plot.World, world string, traces []*trace.Trace) error {
	for _, t := range traces {
		run, err := reports.Read(t)
		if err != nil {
			return err
		}
		of := out[t.Header.Scenario]
		if len(of) == 0 || of[len(of)-1].Name != world {
			of = append(of, plot.World{Name: world})
		}
		of[len(of)-1].Runs = append(of[len(of)-1].Runs, run)
		out[t.Header.Scenario] = of
	}
	return nil
}

// fileName has no character that a file system or a shell minds.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) {
			return '-'
		}
		return r
	}, name)
}

func (o *plotOptions) write(out io.Writer, name string, f *plot.Figure) error {
	for _, format := range o.formats {
		var b bytes.Buffer
		if err := pictureForms[format](f, &b); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		file := filepath.Join(o.dir, name+"."+format)
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, file)
	}
	return nil
}
