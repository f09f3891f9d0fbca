package replay

import (
	"testing"
	"time"

	"github.com/jobsim/jobsim/e2e/objects"
	"github.com/jobsim/jobsim/e2e/worker/fate"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
)

// A container without rules of its own that is restarted with all others gets a fate for each time.
func TestDestiny_OfContainersThatAreRestartedWithOthers(t *testing.T) {
	sc, err := scenarios.Named("restart-all-containers")
	if err != nil {
		t.Fatal(err)
	}
	r := &run{cfg: sc.Config()}
	r.fates = api.Fates{Rules: r.cfg.Fates}
	d := r.destiny(objects.Pod{Index: api.NoIndex})
	runs, err := fate.Decode(d.annotations[fatePrefix+"cache"])
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != restarts || runs[2].Run != time.Minute || runs[3].Run != 8*time.Second {
		t.Errorf("the cache lives so: %+v", runs)
	}
}
