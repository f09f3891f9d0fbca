package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2" //nolint:stylecheck // the language of the suite
	. "github.com/onsi/gomega"    //nolint:stylecheck // the language of the suite
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/jobsim/jobsim/e2e/cluster"
)

// study takes some ten seconds in each of four pods.
var study = []string{"run", "-f", "../scenarios/examples/hundred.yaml", "--failure-rate", "0.05",
	"--duration", "lognormal:1m,0.5", "-n", "100000", "--seed", "9"}

var _ = Describe("a study as an Indexed Job", Label("long", "study"), func() {
	It("is what it is on one machine, though one of its pods is deleted", NodeTimeout(specTimeout), func(ctx SpecContext) {
		if checker.Cluster.Kind == nil {
			Skip("images cannot be loaded into this cluster")
		}
		Expect(checker.Cluster.Kind.Load(ctx, cluster.JobsimImage)).To(Succeed())
		program := filepath.Join(GinkgoT().TempDir(), "jobsim")
		text, err := exec.CommandContext(ctx, "go", "build", "-o", program, "../cmd/jobsim").CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(text))

		onCluster := append(slices.Clone(study), "--on-cluster", "4", "--image", cluster.JobsimImage)
		job := submit(ctx, call(ctx, program, "", onCluster...))
		pods := checker.Cluster.Client.CoreV1().Pods(job.Namespace)
		victim := firstRunning(ctx, job)
		Expect(pods.Delete(ctx, victim, metav1.DeleteOptions{})).To(Succeed())
		awaitComplete(ctx, job)

		Expect(job.Status.CompletedIndexes).To(Equal("0-3"))
		Expect(job.Status.Failed).To(BeEquivalentTo(1))
		logs := call(ctx, program, logsOf(ctx, job), "merge", "-")
		Expect(logs).To(Equal(call(ctx, program, "", study...)))
	})
})

// call runs jobsim and returns what it prints.
func call(ctx context.Context, program, in string, args ...string) string {
	GinkgoHelper()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin, cmd.Stderr = strings.NewReader(in), GinkgoWriter
	text, err := cmd.Output()
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

// submit creates a ConfigMap and a Job in a namespace that is deleted after the spec.
func submit(ctx SpecContext, manifests string) *batchv1.Job {
	GinkgoHelper()
	client := checker.Cluster.Client
	ns := newNamespace(ctx, "jobsim-study-", os.Getpid())
	DeferCleanup(func(ctx SpecContext) error {
		return client.CoreV1().Namespaces().Delete(ctx, ns.Name, metav1.DeleteOptions{})
	})
	documents := strings.Split(manifests, "---\n")
	Expect(documents).To(HaveLen(3))
	var scenario corev1.ConfigMap
	var job batchv1.Job
	Expect(yaml.UnmarshalStrict([]byte(documents[1]), &scenario)).To(Succeed())
	Expect(yaml.UnmarshalStrict([]byte(documents[2]), &job)).To(Succeed())
	_, err := client.CoreV1().ConfigMaps(ns.Name).Create(ctx, &scenario, metav1.CreateOptions{})
	Expect(err).NotTo(HaveOccurred())
	created, err := client.BatchV1().Jobs(ns.Name).Create(ctx, &job, metav1.CreateOptions{})
	Expect(err).NotTo(HaveOccurred())
	return created
}

func podsOf(ctx context.Context, job *batchv1.Job) []corev1.Pod {
	GinkgoHelper()
	list, err := checker.Cluster.Client.CoreV1().Pods(job.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: batchv1.JobNameLabel + "=" + job.Name})
	Expect(err).NotTo(HaveOccurred())
	return list.Items
}

// firstRunning is the name of a pod of the Job that runs.
func firstRunning(ctx context.Context, job *batchv1.Job) (name string) {
	GinkgoHelper()
	Eventually(func() string {
		for _, p := range podsOf(ctx, job) {
			if p.Status.Phase == corev1.PodRunning {
				name = p.Name
			}
		}
		return name
	}).WithTimeout(time.Minute).ShouldNot(BeEmpty())
	return name
}

// awaitComplete waits for the Job, and reads it again.
func awaitComplete(ctx context.Context, job *batchv1.Job) {
	GinkgoHelper()
	Eventually(func() (conditions []batchv1.JobConditionType) {
		got, err := checker.Cluster.Client.BatchV1().Jobs(job.Namespace).Get(ctx, job.Name, metav1.GetOptions{})
		Expect(err).NotTo(HaveOccurred())
		*job = *got
		for _, c := range job.Status.Conditions {
			if c.Status == corev1.ConditionTrue {
				conditions = append(conditions, c.Type)
			}
		}
		return conditions
	}).WithTimeout(5 * time.Minute).WithPolling(time.Second).Should(ContainElement(batchv1.JobComplete))
}

// logsOf are the logs of all pods of the Job that there are.
func logsOf(ctx context.Context, job *batchv1.Job) string {
	GinkgoHelper()
	var all strings.Builder
	for _, p := range podsOf(ctx, job) {
		text, err := checker.Cluster.Client.CoreV1().Pods(p.Namespace).GetLogs(p.Name, &corev1.PodLogOptions{}).DoRaw(ctx)
		Expect(err).NotTo(HaveOccurred())
		all.Write(text)
	}
	return all.String()
}
