package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/jobsim/jobsim/reports"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
	"github.com/spf13/cobra"
)

type calibrateOptions struct {
	from   []string
	files  []string
	name   string
	others string
}

func newCalibrate(s streams) *cobra.Command {
	o := &calibrateOptions{}
	cmd := &cobra.Command{
		Use:   "calibrate --from TRACES",
		Short: "fit the simulator's latencies to traces of a cluster, as a profile that scenarios can name",
		Long: "Reads traces of a cluster, such as e2e leaves them, and writes a profile to standard output: for each\n" +
			"latency a distribution. What a pod takes in the cluster longer than the same pod without latencies is\n" +
			"the cluster's. Half of the runs are fitted to; the other half judge, in the table on standard error, and\n" +
			"with --others in a comparison. Of latencies that are not in the traces often enough, those of the profile\n" +
			"default stay.",
		Example: "  jobsim calibrate --from e2e/out/traces --others others.trace >kind.yaml\n" +
			"  jobsim run -f job.yaml --profile kind.yaml\n" +
			"  jobsim compare hello indexed --model sim:kind.yaml --world trace-file:others.trace -n 200",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("%q: an argument that nobody asked for (allowed: --from FILE)", args[0])
			}
			return o.run(cmd, s)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.from, "from", nil, "traces: files, or directories in which every *.trace is read")
	f.StringSliceVarP(&o.files, "filename", "f", nil, "scenarios that the traces are of and that the library has not")
	f.StringVar(&o.name, "name", "calibrated", "of the profile")
	f.StringVar(&o.others, "others", "", "a file for the traces that were not fitted to, as a world for jobsim compare")
	return cmd
}

func (o *calibrateOptions) run(cmd *cobra.Command, s streams) error {
	if len(o.from) == 0 {
		return usagef("--from is not given (allowed: files of traces, or directories with *.trace in them)")
	}
	traces, err := readTraces(o.from...)
	if err != nil {
		return err
	}
	named, err := o.scenarios(cmd, s)
	if err != nil {
		return err
	}
	var cluster, pure []*trace.Trace
	for _, t := range traces {
		reference, problem := withoutLatencies(&t.Header, named)
		if problem != nil {
			fmt.Fprintf(s.err, "warning: left out a trace of scenario %s: %v\n", t.Header.Scenario, problem)
			continue
		}
		cluster, pure = append(cluster, t), append(pure, reference)
	}
	c, err := reports.Calibrate(cluster, pure)
	if err != nil {
		return usageError{err}
	}
	if o.others != "" {
		var text bytes.Buffer
		if err = writeTraces(&text, c.Others); err != nil {
			return err
		}
		if err = os.WriteFile(o.others, text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	text, err := profileOf(c, o.name).YAML()
	if err != nil {
		return err
	}
	if _, err = s.out.Write(text); err != nil {
		return err
	}
	return printFits(s, c)
}

// scenarios are those of the files, by name.
func (o *calibrateOptions) scenarios(cmd *cobra.Command, s streams) (map[string]*scenarios.Scenario, error) {
	named := map[string]*scenarios.Scenario{}
	if len(o.files) == 0 {
		return named, nil
	}
	list, err := (&input{files: o.files}).load(cmd, s, nil)
	for _, sc := range list {
		named[sc.Name] = sc
	}
	return named, err
}

// withoutLatencies is the run that a trace is of, as the simulator plays it without latencies and client limits.
func withoutLatencies(h *trace.Header, named map[string]*scenarios.Scenario) (*trace.Trace, error) {
	sc := named[h.Scenario]
	if sc == nil {
		var err error
		if sc, err = scenarios.Named(h.Scenario); err != nil {
			return nil, err
		}
	}
	if err := sc.SetKubernetes(h.Kubernetes); err != nil {
		return nil, err
	}
	cfg := sc.Config()
	cfg.Seed, cfg.Replication = h.Seed, h.Replication
	cfg.Knobs.Latency, cfg.Knobs.QPS, cfg.Knobs.Events = api.Latency{}, 0, false
	t, _, err := sim.Run(cfg)
	return t, err
}

// profileOf is the profile of a calibration.
func profileOf(c *reports.Calibration, name string) *scenarios.ProfileFile {
	p := &scenarios.ProfileFile{APIVersion: scenarios.APIVersion, Kind: scenarios.ProfileKind,
		Metadata: scenarios.Metadata{Name: name},
		Why: fmt.Sprintf("Fitted by jobsim calibrate to %d runs in world %s, Kubernetes %s, and judged by %d others.",
			c.Fitting, c.World, c.Kubernetes, c.Judging)}
	if len(c.Missing) > 0 {
		p.Why += " Too seldom in them, and as in the profile default: " + strings.Join(c.Missing, ", ") + "."
	}
	p.Settings = append(p.Settings, scenarios.Setting{Name: "latency.kubelets", Value: strconv.Itoa(c.Nodes),
		Origin: scenarios.Measured, Source: "nodes that had pods"})
	if s := c.Shared; s != nil {
		p.Settings = append(p.Settings, scenarios.Setting{Name: "latency.shared",
			Value: strconv.FormatFloat(s.Share, 'g', -1, 64), Origin: scenarios.Measured,
			Source: fmt.Sprintf("%s: n = %d pairs, ranks %.3f apart at the mean (0.333: nothing in common); of other "+
				"runs n = %d, %.3f", sharedWhat, s.N, s.Apart, s.Judged, s.OfTrace)})
	}
	for i := range c.Fits {
		f := &c.Fits[i]
		p.Settings = append(p.Settings, scenarios.Setting{
			Name: f.Name, Value: strings.TrimPrefix(f.Dist.String(), "constant:"), Origin: scenarios.Measured,
			Source: fmt.Sprintf("%s: n = %d, median %.4g s; of other runs n = %d, median %.4g s, KS %.3f "+
				"(both halves alike: p %.2g)", f.What, f.N, f.Median, f.Judged, f.MedianOfTrace, f.KS, f.P),
		})
	}
	return p
}

const sharedWhat = "starts that begin within a tenth of a second, and ends"

// farOff is the KS distance from which on a fit is not good: the target of a calibrated cluster's start latency.
const farOff = 0.1

// printFits prints what the other half of the runs says of the fits.
func printFits(s streams, c *reports.Calibration) error {
	t := tabwriter.NewWriter(s.err, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LATENCY\tN\tFIT\tMEDIAN\tJUDGED BY\tMEDIAN\tKS\tALIKE P")
	for i := range c.Fits {
		f := &c.Fits[i]
		fit := f.Dist.String()
		if len(fit) > 40 {
			fit = fmt.Sprintf("%s of %d values", fit[:strings.IndexByte(fit, ':')], len(f.Dist.Values))
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%.4g s\t%d\t%.4g s\t%.3f\t%.2g\n", f.Name, f.N, fit, f.Median, f.Judged,
			f.MedianOfTrace, f.KS, f.P)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if shared := c.Shared; shared != nil {
		fmt.Fprintf(s.err, "latency.shared %v: %s: ranks %.3f apart at the mean (%d pairs), of other runs %.3f (%d)\n",
			shared.Share, sharedWhat, shared.Apart, shared.N, shared.OfTrace, shared.Judged)
	}
	if len(c.Missing) > 0 {
		fmt.Fprintf(s.err, "too few values, as in the profile default: %s\n", strings.Join(c.Missing, ", "))
	}
	for i := range c.Fits {
		f := &c.Fits[i]
		if f.KS > farOff {
			fmt.Fprintf(s.err, "warning: %s is far from the runs that judge it (KS %.3f)\n", f.Name, f.KS)
		}
		if f.P < 0.001 {
			fmt.Fprintf(s.err, "warning: %s: one half of the runs is not like the other (p %.2g)\n", f.Name, f.P)
		}
	}
	return nil
}
