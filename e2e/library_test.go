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
	cases, err := conformance.Plan(nil, 37, 1, cluster.DefaultWorkers, true)
	if err != nil {
		Fail(err.Error())
	}
	for _, c := range cases {
		if c.Skip != "" && !c.Long {
			continue
		}
		length := time.Duration(c.Forecast.Length)
		args := []any{Label(conformance.Labels(c)...), NodeTimeout(specTimeout + 2*length), func(ctx SpecContext) {
			play(ctx, c.Scenario.Name)
		}}
		if c.Exclusive {
			args = append(args, Serial)
		}
		It(c.Scenario.Name, args...)
	}
})
