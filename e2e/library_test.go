package e2e

import (
	"time"

	. "github.com/onsi/ginkgo/v2" //nolint:stylecheck // the language of the suite

	"github.com/jobsim/jobsim/e2e/cluster"
	"github.com/jobsim/jobsim/e2e/conformance"
)

// specTimeout is when a spec is given up, beyond what the longest scenario may take.
const specTimeout = 10 * time.Minute

// The specs are made before a cluster is known; what it cannot do is skipped when it is.
var _ = Describe("the library", func() {
	foreseen := conformance.Site{Minor: 37, Nodes: cluster.DefaultWorkers, Machines: true}
	if options.ours() {
		foreseen.Reserved = cluster.DefaultReserved
	}
	cases, err := conformance.Plan(nil, foreseen, 1)
	if err != nil {
		Fail(err.Error())
	}
	specs := func(from, to time.Duration) func() {
		return func() {
			for _, c := range cases {
				if usual := c.Usual(); (c.Skip == "" || c.Long) && from <= usual && usual < to {
					spec(c)
				}
			}
		}
	}
	// In the order of these lines: what takes long begins early. Within one Ginkgo goes by the names.
	Context("in more than a minute and a half", specs(90*time.Second, 1<<62))
	Context("in more than a minute", specs(time.Minute, 90*time.Second))
	Context("in half a minute", specs(30*time.Second, time.Minute))
	Context("in seconds", specs(0, 30*time.Second))
})

func spec(c *conformance.Case) {
	args := []any{Label(conformance.Labels(c)...), NodeTimeout(specTimeout + 2*time.Duration(c.Forecast.Length)),
		func(ctx SpecContext) { play(ctx, c.Scenario.Name) }}
	if c.Exclusive {
		args = append(args, Serial)
	}
	It(c.Scenario.Name, args...)
}
