package cronctl

import "github.com/jobsim/jobsim/sim/trace"

// The rules of the CronJob controller, each with the line of cronjob_controllerv2.go@v1.37.2 that it stands for unless
// it says otherwise.
const (
	RuleSchedule   trace.Rule = "cron.schedule"    // :634, a schedule time has come
	RuleLate       trace.Rule = "cron.late"        // utils.go:100, past startingDeadlineSeconds
	RuleForbid     trace.Rule = "cron.forbid"      // :595
	RuleReplace    trace.Rule = "cron.replace"     // :611
	RuleHistory    trace.Rule = "cron.history"     // :684
	RuleManyMissed trace.Rule = "cron.many-missed" // utils.go:217
	RuleConflict   trace.Rule = "cron.conflict"    // :230, the status was written by somebody else
	RuleStatus     trace.Rule = "cron.status"      // :226
)
