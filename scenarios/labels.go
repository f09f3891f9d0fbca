package scenarios

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
)

// labelling knows the labels that pods of the scenario can have, and which Jobs select them.
type labelling struct {
	jobs     []jobLabels // by number
	byUID    map[string]api.JobID
	manual   []api.JobID // with selectors of their own
	sets     []podLabels
	numbers  map[string]api.LabelSet
	selector map[*batchv1.JobSpec]labels.Selector
	changes  [][]api.Relabel // by fault
}

// jobLabels are what of a Job's manifest its pods' labels depend on.
type jobLabels struct {
	name, namespace string
	spec            *batchv1.JobSpec
}

// podLabels are the labels of a pod, and where it is.
type podLabels struct {
	namespace string
	labels    map[string]string
}

// uid stands for a Job's UID in the labels of its pods. No label that a user writes can be equal to it.
func (j *jobLabels) uid() string { return "uid:" + j.name }

// template are the labels of the Job's pods, those that the API server adds among them (generateSelector,
// pkg/registry/batch/job/strategy.go:209@v1.37.2).
func (j *jobLabels) template() map[string]string {
	out := map[string]string{}
	maps.Copy(out, j.spec.Template.Labels)
	if !manualSelector(j.spec) {
		for _, key := range jobNameLabels {
			out[key] = j.name
		}
		for _, key := range controllerUIDLabels {
			out[key] = j.uid()
		}
	}
	return out
}

var (
	jobNameLabels       = []string{"job-name", batchv1.JobNameLabel}
	controllerUIDLabels = []string{"controller-uid", batchv1.ControllerUidLabel}
)

// labelling is nil where every pod stays with the Job that made it: no selector matches what another Job's pods are
// labelled, and nobody changes the labels of pods. Otherwise each Job's spec gets the number of its pods' labels.
func (s *Scenario) labelling(cfg *sim.Config) *labelling {
	l := &labelling{byUID: map[string]api.JobID{}, numbers: map[string]api.LabelSet{},
		selector: map[*batchv1.JobSpec]labels.Selector{}}
	for id, spec := range cfg.JobSpecs {
		j := jobLabels{spec.Name, spec.Namespace, s.jobSpecOf(id, cfg)}
		l.jobs = append(l.jobs, j)
		l.byUID[j.uid()] = id
		if manualSelector(j.spec) {
			l.manual = append(l.manual, id)
		}
	}
	relabels := slices.ContainsFunc(s.File.Faults, func(f Fault) bool { return f.LabelPod != nil })
	if !relabels && !l.overlap() {
		return nil
	}
	for id, spec := range cfg.JobSpecs {
		spec.PodLabels = l.number(podLabels{spec.Namespace, l.jobs[id].template()})
	}
	s.relabel(cfg, l)
	return l
}

// jobSpecOf is the manifest of a Job's spec.
func (s *Scenario) jobSpecOf(id api.JobID, cfg *sim.Config) *batchv1.JobSpec {
	if int(id) < len(s.Manifests) {
		return &s.Manifests[id].Spec
	}
	for i := range cfg.CronJobs {
		if cfg.CronJobs[i].Spec.Owns(id) {
			return &s.CronJobs[i].Spec.JobTemplate.Spec
		}
	}
	panic("a Job of no manifest")
}

// overlap says whether a Job selects what another one's pods are labelled.
func (l *labelling) overlap() bool {
	for _, id := range l.manual {
		for other := range l.jobs {
			j := &l.jobs[other]
			if api.JobID(other) != id && l.selects(id, podLabels{j.namespace, j.template()}) {
				return true
			}
		}
	}
	return false
}

// selects says whether a Job with a selector of its own matches labels.
func (l *labelling) selects(id api.JobID, p podLabels) bool {
	j := &l.jobs[id]
	selector := l.selector[j.spec]
	if selector == nil {
		selector, _ = metav1.LabelSelectorAsSelector(j.spec.Selector) // validate has looked at the error
		l.selector[j.spec] = selector
	}
	return j.namespace == p.namespace && selector.Matches(labels.Set(p.labels))
}

// number is that of a set of labels.
func (l *labelling) number(p podLabels) api.LabelSet {
	key := p.namespace + " " + labels.Set(p.labels).String()
	n, known := l.numbers[key]
	if !known {
		n = api.LabelSet(len(l.sets))
		l.numbers[key] = n
		l.sets = append(l.sets, p)
	}
	return n
}

// relabel finds what the faults make of the labels of the pods that they name: a pod may miss those that come before
// it.
func (s *Scenario) relabel(cfg *sim.Config, l *labelling) {
	type pod struct {
		job            api.JobID
		index, attempt int32
	}
	order := make([]int, 0, len(s.File.Faults))
	for i := range s.File.Faults {
		if s.File.Faults[i].LabelPod != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(s.File.Faults[a].At.Duration, s.File.Faults[b].At.Duration)
	})
	l.changes = make([][]api.Relabel, len(s.File.Faults))
	possible := map[pod][]api.LabelSet{}
	for _, i := range order {
		f := s.fault(&s.File.Faults[i])
		p := pod{f.Job, f.Index, f.Attempt}
		if possible[p] == nil {
			possible[p] = []api.LabelSet{cfg.Jobs[f.Job].Spec.PodLabels}
		}
		for _, from := range possible[p] {
			to := l.number(l.sets[from].with(s.File.Faults[i].LabelPod.Labels))
			l.changes[i] = append(l.changes[i], api.Relabel{From: from, To: to})
		}
		for _, r := range l.changes[i] {
			if !slices.Contains(possible[p], r.To) {
				possible[p] = append(possible[p], r.To)
			}
		}
	}
}

// with are the labels after a change.
func (p podLabels) with(changes map[string]*string) podLabels {
	out := podLabels{p.namespace, maps.Clone(p.labels)}
	for key, value := range changes {
		if value == nil {
			delete(out.labels, key)
		} else {
			out.labels[key] = *value
		}
	}
	return out
}

// selectors are what the simulator has to know of all this.
func (l *labelling) selectors(cfg *sim.Config) (out api.Selectors) {
	for i, r := range l.changes {
		cfg.Faults[i].Relabel = r
	}
	for _, p := range l.sets {
		var matching []api.JobID
		if id, ok := l.byUID[p.labels[batchv1.ControllerUidLabel]]; ok {
			matching = append(matching, id)
		}
		for _, id := range l.manual {
			if l.selects(id, p) {
				matching = append(matching, id)
			}
		}
		slices.Sort(matching)
		out.Matching = append(out.Matching, matching)
	}
	first := map[string]api.JobID{}
	for id := range l.jobs {
		j := &l.jobs[id]
		key := j.uid()
		if manualSelector(j.spec) {
			l.selects(api.JobID(id), podLabels{})
			key = j.namespace + " " + l.selector[j.spec].String()
		}
		if _, known := first[key]; !known {
			first[key] = api.JobID(id)
		}
		out.First = append(out.First, first[key])
	}
	return out
}

// validatePodLabels is what the API server checks of labels, and what cannot be known here: UIDs.
func (d *document) validatePodLabels(at string, changes map[string]*string) {
	if len(changes) == 0 {
		d.add(at, "is required")
	}
	for _, key := range slices.Sorted(maps.Keys(changes)) {
		value := changes[key]
		if msgs := validation.IsQualifiedName(key); len(msgs) > 0 {
			d.add(joinKey(at, key), "%s", strings.Join(msgs, ", "))
			continue
		}
		if value == nil {
			continue
		}
		if slices.Contains(controllerUIDLabels, key) {
			d.add(joinKey(at, key), "is a UID, which nobody knows beforehand (allowed: null, which takes the label off)")
		}
		if msgs := validation.IsValidLabelValue(*value); len(msgs) > 0 {
			d.add(joinKey(at, key), "%q: %s", cut(*value), strings.Join(msgs, ", "))
		}
	}
}
