package kubelet

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

// BenchmarkLife is whole lives of a pod with one main container. Their memory is one Life.
func BenchmarkLife(b *testing.B) {
	lognormal := rng.Dist{Kind: rng.Lognormal, P: [2]float64{60e9, 0.5}}
	for _, bc := range []struct {
		name    string
		policy  api.RestartPolicy
		rule    api.FateRule
		deleted bool
	}{
		{name: "exit", rule: api.FateRule{Run: rng.Const(des.Minute)}},
		{name: "exit-lognormal", rule: api.FateRule{Run: lognormal}},
		{name: "restarts", policy: api.RestartOnFailure,
			rule: api.FateRule{Restart: api.Ranges{{From: 0, To: 5}}, Exit: 1}},
		{name: "deleted", rule: api.FateRule{NoExit: true, Term: rng.Const(des.Second)}, deleted: true},
	} {
		b.Run(bc.name, func(b *testing.B) {
			knobs := api.DefaultKnobs()
			bc.rule.Job, bc.rule.Container, bc.rule.Chance = api.AnyJob, api.AnyMain, api.Certain
			env := Env{Knobs: &knobs, Fates: &api.Fates{Rules: []api.FateRule{bc.rule}}}
			template := api.PodTemplate{RestartPolicy: bc.policy, TerminationGracePeriodSeconds: 30,
				Containers: []api.Container{{Name: "main"}}}
			pod := api.Pod{Index: api.NoIndex}
			var l Life
			b.ReportAllocs()
			for b.Loop() {
				pod.Number++
				pod.Attempt++
				l.Begin(&env, &pod, &template, 0)
				if bc.deleted {
					l.Act(l.Next())
					l.Delete(des.Time(des.Minute), 30)
				}
				for next := l.Next(); next != des.Never; next = l.Next() {
					l.Act(next)
				}
			}
			if !l.Status().Phase.Terminal() {
				b.Fatal("the life has not come to its end")
			}
		})
	}
}
