package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/cronctl"
	"github.com/jobsim/jobsim/sim/jobctl"
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
				explain(s.out, t, cfg, &out)
			}
			return nil
		},
	}
	in.flags(cmd)
	cmd.Flags().Uint64Var(&seed, "seed", 1, "the seed of the run")
	cmd.Flags().Uint64Var(&replication, "replication", 0, "which of the runs of jobsim run -n")
	return cmd
}

// explain says, Job by Job, what decided its outcome: failures, waits, decisions, deletions, conditions. What merely
// went on in between, creations and successes, is summed up.
func explain(w io.Writer, t *trace.Trace, cfg *sim.Config, out *sim.Outcome) {
	for i := range out.Jobs {
		job, title := cfg.Jobs[i].Spec.Name, t.Header.Scenario
		if len(out.Jobs) > 1 {
			title += ", job " + job
		}
		fmt.Fprintf(w, "%s: %s\n", title, out.Jobs[i].Reason())
		chainOf(w, t, func(name string) bool { return name == job })
	}
	for i := range out.CronJobs {
		fmt.Fprintf(w, "%s, cronjob %s: %s\n", t.Header.Scenario, out.CronJobs[i].Name, out.CronJobs[i].Reason())
		spec := &cfg.CronJobs[i].Spec
		names := map[string]bool{spec.Name: true}
		for k := range spec.Jobs {
			names[spec.Jobs[k].Name] = true
		}
		chainOf(w, t, func(name string) bool { return names[name] })
	}
}

// chainOf writes the causes about the objects of some names, and what happened to the cluster.
func chainOf(w io.Writer, t *trace.Trace, about func(name string) bool) {
	c := chain{out: w}
	for k := range t.Records {
		r := &t.Records[k]
		if r.Ref.Kind == trace.KindNode || r.Ref.Kind == trace.KindProcess || about(r.Ref.Name) {
			c.add(r)
		}
	}
	c.sumUp()
}

// maxNamed is how many pods that share a sentence are named in it.
const maxNamed = 3

// chain writes the causes of one Job's outcome as numbered sentences.
type chain struct {
	out      io.Writer
	steps    int
	wait     string          // the last sentence, if it was a wait: every sync until its end says it again
	created  []*trace.Record // since the last sentence
	finished []*trace.Record // with success, since the last sentence
}

func (c *chain) add(r *trace.Record) {
	switch {
	case r.Verb == trace.Create && r.Ref.Kind == trace.KindPod:
		c.created = append(c.created, r)
		return
	case r.Verb == trace.Succeed:
		c.finished = append(c.finished, r)
		return
	}
	sentence := cause(r)
	if sentence == "" || sentence == c.wait {
		return
	}
	c.sumUp()
	c.say("at "+clock(r.At), sentence, r.Because)
	c.wait = ""
	if r.Verb == trace.Wait {
		c.wait = sentence
	}
}

// sumUp says which pods were created and which succeeded since the last sentence.
func (c *chain) sumUp() {
	c.several(c.created, "was created", "were created")
	c.several(c.finished, "succeeded", "succeeded")
	c.created, c.finished = c.created[:0], c.finished[:0]
}

func (c *chain) several(pods []*trace.Record, one, many string) {
	if len(pods) == 0 {
		return
	}
	first, last := pods[0], pods[len(pods)-1]
	when := "at " + clock(first.At)
	if last.At != first.At {
		when = fmt.Sprintf("from %s to %s", clock(first.At), clock(last.At))
	}
	what := fmt.Sprintf("%s %s", first.Ref, one)
	if len(pods) > maxNamed {
		what = fmt.Sprintf("%d pods %s", len(pods), many)
	} else if len(pods) > 1 {
		names := make([]string, len(pods))
		for i, r := range pods {
			names[i] = r.Ref.Path()
		}
		what = fmt.Sprintf("pods %s %s", strings.Join(names, ", "), many)
	}
	c.say(when, what, first.Because)
}

func (c *chain) say(when, what string, because trace.Rule) {
	c.steps++
	fmt.Fprintf(c.out, "%4d. %s %s [%s]\n", c.steps, when, what, because)
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
		if r.Actor == trace.Kubelet { // it confirms what another began
			return ""
		}
		return strings.TrimSuffix(fmt.Sprintf("%s was marked for deletion by the %s, %s", r.Ref, r.Actor, details(r)), ", ")
	case trace.Wait:
		until := arg("until")
		switch {
		case r.Ref.Kind == trace.KindCronJob:
			return cronWait(r)
		case r.Because == jobctl.RuleRetry:
			return fmt.Sprintf("%s is tried again at %s: %s in a row", r.Ref, until, plural(arg("errors"), "error"))
		case until != "" && arg("failures") == "":
			return fmt.Sprintf("no index may have a new pod until %s", until)
		case until != "":
			return fmt.Sprintf("no pod may be created until %s: %s in a row, the last at %s",
				until, plural(arg("failures"), "failure"), arg("since"))
		}
		return fmt.Sprintf("the Job controller waits: %s", orDefault(details(r), "for its caches"))
	case trace.Refuse:
		if request := arg("request"); request != "" {
			return fmt.Sprintf("the API server would not %s of %s: %s", request, r.Ref, arg("error"))
		}
		return fmt.Sprintf("the API server refused a change of %s: %s", r.Ref, arg("error"))
	case trace.Stop:
		return fmt.Sprintf("the %s ended, and forgot what it knew", r.Ref.Name)
	case trace.Count:
		return fmt.Sprintf("job_pods_creation_total of %s counted the refused pods as created too", r.Ref.Name)
	case trace.Lead:
		return fmt.Sprintf("a new %s began, with empty caches and queues", r.Ref.Name)
	case trace.Create:
		if r.Because == cronctl.RuleSchedule {
			return fmt.Sprintf("%s was created: its schedule time has come", r.Ref)
		}
	case trace.Remove:
		if r.Because == cronctl.RuleReplace {
			return fmt.Sprintf("%s was deleted: the next one is due and concurrencyPolicy is Replace", r.Ref)
		}
	case trace.Reset:
		return "a success reset the back-off"
	case trace.Decide:
		return fmt.Sprintf("the end of %s was decided: %s", r.Ref, details(r))
	case trace.Update:
		return fmt.Sprintf("the %s changed %s: %s", r.Actor, r.Ref, details(r))
	default: // it followed from what was decided
	}
	return ""
}

// plural is a count with its noun: "1 failure", "2 failures".
func plural(n, noun string) string {
	if n != "1" {
		noun += "s"
	}
	return n + " " + noun
}

// cronWait says why the CronJob controller makes no Job.
func cronWait(r *trace.Record) string {
	schedule, _ := r.Arg("schedule")
	switch r.Because {
	case cronctl.RuleForbid:
		return fmt.Sprintf("no Job for the schedule time %s: one is running and concurrencyPolicy is Forbid", schedule)
	case cronctl.RuleLate:
		return fmt.Sprintf("no Job for the schedule time %s: startingDeadlineSeconds is over", schedule)
	case cronctl.RuleManyMissed:
		return fmt.Sprintf("more than 100 schedule times were missed; only the latest counts, %s", schedule)
	default:
		return ""
	}
}
