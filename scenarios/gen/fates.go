package gen

import (
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/api"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// fate is that of the main containers of a Job, with what the features add to every fate.
func (d *drawing) fate(job *batchv1.Job) scenarios.Fate {
	f := scenarios.Fate{Match: scenarios.Match{Job: job.Name}}
	if d.on.Has(Readiness) {
		f.Ready = d.span()
		if d.coin(1, 4) {
			f.Ready = scenarios.Dist{Forever: true, Set: true}
		}
	}
	if d.on.Has(StartDelays) {
		f.Start = d.span()
	}
	return f
}

// some restricts a fate to some pods: by number, by every n-th, by restart, or by chance.
func (d *drawing) some(f *scenarios.Fate) {
	switch d.below(4) {
	case 0:
		f.Match.Pod = ranges(d.below(4))
	case 1:
		from := d.below(3)
		f.Match.Attempt = scenarios.Ranges{Ranges: api.Ranges{{From: int32(from), To: int32(from + d.below(4))}}}
	case 2:
		every := 2 + d.below(3)
		f.Match.Every, f.Match.Offset = ptr(int32(every)), ptr(int32(d.below(every)))
	case 3:
		f.Match.Pod = scenarios.Ranges{Ranges: api.Ranges{{From: 0, To: int32(1 + d.below(30))}}}
	}
	if d.on.Has(Coins) {
		f.Probability = ptr(pick(d, 0.05, 0.3, 0.5, 0.9))
	}
}

func ranges(n int) scenarios.Ranges {
	return scenarios.Ranges{Ranges: api.Ranges{{From: int32(n), To: int32(n)}}}
}

// failing adds a fate that ends badly for some pods.
func (d *drawing) failing(job *batchv1.Job, end func(*scenarios.Fate)) {
	f := d.fate(job)
	f.Run = d.span()
	d.some(&f)
	end(&f)
	d.file.Fates = append(d.file.Fates, f)
}

func failures(d *drawing, job *batchv1.Job) {
	for range 1 + d.below(3) {
		d.failing(job, func(f *scenarios.Fate) { f.Exit = ptr(int32(pick(d, 1, 1, 2, 42, 255))) })
	}
}

// restarts are failures of the first few runs of each pod, for pods whose containers are restarted in place.
func restarts(d *drawing, job *batchv1.Job) {
	if job.Spec.Template.Spec.RestartPolicy != corev1.RestartPolicyOnFailure {
		return
	}
	f := d.fate(job)
	f.Run, f.Exit = d.span(), ptr(int32(1))
	f.Match.Restart = scenarios.Ranges{Ranges: api.Ranges{{From: 0, To: int32(d.below(5))}}}
	if d.coin(1, 2) {
		d.some(&f)
	}
	d.file.Fates = append(d.file.Fates, f)
}

func signalled(d *drawing, job *batchv1.Job) {
	d.failing(job, func(f *scenarios.Fate) {
		if f.OOM = d.coin(1, 2); !f.OOM {
			f.Signal = pick(d, "SIGKILL", "SIGSEGV", "SIGTERM")
		}
	})
}

func nodePressure(d *drawing, job *batchv1.Job) {
	d.failing(job, func(f *scenarios.Fate) { f.Evict = true })
}

func rejections(d *drawing, job *batchv1.Job) {
	d.failing(job, func(f *scenarios.Fate) {
		*f = scenarios.Fate{Match: f.Match, Probability: f.Probability, Reject: true}
	})
}

// stuck are pods that never start, or never end.
func stuck(d *drawing, job *batchv1.Job) {
	d.failing(job, func(f *scenarios.Fate) {
		if d.coin(1, 2) {
			*f = scenarios.Fate{Match: f.Match, Probability: f.Probability, Stuck: true}
		} else {
			f.Run = scenarios.Dist{Forever: true, Set: true}
		}
	})
}

func timesToFailure(d *drawing, job *batchv1.Job) {
	d.failing(job, func(f *scenarios.Fate) { f.FailAfter, f.Exit = d.span(), ptr(int32(7)) })
}
