package oracle

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/kubelet"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Limits of a run.
const (
	wallLimit      = 10 * time.Minute     // of real time
	defaultHorizon = 365 * 24 * time.Hour // as sim.Until has it
	unlimitedPods  = 1_000_000            // of a node without limits
)

// Play runs a scenario and returns its trace. In go test, t is the test; elsewhere Main provides one. Errors: what
// this world cannot do (ErrUnsupported), and what went wrong in the bubble.
func Play(t *testing.T, s *scenarios.Scenario, seed, replication uint64) (*trace.Trace, error) {
	p, err := played(t, s, seed, replication)
	if p == nil {
		return nil, err
	}
	return p.trace, err
}

// played is who has played a scenario, when that is over.
func played(t *testing.T, s *scenarios.Scenario, seed, replication uint64) (*player, error) {
	cfg := s.Config()
	cfg.Seed, cfg.Replication = seed, replication
	if err := unsupported(cfg); err != nil {
		return nil, fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	p := &player{cfg: cfg, labels: labelChanges(s, cfg), manifests: s.Manifests, cronJobs: s.CronJobs,
		start: s.Start(), patience: patience(cfg)}
	err := Bubble(t, wallLimit, p.run)
	if err != nil {
		err = fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	return p, err
}

// labelChanges are the labels that faults change; null takes one off.
func labelChanges(s *scenarios.Scenario, cfg *sim.Config) map[*api.Fault]map[string]*string {
	out := map[*api.Fault]map[string]*string{}
	for i := range s.File.Faults {
		if f := s.File.Faults[i].LabelPod; f != nil {
			out[&cfg.Faults[i]] = f.Labels
		}
	}
	return out
}

// ErrUnsupported is a scenario that this world cannot play; what of it stands in an Unsupported.
var ErrUnsupported = errors.New("the oracle cannot play it")

// Unsupported is what of a scenario this world cannot play. It is an ErrUnsupported.
type Unsupported struct {
	Field string // of the scenario
	What  string
}

// Error tells both.
func (u *Unsupported) Error() string {
	return fmt.Sprintf("%v: %s: %s", ErrUnsupported, u.Field, u.What)
}

// Is makes it an ErrUnsupported.
func (u *Unsupported) Is(target error) bool { return target == ErrUnsupported }

// unsupported says what of cfg cannot be had here: what is a constant in Kubernetes.
func unsupported(cfg *sim.Config) error {
	k := &cfg.Knobs
	err := fixedConstants(k)
	if version := fmt.Sprintf("v1.%d", k.Kubernetes); !strings.HasPrefix(KubernetesVersion, version+".") {
		err = errors.Join(&Unsupported{"kubernetesVersion",
			fmt.Sprintf("%s (allowed: that of %s, which it was built with)", version, KubernetesVersion)}, err)
	}
	if !k.Latency.Contend.IsZero() {
		err = errors.Join(&Unsupported{"cluster.latency.contend", "pods that delay each other (allowed: 0s)"}, err)
	}
	if len(cfg.Groups) > 0 {
		err = errors.Join(&Unsupported{"cluster.groups", "nodes that come and go (allowed: cluster.nodes)"}, err)
	}
	return err
}

// player is one run of a scenario.
type player struct {
	cfg       *sim.Config
	labels    map[*api.Fault]map[string]*string // that faults change
	manifests []*batchv1.Job
	cronJobs  []*batchv1.CronJob
	start     time.Time // time 0, where the clock matters
	cluster   *Cluster
	tracer    *tracer
	trace     *trace.Trace
	metrics   []trace.Sample // of the Job controller, at the end
	lives     *lives
	patience  time.Duration
	early     bool          // it ended before the horizon, since nothing had been written for so long
	end       time.Duration // when it ended
	away      away
	obstacles obstacles
}

func (p *player) run() (err error) {
	p.trace = &trace.Trace{Header: trace.Header{Scenario: p.cfg.Scenario, World: "oracle",
		Kubernetes: fmt.Sprintf("v1.%d", p.cfg.Knobs.Kubernetes), Seed: p.cfg.Seed, Replication: p.cfg.Replication}}
	if len(p.cronJobs) > 0 { // nothing is there yet that could act in all these years
		time.Sleep(time.Until(p.start.Add(-defaultWarmup)))
	}
	start := time.Now().Add(defaultWarmup)
	p.tracer = newTracer(p.cfg, start, p.trace)
	setConstants(&p.cfg.Knobs)
	c, err := New(p.options(start))
	if err != nil {
		return err
	}
	p.cluster = c
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := p.namespaces(); err != nil {
		return err
	}
	if err := p.play(); err != nil {
		return err
	}
	p.tracer.stop()
	p.metrics, err = readMetrics()
	return err
}

// options are the cluster of the scenario.
func (p *player) options(start time.Time) Options {
	cfg, k := p.cfg, &p.cfg.Knobs
	fates := &api.Fates{Rules: cfg.Fates, Source: rng.Source{Seed: cfg.Seed, Replication: cfg.Replication}}
	p.lives = &lives{env: kubelet.Env{Knobs: k, Fates: fates}, start: start, jobs: map[string]api.JobID{}}
	for id, spec := range cfg.JobSpecs {
		p.lives.jobs[spec.Name] = id
	}
	o := Options{Seed: cfg.Seed, Workers: int(k.JobSyncs), Life: p.lives.of, Observe: p.tracer.write, WallLimit: wallLimit,
		ManagerLimit: Limit{QPS: k.QPS, Burst: int(k.Burst)}, GarbageCollector: true,
		FreeEvents: !k.Events, FreeNodeControllers: true}
	p.network(&o)
	o.Refuse = func(r Request) error {
		return p.obstacles.refuse(r, func(namespace string) []*corev1.Pod { return p.cluster.db.pods(namespace) })
	}
	for _, spec := range cfg.JobSpecs {
		o.TTL = o.TTL || spec.TTLSecondsAfterFinished.Set
	}
	o.CronJob = len(cfg.CronJobs) > 0
	for i := range cfg.Faults {
		f := &cfg.Faults[i]
		o.TTL = o.TTL || f.Patch.TTLSecondsAfterFinished.Set
		switch f.Kind {
		case api.DrainNode, api.CordonNode, api.UncordonNode, api.LoseNode, api.ReturnNode, api.DeleteNode:
			o.NodeLifecycle, o.PodGC = true, true
		case api.RestartController, api.FailRequests:
			o.PodGC = true
		default:
		}
	}
	for i := range cfg.Nodes {
		n := &cfg.Nodes[i]
		o.Nodes = append(o.Nodes, nodeObject(n))
	}
	o.Scheduler = scheduled(cfg)
	o.PodGC = o.PodGC || o.Scheduler // pods may be unbound when they are deleted
	return o
}

// scheduled says whether the scenario needs the real scheduler: where there is one node without limits that stays, and
// every pod is bound in the instant of its creation, a binder does.
func scheduled(cfg *sim.Config) bool {
	if l := &cfg.Knobs.Latency; !l.Bind.IsZero() || !l.Watch.IsZero() || len(cfg.Nodes) != 1 || !cfg.Nodes[0].Unlimited {
		return true
	}
	return slices.ContainsFunc(cfg.Faults, func(f api.Fault) bool {
		switch f.Kind {
		case api.DrainNode, api.CordonNode, api.LoseNode, api.DeleteNode:
			return true
		default:
			return false
		}
	})
}

func nodeObject(spec *api.NodeSpec) corev1.Node {
	n := NewNode(spec.Name)
	room := corev1.ResourceList{
		corev1.ResourceCPU:    *resource.NewMilliQuantity(spec.MilliCPU, resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(spec.Memory, resource.BinarySI),
		corev1.ResourcePods:   *resource.NewQuantity(int64(spec.Pods), resource.DecimalSI),
	}
	if spec.Unlimited {
		room = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1G"),
			corev1.ResourceMemory: resource.MustParse("1Ei"),
			corev1.ResourcePods:   *resource.NewQuantity(unlimitedPods, resource.DecimalSI)}
	}
	n.Status.Capacity, n.Status.Allocatable = room, room
	return n
}

// namespaces creates those of the Jobs.
func (p *player) namespaces() error {
	made := map[string]bool{metav1.NamespaceDefault: true}
	client := p.cluster.User.CoreV1().Namespaces()
	var names []string
	for _, m := range p.manifests {
		names = append(names, m.Namespace)
	}
	for _, m := range p.cronJobs {
		names = append(names, m.Namespace)
	}
	for _, name := range names {
		if made[name] {
			continue
		}
		made[name] = true
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if _, err := client.Create(context.Background(), ns, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// play lets the scenario happen, to its end.
func (p *player) play() error {
	horizon := defaultHorizon
	if h := p.cfg.Until.Horizon; h != 0 {
		horizon = time.Duration(h)
	}
	for _, a := range p.script() {
		if a.At > horizon {
			break
		}
		over, err := p.await(a.At)
		if err != nil || over {
			return err
		}
		if err := p.cluster.turn(User.rank()); err != nil {
			return err
		}
		if err := a.Do(context.Background(), p.cluster); err != nil {
			return fmt.Errorf("at %v: %s: %w", a.At, a.Name, err)
		}
	}
	for {
		end := p.quiet()
		over, err := p.await(min(horizon, end))
		p.end = p.cluster.Now()
		switch {
		case err != nil || over:
			return err
		case p.end >= horizon: // the last instant, to its end
			return p.cluster.Settle()
		case p.end >= p.quiet():
			p.early = true
			return p.cluster.Settle()
		}
	}
}

// await waits until the scenario's time t, or until the run is over: at the end of the instant in which the last Job
// finished.
func (p *player) await(t time.Duration) (over bool, err error) {
	over, err = p.cluster.Await(t, func() bool {
		_, done := p.tracer.finished()
		return done && !p.cfg.Until.Quiescent && len(p.cronJobs) == 0
	})
	if over && err == nil {
		err = p.cluster.Settle()
	}
	return over, err
}

// quiet is when nothing is left to happen, if nothing is written until then: what the nodes have planned is over, and
// so is the longest wait of any controller.
func (p *player) quiet() time.Duration {
	if len(p.cronJobs) > 0 {
		return math.MaxInt64 // there is always a next schedule time
	}
	last := max(p.tracer.quiet(), time.Duration(p.lives.latest.Load()))
	return last + p.patience
}

// patience is longer than any controller waits.
func patience(cfg *sim.Config) time.Duration {
	longest := int64(0)
	for i := range cfg.Jobs {
		s := &cfg.Jobs[i].Spec
		longest = max(longest, s.ActiveDeadlineSeconds.Value, int64(s.TTLSecondsAfterFinished.Value))
	}
	for i := range cfg.Faults {
		f := &cfg.Faults[i]
		p := &f.Patch
		longest = max(longest, p.ActiveDeadlineSeconds.Value, int64(p.TTLSecondsAfterFinished.Value),
			int64((f.Downtime+f.For)/des.Second))
	}
	k := &cfg.Knobs
	longest += k.UnreachableSeconds
	return time.Duration(api.Seconds(longest)) + 2*time.Duration(k.MaxPodBackoff+k.MaxAPIBackoff+k.ExpectationTimeout) +
		time.Hour
}

// script is what the user does: the submissions, then the faults.
func (p *player) script() []Action {
	var script []Action
	for i := range p.cfg.Jobs {
		m := p.manifests[i]
		script = append(script, Action{At: time.Duration(p.cfg.Jobs[i].At), Name: "submit " + m.Name,
			Do: func(ctx context.Context, c *Cluster) error {
				_, err := c.User.BatchV1().Jobs(m.Namespace).Create(ctx, m.DeepCopy(), metav1.CreateOptions{})
				return err
			}})
	}
	for i, m := range p.cronJobs {
		script = append(script, Action{At: time.Duration(p.cfg.CronJobs[i].At), Name: "submit " + m.Name,
			Do: func(ctx context.Context, c *Cluster) error {
				_, err := c.User.BatchV1().CronJobs(m.Namespace).Create(ctx, m.DeepCopy(), metav1.CreateOptions{})
				return err
			}})
	}
	for i := range p.cfg.Faults {
		f := &p.cfg.Faults[i]
		script = append(script, Action{At: time.Duration(f.At), Name: "fault",
			Do: func(ctx context.Context, _ *Cluster) error { return p.fault(ctx, f) }})
	}
	for i := range p.cfg.Faults {
		if f := &p.cfg.Faults[i]; f.Kind == api.RestartController {
			script = append(script, Action{At: time.Duration(f.At.Add(f.Downtime)), Name: "lead",
				Do: func(_ context.Context, c *Cluster) error { p.away.start(c); return nil }})
		}
	}
	return inOrder(script)
}
