package cronctl

import (
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// every is a schedule of n times, a minute apart, from the first minute on.
func every(n int) (list []des.Time) {
	for i := range n {
		list = append(list, des.Time(i+1)*des.Time(des.Minute))
	}
	return list
}

func TestMostRecentScheduleTime(t *testing.T) {
	for _, c := range []struct {
		name     string
		last     des.Time
		deadline api.Opt[int64]
		now      des.Time
		latest   des.Time
		missed   missed
	}{
		{"none yet", des.Never, api.Opt[int64]{}, at(59), des.Never, noneMissed},
		{"the first", des.Never, api.Opt[int64]{}, at(60), at(60), noneMissed},
		{"two: the later", des.Never, api.Opt[int64]{}, at(125), at(120), fewMissed},
		{"since the last Job", at(120), api.Opt[int64]{}, at(185), at(180), noneMissed},
		{"a hundred", des.Never, api.Opt[int64]{}, at(6000), at(6000), fewMissed},
		{"more than a hundred", des.Never, api.Opt[int64]{}, at(6060), at(6060), manyMissed},
		{"past the deadline", des.Never, api.Some(int64(4)), at(65), des.Never, noneMissed},
		{"not past the deadline", des.Never, api.Some(int64(6)), at(65), at(60), noneMissed},
		{"on the deadline", des.Never, api.Some(int64(5)), at(65), des.Never, noneMissed},
	} {
		cron := api.CronJob{Spec: &api.CronJobSpec{Schedule: every(200), StartingDeadlineSeconds: c.deadline},
			Status: api.CronJobStatus{LastScheduleTime: c.last}}
		_, latest, n := mostRecentScheduleTime(&cron, c.now, true)
		if latest != c.latest || n != c.missed {
			t.Errorf("%s: %v, %d missed; want %v, %d", c.name, latest, n, c.latest, c.missed)
		}
	}
}

func at(seconds int64) des.Time { return des.Time(seconds) * des.Time(des.Second) }

func TestNextScheduleTimeDuration(t *testing.T) {
	cron := api.CronJob{Spec: &api.CronJobSpec{Schedule: every(200)}, Status: api.CronJobStatus{LastScheduleTime: at(60)}}
	if d := nextScheduleTimeDuration(&cron, at(70)); d != 50*des.Second+NextScheduleDelta {
		t.Errorf("after the Job of 60 s it looks again after %v", d)
	}
	if d := nextScheduleTimeDuration(&cron, at(190)); d != 50*des.Second+NextScheduleDelta {
		t.Errorf("after two missed times it looks again after %v", d)
	}
}
