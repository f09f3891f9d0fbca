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
}

var modelled = treatment{}

func immaterial(why string) treatment { return treatment{why: why} }
func refused(why string) treatment    { return treatment{refused: true, why: why} }

const (
	byFate    = "it is part of what the fate stands for"
	podOnly   = "it changes the pod's surroundings, not when it runs or how it is counted"
	placement = "the scheduler would choose among nodes by it; only requests are modelled"
	probing   = "probes change when a container is ready or killed; use ready and run of its fate"
	notYet    = "it is not modelled yet"
)

// fields says for every field of a Job manifest, by its path, whether it is modelled, immaterial or refused. A path
// stands for all below it that have no entry of their own. A test walks the API types: a field that a new Kubernetes
// version adds and that no entry covers fails it.
var fields = map[string]treatment{
	"apiVersion": modelled,
	"kind":       modelled,
	"metadata":   immaterial("names, labels and annotations do not change what happens"),
	"status":     immaterial("the API server drops the status of a new Job"),

	"spec.parallelism":             modelled,
	"spec.completions":             modelled,
	"spec.completionMode":          modelled,
	"spec.backoffLimit":            modelled,
	"spec.activeDeadlineSeconds":   modelled,
	"spec.ttlSecondsAfterFinished": modelled,
	"spec.suspend":                 modelled,
	"spec.podReplacementPolicy":    modelled,
	"spec.template.metadata":       immaterial("labels and annotations of pods do not change what happens"),
	"spec.backoffLimitPerIndex":    refused(notYet),
	"spec.maxFailedIndexes":        refused(notYet),
	"spec.podFailurePolicy":        refused(notYet),
	"spec.successPolicy":           refused(notYet),
	"spec.managedBy":               refused("another controller would manage the Job"),
	"spec.manualSelector":          refused("adoption of foreign pods " + notYet[3:]),
	"spec.selector":                refused("adoption of foreign pods " + notYet[3:]),
	"spec.scheduling":              refused("gang scheduling is alpha; " + notYet),

	podSpec + ".restartPolicy":                 modelled,
	podSpec + ".terminationGracePeriodSeconds": modelled,
	podSpec + ".activeDeadlineSeconds":         modelled,
	podSpec + ".containers":                    modelled,
	podSpec + ".initContainers":                modelled,
	podSpec + ".resources":                     refused("pod-level resources: " + notYet),
	podSpec + ".overhead":                      refused("pod overhead: " + notYet),
	podSpec + ".ephemeralContainers":           refused("a template cannot have them"),
	podSpec + ".nodeName":                      refused(placement),
	podSpec + ".nodeSelector":                  refused(placement),
	podSpec + ".affinity":                      refused(placement),
	podSpec + ".tolerations":                   refused(placement),
	podSpec + ".topologySpreadConstraints":     refused(placement),
	podSpec + ".schedulerName":                 refused(placement),
	podSpec + ".schedulingGates":               refused(placement),
	podSpec + ".schedulingGroup":               refused(placement),
	podSpec + ".resourceClaims":                refused(placement),
	podSpec + ".priorityClassName":             refused("preemption: " + notYet),
	podSpec + ".priority":                      refused("preemption: " + notYet),
	podSpec + ".preemptionPolicy":              refused("preemption: " + notYet),
	podSpec + ".readinessGates":                refused(probing),
	podSpec + ".runtimeClassName":              refused("pod overhead: " + notYet),
	podSpec + ".evictionResponders":            refused("eviction responders: " + notYet),
	podSpec + ".volumes":                       immaterial(byFate),
	podSpec + ".dnsPolicy":                     immaterial(podOnly),
	podSpec + ".dnsConfig":                     immaterial(podOnly),
	podSpec + ".serviceAccountName":            immaterial(podOnly),
	podSpec + ".serviceAccount":                immaterial(podOnly),
	podSpec + ".automountServiceAccountToken":  immaterial(podOnly),
	podSpec + ".hostNetwork":                   immaterial(podOnly),
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
	podSpec + ".os":                            immaterial(podOnly),
	podSpec + ".imagePullSecrets":              immaterial(byFate),
}

const podSpec = "spec.template.spec"

// containerFields are the same for a container, below containers[] and initContainers[].
var containerFields = map[string]treatment{
	"name":                     modelled,
	"resources.requests":       modelled,
	"resources.limits":         modelled,
	"resources.claims":         refused(placement),
	"restartPolicy":            modelled,
	"restartPolicyRules":       refused("container restart rules: " + notYet),
	"livenessProbe":            refused(probing),
	"readinessProbe":           refused(probing),
	"startupProbe":             refused(probing),
	"lifecycle":                refused("hooks change how long it starts and stops; use start and onTerm of its fate"),
	"resizePolicy":             immaterial("nothing resizes the pods of a Job"),
	"ports":                    immaterial(podOnly), // hostPort is refused below
	"ports[].hostPort":         refused(placement),
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

func init() {
	for name, t := range containerFields {
		fields[podSpec+".containers[]."+name] = t
		fields[podSpec+".initContainers[]."+name] = t
	}
}

// treatmentOf is what becomes of the field at a path without positions, such as spec.template.spec.containers[].image:
// the entry of the path or of the nearest one above it.
func treatmentOf(path string) (treatment, bool) {
	for p := path; p != ""; {
		if t, ok := fields[p]; ok {
			// containers and initContainers are modelled as lists; each of their fields has an entry of its own.
			if p != path && strings.HasSuffix(p, "ontainers") {
				return treatment{}, false
			}
			return t, true
		}
		cut := strings.LastIndexAny(p, ".[")
		if cut < 0 {
			break
		}
		p = p[:cut]
	}
	return treatment{}, false
}

// refuseUnmodelled reports every field of the manifest at path that is not modelled and could matter.
func (d *document) refuseUnmodelled(n *yaml.Node, path string) {
	d.walk(resolve(n), path, "")
}

func (d *document) walk(n *yaml.Node, at, path string) {
	if n == nil || n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if t, ok := treatmentOf(path); ok && t.refused {
		d.add(at, "cannot be simulated: %s", t.why)
		return
	} else if ok && t.why != "" && path != "ports" {
		if !strings.HasSuffix(path, ".ports") {
			return
		}
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			d.walk(resolve(n.Content[i+1]), join(at, key), join(path, key))
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			d.walk(resolve(item), fmt.Sprintf("%s[%d]", at, i), path+"[]")
		}
	}
}
