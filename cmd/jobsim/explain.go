package main

import (
	"fmt"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/trace"
	"github.com/spf13/cobra"
)

func newExplain(s streams) *cobra.Command {
	var in input
	var seed, replication uint64
	cmd := &cobra.Command{
		Use:   "explain (-f FILE | --scenario NAME)",
		Short: "say why a run came out as it did: the chain of causes",
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := in.load(cmd, s, args)
			if err != nil {
				return err
			}
			for _, sc := range all {
				cfg := sc.Config()
				cfg.Seed, cfg.Replication = seed, replication
				t, out, err := sim.Run(cfg)
				if err != nil {
					return err
				}
				explain(s, t, &out)
			}
			return nil
		},
	}
	in.flags(cmd)
	cmd.Flags().Uint64Var(&seed, "seed", 1, "the seed of the run")
	cmd.Flags().Uint64Var(&replication, "replication", 0, "which of the runs of jobsim run -n")
	return cmd
}

// explain prints the records that decided something: failures, waits, decisions, deletions and conditions.
func explain(s streams, t *trace.Trace, out *sim.Outcome) {
	for i := range out.Jobs {
		fmt.Fprintf(s.out, "%s: %s\n", t.Header.Scenario, out.Jobs[i].Reason())
	}
	step := 0
	for i := range t.Records {
		r := &t.Records[i]
		sentence := cause(r)
		if sentence == "" {
			continue
		}
		step++
		fmt.Fprintf(s.out, "%4d. at %s %s [%s]\n", step, r.At, sentence, r.Because)
	}
}

// cause is a record as a sentence; empty where it decided nothing.
func cause(r *trace.Record) string {
	arg := func(key string) string { v, _ := r.Arg(key); return v }
	switch r.Verb {
	case trace.Fail:
		return fmt.Sprintf("%s failed: %s", r.Ref, details(r))
	case trace.Restart:
		return fmt.Sprintf("%s was restarted in place, for the %s. time", r.Ref, arg("restarts"))
	case trace.Terminate:
		return fmt.Sprintf("%s was marked for deletion by the %s, %s", r.Ref, r.Actor, details(r))
	case trace.Wait:
		until := arg("until")
		switch {
		case until != "" && arg("failures") == "":
			return fmt.Sprintf("no index may have a new pod until %s", until)
		case until != "":
			return fmt.Sprintf("no pod may be created until %s: %s failures in a row, the last at %s",
				until, arg("failures"), arg("since"))
		}
		return fmt.Sprintf("the Job controller waits: %s", orDefault(details(r), "for its caches"))
	case trace.Refuse:
		return fmt.Sprintf("the API server refused a change of %s: %s", r.Ref, arg("error"))
	case trace.Reset:
		return "a success reset the back-off"
	case trace.Decide:
		return fmt.Sprintf("the end of %s was decided: %s", r.Ref, details(r))
	case trace.Update:
		return fmt.Sprintf("the %s changed %s: %s", r.Actor, r.Ref, details(r))
	case trace.Create:
		if r.Ref.Kind == trace.KindPod {
			return fmt.Sprintf("%s was created", r.Ref)
		}
	case trace.Succeed:
		return fmt.Sprintf("%s succeeded", r.Ref)
	default: // it followed from what was decided
	}
	return ""
}
