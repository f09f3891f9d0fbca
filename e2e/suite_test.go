package e2e

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2" //nolint:stylecheck // the language of the suite
	. "github.com/onsi/gomega"    //nolint:stylecheck // the language of the suite
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/jobsim/jobsim/e2e/cluster"
	"github.com/jobsim/jobsim/e2e/conformance"
	"github.com/jobsim/jobsim/e2e/replay"
	"github.com/jobsim/jobsim/reports"
)

type suiteOptions struct {
	kubeconfig, context, image, name, out string
	mine                                  bool
	seed                                  uint64
}

var options suiteOptions

// ours says whether the suite has a kind cluster of its own.
func (o *suiteOptions) ours() bool { return o.kubeconfig == "" && o.context == "" }

func init() {
	flag.StringVar(&options.kubeconfig, "kubeconfig", "", "of a cluster that exists; empty: a kind cluster is brought up")
	flag.StringVar(&options.context, "context", "", "in the kubeconfig")
	flag.StringVar(&options.image, "worker-image", cluster.WorkerImage, "of e2e/worker, on a cluster that is not kind's")
	flag.StringVar(&options.name, "cluster", cluster.DefaultName, "name of the kind cluster")
	flag.StringVar(&options.out, "out", "", "where traces and logs go; empty: nothing is done")
	flag.BoolVar(&options.mine, "yes-i-own-this-cluster", false, "replay on a cluster that is not kind's")
	flag.Uint64Var(&options.seed, "replay-seed", 1, "of fates that are left to chance")
}

func TestE2E(t *testing.T) {
	if options.out == "" {
		t.Skip("make e2e runs it: it needs a cluster, and minutes")
	}
	RegisterFailHandler(Fail)
	RunSpecs(t, "the library on a live cluster")
}

// shared is what the first process tells the others.
type shared struct {
	Kubeconfig, Context, Kind, Run, Traces string
	Offset                                 time.Duration
	Temporary                              bool // the kind cluster is deleted at the end
}

var (
	checker conformance.Checker
	site    conformance.Site
	common  shared
)

var _ = SynchronizedBeforeSuite(func(ctx SpecContext) []byte {
	s := shared{Kubeconfig: options.kubeconfig, Context: options.context, Run: "e2e",
		Traces: filepath.Join(options.out, "traces", time.Now().UTC().Format("20060102T150405Z"))}
	var c *cluster.Cluster
	var err error
	if options.ours() {
		c, err = cluster.Up(ctx, cluster.Options{Name: options.name, Image: os.Getenv("NODE_IMAGE"),
			Version: os.Getenv("KUBERNETES_VERSION"), Workers: cluster.DefaultWorkers,
			Reserved: cluster.DefaultReserved, Temporary: os.Getenv("KEEP") == "", Log: GinkgoWriter})
		Expect(err).NotTo(HaveOccurred())
		s.Kind, s.Temporary = options.name, c.Kind.Temporary
		Expect(c.Kind.Load(ctx, cluster.WorkerImage)).To(Succeed())
	} else {
		c, err = cluster.Connect(ctx, options.kubeconfig, options.context)
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(c.Consent(options.mine)).To(Succeed())
	k, swept, err := conformance.NewChecker(ctx, c, options.image, s.Run, options.seed)
	for _, ns := range swept {
		GinkgoWriter.Printf("deleted namespace %s, which a replay that was killed had left behind\n", ns)
	}
	Expect(err).NotTo(HaveOccurred())
	Expect(os.RemoveAll(waiting())).To(Succeed()) // of a suite that was killed
	Expect(os.MkdirAll(waiting(), 0o755)).To(Succeed())
	s.Offset = k.ClockOffset
	text, err := json.Marshal(s)
	Expect(err).NotTo(HaveOccurred())
	return text
}, func(ctx SpecContext, text []byte) {
	Expect(json.Unmarshal(text, &common)).To(Succeed())
	var c *cluster.Cluster
	var err error
	if common.Kind != "" {
		c, err = cluster.Find(ctx, common.Kind)
	} else {
		c, err = cluster.Connect(ctx, common.Kubeconfig, common.Context)
	}
	Expect(err).NotTo(HaveOccurred())
	site, err = conformance.SiteOf(ctx, c)
	Expect(err).NotTo(HaveOccurred())
	checker = conformance.Checker{Cluster: c, Image: options.image, Run: common.Run, ClockOffset: common.Offset,
		Seed: options.seed, Leave: common.Temporary}
})

var failed bool

var _ = AfterEach(func() { failed = failed || CurrentSpecReport().Failed() })

var _ = SynchronizedAfterSuite(func() {}, func(SpecContext) {
	c := checker.Cluster
	if c == nil || c.Kind == nil {
		return
	}
	if failed {
		if err := c.Kind.ExportLogs(filepath.Join(options.out, "logs")); err != nil {
			GinkgoWriter.Printf("the logs are not complete: %v\n", err)
		}
	}
	if common.Temporary {
		Expect(c.Kind.Delete()).To(Succeed())
	}
})

// plan is the case of a scenario; what this cluster cannot do is skipped.
func plan(name string) *conformance.Case {
	cases, err := conformance.Plan([]string{name}, site, options.seed)
	Expect(err).NotTo(HaveOccurred())
	if cases[0].Skip != "" {
		Skip(cases[0].Skip)
	}
	return cases[0]
}

// play checks a scenario, keeps its trace, and judges.
func play(ctx context.Context, name string) {
	c := plan(name)
	usual := c.Usual()
	result := checker.Settle(ctx, c, func() error { return begin(ctx, usual) })
	Expect(result.Keep(common.Traces)).To(Succeed())
	if text := result.Explain(); text != "" {
		AddReportEntry("verdict", text)
	}
	Expect(result.Err).NotTo(HaveOccurred())
	if result.Excused() {
		Skip(result.Explain())
	}
	Expect(result.Verdict).To(Equal(reports.Equal), result.Explain())
	Expect(result.Times).To(Equal(reports.Equivalent), result.Explain())
}

// newNamespace is a namespace that the next suite deletes if the process that owns it is gone by then.
func newNamespace(ctx context.Context, prefix string, owner int) *corev1.Namespace {
	GinkgoHelper()
	ns, err := checker.Cluster.Client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: prefix, Labels: replay.OwnedBy(), Annotations: replay.Owner(owner)}}, metav1.CreateOptions{})
	Expect(err).NotTo(HaveOccurred())
	return ns
}
