package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// validate reports everything about the scenario that could not be simulated as it is written.
func (s *Scenario) validate() {
	f := &s.File
	d := s.doc
	if _, ok := minor(f.Kubernetes); !ok {
		d.add("kubernetes", "%q (allowed: 1.34, 1.35, 1.36, 1.37)", f.Kubernetes)
	}
	if name := f.Metadata.Name; name != "" && !s.Bare {
		if msgs := validation.IsDNS1123Subdomain(name); len(msgs) > 0 {
			d.add("metadata.name", "%q: %s", cut(name), msgs[0])
		}
	}
	if len(f.Jobs)+len(f.CronJobs) == 0 {
		d.add("jobs", "is required: a scenario has at least one Job or CronJob")
	}
	names := map[string]bool{}
	for i, m := range s.Manifests {
		if names[m.Name] {
			d.add(fmt.Sprintf("jobs[%d]", i), "a Job named %q is there already", m.Name)
		}
		names[m.Name] = true
	}
	s.validateCluster()
	s.validateTimes()
	s.validateCronJobs()
	rules := 0
	for i := range f.Fates {
		s.validateFate(fmt.Sprintf("fates[%d]", i), &f.Fates[i])
		rules += len(s.fateRules(&f.Fates[i]))
	}
	if rules > maxRules {
		d.add("fates", "%d rules, one for each Job that has the container (allowed: up to %d)", rules, maxRules)
	}
	for i := range f.Faults {
		s.validateFault(fmt.Sprintf("faults[%d]", i), &f.Faults[i])
	}
	s.validatePlacement()
	s.validateAdoption()
	s.validateRestartAll()
	if version, ok := minor(s.File.Kubernetes); ok {
		for _, problem := range s.tooNew(version) {
			s.doc.add("kubernetes", "%s", problem)
		}
	}
	for i := range f.Expect {
		s.validateExpect(fmt.Sprintf("expect[%d]", i), &f.Expect[i])
	}
}

// maxRules is how many fates' coins are told apart by the addresses of their draws (api.FateKey).
const maxRules = 256

// validateTimes reports what would never happen because the run is over by then.
func (s *Scenario) validateTimes() {
	f := &s.File
	horizon := f.Until.Horizon
	if !horizon.Set {
		horizon.Duration = 8760 * des.Hour // sim.Until
	} else if horizon.Duration == 0 {
		s.doc.add("until.horizon", "is 0s (allowed: more)")
		return
	}
	for i := range f.Jobs {
		if f.Jobs[i].At.Duration > horizon.Duration {
			s.doc.add(fmt.Sprintf("jobs[%d].at", i), "is after the horizon of %v", horizon.Duration)
		}
	}
	for i := range f.CronJobs {
		if f.CronJobs[i].At.Duration > horizon.Duration {
			s.doc.add(fmt.Sprintf("cronJobs[%d].at", i), "is after the horizon of %v", horizon.Duration)
		}
	}
	for i := range f.Faults {
		if f.Faults[i].At.Duration > horizon.Duration {
			s.doc.add(fmt.Sprintf("faults[%d].at", i), "is after the horizon of %v", horizon.Duration)
		}
	}
}

func (s *Scenario) validateCluster() {
	c, d := &s.File.Cluster, s.doc
	if _, ok := profiles[c.Profile]; !ok {
		d.add("cluster.profile", "%v", unknownProfile(c.Profile))
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
		tooMuch(d, at+"cpu", n.CPU.Quantity, maxCPU)
		tooMuch(d, at+"memory", n.Memory.Quantity, maxMemory)
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
	s.validateGroups()
	s.validateKnobs()
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
	s.knownCronJob(at+".match.cronJob", m.CronJob, true)
	if m.Job != "" && m.CronJob != "" {
		d.add(at+".match", "names a Job and a CronJob (allowed: one of them)")
	}
	if len(m.Slot.Ranges) > 0 && m.CronJob == "" {
		d.add(at+".match.slot", "needs to know whose (allowed with: cronJob)")
	}
	if len(m.Index.Ranges) > 0 && !slices.ContainsFunc(s.templates(), func(j *batchv1.Job) bool {
		return isIndexed(j) && (m.Job == "" || m.Job == j.Name) && (m.CronJob == "" || m.CronJob == j.Name)
	}) {
		d.add(at+".match.index", "matches nothing: no Job that is meant is Indexed")
	}
	whose := s.fateRules(&Fate{Match: Match{Job: m.Job, CronJob: m.CronJob}})[0]
	if m.Container != "" && len(s.perContainer(whose, m.Container)) == 0 {
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
	if (f.Reject || f.Stuck) && (f.Run.Set || f.Ready.Set || f.FailAfter.Set) {
		d.add(at, "has run, ready or failAfter and never starts (allowed: stuck and reject without them)")
	}
	if f.Run.Forever && !f.FailAfter.Set && (ends > 0 || f.Evict) {
		d.add(at+".run", "is forever, and an end is given (allowed: a span, or failAfter)")
	}
	if f.OnTerm.After.Forever && f.OnTerm.Exit != nil {
		d.add(at+".onTerm.exit", "is given and SIGTERM is ignored: SIGKILL makes it 137")
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

func (s *Scenario) knownCronJob(at, name string, optional bool) {
	if name == "" && optional || s.cronJobID(name) >= 0 {
		return
	}
	if len(s.CronJobs) == 0 {
		s.doc.add(at, "no CronJob is named %q: there is none", cut(name))
		return
	}
	names := make([]string, 0, len(s.CronJobs))
	for _, m := range s.CronJobs {
		names = append(names, m.Name)
	}
	s.doc.add(at, "no CronJob is named %q (allowed: %s)", cut(name), strings.Join(names, ", "))
}

// templates are the Jobs, and those of CronJobs.
func (s *Scenario) templates() []*batchv1.Job {
	out := slices.Clone(s.Manifests)
	for _, m := range s.CronJobs {
		out = append(out, jobOf(m))
	}
	return out
}

// required reports a number that is missing or negative.
func required(d *document, at string, v *int32) {
	if v == nil {
		d.add(at, "is required")
	}
	nonNegative(d, at, v)
}

func isIndexed(job *batchv1.Job) bool { return *job.Spec.CompletionMode == batchv1.IndexedCompletion }

// reasons are those of terminal conditions.
var reasons = []string{"", api.ReasonCompletionsReached, api.ReasonSuccessPolicy, api.ReasonBackoffLimitExceeded,
	api.ReasonDeadlineExceeded, api.ReasonPodFailurePolicy, api.ReasonMaxFailedIndexesExceeded, api.ReasonFailedIndexes}

func (s *Scenario) validateExpect(at string, e *Expect) {
	d := s.doc
	if e.CronJob != "" {
		s.validateCronExpect(at, e)
		return
	}
	s.known(at+".job", e.Job, false)
	if e.Started != nil || e.Missed != nil || e.Late != nil || e.Replaced != nil {
		d.add(at, "has started, missed, late or replaced, which are a CronJob's (allowed with: cronJob)")
	}
	if reflect.DeepEqual(e, &Expect{Job: e.Job}) {
		d.add(at, "expects nothing (allowed: condition, reason, succeeded, failed, active, ready, terminating, pods, "+
			"completedIndexes, failedIndexes, finishedAfter, finishedBefore, podsCreatedAt)")
	}
	if e.Margin.Set && len(e.PodsCreatedAt) == 0 {
		d.add(at+".margin", "belongs to podsCreatedAt, which is not given")
	}
	for i := 1; i < len(e.PodsCreatedAt); i++ {
		if e.PodsCreatedAt[i].Duration < e.PodsCreatedAt[i-1].Duration {
			d.add(fmt.Sprintf("%s.podsCreatedAt[%d]", at, i), "is before that of the pod before (allowed: in order)")
		}
	}
	if allowed := []string{"", "Complete", "Failed", "Unfinished"}; !slices.Contains(allowed, e.Condition) {
		d.add(at+".condition", "%q (allowed: Complete, Failed, Unfinished)", cut(e.Condition))
	}
	if !slices.Contains(reasons, e.Reason) {
		d.add(at+".reason", "%q (allowed: %s)", cut(e.Reason), strings.Join(reasons[1:], ", "))
	}
	nonNegative(d, at+".succeeded", e.Succeeded)
	nonNegative(d, at+".failed", e.Failed)
	nonNegative(d, at+".active", e.Active)
	nonNegative(d, at+".ready", e.Ready)
	nonNegative(d, at+".terminating", e.Terminating)
	nonNegative(d, at+".pods", e.Pods)
}

func (s *Scenario) validateCronExpect(at string, e *Expect) {
	d := s.doc
	s.knownCronJob(at+".cronJob", e.CronJob, false)
	rest := *e
	rest.CronJob = ""
	for field, n := range map[string]**int32{"started": &rest.Started, "missed": &rest.Missed, "late": &rest.Late,
		"replaced": &rest.Replaced, "succeeded": &rest.Succeeded, "failed": &rest.Failed, "pods": &rest.Pods} {
		nonNegative(d, at+"."+field, *n)
		*n = nil
	}
	if !reflect.DeepEqual(rest, Expect{}) {
		d.add(at, "expects of a CronJob what a Job has (allowed: started, missed, late, replaced, succeeded, failed, pods)")
	}
	if reflect.DeepEqual(e, &Expect{CronJob: e.CronJob}) {
		d.add(at, "expects nothing (allowed: started, missed, late, replaced, succeeded, failed, pods)")
	}
}
