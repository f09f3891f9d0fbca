package scenarios

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// validate reports everything about the scenario that could not be simulated as it is written.
func (s *Scenario) validate() {
	f := &s.File
	d := s.doc
	if _, ok := minor(f.Kubernetes); !ok {
		d.add("kubernetes", "%q (allowed: 1.34, 1.35, 1.36, 1.37)", f.Kubernetes)
	}
	if len(f.Jobs) == 0 {
		d.add("jobs", "is required: a scenario has at least one Job")
	}
	names := map[string]bool{}
	for i, m := range s.Manifests {
		if names[m.Name] {
			d.add(fmt.Sprintf("jobs[%d]", i), "a Job named %q is there already", m.Name)
		}
		names[m.Name] = true
	}
	s.validateCluster()
	for i := range f.Fates {
		s.validateFate(fmt.Sprintf("fates[%d]", i), &f.Fates[i])
	}
	for i := range f.Faults {
		s.validateFault(fmt.Sprintf("faults[%d]", i), &f.Faults[i])
	}
	for i := range f.Expect {
		s.validateExpect(fmt.Sprintf("expect[%d]", i), &f.Expect[i])
	}
}

func (s *Scenario) validateCluster() {
	c, d := &s.File.Cluster, s.doc
	if _, ok := profiles[c.Profile]; !ok && c.Profile != "" {
		names := make([]string, 0, len(profiles))
		for name := range profiles {
			names = append(names, name)
		}
		sort.Strings(names)
		d.add("cluster.profile", "%q (allowed: %s)", c.Profile, strings.Join(names, ", "))
		c.Profile = ""
	}
	total := int32(0)
	for i := range c.Nodes {
		n, at := &c.Nodes[i], fmt.Sprintf("cluster.nodes[%d].", i)
		within(d, at+"count", n.Count, 1, 5000)
		within(d, at+"pods", n.Pods, 1, 1<<20)
		if !n.CPU.Set {
			d.add(at+"cpu", "is required")
		}
		if !n.Memory.Set {
			d.add(at+"memory", "is required")
		}
		if n.Count != nil {
			total += min(max(*n.Count, 0), 10_000)
		}
	}
	if total > 5000 {
		d.add("cluster.nodes", "%d nodes (allowed: up to 5000)", total)
		c.Nodes = nil
	}
	seen := map[string]bool{}
	for _, n := range s.nodes() {
		if seen[n.Name] {
			d.add("cluster.nodes", "two nodes named %q", n.Name)
			break
		}
		seen[n.Name] = true
	}
	for name, dist := range map[string]Dist{"request": c.Latency.Request, "watch": c.Latency.Watch, "bind": c.Latency.Bind,
		"start": c.Latency.Start, "observe": c.Latency.Observe, "remove": c.Latency.Remove} {
		if dist.Forever {
			d.add("cluster.latency."+name, "cannot last for ever")
		}
	}
	s.validateKnobs()
}

func (s *Scenario) validateKnobs() {
	k, d := &s.File.Cluster.Knobs, s.doc
	for name, span := range map[string]Span{"syncBatch": k.SyncBatch, "apiBackoff": k.APIBackoff,
		"maxAPIBackoff":     k.MaxAPIBackoff,
		"podFailureBackoff": k.PodFailureBackoff, "maxPodBackoff": k.MaxPodBackoff, "restartBackoff": k.RestartBackoff,
		"maxContainerRestartPeriod": k.MaxRestartBackoff, "nodeMonitorPeriod": k.NodeMonitorPeriod,
		"leaseRenewInterval": k.LeaseRenew, "podGCPeriod": k.PodGCPeriod} {
		if span.Set && span.Duration == 0 {
			d.add("cluster.knobs."+name, "is 0: nothing would ever wait (allowed: more than 0s)")
		}
	}
	at := "cluster.knobs."
	within(d, at+"maxUncountedPods", k.MaxUncountedPods, 1, 1<<20)
	within(d, at+"maxPodsPerSync", k.MaxPodsPerSync, 1, 1<<20)
	within(d, at+"slowStartBatch", k.SlowStartBatch, 1, 1<<20)
	within(d, at+"concurrentJobSyncs", k.JobSyncs, 1, 1<<20)
	within(d, at+"kubeAPIBurst", k.Burst, 1, 1<<20)
	if k.QPS != nil && (*k.QPS < 0 || *k.QPS > 1e6 || *k.QPS > 0 && *k.QPS < 1e-3) {
		d.add(at+"kubeAPIQPS", "%v (allowed: 0 for unlimited, or 0.001 to 1000000)", *k.QPS)
	}
	if n := k.UnreachableSeconds; n != nil && *n < 0 {
		d.add(at+"unreachableTolerationSeconds", "%d is negative", *n)
	}
}

func within(d *document, at string, v *int32, low, high int32) {
	if v != nil && (*v < low || *v > high) {
		d.add(at, "%d (allowed: %d to %d)", *v, low, high)
	}
}

func (s *Scenario) validateFate(at string, f *Fate) {
	d := s.doc
	m := &f.Match
	s.known(at+".match.job", m.Job, true)
	if m.Container != "" && len(s.perContainer(s.fateRules(&Fate{Match: Match{Job: m.Job}})[0], m.Container)) == 0 {
		d.add(at+".match.container", "no container is named %q", m.Container)
	}
	within(d, at+".match.every", m.Every, 1, 1<<30)
	within(d, at+".match.offset", m.Offset, 0, 1<<30)
	if m.Offset != nil && (m.Every == nil || *m.Offset >= *m.Every) {
		d.add(at+".match.offset", "%d leaves nothing (allowed: less than every)", *m.Offset)
	}
	if p := f.Probability; p != nil && !(*p >= 0 && *p <= 1) {
		d.add(at+".probability", "%v (allowed: 0 to 1)", *p)
	}
	within(d, at+".exit", f.Exit, 0, 255)
	within(d, at+".onTerm.exit", f.OnTerm.Exit, 0, 255)
	if _, ok := signals[f.Signal]; f.Signal != "" && !ok {
		d.add(at+".signal", "%q (allowed: a signal that ends a process, such as SIGKILL or SIGSEGV)", f.Signal)
	}
	ends := 0
	for _, given := range []bool{f.Exit != nil, f.Signal != "", f.OOM, f.Evict, f.Reject, f.Stuck} {
		if given {
			ends++
		}
	}
	if ends > 1 {
		d.add(at, "ends in %d ways (allowed: one of exit, signal, oom, evict, reject, stuck)", ends)
	}
	if f.FailAfter.Set && (ends == 0 || f.Exit != nil && *f.Exit == 0) {
		d.add(at+".failAfter", "needs to know how the run fails (allowed with: exit other than 0, signal, oom or evict)")
	}
	if f.Start.Forever {
		d.add(at+".start", "cannot last for ever (allowed: stuck: true)")
	}
	if f.FailAfter.Forever {
		d.add(at+".failAfter", "cannot be never")
	}
}

func (s *Scenario) known(at, job string, optional bool) {
	if job == "" && optional {
		return
	}
	if s.jobID(job) < 0 {
		names := make([]string, 0, len(s.Manifests))
		for _, m := range s.Manifests {
			names = append(names, m.Name)
		}
		s.doc.add(at, "no Job is named %q (allowed: %s)", job, strings.Join(names, ", "))
	}
}

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
	job("suspend", f.Suspend, f.Suspend != "")
	job("resume", f.Resume, f.Resume != "")
	for field, p := range map[string]*PodRef{"deletePod": f.DeletePod, "evictPod": f.EvictPod} {
		if p == nil {
			continue
		}
		job(field+".job", p.Job, true)
		if p.Attempt < 0 {
			d.add(at+"."+field+".attempt", "%d is negative", p.Attempt)
		}
		if p.Index != nil {
			d.add(at+"."+field+".index", "cannot be simulated: Indexed Jobs: %s", notYet)
		}
		nonNegative(d, at+"."+field+".gracePeriodSeconds", p.Grace)
	}
	if f.DeleteJob != nil {
		job("deleteJob.job", f.DeleteJob.Job, true)
		if _, ok := propagations[f.DeleteJob.Propagation]; !ok {
			d.add(at+".deleteJob.propagationPolicy", "%q (allowed: Background, Foreground, Orphan)", f.DeleteJob.Propagation)
		}
	}
	if f.Scale != nil {
		job("scale.job", f.Scale.Job, true)
		nonNegative(d, at+".scale.parallelism", &f.Scale.Parallelism)
	}
	if p := f.Patch; p != nil {
		job("patch.job", p.Job, true)
		nonNegative(d, at+".patch.parallelism", p.Parallelism)
		nonNegative(d, at+".patch.backoffLimit", p.BackoffLimit)
		nonNegative(d, at+".patch.activeDeadlineSeconds", p.ActiveDeadlineSeconds)
		nonNegative(d, at+".patch.ttlSecondsAfterFinished", p.TTLSecondsAfterFinished)
	}
	if given != 1 {
		d.add(at, "has %d disturbances (allowed: exactly one of deletePod, evictPod, deleteJob, suspend, resume, scale, "+
			"patch, drain, cordon, uncordon, loseNode, returnNode, deleteNode)", given)
	}
}

func (s *Scenario) validateExpect(at string, e *Expect) {
	s.known(at+".job", e.Job, false)
	if allowed := []string{"", "Complete", "Failed", "Unfinished"}; !slices.Contains(allowed, e.Condition) {
		s.doc.add(at+".condition", "%q (allowed: Complete, Failed, Unfinished)", e.Condition)
	}
}
