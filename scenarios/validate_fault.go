package scenarios

import (
	"reflect"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

func (s *Scenario) validateFault(at string, f *Fault) {
	d := s.doc
	given := 0
	node := func(field, name string) {
		if name == "" {
			return
		}
		given++
		if s.nodeID(name) < 0 {
			d.add(at+"."+field, "no node is named %q", name)
		}
	}
	job := func(field, name string, set bool) {
		if set {
			given++
			s.known(at+"."+field, name, false)
		}
	}
	node("drain", f.Drain)
	node("cordon", f.Cordon)
	node("uncordon", f.Uncordon)
	node("loseNode", f.LoseNode)
	node("returnNode", f.ReturnNode)
	node("deleteNode", f.DeleteNode)
	if !f.At.Set {
		d.add(at+".at", "is required")
	}
	job("suspend", f.Suspend, f.Suspend != "" && s.cronJobID(f.Suspend) < 0)
	job("resume", f.Resume, f.Resume != "" && s.cronJobID(f.Resume) < 0)
	for field, p := range map[string]*PodRef{"deletePod": f.DeletePod, "evictPod": f.EvictPod} {
		if p != nil {
			job(field+".job", p.Job, true)
			s.validatePodRef(at+"."+field, p)
		}
	}
	if p := f.LabelPod; p != nil {
		job("labelPod.job", p.Job, true)
		s.validatePodRef(at+".labelPod", &PodRef{Job: p.Job, Index: p.Index, Attempt: p.Attempt})
		d.validatePodLabels(at+".labelPod.labels", p.Labels)
	}
	if f.DeleteJob != nil {
		job("deleteJob.job", f.DeleteJob.Job, true)
		if _, ok := propagations[f.DeleteJob.Propagation]; !ok {
			d.add(at+".deleteJob.propagationPolicy", "%q (allowed: Background, Foreground, Orphan)", f.DeleteJob.Propagation)
		}
	}
	if f.Scale != nil {
		job("scale.job", f.Scale.Job, true)
		required(d, at+".scale.parallelism", f.Scale.Parallelism)
		nonNegative(d, at+".scale.completions", f.Scale.Completions)
	}
	if p := f.Patch; p != nil {
		job("patch.job", p.Job, true)
		d.validatePatch(at+".patch", p)
		s.validateRequests(at+".patch.requests", p)
	}
	given += s.validateControlFault(at, f)
	if given != 1 {
		d.add(at, "has %d disturbances (allowed: exactly one of deletePod, evictPod, labelPod, deleteJob, suspend, "+
			"resume, scale, patch, drain, cordon, uncordon, loseNode, returnNode, deleteNode, restartController, "+
			"failRequests, quota, patchCronJob)", given)
	}
}

func (s *Scenario) validatePodRef(at string, p *PodRef) {
	d := s.doc
	required(d, at+".attempt", p.Attempt)
	nonNegative(d, at+".gracePeriodSeconds", p.Grace)
	if id := s.jobID(p.Job); id >= 0 && isIndexed(s.Manifests[id]) {
		required(d, at+".index", p.Index)
	} else if p.Index != nil {
		d.add(at+".index", "is given and the Job is not Indexed")
	}
}

func (d *document) validatePatch(at string, p *Patch) {
	if reflect.DeepEqual(*p, Patch{Job: p.Job}) {
		d.add(at, "changes nothing (allowed: parallelism, completions, backoffLimit, maxFailedIndexes, "+
			"activeDeadlineSeconds, ttlSecondsAfterFinished, podReplacementPolicy, suspend, requests)")
	}
	nonNegative(d, at+".parallelism", p.Parallelism)
	nonNegative(d, at+".completions", p.Completions)
	nonNegative(d, at+".backoffLimit", p.BackoffLimit)
	nonNegative(d, at+".maxFailedIndexes", p.MaxFailedIndexes)
	nonNegative(d, at+".activeDeadlineSeconds", p.ActiveDeadlineSeconds)
	nonNegative(d, at+".ttlSecondsAfterFinished", p.TTLSecondsAfterFinished)
	if _, ok := replacementPolicies[p.PodReplacementPolicy]; p.PodReplacementPolicy != "" && !ok {
		d.add(at+".podReplacementPolicy", "%q (allowed: TerminatingOrFailed, Failed)", cut(string(p.PodReplacementPolicy)))
	}
}

// validateRequests is what the API server checks of new requests, and what is modelled of them.
func (s *Scenario) validateRequests(at string, p *Patch) {
	id := s.jobID(p.Job)
	if id < 0 {
		return
	}
	for name, list := range p.Requests {
		c := containerOf(s.Manifests[id], name)
		if c == nil {
			s.doc.add(joinKey(at, name), "the Job has no container of that name")
			continue
		}
		s.doc.validateRequests(joinKey(at, name), &corev1.Container{
			Resources: corev1.ResourceRequirements{Requests: list, Limits: c.Resources.Limits}})
	}
}

// containerOf is the Job's container or init container of a name; nil if there is none.
func containerOf(job *batchv1.Job, name string) *corev1.Container {
	pod := &job.Spec.Template.Spec
	i := int(containerIndex(pod, name))
	switch {
	case i < 0:
		return nil
	case i < len(pod.InitContainers):
		return &pod.InitContainers[i]
	}
	return &pod.Containers[i-len(pod.InitContainers)]
}
