package e2e

import (
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2" //nolint:stylecheck // the language of the suite
	. "github.com/onsi/gomega"    //nolint:stylecheck // the language of the suite
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/jobsim/jobsim/e2e/conformance"
	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/e2e/replay"
	"github.com/jobsim/jobsim/reports"
)

// disturbed is where traces are kept that say nothing of how fast a cluster is, which calibrate would ask them.
func disturbed() string { return filepath.Join(options.out, "disturbed", filepath.Base(common.Traces)) }

var _ = Describe("a replay", Label("resilience"), func() {
	It("says what it did not see, and judges nothing by it", Serial, NodeTimeout(specTimeout), func(ctx SpecContext) {
		k := checker.Cluster.Kind
		if k == nil {
			Skip("nodes of this cluster cannot be stopped")
		}
		c := plan("success-policy-count")
		results := make(chan *conformance.Result)
		go func() {
			defer GinkgoRecover()
			results <- checker.Check(ctx, c)
		}()
		time.Sleep(4 * time.Second) // some pods run
		Expect(k.Stop(ctx, k.ControlPlane())).To(Succeed())
		DeferCleanup(func() { _ = k.Start(ctx, k.ControlPlane()) }) // if the spec ended before
		time.Sleep(20 * time.Second)
		Expect(k.Start(ctx, k.ControlPlane())).To(Succeed())
		r := <-results
		Expect(r.Err).NotTo(HaveOccurred())
		Expect(r.Keep(disturbed())).To(Succeed())
		AddReportEntry("verdict", r.Explain())
		Expect(r.Seen.Gaps).NotTo(BeEmpty())
		Expect(r.Seen.Gaps[0].Kind).To(Equal(observe.Silent))
		Expect(r.Verdict).NotTo(Equal(reports.Different), r.Explain())
		Expect(r.Times).NotTo(Equal(reports.Different), r.Explain())
	})

	It("of a Job outlives the controller manager", Serial, NodeTimeout(specTimeout), func(ctx SpecContext) {
		if checker.Cluster.Kind == nil {
			Skip("the controller manager of this cluster cannot be restarted")
		}
		c := plan("failure-rules-in-order")
		c.Restarts = []time.Duration{4 * time.Second} // while the back-off lasts, which only the pods can tell the next one
		r := checker.Check(ctx, c)
		Expect(r.Keep(disturbed())).To(Succeed())
		AddReportEntry("verdict", r.Explain())
		Expect(r.Err).NotTo(HaveOccurred())
		Expect(r.Verdict).To(Equal(reports.Equal), r.Explain()) // times: a new leader waits until the old one's lease is over
	})

	It("clears up after one that was killed", func(ctx SpecContext) {
		namespaces := checker.Cluster.Client.CoreV1().Namespaces()
		ns := newNamespace(ctx, "jobsim-killed-", 1<<30) // no process has such a number
		swept, err := replay.Sweep(ctx, checker.Cluster.Client)
		Expect(err).NotTo(HaveOccurred())
		Expect(swept).To(ContainElement(ns.Name))
		Eventually(func() bool {
			_, err := namespaces.Get(ctx, ns.Name, metav1.GetOptions{})
			return apierrors.IsNotFound(err)
		}).WithTimeout(time.Minute).Should(BeTrue())
	})
})
