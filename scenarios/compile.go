package scenarios

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// Config is the scenario compiled for the simulator. It is a fresh value each time.
func (s *Scenario) Config() *sim.Config {
	f := &s.File
	cfg := &sim.Config{Scenario: s.Name, Knobs: s.knobs(), Nodes: s.nodes(), Groups: s.nodeGroups()}
	cfg.Until = sim.Until{Horizon: des.Time(f.Until.Horizon.Duration), Quiescent: f.Until.Quiescent}
	for i := range f.Jobs {
		cfg.Jobs = append(cfg.Jobs, sim.Submission{At: des.Time(f.Jobs[i].At.Duration), Spec: JobSpec(s.Manifests[i])})
	}
	first := api.JobID(len(cfg.Jobs))
	for i := range f.CronJobs {
		spec := s.cronJobSpec(i, first)
		cfg.CronJobs = append(cfg.CronJobs, sim.CronSubmission{At: des.Time(f.CronJobs[i].At.Duration), Spec: spec})
		first += api.JobID(len(spec.Jobs))
	}
	labels := s.labelling(cfg)
	for i := range f.Fates {
		cfg.Fates = append(cfg.Fates, s.fateRules(&f.Fates[i])...)
	}
	cfg.Fates = append(cfg.Fates, s.sidecarFates()...)
	for i := range f.Faults {
		cfg.Faults = append(cfg.Faults, s.fault(&f.Faults[i]))
	}
	s.setReplans(cfg)
	if labels != nil {
		cfg.Selectors = labels.selectors(cfg)
	}
	return cfg
}

// LeftToChance says whether two replications may differ in more than latencies: in what becomes of pods or machines.
func (s *Scenario) LeftToChance() bool {
	cfg := s.Config()
	return len(cfg.Groups) > 0 || slices.ContainsFunc(cfg.Fates, func(r api.FateRule) bool {
		for _, d := range []rng.Dist{r.Start, r.Ready, r.Run, r.Term} {
			if d.Kind != rng.Constant {
				return true
			}
		}
		return r.Chance < api.Certain || r.FailAfter.Set
	})
}

// jobID is the number of the Job of a name; -1 if there is none.
func (s *Scenario) jobID(name string) api.JobID {
	for i, m := range s.Manifests {
		if m.Name == name {
			return api.JobID(i)
		}
	}
	return api.AnyJob
}

// nodes are those that stay: by default, without groups, one on which everything fits.
func (s *Scenario) nodes() []api.NodeSpec {
	var out []api.NodeSpec
	for _, n := range s.File.Cluster.Nodes {
		name := n.Name
		if name == "" {
			name = "node"
		}
		count := int32(1)
		if n.Count != nil {
			count = *n.Count
		}
		pods := int32(110)
		if n.Pods != nil {
			pods = *n.Pods
		}
		for i := range count {
			spec := api.NodeSpec{Name: name, Pods: pods,
				Resources: api.Resources{MilliCPU: milli(n.CPU.Quantity), Memory: value(n.Memory.Quantity)}}
			if count > 1 {
				spec.Name += strconv.Itoa(int(i))
			}
			out = append(out, spec)
		}
	}
	if len(out) == 0 && len(s.File.Cluster.Groups) == 0 {
		out = append(out, api.NodeSpec{Name: "node", Unlimited: true})
	}
	return out
}

// fateRules are the rules of one fate: one for each Job that has the container that it names, else one.
func (s *Scenario) fateRules(f *Fate) []api.FateRule {
	r := api.FateRule{Job: api.AnyJob, Container: api.AnyMain,
		Index: f.Match.Index.Ranges, Attempt: f.Match.Attempt.Ranges,
		Number: f.Match.Pod.Ranges, Restart: f.Match.Restart.Ranges, Chance: chance(f.Probability),
		Start: f.Start.Dist, Ready: f.Ready.Dist, NoReady: f.Ready.Forever, Run: f.Run.Dist, NoExit: f.Run.Forever,
		Term: f.OnTerm.After.Dist, NeverTerm: f.OnTerm.After.Forever, TermExit: 143}
	if f.Match.Every != nil {
		r.Every = *f.Match.Every
		if f.Match.Offset != nil {
			r.Offset = *f.Match.Offset
		}
	}
	if f.FailAfter.Set {
		r.FailAfter = api.Some(f.FailAfter.Dist)
	}
	if f.OnTerm.Exit != nil {
		r.TermExit = *f.OnTerm.Exit
	}
	if f.Exit != nil {
		r.Exit = *f.Exit
	}
	if f.Signal != "" {
		r.Exit = 128 + signals[f.Signal]
	}
	switch {
	case f.OOM:
		r.End = api.EndOOM
	case f.Evict:
		r.End = api.EndEvicted
	case f.Reject:
		r.End = api.EndRejected
	case f.Stuck:
		r.End = api.EndStuck
	}
	if f.Match.Job != "" {
		r.Job = s.jobID(f.Match.Job)
	}
	if f.Match.CronJob != "" {
		r.Job, r.More = s.cronJobRange(f.Match.CronJob)
		r.Slot = f.Match.Slot.Ranges
	}
	if f.Match.Container == "" {
		return []api.FateRule{r}
	}
	return s.perContainer(r, f.Match.Container)
}

// sidecarFates are the last rules: a sidecar for which the scenario says nothing runs until it gets SIGTERM. By
// api.DefaultFate it would exit at once and be restarted for ever.
func (s *Scenario) sidecarFates() (out []api.FateRule) {
	for _, g := range s.groups() {
		for k, c := range g.template.Containers {
			if c.Kind == api.Sidecar {
				out = append(out, api.FateRule{Job: g.first, More: g.more, Container: int32(k), Chance: api.Certain,
					NoExit: true, TermExit: api.DefaultFate.TermExit})
			}
		}
	}
	return out
}

func (s *Scenario) perContainer(r api.FateRule, name string) (out []api.FateRule) {
	for _, g := range s.groups() {
		if r.Job != api.AnyJob && r.Job != g.first {
			continue
		}
		for k, c := range g.template.Containers {
			if c.Name == name {
				one := r
				one.Job, one.More, one.Container = g.first, g.more, int32(k)
				out = append(out, one)
			}
		}
	}
	return out
}

// group is Jobs of one template: one that is submitted, or those of a CronJob.
type group struct {
	first    api.JobID
	more     int32
	template api.PodTemplate
}

func (s *Scenario) groups() (out []group) {
	for i, m := range s.Manifests {
		out = append(out, group{first: api.JobID(i), template: PodTemplate(&m.Spec.Template.Spec)})
	}
	first := api.JobID(len(s.Manifests))
	for i, m := range s.CronJobs {
		n := s.slots(i)
		if n > 0 {
			out = append(out, group{first, int32(n - 1), PodTemplate(&m.Spec.JobTemplate.Spec.Template.Spec)})
		}
		first += api.JobID(n)
	}
	return out
}

// chance is a probability in 2^-63ths. Every number from 0 to 1 has one, to within the rounding of the number itself.
func chance(p *float64) uint64 {
	if p == nil || *p >= 1 {
		return api.Certain
	}
	return uint64(math.Ldexp(*p, 63))
}

func (s *Scenario) fault(f *Fault) api.Fault {
	out := api.Fault{At: des.Time(f.At.Duration), Index: api.NoIndex}
	switch {
	case f.DeletePod != nil:
		out.Kind = api.DeletePod
		s.podRef(&out, f.DeletePod)
	case f.EvictPod != nil:
		out.Kind = api.EvictPod
		s.podRef(&out, f.EvictPod)
	case f.LabelPod != nil:
		p := f.LabelPod
		out.Kind = api.LabelPod
		s.podRef(&out, &PodRef{Job: p.Job, Index: p.Index, Attempt: p.Attempt})
	case f.DeleteJob != nil:
		out.Kind, out.Job = api.DeleteJob, s.jobID(f.DeleteJob.Job)
		out.Propagation = propagations[f.DeleteJob.Propagation]
	case f.Suspend != "" && s.cronJobID(f.Suspend) >= 0:
		out.Kind, out.CronJob, out.CronPatch.Suspend = api.PatchCronJob, s.cronJobID(f.Suspend), api.Some(true)
	case f.Resume != "" && s.cronJobID(f.Resume) >= 0:
		out.Kind, out.CronJob, out.CronPatch.Suspend = api.PatchCronJob, s.cronJobID(f.Resume), api.Some(false)
	case f.PatchCronJob != nil:
		p := f.PatchCronJob
		out.Kind, out.CronJob = api.PatchCronJob, s.cronJobID(p.CronJob)
		out.CronPatch = api.CronJobPatch{Suspend: opt(p.Suspend), StartingDeadlineSeconds: opt(p.StartingDeadlineSeconds),
			SuccessfulJobsHistoryLimit: opt(p.SuccessfulJobsHistoryLimit), FailedJobsHistoryLimit: opt(p.FailedJobsHistoryLimit)}
		if p.ConcurrencyPolicy != "" {
			out.CronPatch.ConcurrencyPolicy = api.Some(concurrencyPolicies[p.ConcurrencyPolicy])
		}
	case f.Suspend != "":
		out.Job, out.Patch.Suspend = s.jobID(f.Suspend), api.Some(true)
	case f.Resume != "":
		out.Job, out.Patch.Suspend = s.jobID(f.Resume), api.Some(false)
	case f.Scale != nil:
		out.Job = s.jobID(f.Scale.Job)
		out.Patch.Parallelism, out.Patch.Completions = opt(f.Scale.Parallelism), opt(f.Scale.Completions)
	case f.Patch != nil:
		p := f.Patch
		out.Job = s.jobID(p.Job)
		out.Patch = api.JobPatch{Parallelism: opt(p.Parallelism), Completions: opt(p.Completions),
			BackoffLimit: opt(p.BackoffLimit), MaxFailedIndexes: opt(p.MaxFailedIndexes), Suspend: opt(p.Suspend),
			ActiveDeadlineSeconds: opt(p.ActiveDeadlineSeconds), TTLSecondsAfterFinished: opt(p.TTLSecondsAfterFinished)}
		if p.PodReplacementPolicy != "" {
			out.Patch.PodReplacementPolicy = api.Some(replacementPolicies[p.PodReplacementPolicy])
		}
		out.Patch.Requests = newRequests(s.Manifests[out.Job], p.Requests)
	case f.RestartController != nil:
		out.Kind, out.Downtime = api.RestartController, f.RestartController.Downtime.Duration
	case f.FailRequests != nil:
		out.Kind, out.For, out.Error = api.FailRequests, f.FailRequests.For.Duration, apiErrors[f.FailRequests.Error]
		for _, name := range f.FailRequests.Requests {
			out.Requests |= api.RequestNames[name]
		}
	case f.Quota != nil:
		out.Kind, out.Namespace, out.Pods = api.SetQuota, cmp.Or(f.Quota.Namespace, defaultNamespace), opt(f.Quota.Pods)
	default:
		for kind, name := range f.nodeFaults() {
			if name != "" {
				out.Kind, out.Node = kind, s.nodeID(name)
			}
		}
	}
	return out
}

// newRequests are the new requests of a Job's containers, in the order of the containers.
func newRequests(job *batchv1.Job, requests map[string]corev1.ResourceList) (out []api.NewRequests) {
	for name, list := range requests {
		r := api.NewRequests{Container: containerIndex(&job.Spec.Template.Spec, name)}
		if q, ok := list[corev1.ResourceCPU]; ok {
			r.MilliCPU = api.Some(milli(q))
		}
		if q, ok := list[corev1.ResourceMemory]; ok {
			r.Memory = api.Some(value(q))
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b api.NewRequests) int { return int(a.Container - b.Container) })
	return out
}

func (f *Fault) nodeFaults() map[api.FaultKind]string {
	return map[api.FaultKind]string{api.DrainNode: f.Drain, api.CordonNode: f.Cordon, api.UncordonNode: f.Uncordon,
		api.LoseNode: f.LoseNode, api.ReturnNode: f.ReturnNode, api.DeleteNode: f.DeleteNode}
}

const defaultNamespace = "default"

var apiErrors = map[string]api.APIError{
	"": api.InternalError, "InternalError": api.InternalError, "Forbidden": api.Forbidden, "Conflict": api.Conflict}

var replacementPolicies = map[batchv1.PodReplacementPolicy]api.PodReplacementPolicy{
	batchv1.TerminatingOrFailed: api.TerminatingOrFailed, batchv1.Failed: api.ReplaceFailed}

var propagations = map[string]api.Propagation{
	"": api.Background, "Background": api.Background, "Foreground": api.Foreground, "Orphan": api.Orphan}

func (s *Scenario) podRef(out *api.Fault, p *PodRef) {
	out.Job, out.Attempt, out.Grace = s.jobID(p.Job), opt(p.Attempt).Value, opt(p.Grace)
	if p.Index != nil {
		out.Index = *p.Index
	}
}

// nodeID is the number of the node of a name; NoNode if there is none.
func (s *Scenario) nodeID(name string) api.NodeID {
	for i, n := range s.nodes() {
		if n.Name == name {
			return api.NodeID(i)
		}
	}
	return api.NoNode
}

// SetFates replaces the fates by those of the command line: every run takes a time drawn from run, and
// exits with 1 with probability rate.
func (s *Scenario) SetFates(run rng.Dist, rate float64) error {
	if !(rate >= 0 && rate <= 1) {
		return fmt.Errorf("failure rate %v (allowed: 0 to 1)", rate)
	}
	dist := Dist{Dist: run, Set: true}
	s.File.Fates = nil
	if rate > 0 {
		s.File.Fates = append(s.File.Fates, Fate{Probability: &rate, Run: dist, Exit: ptr(int32(1))})
	}
	s.File.Fates = append(s.File.Fates, Fate{Run: dist})
	return nil
}
