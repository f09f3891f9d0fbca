package scenarios

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
	job("suspend", f.Suspend, f.Suspend != "")
	job("resume", f.Resume, f.Resume != "")
	for field, p := range map[string]*PodRef{"deletePod": f.DeletePod, "evictPod": f.EvictPod} {
		if p != nil {
			job(field+".job", p.Job, true)
			s.validatePodRef(at+"."+field, p)
		}
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
	}
	if given != 1 {
		d.add(at, "has %d disturbances (allowed: exactly one of deletePod, evictPod, deleteJob, suspend, resume, scale, "+
			"patch, drain, cordon, uncordon, loseNode, returnNode, deleteNode)", given)
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
	if *p == (Patch{Job: p.Job}) {
		d.add(at, "changes nothing (allowed: parallelism, completions, backoffLimit, maxFailedIndexes, "+
			"activeDeadlineSeconds, ttlSecondsAfterFinished, podReplacementPolicy, suspend)")
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
