package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/reports/answer"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/study"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shardFlags divide a study among machines.
type shardFlags struct {
	shard     string
	onCluster int
	image     string
}

func (o *shardFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&o.shard, "shard", "", "run only part I of N, from 0, as I/N, and print it as a line for jobsim merge")
	f.IntVar(&o.onCluster, "on-cluster", 0, "print manifests of an Indexed Job that runs the study in so many parts on a "+
		"cluster, for kubectl apply; its logs are for jobsim merge")
	f.StringVar(&o.image, "image", "", "of jobsim, for --on-cluster: with jobsim as its entrypoint")
}

// part reads --shard; of Of 0 there is none.
func (o *shardFlags) part(runs int) (p answer.Part, err error) {
	if o.shard == "" {
		return p, nil
	}
	index, of, found := strings.Cut(o.shard, "/")
	i, failed := strconv.Atoi(index)
	n, err := strconv.Atoi(of)
	if !found || failed != nil || err != nil || i < 0 || n < 1 || i >= n || n > runs {
		return p, usagef("--shard %q (allowed: I/N with I from 0 to N-1, and N up to -n)", o.shard)
	}
	return answer.Part{Index: i, Of: n}, nil
}

// checkShards says what does not go together.
func (o *runOptions) checkShards() error {
	divided := o.shard != "" || o.onCluster != 0
	switch {
	case divided && (o.precision > 0 || o.checkpoint != "" || o.output != "table" || o.world != "sim"):
		return usagef("--shard and --on-cluster with --precision, --checkpoint, -o or --world (allowed: with -n and --seed)")
	case o.shard != "" && o.onCluster != 0:
		return usagef("--shard and --on-cluster (allowed: one of them)")
	case o.onCluster != 0 && (o.onCluster < 1 || o.onCluster > min(o.runs, maxParts)):
		return usagef("--on-cluster %d (allowed: 1 to %d, and up to -n)", o.onCluster, maxParts)
	case (o.onCluster != 0) != (o.image != ""):
		return usagef("--on-cluster and --image (allowed: both)")
	}
	return nil
}

// runPart runs one part of a study and prints it.
func (o *runOptions) runPart(ctx context.Context, s streams, cfg *sim.Config, p answer.Part) error {
	from, count := p.Range(o.runs)
	st := &answer.Study{Pool: study.NewPool(o.workers), Config: cfg, First: from, Runs: count}
	t, err := st.Run(ctx)
	if err != nil {
		return err
	}
	return answer.WriteShard(s.out, cfg, o.runs, p, t)
}

// divided is a study of one scenario that is a part, or goes to a cluster; false where it is neither.
func (o *runOptions) divided(ctx context.Context, s streams, all []*scenarios.Scenario) (done bool, err error) {
	if o.shard == "" && o.onCluster == 0 {
		return false, nil
	}
	if len(all) != 1 {
		return true, usagef("--shard or --on-cluster with %d scenarios (allowed: 1)", len(all))
	}
	cfg := all[0].Config()
	cfg.Seed = o.seed
	if o.onCluster > 0 {
		return true, o.printManifests(s, all[0], cfg)
	}
	p, err := o.part(o.runs)
	if err == nil {
		err = o.runPart(ctx, s, cfg, p)
	}
	return true, err
}

type mergeOptions struct{ askFlags }

func newMerge(s streams) *cobra.Command {
	o := &mergeOptions{}
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "put the parts of a study together: what jobsim run would have printed",
		Long: "Reads what jobsim run --shard has printed, from files or, as -, from standard input: also the logs of\n" +
			"the pods of jobsim run --on-cluster. It prints the same bytes as the study on one machine.",
		Example: "  for i in 0 1 2 3; do jobsim run -f job.yaml -n 100000 --shard $i/4 > part$i; done; jobsim merge part*\n" +
			"  kubectl logs -l batch.kubernetes.io/job-name=jobsim-study --tail=-1 --max-log-requests=100 | jobsim merge -",
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(s, args) },
	}
	o.outputFlag(cmd.Flags(), "table", "json", "yaml")
	return cmd
}

func (o *mergeOptions) run(s streams, args []string) error {
	if err := o.checkAsk(); err != nil {
		return err
	}
	if len(args) == 0 {
		return usagef("nothing to merge (allowed: files, or - for standard input)")
	}
	var m answer.Merger
	for _, name := range args {
		if err := readShards(&m, s, name); err != nil {
			return usageError{err}
		}
	}
	first, t, err := m.Merge()
	if err != nil {
		return usageError{err}
	}
	return printSummary(s.out, o.output, summarise(first.Scenario, first.Seed, t, answer.Confidence))
}

func readShards(m *answer.Merger, s streams, name string) error {
	if name == "-" {
		return m.Read(s.in)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	if err = errors.Join(m.Read(f), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
