package jobctl

import (
	"slices"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/trace"
)

// Metrics are the counters of the Job controller since its process began, as a scrape would find them
// (pkg/controller/job/metrics/metrics.go@v1.37.2). Its histogram of the time that syncs take is not modelled: of that
// time only the waits for requests are known here.
type Metrics struct {
	syncs           [2][2][4]int64 // by completion mode, error, action
	finished        [2][len(finishReasons)]int64
	podsFinished    [2][2]int64 // by completion mode, failure
	failuresHandled [4]int64    // by FailureAction
	tracked         [2]int64    // terminated pods that got the finalizer, or lost it
	indexesFinished [2][2]int64 // by failure, with a backoffLimitPerIndex
	creations       [3][2]int64 // by creationReason, failure
	staleSkips      [2]int64    // by what the cache lagged in: pods, Jobs
	external        []external
}

// external is how many Jobs another controller manages.
type external struct {
	name string
	jobs int64
}

// syncAction is what a sync did, as the metrics call it.
type syncAction uint8

const (
	reconciling syncAction = iota
	tracking
	podsCreated
	podsDeleted
)

// creationReason is why pods were created, as the metrics call it.
type creationReason uint8

const (
	createNew creationReason = iota
	recreateTerminatingOrFailed
	recreateFailed
)

// The words of the labels, by the number of what they stand for.
var (
	actionWords   = [...]string{"reconciling", "tracking", "pods_created", "pods_deleted"}
	outcomeWords  = [...]string{"success", "error"}
	resultWords   = [...]string{"succeeded", "failed"}
	limitWords    = [...]string{"global", "perIndex"}
	trackedWords  = [...]string{"add", "delete"}
	creationWords = [...]string{"new", "recreate_terminating_or_failed", "recreate_failed"}
	staleWords    = [...]string{`group="",resource="pods"`, `group="batch",resource="jobs"`}
	finishReasons = [...]string{api.ReasonCompletionsReached, api.ReasonSuccessPolicy, api.ReasonBackoffLimitExceeded,
		api.ReasonDeadlineExceeded, api.ReasonPodFailurePolicy, api.ReasonFailedIndexes, api.ReasonMaxFailedIndexesExceeded}
)

// Samples are the counters that are not 0, by name.
func (m *Metrics) Samples() (list []trace.Sample) {
	add := func(n int64, name string, labels ...string) {
		if n == 0 {
			return
		}
		for i := range labels {
			if k, v, ok := strings.Cut(labels[i], "="); ok && !strings.HasSuffix(v, `"`) {
				labels[i] = k + `="` + v + `"`
			}
		}
		list = append(list, trace.Sample{Series: "job_controller_" + name + "{" + strings.Join(labels, ",") + "}", Value: n})
	}
	for mode := range api.Indexed + 1 {
		completions := "completion_mode=" + mode.String()
		for failed := range 2 {
			for action, word := range actionWords {
				add(m.syncs[mode][failed][action], "job_syncs_total", "action="+word, completions, "result="+outcomeWords[failed])
			}
			add(m.podsFinished[mode][failed], "job_pods_finished_total", completions, "result="+resultWords[failed])
		}
		for i, reason := range finishReasons {
			result := resultWords[0]
			if i > 1 {
				result = resultWords[1]
			}
			add(m.finished[mode][i], "jobs_finished_total", completions, "reason="+reason, "result="+result)
		}
	}
	for a, n := range m.failuresHandled {
		add(n, "pod_failures_handled_by_failure_policy_total", "action="+api.FailureAction(a).String())
	}
	for i := range 2 {
		add(m.tracked[i], "terminated_pods_tracking_finalizer_total", "event="+trackedWords[i])
		add(m.staleSkips[i], "stale_sync_skips_total", staleWords[i])
		for limit, word := range limitWords {
			add(m.indexesFinished[i][limit], "job_finished_indexes_total", "backoffLimit="+word, "status="+resultWords[i])
		}
		for reason, word := range creationWords {
			add(m.creations[reason][i], "job_pods_creation_total", "reason="+word, "status="+resultWords[i])
		}
	}
	for _, e := range m.external {
		add(e.jobs, "jobs_by_external_controller_total", "controller_name="+e.name)
	}
	slices.SortFunc(list, func(a, b trace.Sample) int { return strings.Compare(a.Series, b.Series) })
	return list
}

// Metrics are the controller's counters as they stand.
func (c *Controller) Metrics() *Metrics { return &c.metrics }

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// countSync counts a sync that has ended (syncJob, job_controller.go:1003).
func (m *Metrics) countSync(s *syncCtx, failed bool) {
	m.syncs[s.job.Spec.CompletionMode][index(failed)][s.action]++
}

// countExternal counts a Job that another controller manages (addJob, job_controller.go:580).
func (m *Metrics) countExternal(name string) {
	i := slices.IndexFunc(m.external, func(e external) bool { return e.name == name })
	if i < 0 {
		i = len(m.external)
		m.external = append(m.external, external{name: name})
	}
	m.external[i].jobs++
}

// countTracked counts a terminated pod that has got the tracking finalizer or lost it, as the cache sees it
// (recordFinishedPodWithTrackingFinalizer, tracking_utils.go:131).
func (m *Metrics) countTracked(was, is bool) {
	if was != is {
		m.tracked[index(was)]++
	}
}

// countCreations counts the pods of a sync. Those that were refused are among the others: upstream's goroutine goes on
// past its error (job_controller.go:1931).
func (m *Metrics) countCreations(s *syncCtx) {
	if s.created == 0 {
		return
	}
	reason := createNew
	switch {
	case s.job.Spec.PodReplacementPolicy == api.ReplaceFailed && s.failed > 0:
		reason = recreateFailed
	case s.failed > 0 || s.terminating > 0:
		reason = recreateTerminatingOrFailed
	}
	m.creations[reason][0] += int64(s.created)
	m.creations[reason][1] += int64(s.notCreated)
}

// explainCreations tells of a sync in which pods were refused.
func (c *Controller) explainCreations(j *jobState) {
	if s := &j.sync; s.notCreated > 0 {
		c.explain(j, trace.Count, RuleCreations, trace.Arg{Key: "succeeded", Value: itoa(s.created)},
			trace.Arg{Key: "failed", Value: itoa(s.notCreated)})
	}
}

// counted is what of a Job's status was counted before a sync, and by how many indexes the sync lengthens its lists.
type counted struct {
	succeeded, failed               int32
	succeededIndexes, failedIndexes int32
}

// countFinished counts what a status write has added to the counters of the Job (recordJobPodFinished,
// job_controller.go:2155).
func (m *Metrics) countFinished(s *syncCtx) {
	spec, now, was := s.job.Spec, &s.job.Status, &s.counted
	succeeded := now.Succeeded - was.succeeded
	if indexed(spec) {
		succeeded = was.succeededIndexes
		limit := index(spec.BackoffLimitPerIndex.Set)
		m.indexesFinished[0][limit] += int64(succeeded)
		m.indexesFinished[1][limit] += int64(max(0, was.failedIndexes))
	}
	m.podsFinished[spec.CompletionMode][0] += int64(succeeded)
	m.podsFinished[spec.CompletionMode][1] += int64(now.Failed - was.failed)
	*was = counted{succeeded: now.Succeeded, failed: now.Failed}
}

// countJob counts a Job that has finished (recordJobFinished, job_controller.go:1634).
func (m *Metrics) countJob(spec *api.JobSpec, reason string) {
	if i := slices.Index(finishReasons[:], reason); i >= 0 {
		m.finished[spec.CompletionMode][i]++
	}
}
