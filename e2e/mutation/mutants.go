package mutation

// Mutant is a deliberate bug.
type Mutant struct {
	Name string
	// What it makes of the simulator, in a few words.
	What string
	// File is where, from the root of the module; Old, which stands there once, becomes New.
	File, Old, New string
}

// Survivors are the mutants, by name, that the scenarios do not catch, and why. One that is caught has no place here.
var Survivors = map[string]string{
	"late-success-fails": "nothing follows from it: what has succeeded is looked at before what has failed",
	"nothing-expected":   "since 1.36 a sync waits for its own writes anyway",
	"ready-first":        "a smaller parallelism while some pods are ready and others are not is too rare",
}

// Mutants are mistakes that somebody could make who writes such a simulator from what the documentation says.
var Mutants = append(append(append(backoffs, counting...), managing...), others...)

const (
	backoff    = "sim/jobctl/backoff.go"
	cache      = "sim/jobctl/cache.go"
	calls      = "sim/jobctl/calls.go"
	controller = "sim/jobctl/controller.go"
	events     = "sim/store/recorder.go"
	expect     = "sim/jobctl/expect.go"
	finish     = "sim/jobctl/finish.go"
	limiter    = "sim/store/limiter.go"
	manage     = "sim/jobctl/manage.go"
	queue      = "sim/jobctl/queue.go"
	suspend    = "sim/jobctl/suspend.go"
	sync       = "sim/jobctl/sync.go"
	track      = "sim/jobctl/track.go"
)

var backoffs = []Mutant{
	{"backoff-cap-360s", "the back-off of failed pods grows to 6 minutes, as the documentation says, not 10", backoff,
		"if backoff >= knobs.MaxPodBackoff {\n\t\t\tbackoff = knobs.MaxPodBackoff",
		"if most := knobs.MaxPodBackoff * 6 / 10; backoff >= most {\n\t\t\tbackoff = most"},
	{"backoff-never-resets", "a success does not reset the back-off", backoff,
		"if len(succeeded) == 0 {", "if len(failed) > 0 || len(succeeded) == 0 {"},
	{"backoff-per-round", "pods that fail together double the back-off once", backoff,
		"r.failures + int32(len(failed))", "r.failures + 1"},
	{"backoff-from-first-failure", "the back-off counts from the first of the pods that failed together", backoff,
		"t = max(t, p.finished)", "t = min(t, p.finished)"},
	{"backoff-linear", "the back-off grows by its first delay and does not double", backoff,
		"backoff *= 2", "backoff += knobs.PodFailureBackoff"},
	{"backoff-limit-reached", "the Job fails with its backoffLimit-th failure, not with the one after", sync,
		"case s.failed > s.job.Spec.BackoffLimit:", "case s.failed >= s.job.Spec.BackoffLimit:"},
	{"restart-limit-exceeded", "OnFailure allows one restart more than backoffLimit", sync,
		"return restarts >= spec.BackoffLimit", "return restarts > spec.BackoffLimit"},
	{"restarts-of-ended-pods", "restarts of pods that have ended count against backoffLimit too", cache,
		"case p.Status.Phase.Terminal():\n\t\treturn",
		"case p.Status.Phase.Terminal():\n\t\tn.restarts += sign * p.Status.Restarts\n\t\treturn"},
}

var counting = []Mutant{
	{"batch-0.9s", "a pod event is acted on after 0.9 s, not 1 s", queue,
		"at := c.kernel.Now().Add(delay)\n\tif at >= j.waiting",
		"if delay == c.knobs.SyncBatch {\n\t\tdelay = delay * 9 / 10\n\t}\n" +
			"\tat := c.kernel.Now().Add(delay)\n\tif at >= j.waiting"},
	{"counted-in-one-write", "succeeded pods are counted at once, not in two phases", track,
		"status.UncountedSucceeded = append(status.UncountedSucceeded, e.id)", "status.Succeeded++"},
	{"finalizer-kept", "pods that have failed keep the tracking finalizer", track,
		"s.removals = append(s.removals, removal{id: e.id})",
		"if e.succeeded || finishing {\n\t\ts.removals = append(s.removals, removal{id: e.id})\n\t}"},
	{"ready-from-pending", "pods that are Pending count as ready", cache,
		"case p.Status.Ready:", "case p.Status.Ready, p.Status.Phase == api.Pending:"},
	{"one-more-uncounted", "one pod too many is counted in a sync", track,
		"+s.newIndexes >= most {", "+s.newIndexes > most {"},
	{"deleted-is-no-failure", "a pod that is being deleted is a failure only once it has failed", sync,
		"return p.Deleted != des.Never && p.Status.Phase != api.Succeeded", "return false"},
	{"late-success-fails", "a deleted pod that ends well is a failure", sync,
		"return p.Deleted != des.Never && p.Status.Phase != api.Succeeded", "return p.Deleted != des.Never"},
	{"suspension-is-failure", "pods that are deleted for a suspension or a smaller parallelism count as failed", manage,
		"how := opUntrackDelete", "how := opDelete"},
	{"actives-fail-uncounted", "pods that run when their Job fails are not counted", track,
		"case e.failed, finishing && s.finished.Type != api.JobSuccessCriteriaMet:", "case e.failed:"},
}

var managing = []Mutant{
	{"one-less-per-sync", "499 pods are created or deleted in a sync, not 500", manage,
		"diff = min(diff, c.knobs.MaxPodsPerSync)", "diff = min(diff, max(1, c.knobs.MaxPodsPerSync-1))"},
	{"slow-start-triples", "slow start creates 1, 3, 9, ... pods", manage,
		"s.batch = min(2*s.batch, s.toCreate)", "s.batch = min(3*s.batch, s.toCreate)"},
	{"no-slow-start", "all pods are created at once", manage,
		"s.batch = min(n, c.knobs.SlowStartBatch)", "s.batch = n"},
	{"replaced-while-terminating", "podReplacementPolicy Failed is ignored", manage,
		"diff -= s.terminating", "diff -= 0"},
	{"work-queue-refilled", "a work queue gets new pods after its first success", manage,
		"if s.succeeded > 0 {\n\t\t\treturn s.nActive", "if s.succeeded > 1<<30 {\n\t\t\treturn s.nActive"},
	{"work-queue-ends-early", "a work queue is complete with its first success", sync,
		"return s.succeeded > 0 && s.nActive == 0", "return s.succeeded > 0"},
	{"oldest-first", "of equal pods the oldest is deleted first", manage,
		"return p.Created > q.Created", "return p.Created < q.Created"},
	{"ready-first", "pods that are ready are deleted before those that are not", manage,
		"return q.Status.Ready\n", "return p.Status.Ready\n"},
	{"nothing-expected", "a sync does not wait for what the one before has created", expect,
		"return !e.set ||", "return true || !e.set ||"},
	{"stale-cache-trusted", "a sync acts on a cache that lags behind its own writes", sync,
		"return c.knobs.Kubernetes >= 36 && (", "return c.knobs.Kubernetes >= 99 && ("},
	{"api-backoff-constant", "failed syncs are retried every second", queue,
		"\tj.failures++\n", ""},
}

var others = []Mutant{
	{"deadline-from-creation", "activeDeadlineSeconds counts from the creation of the Job", sync,
		"case now.Sub(status.StartTime) >= deadline:", "case now.Sub(s.job.Created) >= deadline:"},
	{"start-time-kept", "a suspended Job keeps its start time", suspend,
		"if c.knobs.Kubernetes >= 36 {", "if c.knobs.Kubernetes >= 99 {"},
	{"terminating-ignored", "a Job is finished while pods are terminating", finish,
		"if s.terminating > 0 {", "if s.terminating > 1<<30 {"},
	{"no-interim-condition", "a Job fails without FailureTarget before", sync,
		"newCondition(api.JobFailureTarget, true, reason, failureMessage(reason)",
		"newCondition(api.JobFailed, true, reason, failureMessage(reason)"},
	{"completion-at-last-write", "completionTime is when Complete is written, not when it was decided", finish,
		"status.CompletionTime = s.finished.Transition", "status.CompletionTime = c.kernel.Now()"},
	{"ttl-from-completion", "the TTL counts from completionTime", "sim/gc/ttl.go",
		"return cond.Transition.Add(",
		"if t := j.Status.CompletionTime; t != des.Never {\n\t\tcond.Transition = t\n\t}\n\treturn cond.Transition.Add("},
	{"qps-21", "the client has 21 requests a second, not 20", limiter,
		"*l = Limiter{qps: qps,", "*l = Limiter{qps: qps * 21 / 20,"},
	{"burst-plus-one", "the client's burst is one more", limiter,
		"burst: float64(burst), tokens: float64(burst)}", "burst: float64(burst + 1), tokens: float64(burst + 1)}"},
	{"events-are-free", "Kubernetes Events take no tokens of the client", events,
		"on: on && !client.Unlimited()", "on: false"},
	{"pending-pod-has-grace", "a pod without a node is deleted with its grace period", "sim/store/delete.go",
		"if p.Node == api.NoNode || p.Status.Phase.Terminal() {", "if p.Status.Phase.Terminal() {"},
	{"eviction-without-disruption", "a lost node's pods are deleted without a DisruptionTarget condition",
		"sim/nodectl/nodectl.go",
		"c.store.Disrupt(c.writer(trace.TaintEviction, RuleTaint), id, api.DeletionByTaintManager) {",
		"c.store.Pod(id).Version != 0 {"},
	{"all-lost-all-tainted", "nodes are tainted also when all are silent", "sim/nodectl/monitor.go",
		"return silent > 0 && ready == 0 || ", "return "},
}
