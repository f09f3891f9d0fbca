package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

// printTimeline prints a line for each record, with the rule that caused it, and what became of each Job. Times are to
// the millisecond; wide shows nanoseconds, and the records that follow from others: bindings and finalizers.
func printTimeline(w io.Writer, t *trace.Trace, out *sim.Outcome, wide bool) error {
	fmt.Fprintf(w, "%12s  %-15s  %-9s  %-14s  %-24s  %s\n", "TIME", "WHO", "WHAT", "OBJECT", "BECAUSE", "DETAILS")
	for i := range t.Records {
		r := &t.Records[i]
		if !wide && (r.Verb == trace.Untrack || r.Verb == trace.Bind) {
			continue
		}
		at := clock(r.At)
		if wide {
			at = r.At.String()
		}
		line := fmt.Sprintf("%12s  %-15s  %-9s  %-14s  %-24s  %s", at, r.Actor, r.Verb, r.Ref, r.Because, details(r))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
	for i := range out.Jobs {
		j := &out.Jobs[i]
		when := "at the end"
		if j.Finished != des.Never {
			when = "after " + clock(des.Time(j.Finished.Sub(j.Submitted)))
		}
		name := t.Header.Scenario
		if len(out.Jobs) > 1 {
			name = fmt.Sprintf("%s, Job %d", name, i)
		}
		fmt.Fprintf(w, "\n%s: %s %s: %d succeeded, %d failed, %d pods created\n", name, j.Reason(), when,
			j.Status.Succeeded, j.Status.Failed, j.Pods)
		if m := j.Condition.Message; m != "" {
			fmt.Fprintf(w, "  %s\n", m)
		}
	}
	for i := range out.CronJobs {
		c := &out.CronJobs[i]
		fmt.Fprintf(w, "\ncronjob %s: %s: %d schedule times, %d Jobs (%d late), %d missed; %d succeeded, %d failed, "+
			"%d replaced; %d pods created\n", c.Name, c.Reason(), c.Due, c.Started, c.Late, c.Missed, c.Succeeded, c.Failed,
			c.Replaced, c.Pods)
	}
	for i := range out.Groups {
		g := &out.Groups[i]
		fmt.Fprintf(w, "\ngroup %s: %d machines (%d at a time at most), %d taken away, %d broken; %.2f machine-hours\n",
			g.Name, g.Launched, g.Peak, g.Reclaimed, g.Broke, g.Ran.Seconds()/3600)
	}
	_, err := fmt.Fprintln(w, "  jobsim explain tells why")
	return err
}

// clock is a time for people, to the millisecond.
func clock(t des.Time) string { return (t - t%des.Time(des.Millisecond)).String() }

func details(r *trace.Record) string {
	parts := make([]string, 0, len(r.Args))
	for _, a := range r.Args {
		if a.Value == "0" && r.Verb == trace.Status {
			continue
		}
		if a.Key == "condition" {
			value, _, _ := strings.Cut(a.Value, " at ")
			parts = append(parts, value)
			continue
		}
		parts = append(parts, a.Key+"="+a.Value)
	}
	return strings.Join(parts, " ")
}
