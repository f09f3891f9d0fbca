package cronctl

import (
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// NextScheduleDelta is how long after a schedule time the controller looks (cronjob_controllerv2.go:61).
const NextScheduleDelta = 100 * des.Millisecond

// next is the first schedule time after t; Never past the last one that is known.
func next(schedule []des.Time, t des.Time) des.Time {
	i, _ := slices.BinarySearch(schedule, t+1)
	if i == len(schedule) {
		return des.Never
	}
	return schedule[i]
}

// missed is how many schedule times have passed, roughly.
type missed uint8

const (
	noneMissed missed = iota
	fewMissed
	manyMissed // more than 100
)

// mostRecentScheduleTime is the last schedule time or the creation, and the latest schedule time since then: Never if
// there was none (mostRecentScheduleTime, utils.go:93).
func mostRecentScheduleTime(cron *api.CronJob, now des.Time, withDeadline bool) (earliest, latest des.Time, n missed) {
	schedule := cron.Spec.Schedule
	earliest = cron.Created
	if t := cron.Status.LastScheduleTime; t != des.Never {
		earliest = t
	}
	if d := cron.Spec.StartingDeadlineSeconds; withDeadline && d.Set {
		earliest = max(earliest, now.Add(-api.Seconds(d.Value)))
	}
	t1 := next(schedule, earliest)
	t2 := next(schedule, t1)
	switch {
	case now < t1:
		return earliest, des.Never, noneMissed
	case now < t2:
		return earliest, t1, noneMissed
	}
	between := t2.Sub(t1) / des.Second
	number := now.Sub(t1)/des.Second/between + 1
	latest = des.Never
	from := t1.Add((number - 2) * between * des.Second)
	for t := next(schedule, from); t <= now; t = next(schedule, t) {
		latest = t
	}
	n = fewMissed
	if number > 100 {
		n = manyMissed
	}
	return earliest, latest, n
}

// nextScheduleTimeDuration is how long it takes until the controller looks again (utils.go:181).
func nextScheduleTimeDuration(cron *api.CronJob, now des.Time) des.Duration {
	earliest, latest, n := mostRecentScheduleTime(cron, now, false)
	switch {
	case latest != des.Never:
	case n == noneMissed:
		latest = earliest
	default:
		latest = now
	}
	at := next(cron.Spec.Schedule, latest)
	if at == des.Never {
		return des.Forever
	}
	return at.Add(NextScheduleDelta).Sub(now)
}
