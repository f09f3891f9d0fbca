package oracle

import (
	"context"
	"fmt"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// story is something to do to a cluster. The pods act on round numbers, so that much happens at
// the same instant.
type story struct {
	name    string
	options Options
	jobs    []*batchv1.Job
	fates   fates
	script  []Action
	horizon time.Duration // 0: 10 min
}

const sec = time.Second

func work(parallelism, completions int32, change ...func(*batchv1.JobSpec)) *batchv1.Job {
	j := newJob("a", parallelism, completions)
	for _, f := range change {
		f(&j.Spec)
	}
	return j
}

func named(name string, j *batchv1.Job) *batchv1.Job { j.Name = name; return j }

func indexed(s *batchv1.JobSpec)   { s.CompletionMode = ptr.To(batchv1.IndexedCompletion) }
func onFailure(s *batchv1.JobSpec) { s.Template.Spec.RestartPolicy = corev1.RestartPolicyOnFailure }
func suspended(s *batchv1.JobSpec) { s.Suspend = ptr.To(true) }

func limit(n int32) func(*batchv1.JobSpec) { return func(s *batchv1.JobSpec) { s.BackoffLimit = &n } }
func perIndex(n int32) func(*batchv1.JobSpec) {
	return func(s *batchv1.JobSpec) { s.BackoffLimitPerIndex = &n }
}
func maxFailed(n int32) func(*batchv1.JobSpec) {
	return func(s *batchv1.JobSpec) { s.MaxFailedIndexes = &n }
}
func deadline(n int64) func(*batchv1.JobSpec) {
	return func(s *batchv1.JobSpec) { s.ActiveDeadlineSeconds = &n }
}
func ttl(n int32) func(*batchv1.JobSpec) {
	return func(s *batchv1.JobSpec) { s.TTLSecondsAfterFinished = &n }
}
func replacement(p batchv1.PodReplacementPolicy) func(*batchv1.JobSpec) {
	return func(s *batchv1.JobSpec) { s.PodReplacementPolicy = &p }
}
func onExit(a batchv1.PodFailurePolicyAction, codes ...int32) func(*batchv1.JobSpec) {
	return func(s *batchv1.JobSpec) {
		s.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{{Action: a,
			OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{Operator: batchv1.PodFailurePolicyOnExitCodesOpIn,
				Values: codes}}}}
	}
}
func ignoreDisruption(s *batchv1.JobSpec) {
	s.PodFailurePolicy = &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{{
		Action: batchv1.PodFailurePolicyActionIgnore, OnPodConditions: []batchv1.PodFailurePolicyOnPodConditionsPattern{
			{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue}}}}}
}
func successAt(indexes string, count *int32) func(*batchv1.JobSpec) {
	return func(s *batchv1.JobSpec) {
		r := batchv1.SuccessPolicyRule{SucceededCount: count}
		if indexes != "" {
			r.SucceededIndexes = &indexes
		}
		s.SuccessPolicy = &batchv1.SuccessPolicy{Rules: []batchv1.SuccessPolicyRule{r}}
	}
}

func patchJob(at time.Duration, body string) Action {
	return Action{At: at, Name: "patch " + body, Do: func(ctx context.Context, c *Cluster) error {
		_, err := c.User.BatchV1().Jobs("default").Patch(ctx, "a", types.MergePatchType, []byte(body), metav1.PatchOptions{})
		return err
	}}
}

func deleteJob(at time.Duration, p metav1.DeletionPropagation) Action {
	return Action{At: at, Name: "delete " + string(p), Do: func(ctx context.Context, c *Cluster) error {
		return c.User.BatchV1().Jobs("default").Delete(ctx, "a", metav1.DeleteOptions{PropagationPolicy: &p})
	}}
}

// deletePod deletes or evicts the n-th of the pods that are not finished, in the order of their
// creation.
func deletePod(at time.Duration, n int, evict bool) Action {
	return Action{At: at, Name: fmt.Sprint("delete pod ", n), Do: func(ctx context.Context, c *Cluster) error {
		var running []*corev1.Pod
		for _, p := range byBirth(c) {
			if p.Status.Phase == corev1.PodRunning {
				running = append(running, p)
			}
		}
		if n >= len(running) {
			return fmt.Errorf("no running pod %d", n)
		}
		pods := c.User.CoreV1().Pods("default")
		if evict {
			return pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: running[n].Name}})
		}
		return pods.Delete(ctx, running[n].Name, metav1.DeleteOptions{})
	}}
}

func loseNode(at time.Duration, name string) Action {
	return Action{At: at, Name: "lose " + name, Do: func(_ context.Context, c *Cluster) error {
		return c.LoseNode(name)
	}}
}

func returnNode(at time.Duration, name string) Action {
	return Action{At: at, Name: "return " + name, Do: func(_ context.Context, c *Cluster) error {
		return c.ReturnNode(name)
	}}
}

func deleteNode(at time.Duration, name string) Action {
	return Action{At: at, Name: "delete " + name, Do: func(ctx context.Context, c *Cluster) error {
		return c.User.CoreV1().Nodes().Delete(ctx, name, metav1.DeleteOptions{})
	}}
}

// firstOn binds the pods of the scenario's first five seconds to one node and all others to
// another.
func firstOn(first, then string) func(*corev1.Pod) (string, time.Duration) {
	return func(p *corev1.Pod) (string, time.Duration) {
		if p.CreationTimestamp.Time.Before(testStart.Add(5 * time.Second)) {
			return first, 0
		}
		return then, 0
	}
}

func restart(at, down time.Duration) Action {
	return Action{At: at, Name: "restart", Do: func(_ context.Context, c *Cluster) error { return c.RestartManager(down) }}
}

var (
	twoNodes = []corev1.Node{NewNode("n0"), NewNode("n1")}
	allOn    = Options{TTL: true, CronJob: true, PodGC: true, GarbageCollector: true, NodeLifecycle: true, Scheduler: true,
		Nodes: twoNodes}
	gcOnly = Options{GarbageCollector: true, TTL: true}
)

// stories are what determinism is measured with.
func stories() []story {
	return slices.Concat(countingScenarios(), policyScenarios(), userScenarios(), clusterScenarios())
}

func countingScenarios() []story {
	return []story{
		{name: "one", jobs: []*batchv1.Job{work(1, 1)}, fates: runs(3*sec, 0)},
		{name: "parallel-5-of-20", jobs: []*batchv1.Job{work(5, 20)}, fates: runs(3*sec, 0)},
		{name: "odd-fail", jobs: []*batchv1.Job{work(2, 5)}, fates: odd(3*sec, 1)},
		{name: "all-fail-at-once", jobs: []*batchv1.Job{work(3, 3, limit(4))}, fates: runs(0, 1)},
		{name: "all-fail-3s", jobs: []*batchv1.Job{work(1, 1, limit(3))}, fates: runs(3*sec, 1)},
		{name: "burst-100-half-fail", jobs: []*batchv1.Job{work(100, 100, limit(200))},
			fates: fates{odd(4500*time.Millisecond, 1)[0], exits(2500*time.Millisecond, 0)}},
		{name: "burst-100-all-fail", jobs: []*batchv1.Job{work(100, 100)}, fates: runs(2*sec, 1)},
		{name: "indexed", jobs: []*batchv1.Job{work(4, 10, indexed)}, fates: runs(3*sec, 0)},
		{name: "indexed-fail-odd", jobs: []*batchv1.Job{work(4, 8, indexed)},
			fates: fates{on(exits(2*sec, 1), firstAttempt), exits(2*sec, 0)}},
		{name: "per-index", jobs: []*batchv1.Job{work(3, 6, indexed, perIndex(1))},
			fates: fates{on(exits(2*sec, 1), oddIndexes), exits(2*sec, 0)}},
		{name: "per-index-max-failed", jobs: []*batchv1.Job{work(6, 6, indexed, perIndex(0), maxFailed(2))},
			fates: byIndex(1, 0, sec, 2*sec, 3*sec, 4*sec, 5*sec, 6*sec)},
	}
}

func policyScenarios() []story {
	return []story{
		{name: "policy-failjob", jobs: []*batchv1.Job{work(5, 5, onExit(batchv1.PodFailurePolicyActionFailJob, 42))},
			fates: odd(2*sec, 42)},
		{name: "policy-failindex", jobs: []*batchv1.Job{work(4, 4, indexed, perIndex(3),
			onExit(batchv1.PodFailurePolicyActionFailIndex, 42))}, fates: fates{on(exits(2*sec, 42), oddIndexes), exits(2*sec, 0)}},
		{name: "policy-ignore", jobs: []*batchv1.Job{work(2, 4, onExit(batchv1.PodFailurePolicyActionIgnore, 9), limit(0))},
			fates: fates{on(exits(2*sec, 9), numbers(0, 1)), exits(2*sec, 0)}},
		{name: "success-policy", jobs: []*batchv1.Job{work(5, 5, indexed, successAt("0-1", nil))},
			fates: byIndex(0, 5*sec, 2*sec, 12*sec, 22*sec, 32*sec, 42*sec)},
		{name: "success-count", jobs: []*batchv1.Job{work(5, 5, indexed, successAt("", ptr.To(int32(2))))},
			fates: byIndex(0, 0, 2*sec, 12*sec, 22*sec, 32*sec, 42*sec)},
		{name: "deadline", jobs: []*batchv1.Job{work(3, 3, deadline(10))}, fates: stubborn},
		{name: "onfailure", jobs: []*batchv1.Job{work(1, 1, onFailure, limit(3))}, fates: runs(3*sec, 1)},
		{name: "onfailure-many", jobs: []*batchv1.Job{work(4, 4, onFailure)},
			fates: fates{on(exits(3*sec, 1), restarts(0, 2)), exits(3*sec, 0)}},
	}
}

func userScenarios() []story {
	s := []story{
		{name: "suspend-resume", jobs: []*batchv1.Job{work(3, 6)}, fates: runs(15*sec, 0), script: []Action{
			patchJob(10*sec, `{"spec":{"suspend":true}}`), patchJob(40*sec, `{"spec":{"suspend":false}}`)}},
		{name: "created-suspended", jobs: []*batchv1.Job{work(2, 4, suspended)}, fates: runs(5*sec, 0), script: []Action{
			patchJob(10*sec, `{"spec":{"suspend":false}}`)}},
		{name: "scale-up-down", jobs: []*batchv1.Job{work(2, 12)}, fates: runs(7*sec, 0), script: []Action{
			patchJob(3*sec, `{"spec":{"parallelism":8}}`), patchJob(12*sec, `{"spec":{"parallelism":3}}`)}},
		{name: "scale-down-equals", jobs: []*batchv1.Job{work(10, 10)}, fates: runs(100*sec, 0), script: []Action{
			patchJob(5*sec, `{"spec":{"parallelism":4}}`)}},
		{name: "scale-to-zero", jobs: []*batchv1.Job{work(5, 5)}, fates: stubborn, script: []Action{
			patchJob(5*sec, `{"spec":{"parallelism":0}}`)}},
		{name: "elastic", jobs: []*batchv1.Job{work(4, 4, indexed)}, fates: byIndex(0, 0, 3*sec, 8*sec, 13*sec, 18*sec),
			script: []Action{patchJob(10*sec, `{"spec":{"parallelism":2,"completions":2}}`)}},
		{name: "delete-pod", jobs: []*batchv1.Job{work(3, 3)}, fates: stubborn, script: []Action{deletePod(5*sec, 1, false)},
			horizon: 2 * time.Minute},
		{name: "delete-pod-replace-failed", jobs: []*batchv1.Job{work(3, 3, replacement(batchv1.Failed))}, fates: stubborn,
			script: []Action{deletePod(5*sec, 1, false)}, horizon: 2 * time.Minute},
		{name: "evict-pods", jobs: []*batchv1.Job{work(3, 3, ignoreDisruption)}, fates: runs(60*sec, 0),
			script: []Action{deletePod(5*sec, 1, true), deletePod(5*sec, 0, true)}},
	}

	for _, p := range []metav1.DeletionPropagation{metav1.DeletePropagationBackground, metav1.DeletePropagationForeground,
		metav1.DeletePropagationOrphan} {
		s = append(s, story{name: "delete-job-" + string(p), options: gcOnly, jobs: []*batchv1.Job{work(4, 8)},
			fates: stubborn, script: []Action{deleteJob(5*sec, p)}})
	}
	return s
}

func clusterScenarios() []story {
	return []story{
		{name: "kubelet-evicts", jobs: []*batchv1.Job{work(2, 4, ignoreDisruption)}, fates: fates{on(exits(5*sec, 0), evicted), exits(5*sec, 0)}},
		{name: "reject", jobs: []*batchv1.Job{work(2, 2)}, fates: fates{on(exits(2*sec, 0), rejected), exits(2*sec, 0)}},
		{name: "ttl-0", options: gcOnly, jobs: []*batchv1.Job{work(3, 3, ttl(0))}, fates: runs(2*sec, 0)},
		{name: "ttl-30-failed", options: gcOnly, jobs: []*batchv1.Job{work(3, 3, ttl(30), limit(0))}, fates: runs(2*sec, 1)},
		{name: "restart-in-backoff", jobs: []*batchv1.Job{work(1, 1)}, fates: runs(3*sec, 1),
			script: []Action{restart(20*sec, 2*sec)}, horizon: 2 * time.Minute},
		{name: "restart-in-batch", options: Options{ManagerLimit: ManagerLimit}, jobs: []*batchv1.Job{work(60, 60)},
			fates: runs(30*sec, 0), script: []Action{restart(sec, sec)}},
		{name: "limits", options: Options{ManagerLimit: ManagerLimit}, jobs: []*batchv1.Job{work(80, 80, indexed)},
			fates: runs(3*sec, 0)},
		{name: "latency", options: Options{Network: func(r Request) Answer {
			if r.Actor == User {
				return Answer{}
			}
			return Answer{Before: 3 * time.Millisecond, After: 2 * time.Millisecond}
		}}, jobs: []*batchv1.Job{work(10, 30, limit(100))}, fates: odd(3*sec, 1)},
		{name: "slow-watch", options: Options{WatchDelay: func(Actor, Write) time.Duration { return 3 * sec / 2 }},
			jobs: []*batchv1.Job{work(10, 30, limit(100))}, fates: odd(2*sec, 1)},
		{name: "three-jobs", jobs: []*batchv1.Job{work(4, 8), named("b", work(4, 8, indexed)),
			named("c", work(2, 4, limit(1)))}, fates: odd(3*sec, 1)},
		{name: "scheduler", options: Options{Scheduler: true, Nodes: twoNodes}, jobs: []*batchv1.Job{work(10, 20)},
			fates: runs(3*sec, 0)},
		{name: "node-lost", options: allOn, jobs: []*batchv1.Job{work(4, 4)}, fates: runs(500*sec, 0),
			script: []Action{loseNode(20*sec+300*time.Millisecond, "n0")}, horizon: 25 * time.Minute},
		{name: "node-returns", options: allOn, jobs: []*batchv1.Job{work(4, 4)}, fates: runs(100*sec, 0),
			script: []Action{loseNode(20*sec, "n0"), returnNode(200*sec, "n0")}},
		{name: "node-deleted", options: Options{PodGC: true, Nodes: twoNodes, Bind: firstOn("n0", "n1")},
			jobs: []*batchv1.Job{work(2, 2)}, fates: runs(100*sec, 0),
			script: []Action{loseNode(5*sec, "n0"), deleteNode(5*sec, "n0")}},
		{name: "everything", options: allOn, jobs: []*batchv1.Job{work(5, 7, ttl(60), limit(10))}, fates: odd(4*sec, 1)},
	}
}
