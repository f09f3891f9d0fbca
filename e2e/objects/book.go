package objects

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// Book knows the names and numbers of one run: what the objects of a cluster are called in the scenario. It is not safe
// for concurrent use.
type Book struct {
	start time.Time
	// namespaces are what those of the cluster are called in the scenario.
	namespaces map[string]string
	jobs       []string // names by id
	nodes      []string // names by id
	pods       map[types.UID]Pod
	born       map[types.NamespacedName][]types.UID // pods of a Job by birth
}

// Pod is who a pod is.
type Pod struct {
	Job     api.JobID
	Index   int32 // api.NoIndex in a NonIndexed Job
	Attempt int32
	Number  int32
	Name    string // in the cluster
}

// NewBook begins a run at start, the scenario's time 0, with the Jobs of these names, by id.
func NewBook(start time.Time, jobs []string) *Book {
	return &Book{start: start, jobs: jobs, namespaces: map[string]string{}, pods: map[types.UID]Pod{},
		born: map[types.NamespacedName][]types.UID{}}
}

// SetNamespace says what a namespace of the cluster is called in the scenario.
func (b *Book) SetNamespace(cluster, scenario string) { b.namespaces[cluster] = scenario }

// SetStart moves the scenario's time 0.
func (b *Book) SetStart(start time.Time) { b.start = start }

// Since is an instant on the scenario's clock, to the millisecond.
func (b *Book) Since(t time.Time) des.Time {
	return des.Time(t.Sub(b.start).Truncate(time.Millisecond))
}

// second is a time of the API on the scenario's clock. Both are whole seconds, but for the error with which the API
// server's clock is known here.
func (b *Book) second(t time.Time) des.Time { return des.Time(t.Sub(b.start).Round(time.Second)) }

// JobName is the name of a Job.
func (b *Book) JobName(id api.JobID) string { return b.jobs[id] }

// NodeName is the name of a node.
func (b *Book) NodeName(id api.NodeID) string { return b.nodes[id] }

// JobID is the number of the Job of a name, and whether it is one of the scenario.
func (b *Book) JobID(name string) (api.JobID, bool) {
	for i, n := range b.jobs {
		if n == name {
			return api.JobID(i), true
		}
	}
	return 0, false
}

// NodeID is the number of the node of a name, which is new if it was not heard of.
func (b *Book) NodeID(name string) api.NodeID {
	for i, n := range b.nodes {
		if n == name {
			return api.NodeID(i)
		}
	}
	b.nodes = append(b.nodes, name)
	return api.NodeID(len(b.nodes) - 1)
}

// Born gives a pod its numbers. Pods must come in the order of their creation, which is that of the resourceVersions of
// their first watch events. It is false for a pod that is none of the scenario.
func (b *Book) Born(p *corev1.Pod) (Pod, bool) {
	if known, ok := b.pods[p.UID]; ok {
		return known, true
	}
	name := p.Labels[batchv1.JobNameLabel] // a Job with a selector of its own does not give it
	if owner := metav1.GetControllerOf(p); owner != nil {
		name = owner.Name
	}
	id, ok := b.JobID(name)
	if !ok {
		return Pod{}, false
	}
	key := types.NamespacedName{Namespace: p.Namespace, Name: name}
	who := Pod{Job: id, Index: api.NoIndex, Number: int32(len(b.born[key])), Name: p.Name}
	who.Attempt = who.Number
	if index, err := strconv.ParseInt(p.Annotations[batchv1.JobCompletionIndexAnnotation], 10, 32); err == nil {
		who.Index, who.Attempt = int32(index), 0
		for _, uid := range b.born[key] {
			if b.pods[uid].Index == who.Index {
				who.Attempt++
			}
		}
	}
	b.born[key] = append(b.born[key], p.UID)
	b.pods[p.UID] = who
	return who, true
}

// Pods are all pods of the scenario, in the order of their creation in each Job.
func (b *Book) Pods() (pods []Pod) {
	for _, who := range b.pods {
		pods = append(pods, who)
	}
	slices.SortFunc(pods, func(x, y Pod) int { return cmp.Or(cmp.Compare(x.Job, y.Job), cmp.Compare(x.Number, y.Number)) })
	return pods
}

// Find is the pod of a Job that the trace names so, and whether there ever was one.
func (b *Book) Find(job api.JobID, index, attempt int32) (Pod, bool) {
	for _, p := range b.pods {
		if p.Job == job && p.Index == index && p.Attempt == attempt {
			return p, true
		}
	}
	return Pod{}, false
}
