package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // time zones are the same on a machine that has none

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/robfig/cron/v3"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// DefaultStart is when a run begins on the clock, where the scenario does not say so.
const DefaultStart = "2025-01-01T00:00:00Z"

// maxSlots bounds the schedule times of a scenario: each may have a Job.
const maxSlots = 100_000

var concurrencyPolicies = map[batchv1.ConcurrencyPolicy]api.ConcurrencyPolicy{
	batchv1.AllowConcurrent: api.AllowConcurrent, batchv1.ForbidConcurrent: api.ForbidConcurrent,
	batchv1.ReplaceConcurrent: api.ReplaceConcurrent}

// Start is the run's time 0 on the clock.
func (s *Scenario) Start() time.Time {
	text := s.File.Start
	if text == "" {
		text = DefaultStart
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{} // which validate has refused
	}
	return t.UTC()
}

// cronJobID is the number of the CronJob of a name; -1 if there is none.
func (s *Scenario) cronJobID(name string) api.CronJobID {
	return api.CronJobID(slices.IndexFunc(s.CronJobs, func(c *batchv1.CronJob) bool { return c.Name == name }))
}

// slots is how many schedule times of a CronJob there are up to the horizon.
func (s *Scenario) slots(i int) int {
	return len(s.slotTimes(i))
}

// cronJobRange is the first Job of a CronJob, and how many come after it.
func (s *Scenario) cronJobRange(name string) (api.JobID, int32) {
	first := api.JobID(len(s.Manifests))
	for i, c := range s.CronJobs {
		n := s.slots(i)
		if c.Name == name && n > 0 {
			return first, int32(n - 1)
		}
		first += api.JobID(n)
	}
	return first, 0 // there is no such Job: nothing is matched
}

// schedule are the schedule times of a CronJob from its creation to past the horizon.
func (s *Scenario) schedule(i int) []des.Time {
	for len(s.schedules) < len(s.CronJobs) {
		times, _ := s.scheduleTimes(len(s.schedules)) // validate has looked at the error
		s.schedules = append(s.schedules, times)
	}
	return s.schedules[i]
}

// scheduleTimes computes them, with three more than fit before the horizon: the controller looks ahead.
func (s *Scenario) scheduleTimes(i int) (times []des.Time, err error) {
	return s.timesOf(i, &s.CronJobs[i].Spec)
}

// timesOf are those of a schedule that the CronJob has or gets.
func (s *Scenario) timesOf(i int, spec *batchv1.CronJobSpec) (times []des.Time, err error) {
	plan, err := parseSchedule(spec)
	if err != nil {
		return nil, err
	}
	start := s.Start()
	horizon := start.Add(time.Duration(s.File.Until.Horizon.Duration))
	t := start.Add(time.Duration(s.File.CronJobs[i].At.Duration)).Truncate(time.Second)
	for beyond := 0; beyond < 3; {
		if t = plan.Next(t); t.IsZero() {
			return times, fmt.Errorf("%q has no time within five years of %v", spec.Schedule,
				horizon.Format(time.DateOnly))
		}
		if t.After(horizon) {
			beyond++
		}
		if times = append(times, des.Time(t.Sub(start))); len(times) > maxSlots {
			return times, fmt.Errorf("more than %d times up to the horizon", maxSlots)
		}
	}
	return times, nil
}

// parseSchedule reads a schedule as the controller does (cronjob_controllerv2.go:788@v1.37.2). Without a time zone it
// is that of the controller, taken to be UTC.
func parseSchedule(spec *batchv1.CronJobSpec) (plan cron.Schedule, err error) {
	defer func() {
		if r := recover(); r != nil { // the library panics at some texts
			err = fmt.Errorf("%q: %v", cut(spec.Schedule), r)
		}
	}()
	zone := "UTC"
	if spec.TimeZone != nil {
		zone = *spec.TimeZone
	}
	return cron.ParseStandard("TZ=" + zone + " " + spec.Schedule)
}

// cronJobSpec is a CronJob as the simulator has it.
func (s *Scenario) cronJobSpec(i int, first api.JobID) api.CronJobSpec {
	m := s.CronJobs[i]
	out := api.CronJobSpec{Name: m.Name, Namespace: m.Namespace, Schedule: s.schedule(i), FirstJob: first,
		Plan:                       planOf(&m.Spec),
		ConcurrencyPolicy:          concurrencyPolicies[m.Spec.ConcurrencyPolicy],
		StartingDeadlineSeconds:    opt(m.Spec.StartingDeadlineSeconds),
		SuccessfulJobsHistoryLimit: opt(m.Spec.SuccessfulJobsHistoryLimit),
		FailedJobsHistoryLimit:     opt(m.Spec.FailedJobsHistoryLimit),
		Suspend:                    *m.Spec.Suspend,
	}
	spec := JobSpec(jobOf(m))
	start := s.Start()
	slots := s.slotTimes(i)
	if len(s.replans(i)) > 0 {
		out.Slots = slots
	}
	for _, t := range slots {
		spec.Name = fmt.Sprintf("%s-%d", m.Name, start.Add(time.Duration(t)).Unix()/60)
		out.Jobs = append(out.Jobs, spec)
	}
	return out
}

// jobOf is a CronJob's Job, by the CronJob's name.
func jobOf(m *batchv1.CronJob) *batchv1.Job {
	return &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: m.Name, Namespace: m.Namespace,
		Labels: m.Spec.JobTemplate.Labels}, Spec: m.Spec.JobTemplate.Spec}
}

// setCronJobDefaults is SetDefaults_CronJob (pkg/apis/batch/v1/defaults.go:84@v1.37.2), and the defaults of the Job.
func setCronJobDefaults(m *batchv1.CronJob) {
	s := &m.Spec
	if s.ConcurrencyPolicy == "" {
		s.ConcurrencyPolicy = batchv1.AllowConcurrent
	}
	setDefault(&s.Suspend, false)
	setDefault(&s.SuccessfulJobsHistoryLimit, 3)
	setDefault(&s.FailedJobsHistoryLimit, 1)
	if m.Namespace == "" {
		m.Namespace = corev1.NamespaceDefault
	}
	job := jobOf(m)
	setDefaults(job)
	s.JobTemplate.Spec = job.Spec
}

// maxCronJobName leaves room for what makes the name of a Job (pkg/apis/batch/validation/validation.go:866@v1.37.2).
const maxCronJobName = 52

// validateCronJob is what the API server checks (pkg/apis/batch/validation/validation.go:861-985@v1.37.2).
func (d *document) validateCronJob(at string, m *batchv1.CronJob) {
	s, spec := &m.Spec, join(at, "spec")+"."
	if m.Name == "" {
		m.Name = strings.TrimRight(m.GenerateName, "-.")
	}
	switch msgs := validation.IsDNS1123Subdomain(m.Name); {
	case m.Name == "":
		d.add(join(at, "metadata.name"), "is required")
	case len(msgs) > 0:
		d.add(join(at, "metadata.name"), "%q: %s", cut(m.Name), msgs[0])
	case len(m.Name) > maxCronJobName:
		d.add(join(at, "metadata.name"), "%q is too long (allowed: up to %d letters)", cut(m.Name), maxCronJobName)
	}
	d.validateSchedule(spec, s)
	if _, ok := concurrencyPolicies[s.ConcurrencyPolicy]; !ok {
		d.add(spec+"concurrencyPolicy", "%q (allowed: Allow, Forbid, Replace)", cut(string(s.ConcurrencyPolicy)))
	}
	nonNegative(d, spec+"startingDeadlineSeconds", s.StartingDeadlineSeconds)
	nonNegative(d, spec+"successfulJobsHistoryLimit", s.SuccessfulJobsHistoryLimit)
	nonNegative(d, spec+"failedJobsHistoryLimit", s.FailedJobsHistoryLimit)
	job := jobOf(m)
	job.Name = "job" // it gets one
	d.validateJob(spec+"jobTemplate", job)
}

var timeZoneName = regexp.MustCompile(`^([A-Za-z._0-9+][A-Za-z._0-9+-]*)(/[A-Za-z._0-9+][A-Za-z._0-9+-]*)*$`)

func (d *document) validateSchedule(at string, s *batchv1.CronJobSpec) {
	if z := s.TimeZone; z != nil {
		if _, err := time.LoadLocation(*z); err != nil || !timeZoneName.MatchString(*z) || strings.EqualFold(*z, "Local") {
			d.add(at+"timeZone", "%q is not a time zone (allowed: such as Europe/Berlin, Etc/UTC)", cut(*z))
			return
		}
	}
	switch _, err := parseSchedule(s); {
	case s.Schedule == "":
		d.add(at+"schedule", "is required")
	case strings.Contains(s.Schedule, "TZ"):
		d.add(at+"schedule", "has a time zone (allowed: in timeZone)")
	case strings.HasPrefix(s.Schedule, "@every"):
		d.add(at+"schedule", "cannot be simulated: @every counts from the creation or the last Job: %s "+
			"(allowed: minute, hour, day of month, month, day of week)", notYet)
	case err != nil:
		d.add(at+"schedule", "%q: %v (allowed: minute, hour, day of month, month, day of week, such as */5 * * * *)",
			cut(s.Schedule), err)
	}
}

// validateCronJobs looks at the CronJobs of a scenario together: their names, and their times up to the horizon.
func (s *Scenario) validateCronJobs() {
	if text := s.File.Start; text != "" {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil || t.Nanosecond() != 0 || t.Year() < 2001 || t.Year() > 2200 {
			s.doc.add("start", "%q (allowed: a whole second from 2001 to 2200 in RFC 3339, such as %s)", cut(text),
				DefaultStart)
			return
		}
	}
	names := map[string]bool{}
	for _, m := range s.Manifests {
		names[m.Name] = true
	}
	for i, m := range s.CronJobs {
		at := fmt.Sprintf("cronJobs[%d]", i)
		if s.Bare {
			at = ""
		}
		if names[m.Name] {
			s.doc.add(at, "a Job or CronJob named %q is there already", m.Name)
		}
		names[m.Name] = true
	}
	if len(s.CronJobs) > 0 && !s.Bare {
		s.problemsOfTimes()
	}
}

func (s *Scenario) problemsOfTimes() {
	if err := s.checkHorizon(); err != nil {
		s.doc.add("until.horizon", "%v", err)
		return
	}
	slots, names := 0, map[string]bool{}
	for i := range s.CronJobs {
		at := fmt.Sprintf("cronJobs[%d]", i)
		if len(*s.doc.problems) > 0 {
			return
		}
		if _, err := s.scheduleTimes(i); err != nil {
			s.doc.add(at, "spec.schedule: %v", err)
			return
		}
		for _, r := range s.replans(i) {
			if _, err := s.timesOf(i, &r.spec); err != nil {
				s.doc.add(fmt.Sprintf("faults[%d].patchCronJob", r.fault), "schedule: %v", err)
				return
			}
		}
		slots += s.slots(i)
	}
	if slots > maxSlots {
		s.doc.add("cronJobs", "have %d schedule times together up to the horizon (allowed: up to %d)", slots, maxSlots)
		return
	}
	for _, m := range s.Manifests {
		names[m.Name] = true
	}
	for i := range s.CronJobs {
		spec := s.cronJobSpec(i, 0)
		for k := range spec.Jobs {
			if name := spec.Jobs[k].Name; names[name] {
				s.doc.add(fmt.Sprintf("cronJobs[%d]", i), "makes a Job named %q, and there is one already", name)
				return
			}
			names[spec.Jobs[k].Name] = true
		}
	}
}

// checkHorizon says whether a scenario with CronJobs has an end.
func (s *Scenario) checkHorizon() error {
	if len(s.CronJobs) > 0 && !s.File.Until.Horizon.Set {
		return fmt.Errorf("is required: CronJob %s goes on for ever (allowed: such as 24h)", s.CronJobs[0].Name)
	}
	return nil
}

// SetHorizon sets until.horizon.
func (s *Scenario) SetHorizon(d time.Duration) error {
	if d <= 0 || d > maxSpan {
		return fmt.Errorf("%v (allowed: more than 0s, up to a hundred years)", d)
	}
	s.File.Until.Horizon = Span{Duration: des.Duration(d), Set: true}
	s.schedules = nil
	for i := range s.CronJobs {
		s.schedule(i)
	}
	return nil
}

// Ready says what is missing before the scenario can be run: of a bare CronJob, how long to look at it.
func (s *Scenario) Ready() error {
	if err := s.checkHorizon(); err != nil {
		return fmt.Errorf("scenario %q: until.horizon: %w", s.Name, err)
	}
	for i, m := range s.CronJobs {
		if _, err := s.scheduleTimes(i); err != nil {
			return fmt.Errorf("scenario %q: CronJob %s: spec.schedule: %w", s.Name, m.Name, err)
		}
	}
	return nil
}
