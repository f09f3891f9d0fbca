package scenarios

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// treatment is what becomes of a field of a Job manifest.
type treatment struct {
	refused bool
	why     string // refused or immaterial: the reason; empty: the field is modelled
	unless  string // a refused field may have this value, which is the default
}

var modelled = treatment{}

func immaterial(why string) treatment { return treatment{why: why} }
func refused(why string) treatment    { return treatment{refused: true, why: why} }

func refusedUnless(value, why string) treatment {
	return treatment{refused: true, why: why, unless: value}
}

const (
	byFate    = "it is part of what the fate stands for"
	podOnly   = "it changes the pod's surroundings, not when it runs or how it is counted"
	placement = "the scheduler would choose among them by it; only requests of cpu and memory are modelled"
	noNodes   = "where a scenario has no nodes every pod finds room, and where it has some it is refused (placement.go)"
	special   = "what the scheduler does then is not modelled yet"

	otherScheduler = "another scheduler would place the pods"
	probing        = "probes change when a container is ready or killed; use ready and run of its fate"
	notYet         = "it is not modelled yet"
)

// fields says for every field of a Job manifest, by its path, whether it is modelled, immaterial or refused. A path
// stands for all below it, unless there are entries below it: then each of its fields has one. A test walks the API
// types: a field that a new Kubernetes version adds fails it.
var fields = table{
	"apiVersion": modelled,
	"kind":       modelled,
	"status":     immaterial("the API server drops the status of a new Job"),

	"spec.parallelism":             modelled,
	"spec.completions":             modelled,
	"spec.completionMode":          modelled,
	"spec.backoffLimit":            modelled,
	"spec.activeDeadlineSeconds":   modelled,
	"spec.ttlSecondsAfterFinished": modelled,
	"spec.suspend":                 modelled,
	"spec.podReplacementPolicy":    modelled,
	"spec.backoffLimitPerIndex":    modelled,
	"spec.maxFailedIndexes":        modelled,
	"spec.managedBy":               modelled,

	"spec.podFailurePolicy.rules[].action":                    modelled,
	"spec.podFailurePolicy.rules[].onExitCodes.containerName": modelled,
	"spec.podFailurePolicy.rules[].onExitCodes.operator":      modelled,
	"spec.podFailurePolicy.rules[].onExitCodes.values":        modelled,
	"spec.podFailurePolicy.rules[].onPodConditions[].type":    modelled,
	"spec.podFailurePolicy.rules[].onPodConditions[].status":  modelled,
	"spec.successPolicy.rules[].succeededIndexes":             modelled,
	"spec.successPolicy.rules[].succeededCount":               modelled,

	"spec.manualSelector":                       modelled,
	"spec.selector.matchLabels":                 modelled,
	"spec.selector.matchExpressions[].key":      modelled,
	"spec.selector.matchExpressions[].operator": modelled,
	"spec.selector.matchExpressions[].values":   modelled,
	"spec.scheduling":                           refused("gang scheduling is alpha; " + notYet),

	podSpec + ".restartPolicy":                 modelled,
	podSpec + ".terminationGracePeriodSeconds": modelled,
	podSpec + ".activeDeadlineSeconds":         modelled,
	podSpec + ".containers":                    modelled,
	podSpec + ".initContainers":                modelled,
	podSpec + ".resources":                     immaterial(noNodes),
	podSpec + ".overhead":                      immaterial(noNodes),
	podSpec + ".ephemeralContainers":           refused("a template cannot have them"),
	podSpec + ".nodeName":                      refused("the pods would go past the scheduler"),
	podSpec + ".nodeSelector":                  immaterial(noNodes),
	podSpec + ".affinity":                      immaterial(noNodes),
	podSpec + ".tolerations":                   immaterial(noNodes),
	podSpec + ".topologySpreadConstraints":     immaterial(noNodes),
	podSpec + ".schedulerName":                 refusedUnless("default-scheduler", otherScheduler),
	podSpec + ".schedulingGates":               refused(special),
	podSpec + ".schedulingGroup":               refused(special),
	podSpec + ".resourceClaims":                refused(special),
	podSpec + ".priorityClassName":             immaterial(noNodes),
	podSpec + ".priority":                      immaterial(noNodes),
	podSpec + ".preemptionPolicy":              immaterial(noNodes),
	podSpec + ".readinessGates":                refused(probing),
	podSpec + ".runtimeClassName":              immaterial(noNodes),
	podSpec + ".evictionResponders":            refused("eviction responders: " + notYet),
	podSpec + ".volumes":                       immaterial(byFate),
	podSpec + ".dnsPolicy":                     immaterial(podOnly),
	podSpec + ".dnsConfig":                     immaterial(podOnly),
	podSpec + ".serviceAccountName":            immaterial(podOnly),
	podSpec + ".serviceAccount":                immaterial(podOnly),
	podSpec + ".automountServiceAccountToken":  immaterial(podOnly),
	podSpec + ".hostNetwork":                   refusedUnless("false", "container ports become host ports: "+notYet),
	podSpec + ".hostPID":                       immaterial(podOnly),
	podSpec + ".hostIPC":                       immaterial(podOnly),
	podSpec + ".hostUsers":                     immaterial(podOnly),
	podSpec + ".hostname":                      immaterial(podOnly),
	podSpec + ".hostnameOverride":              immaterial(podOnly),
	podSpec + ".subdomain":                     immaterial(podOnly),
	podSpec + ".setHostnameAsFQDN":             immaterial(podOnly),
	podSpec + ".hostAliases":                   immaterial(podOnly),
	podSpec + ".shareProcessNamespace":         immaterial(podOnly),
	podSpec + ".securityContext":               immaterial(podOnly),
	podSpec + ".enableServiceLinks":            immaterial(podOnly),
	podSpec + ".os":                            immaterial("nodes are taken to run what the pods need"),
	podSpec + ".imagePullSecrets":              immaterial(byFate),
}

const podSpec = "spec.template.spec"

// containerFields are the same for a container, below containers[] and initContainers[].
var containerFields = map[string]treatment{
	"name":               modelled,
	"resources.requests": modelled,
	"resources.limits":   modelled,
	"resources.claims":   refused(special),
	"restartPolicy":      modelled,

	"restartPolicyRules[].action":             modelled,
	"restartPolicyRules[].exitCodes.operator": modelled,
	"restartPolicyRules[].exitCodes.values":   modelled,

	"livenessProbe":            refused(probing),
	"readinessProbe":           refused(probing),
	"startupProbe":             refused(probing),
	"lifecycle":                refused("hooks change how long it starts and stops; use start and onTerm of its fate"),
	"resizePolicy":             immaterial("nothing resizes the pods of a Job"),
	"ports[].hostPort":         immaterial(noNodes),
	"ports[].hostIP":           immaterial(podOnly),
	"ports[].containerPort":    immaterial(podOnly),
	"ports[].name":             immaterial(podOnly),
	"ports[].protocol":         immaterial(podOnly),
	"image":                    immaterial(byFate),
	"imagePullPolicy":          immaterial(byFate),
	"command":                  immaterial(byFate),
	"args":                     immaterial(byFate),
	"workingDir":               immaterial(byFate),
	"env":                      immaterial(byFate),
	"envFrom":                  immaterial(byFate),
	"volumeMounts":             immaterial(byFate),
	"volumeDevices":            immaterial(byFate),
	"terminationMessagePath":   immaterial(byFate),
	"terminationMessagePolicy": immaterial(byFate),
	"securityContext":          immaterial(podOnly),
	"stdin":                    immaterial(byFate),
	"stdinOnce":                immaterial(byFate),
	"tty":                      immaterial(byFate),
}

// metadataFields are the same for the Job and for its template.
var metadataFields = map[string]treatment{
	"name":                       modelled,
	"generateName":               modelled,
	"namespace":                  modelled,
	"labels":                     modelled,
	"annotations":                immaterial("annotations do not change what happens"),
	"finalizers":                 refused("it would hold up the removal of the object"),
	"ownerReferences":            refused("the object would be deleted with its owner"),
	"selfLink":                   immaterial(bySystem),
	"uid":                        immaterial(bySystem),
	"resourceVersion":            immaterial(bySystem),
	"generation":                 immaterial(bySystem),
	"creationTimestamp":          immaterial(bySystem),
	"deletionTimestamp":          immaterial(bySystem),
	"deletionGracePeriodSeconds": immaterial(bySystem),
	"managedFields":              immaterial(bySystem),
}

const bySystem = "the API server sets it when the object is created"

// table says of every field of a manifest what becomes of it, by its path.
type table map[string]treatment

// cronFields are the same of a CronJob.
var cronFields = table{
	"apiVersion": modelled,
	"kind":       modelled,
	"status":     immaterial("the API server drops the status of a new CronJob"),

	"spec.schedule":                   modelled,
	"spec.timeZone":                   modelled,
	"spec.startingDeadlineSeconds":    modelled,
	"spec.concurrencyPolicy":          modelled,
	"spec.suspend":                    modelled,
	"spec.successfulJobsHistoryLimit": modelled,
	"spec.failedJobsHistoryLimit":     modelled,
}

// inner are the paths of fields that have entries below them.
var inner = map[string]bool{}

func init() {
	for name, t := range containerFields {
		fields[podSpec+".containers[]."+name] = t
		fields[podSpec+".initContainers[]."+name] = t
	}
	for name, t := range metadataFields {
		fields["metadata."+name] = t
		fields["spec.template.metadata."+name] = t
	}
	for path, t := range fields {
		if strings.HasPrefix(path, "spec.") || strings.HasPrefix(path, "metadata.") {
			cronFields["spec.jobTemplate."+path] = t
		}
		if strings.HasPrefix(path, "metadata.") {
			cronFields[path] = t
		}
	}
	findInner(fields)
	findInner(cronFields)
}

func findInner(t table) {
	for path := range t {
		for i, c := range path {
			if c == '.' || c == '[' {
				inner[path[:i]] = true
			}
		}
	}
}

// refuseUnmodelled reports every field of the manifest at path that is not modelled and could matter. A field that is
// empty is as good as absent.
func (d *document) refuseUnmodelled(n *yaml.Node, path string) { d.walk(n, path, "", fields) }

func (d *document) walk(n *yaml.Node, at, path string, t table) {
	if isNull(n) || len(n.Content) == 0 && n.Value == "" {
		return
	}
	if path != "" && !inner[path] && !strings.HasSuffix(path, "[]") {
		if f := t[path]; f.refused && (f.unless == "" || n.Value != f.unless) {
			d.add(at, "cannot be simulated: %s", f.why)
		}
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			d.walk(n.Content[i+1], joinKey(at, key), joinKey(path, key), t)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			d.walk(item, fmt.Sprintf("%s[%d]", at, i), path+"[]", t)
		}
	}
}
