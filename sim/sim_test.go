package sim_test

import (
	"fmt"
	"testing"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
)

func base(spec api.JobSpec, fates ...api.FateRule) *sim.Config {
	if spec.Name == "" {
		spec.Name = "a"
	}
	spec.Template.Containers = []api.Container{{Name: "main"}}
	spec.Template.TerminationGracePeriodSeconds = 30
	k := api.DefaultKnobs()
	k.QPS = 0
	k.RestartJitter = false
	return &sim.Config{Scenario: "test", Knobs: k, Nodes: []api.NodeSpec{{Name: "n0", Unlimited: true}},
		Jobs: []sim.Submission{{Spec: spec}}, Fates: fates}
}

func TestWorked(t *testing.T) {
	cfg := base(api.JobSpec{Completions: api.Some(int32(5)), Parallelism: 2, BackoffLimit: 6},
		api.FateRule{Job: -1, Container: api.AnyMain, Every: 2, Offset: 0, Chance: api.Certain, Run: rng.Const(3 * des.Second), Exit: 1},
		api.FateRule{Job: -1, Container: api.AnyMain, Chance: api.Certain, Run: rng.Const(3 * des.Second)},
	)
	tr, out, err := sim.Run(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range tr.Records {
		fmt.Println(r.At, r.Actor, r.Verb, r.Ref, r.Because, r.Args)
	}
	fmt.Printf("%+v\n", out)
}
