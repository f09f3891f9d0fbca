package jobctl

import "github.com/jobsim/jobsim/sim/trace"

// The rules of the Job controller, each with the line of job_controller.go@v1.37.2 that it stands for unless it says
// otherwise.
const (
	RuleStaleCache        trace.Rule = "sync.stale-cache"          // :938, since 1.36
	RuleManagedBy         trace.Rule = "sync.managed-by"           // :968
	RuleExpectations      trace.Rule = "sync.expectations"         // :1139
	RuleAdopt             trace.Rule = "claim.adopt"               // pkg/controller/controller_ref_manager.go:228
	RuleRelease           trace.Rule = "claim.release"             // pkg/controller/controller_ref_manager.go:246
	RuleStart             trace.Rule = "sync.start"                // :1054
	RuleCounters          trace.Rule = "sync.counters"             // :1197
	RuleBackoffLimit      trace.Rule = "finish.backoff-limit"      // :1089
	RuleRestartLimit      trace.Rule = "finish.restart-limit"      // :1666
	RuleDeadline          trace.Rule = "finish.deadline"           // :1093
	RuleMaxFailedIndexes  trace.Rule = "finish.max-failed-indexes" // :1109
	RuleFailedIndexes     trace.Rule = "finish.failed-indexes"     // :1111
	RuleFailJob           trace.Rule = "finish.fail-job"           // :1082
	RuleSuccessPolicy     trace.Rule = "finish.success-policy"     // :1117
	RuleCompletions       trace.Rule = "finish.completions"        // :1145
	RuleFinishDeletes     trace.Rule = "finish.delete-active"      // :1126
	RuleFinishLater       trace.Rule = "finish.retry"              // :1128
	RuleTerminatingBlocks trace.Rule = "finish.terminating-blocks" // :1620
	RuleFinish            trace.Rule = "finish.enact"              // :1611
	RuleSuspended         trace.Rule = "suspend.condition"         // :1166
	RuleResumed           trace.Rule = "suspend.resume"            // :1180
	RuleSuspendDeletes    trace.Rule = "suspend.delete"            // :1763
	RuleScaleDown         trace.Rule = "manage.scale-down"         // :1796
	RuleWantActive        trace.Rule = "manage.want-active"        // :1818
	RuleBackoffDoubles    trace.Rule = "backoff.doubles"           // backoff_utils.go:255
	RuleBackoffPerIndex   trace.Rule = "backoff.per-index"         // :1841
	RuleBackoffReset      trace.Rule = "backoff.reset"             // backoff_utils.go:124
	RuleUncounted         trace.Rule = "track.uncounted"           // :1346
	RuleUntrack           trace.Rule = "track.remove-finalizer"    // :1519
	RuleCount             trace.Rule = "track.count"               // :1530
	RuleRefused           trace.Rule = "track.refused"             // :1493, the API server refuses the status
	RuleAPIError          trace.Rule = "api.error"                 // the scenario has the request fail
	RuleQuota             trace.Rule = "api.quota"                 // plugin/pkg/admission/resourcequota/controller.go
	RuleCreations         trace.Rule = "metrics.creations"         // :1931
	RuleRetry             trace.Rule = "sync.retry"                // :262, :719
	RuleOrphan            trace.Rule = "track.orphan"              // :833
)
