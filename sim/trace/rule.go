package trace

// Rule names why something happened: one rule of the modelled system, or of the scenario.
type Rule string

// The rules of the scenario.
const (
	RuleSubmit Rule = "scenario.submit" // the scenario submits a Job
	RuleFault  Rule = "scenario.fault"  // a fault of the scenario
	RuleFate   Rule = "scenario.fate"   // the fate of the container's run

	RuleInvalid Rule = "api.invalid" // pkg/apis/batch/validation/validation.go:639: the API server refuses a change
)
