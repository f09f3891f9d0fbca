package cronctl

import (
	"cmp"
	"errors"
	"slices"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/store"
	"github.com/jobsim/jobsim/sim/trace"
)

// stage is how far a sync has come.
type stage uint8

const (
	stageCleanup stage = iota // finished Jobs beyond the history limits are deleted
	stageAdopt                // the Jobs of the cache are held against the active list
	stageMissing              // and the active list against the Jobs
	stageDecide               // is a Job due?
	stageReplace              // running Jobs give way
	stageCreate
	stageStatus
	stageDone
)

// op is the request that a sync waits for.
type op uint8

const (
	opNone op = iota
	opDelete
	opGetCronJob
	opGetJob
	opCreate
	opStatus
)

// syncCtx is one sync under way: what it began with and how far it is.
type syncCtx struct {
	stage stage
	op    op
	i     int // position in the list of the stage

	jobs   []api.Job   // the CronJob's, as they were in the cache
	doomed []api.JobID // beyond the history limits
	refs   []api.JobID // the active list that the stage goes through

	// written is the copy whose status is written at the end. Where a Job is active that the cached CronJob does not know
	// of, the live CronJob takes its place in all decisions (:434); what is decided then is not written.
	written, live api.CronJob
	isLive        bool

	now     des.Time // when syncCronJob began (:453)
	slot    int      // of the Job that is to be created
	update  bool
	err     bool
	requeue api.Opt[des.Duration]
}

// current is the CronJob that decisions are made on.
func (s *syncCtx) current() *api.CronJob {
	if s.isLive {
		return &s.live
	}
	return &s.written
}

// begin is sync (cronjob_controllerv2.go:191), up to its first request.
func (c *Controller) begin(st *cronState) {
	st.sync = syncCtx{jobs: append(st.sync.jobs[:0], st.jobs...), doomed: st.sync.doomed[:0], written: st.cron}
	if st.cron.Version == 0 {
		c.done(st)
		return
	}
	st.sync.cleanupFinishedJobs()
	c.proceed(st)
}

// cleanupFinishedJobs finds the finished Jobs beyond the history limits, oldest first (:684-730).
func (s *syncCtx) cleanupFinishedJobs() {
	spec := s.written.Spec
	s.collect(api.JobComplete, spec.SuccessfulJobsHistoryLimit)
	s.collect(api.JobFailed, spec.FailedJobsHistoryLimit)
}

func (s *syncCtx) collect(outcome api.ConditionType, limit api.Opt[int32]) {
	if !limit.Set {
		return
	}
	var ended []*api.Job
	for i := range s.jobs {
		if cond, ok := s.jobs[i].Status.FinishedCondition(); ok && cond.Type == outcome {
			ended = append(ended, &s.jobs[i])
		}
	}
	slices.SortStableFunc(ended, func(a, b *api.Job) int {
		return cmp.Or(cmp.Compare(a.Status.StartTime, b.Status.StartTime), cmp.Compare(a.Spec.Name, b.Spec.Name))
	})
	for _, j := range ended[:max(0, len(ended)-int(limit.Value))] {
		s.doomed = append(s.doomed, j.ID)
	}
}

// ask sends a request; the sync goes on when it was served.
func (c *Controller) ask(st *cronState, o op) {
	st.sync.op = o
	c.client.Send(store.Call{About: c.about(st), Class: api.ClassCronJob, Kind: api.KindCronCall, Obj: int32(st.cron.ID),
		Arg: c.life})
}

func (c *Controller) about(st *cronState) store.About {
	s := &st.sync
	switch s.op {
	case opCreate:
		return c.store.AboutNewJob(st.cron.ID)
	case opDelete:
		list := s.refs
		if s.stage == stageCleanup {
			list = s.doomed
		}
		return c.store.AboutJob(list[s.i], store.Delete)
	case opGetJob:
		if s.stage == stageCreate {
			return c.store.AboutJob(st.cron.Spec.FirstJob+api.JobID(s.slot), store.Get)
		}
		return c.store.AboutJob(s.refs[s.i], store.Get)
	case opStatus:
		return c.store.AboutCronJob(st.cron.ID, store.Update)
	default:
		return c.store.AboutCronJob(st.cron.ID, store.Get)
	}
}

// Called is the moment a request takes effect and returns.
func (c *Controller) Called(id api.CronJobID, life int32) {
	if life != c.life {
		return
	}
	st := &c.crons[id]
	o := st.sync.op
	st.sync.op = opNone
	switch st.sync.stage {
	case stageCleanup:
		c.deleteJob(st, st.sync.doomed[st.sync.i], RuleHistory)
		st.sync.i++
	case stageAdopt:
		c.adopted(st)
	case stageMissing:
		c.looked(st)
	case stageReplace:
		c.replaced(st, o)
	case stageCreate:
		c.created(st, o)
	case stageStatus:
		c.putStatus(st)
	case stageDecide, stageDone: // they ask for nothing
	}
	c.proceed(st)
}

// proceed takes the sync on until it waits for a request, or is done.
func (c *Controller) proceed(st *cronState) {
	s := &st.sync
	for s.op == opNone {
		switch s.stage {
		case stageCleanup:
			if s.i < len(s.doomed) {
				c.ask(st, opDelete)
				return
			}
			s.now = c.kernel.Now()
			s.turnTo(stageAdopt)
		case stageAdopt:
			c.adopt(st)
		case stageMissing:
			c.lookForMissing(st)
		case stageDecide:
			c.decide(st)
		case stageReplace:
			if s.i < len(s.refs) {
				c.ask(st, opGetJob)
				return
			}
			s.turnTo(stageCreate)
		case stageCreate:
			c.ask(st, opCreate)
		case stageStatus:
			if s.update {
				c.ask(st, opStatus)
				return
			}
			s.stage = stageDone
		case stageDone:
			c.done(st)
			return
		}
	}
}

func (s *syncCtx) turnTo(next stage) { s.stage, s.i, s.refs = next, 0, s.current().Status.Active }

// adopt takes finished Jobs off the active list, and looks at the live CronJob where a Job is on no list (:430-467).
func (c *Controller) adopt(st *cronState) {
	s := &st.sync
	for ; s.i < len(s.jobs); s.i++ {
		j, status := &s.jobs[s.i], &s.current().Status
		found := slices.Contains(status.Active, j.ID)
		cond, finished := j.Status.FinishedCondition()
		if !finished {
			if !found {
				c.ask(st, opGetCronJob)
				return
			}
			continue
		}
		if found {
			status.Active = without(status.Active, j.ID)
			s.update = true
			c.event(st, store.Normal, "SawCompletedJob")
		}
		done := j.Status.CompletionTime
		if cond.Type == api.JobComplete && (status.LastSuccessfulTime == des.Never || done > status.LastSuccessfulTime) {
			status.LastSuccessfulTime = done
			s.update = true
		}
	}
	s.turnTo(stageMissing)
}

// adopted goes on after the live CronJob was read.
func (c *Controller) adopted(st *cronState) {
	s := &st.sync
	if live := c.store.CronJob(st.cron.ID); slices.Contains(live.Status.Active, s.jobs[s.i].ID) {
		s.live, s.isLive = *live, true
	} else {
		c.event(st, store.Warning, "UnexpectedJob")
	}
	s.i++
}

// lookForMissing takes Jobs that are gone off the active list (:469-490).
func (c *Controller) lookForMissing(st *cronState) {
	s := &st.sync
	for ; s.i < len(s.refs); s.i++ {
		if !slices.ContainsFunc(s.jobs, func(j api.Job) bool { return j.ID == s.refs[s.i] }) {
			c.ask(st, opGetJob)
			return
		}
	}
	s.turnTo(stageDecide)
}

func (c *Controller) looked(st *cronState) {
	s := &st.sync
	if id := s.refs[s.i]; c.store.Job(id).Version == 0 {
		c.event(st, store.Normal, "MissingJob")
		status := &s.current().Status
		status.Active = without(status.Active, id)
		s.update = true
	}
	s.i++
}

// without is a list without one of its entries; the list stays as it is.
func without(list []api.JobID, id api.JobID) (out []api.JobID) {
	for _, x := range list {
		if x != id {
			out = append(out, x)
		}
	}
	return out
}

// decide finds out whether a Job is to be created now (:498-610).
func (c *Controller) decide(st *cronState) {
	s := &st.sync
	cron, now := s.current(), s.now
	s.stage = stageStatus
	if cron.Spec.Suspend {
		return
	}
	_, due, n := mostRecentScheduleTime(cron, now, true)
	if due == des.Never {
		// What is past its deadline is not even seen, so that upstream's own test for it (:578) is never met.
		if _, passed, _ := mostRecentScheduleTime(cron, now, false); passed != des.Never {
			c.explainOnce(st, RuleLate, passed)
		}
		s.requeue = api.Some(nextScheduleTimeDuration(cron, now))
		return
	}
	if n == manyMissed {
		c.event(st, store.Warning, "TooManyMissedTimes")
		c.explainOnce(st, RuleManyMissed, due)
	}
	slot := cron.Spec.SlotOf(due)
	job := cron.Spec.FirstJob + api.JobID(slot)
	switch {
	case slices.Contains(cron.Status.Active, job), cron.Status.LastScheduleTime == due:
	case cron.Spec.ConcurrencyPolicy == api.ForbidConcurrent && len(cron.Status.Active) > 0:
		c.event(st, store.Normal, "JobAlreadyActive")
		c.explainOnce(st, RuleForbid, due)
	default:
		s.slot = slot
		s.turnTo(stageReplace)
		if cron.Spec.ConcurrencyPolicy != api.ReplaceConcurrent {
			s.refs = nil
		}
		return
	}
	s.requeue = api.Some(nextScheduleTimeDuration(cron, now))
}

// replaced goes on after a running Job was read, or deleted (:611-627).
func (c *Controller) replaced(st *cronState, o op) {
	s := &st.sync
	id := s.refs[s.i]
	switch {
	case o == opGetJob && c.store.Job(id).Version == 0:
		c.event(st, store.Warning, "FailedGet")
		s.fail()
	case o == opGetJob:
		c.ask(st, opDelete)
	case c.deleteJob(st, id, RuleReplace):
		s.i++
	default:
		s.fail()
	}
}

// fail ends the sync with an error, after the status was written.
func (s *syncCtx) fail() { s.err, s.stage = true, stageStatus }

// deleteJob deletes a Job of the CronJob and takes it off the active list (:733).
func (c *Controller) deleteJob(st *cronState, id api.JobID, because trace.Rule) bool {
	s := &st.sync
	if !c.store.DeleteJob(c.writer(because), id, api.Background) {
		c.event(st, store.Warning, "FailedDelete")
		return false
	}
	c.event(st, store.Normal, "SuccessfulDelete")
	status := &s.current().Status
	status.Active = without(status.Active, id)
	s.update = true
	return true
}

// created goes on after the Job was created, or the one that was there already was read (:634-720).
func (c *Controller) created(st *cronState, o op) {
	s := &st.sync
	cron := s.current()
	id := cron.Spec.FirstJob + api.JobID(s.slot)
	switch exists := c.store.Job(id).Version != 0; {
	case o == opCreate && exists:
		c.ask(st, opGetJob)
		return
	case o == opCreate:
		c.store.CreateJob(c.writer(RuleSchedule), id, &cron.Spec.Jobs[s.slot])
		c.event(st, store.Normal, "SuccessfulCreate")
	case !exists:
		s.fail()
		return
	case slices.Contains(cron.Status.Active, id):
		s.stage = stageStatus
		return
	}
	cron.Status.Active = append(slices.Clip(cron.Status.Active), id)
	cron.Status.LastScheduleTime = cron.Spec.Slot(s.slot)
	s.update = true
	s.requeue = api.Some(nextScheduleTimeDuration(cron, s.now))
	s.stage = stageStatus
}

// putStatus writes the status (:226).
func (c *Controller) putStatus(st *cronState) {
	s := &st.sync
	if err := c.store.UpdateCronJobStatus(c.writer(RuleStatus), &s.written); err != nil {
		if errors.Is(err, store.ErrConflict) {
			c.explain(st, RuleConflict)
		}
		s.err = true
	}
	s.stage = stageDone
}
