package scenarios

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	partOfFate = "what a container does with it is part of its fate"
	noNetwork  = "the network is part of what fates stand for"
	noAccess   = "everybody may do everything"
	takesRoom  = "its pods would take room on the nodes"
	shapesPods = "it would change or refuse the Jobs' pods"
)

// leftOut are the kinds that often stand beside a Job and do not change what is simulated, by group and kind, and why.
var leftOut = map[string]string{
	"/ConfigMap":                                   partOfFate,
	"/Secret":                                      partOfFate,
	"/PersistentVolume":                            partOfFate,
	"/PersistentVolumeClaim":                       partOfFate,
	"storage.k8s.io/StorageClass":                  partOfFate,
	"/Service":                                     noNetwork,
	"networking.k8s.io/Ingress":                    noNetwork,
	"networking.k8s.io/NetworkPolicy":              noNetwork,
	"/ServiceAccount":                              noAccess,
	"rbac.authorization.k8s.io/Role":               noAccess,
	"rbac.authorization.k8s.io/RoleBinding":        noAccess,
	"rbac.authorization.k8s.io/ClusterRole":        noAccess,
	"rbac.authorization.k8s.io/ClusterRoleBinding": noAccess,
	"/Namespace":                                   "every namespace is there",
}

// refusedKinds are those that would change what happens, by group and kind, and how.
var refusedKinds = map[string]string{
	"/Pod":                                takesRoom,
	"/ReplicationController":              takesRoom,
	"apps/Deployment":                     takesRoom,
	"apps/ReplicaSet":                     takesRoom,
	"apps/StatefulSet":                    takesRoom,
	"apps/DaemonSet":                      takesRoom,
	"/Node":                               "nodes are said under cluster.nodes of a Scenario",
	"/ResourceQuota":                      shapesPods,
	"/LimitRange":                         shapesPods,
	"scheduling.k8s.io/PriorityClass":     "preemption is not modelled yet",
	"policy/PodDisruptionBudget":          "it would hold up drains, which is not modelled yet",
	"autoscaling/HorizontalPodAutoscaler": "it would change how many pods there are",
}

// object reads one object of a file, or what is in a List; at is its path within its document.
func (l *loader) object(d *document, n *yaml.Node, at string) {
	if n.Kind != yaml.MappingNode {
		d.add(at, "is %s (allowed: a mapping with apiVersion and kind)", describe(n))
		return
	}
	version, kind := text(n, "apiVersion"), text(n, "kind")
	group, _, grouped := strings.Cut(version, "/")
	if !grouped {
		group = ""
	}
	what := group + "/" + kind
	switch {
	case scenarioText(n) && at == "":
		l.scenario(d, n)
	case version == "batch/v1" && kind == "Job":
		l.manifest(d, n, at)
	case version == "batch/v1" && kind == "CronJob":
		l.cronManifest(d, n, at)
	case version == "v1" && kind == "List":
		l.items(d, n, at)
	case leftOut[what] != "":
		l.warnings = append(l.warnings, Problem{File: d.file, Line: n.Line, Field: at,
			What: fmt.Sprintf("%s %s is left out: %s", kind, cut(text(child(n, "metadata"), "name")), leftOut[what])})
	default:
		d.refuseKind(at, version, kind, refusedKinds[what])
	}
}

func (l *loader) items(d *document, n *yaml.Node, at string) {
	items := child(n, "items")
	if items == nil || items.Kind != yaml.SequenceNode {
		d.add(join(at, "items"), "is not a list")
		return
	}
	for i, item := range items.Content {
		l.object(d, item, fmt.Sprintf("%s[%d]", join(at, "items"), i))
	}
}

// refuseKind reports an object that cannot be simulated, or that is not what it was meant to be.
func (d *document) refuseKind(at, version, kind, why string) {
	const allowed = "(allowed: " + APIVersion + " " + Kind + ", batch/v1 Job, batch/v1 CronJob, v1 List)"
	switch {
	case kind == "":
		d.add(join(at, "kind"), "is required %s", allowed)
	case kind == "Job", kind == "CronJob":
		d.add(join(at, "apiVersion"), "%q (allowed: batch/v1, for a %s)", cut(version), kind)
	case kind == Kind:
		d.add(join(at, "apiVersion"), "%q (allowed: %s, for a Scenario of its own)", cut(version), APIVersion)
	case why != "":
		d.add(join(at, "kind"), "%s %s is not simulated: %s %s", cut(version), cut(kind), why, allowed)
	default:
		if nearest := didYouMean(kind, []string{"CronJob", "Job", "List", Kind}); strings.Contains(nearest, "did you mean") {
			d.add(join(at, "kind"), "%q%s", cut(kind), nearest)
			return
		}
		d.add(join(at, "kind"), "%s %s is not simulated, and nobody knows here what it would change %s", cut(version),
			cut(kind), allowed)
	}
}
