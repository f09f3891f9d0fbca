package gen

import (
	"fmt"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim/des"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (d *drawing) fault(f scenarios.Fault) { d.file.Faults = append(d.file.Faults, f) }

// busy is the time in which most Jobs have something to do.
const busy = 40 * des.Second

// suspendResume suspends and resumes a Job up to three times, not always in turn.
func suspendResume(d *drawing, job *batchv1.Job) {
	for range 1 + d.below(3) {
		off := d.when(busy)
		if d.coin(5, 6) {
			d.fault(scenarios.Fault{At: off, Suspend: job.Name})
		}
		on := d.when(busy)
		on.Duration += off.Duration
		if d.coin(5, 6) {
			d.fault(scenarios.Fault{At: on, Resume: job.Name})
		}
	}
}

func scale(d *drawing, job *batchv1.Job) {
	for range 1 + d.below(3) {
		to := ptr(int32(pick(d, 0, 1, 1, 2, 3, 5, 20)))
		d.fault(scenarios.Fault{At: d.when(busy), Scale: &scenarios.Scale{Job: job.Name, Parallelism: to}})
	}
}

// patches change limits of a Job while it runs or after.
func patches(d *drawing, job *batchv1.Job) {
	for range 1 + d.below(2) {
		p := &scenarios.Patch{Job: job.Name}
		switch d.below(3) {
		case 0:
			p.BackoffLimit = ptr(int32(d.below(8)))
		case 1:
			p.ActiveDeadlineSeconds = ptr(int64(pick(d, 0, 5, 20, 60, 600)))
		case 2:
			p.TTLSecondsAfterFinished = ptr(int32(pick(d, 0, 10, 60)))
		}
		if d.coin(1, 4) {
			p.Suspend = ptr(d.coin(1, 2))
		}
		d.fault(scenarios.Fault{At: d.when(2 * busy), Patch: p})
	}
}

// podRef is one of the first pods of a Job, mostly with its own grace period.
func (d *drawing) podRef(job *batchv1.Job) *scenarios.PodRef {
	p := &scenarios.PodRef{Job: job.Name, Attempt: ptr(int32(d.below(5)))}
	if d.coin(1, 3) {
		p.Grace = ptr(int64(pick(d, 0, 1, 3, 40)))
	}
	return p
}

func deletePods(d *drawing, job *batchv1.Job) {
	for range 1 + d.below(4) {
		d.fault(scenarios.Fault{At: d.when(busy), DeletePod: d.podRef(job)})
	}
}

func evictPods(d *drawing, job *batchv1.Job) {
	for range 1 + d.below(3) {
		d.fault(scenarios.Fault{At: d.when(busy), EvictPod: d.podRef(job)})
	}
}

func deleteJob(d *drawing, job *batchv1.Job) {
	how := pick(d, "", "Background", "Foreground", "Orphan")
	d.fault(scenarios.Fault{At: d.when(2 * busy), DeleteJob: &scenarios.JobDelete{Job: job.Name, Propagation: how}})
}

// someNode is the name of a node. The first call makes sure that there are some.
func (d *drawing) someNode() string {
	if len(d.file.Cluster.Nodes) == 0 {
		d.nodes(2+d.below(2), "8", "16Gi")
	}
	n := &d.file.Cluster.Nodes[0]
	if n.Count == nil {
		return "node"
	}
	return fmt.Sprintf("node%d", d.below(int(*n.Count)))
}

func drain(d *drawing) {
	node := d.someNode()
	if d.coin(1, 2) {
		d.fault(scenarios.Fault{At: d.when(busy), Drain: node})
	} else {
		d.fault(scenarios.Fault{At: d.when(busy), Cordon: node})
	}
	if d.coin(1, 2) {
		d.fault(scenarios.Fault{At: d.when(2 * busy), Uncordon: node})
	}
}

// nodeLoss lets a node fall silent; half of them come back, before or after the tolerations of their pods end, and a
// few are deleted.
func nodeLoss(d *drawing) {
	node := d.someNode()
	lost := d.when(busy)
	d.fault(scenarios.Fault{At: lost, LoseNode: node})
	then := d.when(8 * des.Minute)
	then.Duration += lost.Duration
	switch d.below(4) {
	case 0, 1:
		d.fault(scenarios.Fault{At: then, ReturnNode: node})
	case 2:
		d.fault(scenarios.Fault{At: then, DeleteNode: node})
	}
}

// restartController lets the controllers forget everything, once or twice; mostly they are away for a while.
func restartController(d *drawing) {
	for range 1 + d.below(2) {
		away := d.oneOf(des.Second, 0, 0, 1, 5, 15, 40)
		if away > 0 {
			away += des.Duration(d.below(1000)) * des.Millisecond
		}
		d.fault(scenarios.Fault{At: d.when(busy), RestartController: &scenarios.Restart{Downtime: span(away)}})
	}
}

// apiErrors lets some kinds of requests of the Job controller fail, up to three times.
func apiErrors(d *drawing) {
	for range 1 + d.below(3) {
		f := &scenarios.FailRequests{Error: pick(d, "", "Forbidden", "Conflict")}
		f.For = span(d.oneOf(des.Second, 1, 3, 10, 30, 90) + des.Duration(d.below(1000))*des.Millisecond)
		for _, request := range []string{"createPods", "deletePods", "patchPods", "updateStatus"} {
			if d.coin(1, 3) {
				f.Requests = append(f.Requests, request)
			}
		}
		if len(f.Requests) == 0 {
			f.Requests = []string{"createPods"}
		}
		d.fault(scenarios.Fault{At: d.when(busy), FailRequests: f})
	}
}

// quota limits the pods of all Jobs together, sometimes from the beginning, and mostly ends.
func quota(d *drawing) {
	d.fault(scenarios.Fault{At: d.when(busy / 4), Quota: &scenarios.Quota{Pods: ptr(int32(d.below(5)))}})
	if d.coin(3, 4) {
		d.fault(scenarios.Fault{At: d.when(2 * busy), Quota: &scenarios.Quota{}})
	}
}

// adoption has the first Job select what all pods are labelled, others let their pods go, and labels change. (Of two
// Jobs that want an orphan, the real ones race for it.)
func adoption(d *drawing) {
	jobs := d.file.Jobs
	for i := range jobs {
		jobs[i].Manifest.Spec.Template.Labels = map[string]string{"app": "work"}
	}
	if s := &jobs[0].Manifest.Spec; !d.on.Has(FailurePolicy) && d.coin(3, 4) {
		s.ManualSelector, s.Selector = ptr(true), &metav1.LabelSelector{MatchLabels: map[string]string{"app": "work"}}
	}
	if len(jobs) > 1 && d.coin(3, 4) {
		d.fault(scenarios.Fault{At: d.when(busy), DeleteJob: &scenarios.JobDelete{Job: jobs[1].Manifest.Name,
			Propagation: "Orphan"}})
	}
	for range d.below(4) {
		job := jobs[d.below(len(jobs))].Manifest
		p := &scenarios.PodLabels{Job: job.Name, Attempt: ptr(int32(d.below(4))), Labels: map[string]*string{}}
		if job.Spec.CompletionMode != nil && *job.Spec.CompletionMode == batchv1.IndexedCompletion {
			p.Index, p.Attempt = ptr(int32(d.below(3))), ptr(int32(d.below(2)))
		}
		switch d.below(4) {
		case 0:
			p.Labels["batch.kubernetes.io/controller-uid"] = nil
		case 1:
			p.Labels["app"] = ptr("work")
		default:
			p.Labels["app"] = nil
		}
		d.fault(scenarios.Fault{At: d.when(busy), LabelPod: p})
	}
}
