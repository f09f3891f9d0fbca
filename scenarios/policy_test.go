package scenarios_test

const indexedJob = "  completionMode: Indexed\n  completions: 3\n"

// What the API server says of Indexed Jobs and policies, and what is not modelled of them.
var policyProblems = []problem{
	{"Indexed", jobText("  completionMode: Indexed\n  parallelism: 2\n  maxFailedIndexes: 1\n", ""),
		"f.yaml:4: spec.backoffLimitPerIndex: is required when maxFailedIndexes is specified\n" +
			"f.yaml:4: spec.completions: is required when completion mode is Indexed"},
	{"not Indexed", jobText("  backoffLimitPerIndex: 1\n  successPolicy: {rules: [{succeededCount: 1}]}\n", ""),
		"f.yaml:5: spec.backoffLimitPerIndex: requires indexed completion mode (allowed with: " +
			"completionMode: Indexed)\n" +
			"f.yaml:6: spec.successPolicy: requires indexed completion mode (allowed with: completionMode: " +
			"Indexed)"},
	{"failed indexes", jobText(indexedJob+"  backoffLimitPerIndex: -1\n  maxFailedIndexes: 4\n", ""),
		"f.yaml:7: spec.backoffLimitPerIndex: -1 is negative\n" +
			"f.yaml:8: spec.maxFailedIndexes: 4 (allowed: up to 3)"},
	{"many indexes", jobText("  completionMode: Indexed\n  completions: 100001\n  parallelism: 20000\n"+
		"  backoffLimitPerIndex: 1\n", ""),
		"f.yaml:4: spec.maxFailedIndexes: must be specified when completions is above 100000\n" +
			"f.yaml:7: spec.parallelism: 20000 (allowed: up to 10000)"},
	{"a failure policy", jobText("  podReplacementPolicy: TerminatingOrFailed\n  podFailurePolicy:\n    rules:\n"+
		"    - {action: Stop, onExitCodes: {operator: In, values: [0, 5, 5, 3]}}\n"+
		"    - {action: FailIndex, onExitCodes: {containerName: x, operator: Is, values: []}}\n"+
		"    - {action: Ignore, onPodConditions: [{type: a b, status: Maybe}, {type: Initialized}]}\n"+
		"    - {action: Ignore}\n", ""),
		"f.yaml:5: spec.podReplacementPolicy: \"TerminatingOrFailed\" (allowed with a podFailurePolicy: " +
			"Failed)\n" +
			"f.yaml:8: spec.podFailurePolicy.rules[0].action: \"Stop\" (allowed: Count, FailIndex, FailJob, " +
			"Ignore)\n" +
			"f.yaml:8: spec.podFailurePolicy.rules[0].onExitCodes.values[0]: must not be 0 for the In operator\n" +
			"f.yaml:8: spec.podFailurePolicy.rules[0].onExitCodes.values[2]: 5 is given twice\n" +
			"f.yaml:8: spec.podFailurePolicy.rules[0].onExitCodes.values[3]: 3 comes after 5 (allowed: " +
			"increasing values)\n" +
			"f.yaml:9: spec.podFailurePolicy.rules[1].action: \"FailIndex\" requires the backoffLimitPerIndex to " +
			"be set\n" +
			"f.yaml:9: spec.podFailurePolicy.rules[1].onExitCodes.containerName: \"x\" (allowed: a container or " +
			"init container of the template)\n" +
			"f.yaml:9: spec.podFailurePolicy.rules[1].onExitCodes.operator: \"Is\" (allowed: In, NotIn)\n" +
			"f.yaml:9: spec.podFailurePolicy.rules[1].onExitCodes.values: 0 values (allowed: 1 to 255)\n" +
			"f.yaml:10: spec.podFailurePolicy.rules[2].onPodConditions[0].status: \"Maybe\" (allowed: False, " +
			"True, Unknown)\n" +
			"f.yaml:10: spec.podFailurePolicy.rules[2].onPodConditions[0].type: \"a b\": name part must consist " +
			"of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
			"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
			"'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')\n" +
			"f.yaml:10: spec.podFailurePolicy.rules[2].onPodConditions[1]: cannot be simulated: the condition " +
			"Initialized=True: it is not modelled yet (allowed: DisruptionTarget, Ready, ContainersReady, " +
			"PodScheduled=True, and conditions that nothing sets)\n" +
			"f.yaml:11: spec.podFailurePolicy.rules[3]: has both or none of onExitCodes and onPodConditions " +
			"(allowed: one of them)"},
	{"a success policy", jobText(indexedJob+"  successPolicy:\n    rules:\n    - {succeededIndexes: \"0,0\"}\n"+
		"    - {succeededIndexes: \"0,1\", succeededCount: 3}\n    - {}\n", ""),
		"f.yaml:9: spec.successPolicy.rules[0].succeededIndexes: \"0,0\": error parsing succeededIndexes: " +
			"non-increasing order, previous: 0, current: 0\n" +
			"f.yaml:10: spec.successPolicy.rules[1].succeededCount: 3 (allowed: up to 2)\n" +
			"f.yaml:11: spec.successPolicy.rules[2]: is empty (allowed: at least one of succeededCount or " +
			"succeededIndexes)"},
}
