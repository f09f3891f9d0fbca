package scenarios_test

import "strings"

// cronText is a CronJob with a spec that begins as given.
func cronText(spec string) string {
	return "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n" + spec + `  jobTemplate:
    spec:
      template:
        spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}
`
}

var cronProblems = []problem{
	{"an old CronJob beside a Job", jobText("", "") + "---\napiVersion: batch/v1beta1\nkind: CronJob\n",
		`f.yaml:11: apiVersion: "batch/v1beta1" (allowed: batch/v1, for a CronJob)`},
	{"an empty CronJob", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\n",
		`f.yaml:1: spec.jobTemplate.spec.template.spec.containers: is required: a pod has at least one container
f.yaml:1: spec.jobTemplate.spec.template.spec.restartPolicy: is not given, and Always by default: a Job's ` +
			`pods are not restarted for ever ` +
			`(allowed: OnFailure, Never)
f.yaml:1: spec.schedule: is required`},
	{"a CronJob in a wrong zone", cronText("  schedule: 99 * * * *\n  timeZone: Mars/Olympus\n"),
		`f.yaml:6: spec.timeZone: "Mars/Olympus" is not a time zone (allowed: such as Europe/Berlin, Etc/UTC)`},
	{"a wrong schedule", cronText("  schedule: 99 * * * *\n  concurrencyPolicy: Never\n"),
		`f.yaml:5: spec.schedule: "99 * * * *": end of range (99) above maximum (59): 99 ` +
			`(allowed: minute, hour, day of month, month, day of week, such as */5 * * * *)
f.yaml:6: spec.concurrencyPolicy: "Never" (allowed: Allow, Forbid, Replace)`},
	{"a schedule that counts", cronText("  schedule: \"@every 5m\"\n"),
		`f.yaml:5: spec.schedule: cannot be simulated: @every counts from the creation or the last Job: it is not modelled ` +
			`yet (allowed: minute, hour, day of month, month, day of week)`},
	{"a field of the jobTemplate", strings.Replace(cronText("  schedule: 1 * * * *\n"), "restartPolicy: Never",
		"restartPolicy: Never, nodeName: x", 1),
		`f.yaml:9: spec.jobTemplate.spec.template.spec.nodeName: cannot be simulated: the pods would go past ` +
			`the scheduler`},
	{"faults of the control plane", scenarioText("faults:\n- {at: 1s, failRequests: {requests: [createPod], error: Nope}}\n" +
		"- {at: 1s, quota: {namespace: x}}\n- {at: 1s, restartController: {downtime: -1s}}\n" +
		"- {at: 1s, patchCronJob: {cronJob: c}}\n"),
		`f.yaml:11: faults[0].failRequests.error: "Nope" (allowed: InternalError, Forbidden, Conflict)
f.yaml:11: faults[0].failRequests.for: is required, and more than 0s
f.yaml:11: faults[0].failRequests.requests[0]: "createPod" (did you mean createPods?)
f.yaml:12: faults[1].quota.namespace: no Job is in namespace "x"
f.yaml:13: faults[2].restartController.downtime: "-1s" is negative (allowed: 0 or more)
f.yaml:14: faults[3].patchCronJob: changes nothing (allowed: schedule, timeZone, suspend, concurrencyPolicy, startingDeadlineSeconds, ` +
			`successfulJobsHistoryLimit, failedJobsHistoryLimit)
f.yaml:14: faults[3].patchCronJob.cronJob: no CronJob is named "c": there is none`},
	{"CronJobs", scenarioText("start: today\ncronJobs:\n- {}\n"),
		`f.yaml:12: cronJobs[0]: has no manifest and no file (allowed: one of them)`},
}
