package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/jobsim/jobsim/e2e/observe"
	"github.com/jobsim/jobsim/scenarios"
	"github.com/jobsim/jobsim/sim"
	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/rng"
	"github.com/jobsim/jobsim/sim/trace"
)

// Machines are the nodes of a cluster as machines, which can be stopped.
type Machines interface {
	Stop(ctx context.Context, node string) error   // nothing on it moves
	Cut(ctx context.Context, node string) error    // it is heard of no more and hears nothing; what runs on it goes on
	Start(ctx context.Context, node string) error  // it goes on, or is heard of again
	Rejoin(ctx context.Context, node string) error // its Node object is made again
	RestartManager(ctx context.Context) error      // the controller manager begins anew
	// Reserve waits for so many of the nodes that only replays which disturb nodes use, moving ones; nobody else gets
	// them until release is called.
	Reserve(ctx context.Context, nodes int) (names []string, release func(), err error)
}

// Options say what is replayed where.
type Options struct {
	Client   kubernetes.Interface
	Scenario *scenarios.Scenario
	Version  string   // of the cluster, for the trace
	Image    string   // of the worker
	Machines Machines // nil: nodes cannot be stopped
	Seed     uint64
	// Replication is the number of the replay, which draws its own fates.
	Replication uint64
	// Length is about how long the scenario takes, in the simulator's opinion.
	Length time.Duration
	// Timeout is when the replay is given up, whatever has become of the Jobs; 0: twice Length and a minute, and
	// evictionLag where pods are evicted.
	Timeout time.Duration
	// ClockOffset is what the API server's clock shows more than ours.
	ClockOffset time.Duration
	// Restarts are the times at which the controller manager is restarted.
	Restarts []time.Duration
	// Apart says that a scenario that disturbs nodes gets reserved ones, so that others may be replayed beside it.
	Apart bool
	// Places are where the simulator's pods came to, in order: by them is known which node is which.
	Places []Place
	// Run is the mark of the whole undertaking that this replay is a part of.
	Run string
	// Leave says that the cluster will be deleted, and with it a namespace in which nothing goes on any more: to delete
	// one is work for the API server that other replays would wait for.
	Leave bool
}

// run is one replay.
type run struct {
	o         Options
	id        string
	cfg       *sim.Config
	fates     api.Fates
	namespace string
	nodes     []string // that stand for the scenario's; which for which, node knows
	known     map[api.NodeID]string
	release   func() // of the nodes
	start     time.Time
	watcher   *observe.Watcher

	ctx     context.Context // of everything but the clearing up
	cancel  context.CancelCauseFunc
	handing sync.WaitGroup
	given   map[types.UID]bool // only used by the watcher's goroutine of pods, like turn
	turn    chan struct{}      // closed when the latest pod of those that go one by one has its fate
}

// evictionLag is how long a kubelet may need to notice that a pod's volume is full: it begins to look within a minute,
// looks again after up to two (pkg/kubelet/server/stats/volume_stat_calculator.go:69@v1.37.2), and evicts every 10 s.
const evictionLag = 3*time.Minute + 10*time.Second

// Run replays a scenario and returns what was observed. A scenario that does not end in time is no error: its Jobs
// are unfinished. Whatever happens, the namespace is deleted (but see Options.Leave), and what was changed on nodes is
// undone.
func Run(ctx context.Context, o Options) (seen *observe.Observation, err error) {
	cfg := o.Scenario.Config()
	if o.Timeout == 0 {
		o.Timeout = 2*o.Length + time.Minute
		if slices.ContainsFunc(cfg.Fates, func(f api.FateRule) bool { return f.End == api.EndEvicted }) {
			o.Timeout += evictionLag
		}
	}
	r := &run{o: o, id: newID(), cfg: cfg, given: map[types.UID]bool{}, known: map[api.NodeID]string{},
		release: func() {}}
	r.cfg.Seed, r.cfg.Replication = o.Seed, o.Replication
	r.fates = api.Fates{Rules: r.cfg.Fates, Source: rng.Source{Seed: o.Seed, Replication: o.Replication}}
	err = r.findNodes(ctx)
	defer func() { r.release() }()
	if err != nil {
		return nil, fmt.Errorf("scenario %q: %w", o.Scenario.Name, err)
	}
	if err = Refuse(o.Scenario, len(r.nodes), o.Machines != nil); err != nil {
		return nil, fmt.Errorf("scenario %q: %w", o.Scenario.Name, err)
	}
	clear := context.WithoutCancel(ctx)
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	defer func() {
		r.cancel(nil)
		r.handing.Wait()
		if clearErr := r.clear(clear); err == nil {
			err = clearErr
		}
		if err != nil {
			err = fmt.Errorf("scenario %q in namespace %s: %w", o.Scenario.Name, r.namespace, err)
		}
	}()
	if err = r.prepare(); err != nil {
		return nil, err
	}
	err = r.play()
	stopped, cancel := context.WithTimeout(clear, requestLimit)
	defer cancel()
	return r.watcher.Stop(stopped), err
}

// fail ends the replay.
func (r *run) fail(err error) { r.cancel(err) }

// prepare makes the namespace, what stands for the scenario's nodes, and the watches.
func (r *run) prepare() error {
	if err := r.createNamespace(); err != nil {
		return err
	}
	if err := r.furnish(); err != nil {
		return err
	}
	names := make([]string, len(r.o.Scenario.Manifests))
	for i, m := range r.o.Scenario.Manifests {
		names[i] = m.Name
	}
	var err error
	r.watcher, err = observe.Start(r.ctx, observe.Options{Client: r.o.Client, Namespace: r.namespace,
		Called: r.o.Scenario.Manifests[0].Namespace, Jobs: names, OnPod: r.onPod, UntilFinished: !r.cfg.Until.Quiescent,
		Header: trace.Header{Scenario: r.o.Scenario.Name, World: "kind",
			Kubernetes: r.o.Version, Seed: r.o.Seed, Replication: r.o.Replication}})
	return err
}

// play does everything at its time. Time 0 is a whole second of the API server's clock, as in the other worlds, so that
// its truncated times are offsets of whole seconds.
func (r *run) play() error {
	server := time.Now().Add(r.o.ClockOffset)
	r.start = server.Truncate(time.Second).Add(time.Second).Add(-r.o.ClockOffset)
	r.watcher.SetStart(r.start)
	for _, a := range r.script() {
		over, err := r.await(a.at)
		if err != nil || over {
			return err
		}
		if err := a.do(r.ctx); err != nil {
			return fmt.Errorf("at %v: %s: %w", a.at, a.what, cause(r.ctx, err))
		}
	}
	_, err := r.await(r.o.Timeout)
	return err
}

// cause is why a replay ended: if it failed elsewhere, that.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil && !errors.Is(c, context.Canceled) {
		return c
	}
	return err
}

// await waits until the scenario's time t, or until the replay is over.
func (r *run) await(t time.Duration) (over bool, err error) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(time.Until(r.start.Add(t)))
	defer end.Stop()
	for !r.over() {
		select {
		case <-r.ctx.Done():
			return false, cause(r.ctx, r.ctx.Err())
		case <-end.C:
			return t >= r.o.Timeout, nil
		case <-r.watcher.Changed():
		case <-tick.C:
		}
	}
	return true, nil
}

// calm is how long nothing may have happened, with nothing left to come, for a quiescent scenario to be over.
const calm = 5 * time.Second

func (r *run) over() bool {
	passed := time.Since(r.start)
	if h := r.cfg.Until.Horizon; h != 0 && passed >= time.Duration(h) {
		return true
	}
	still := passed > r.o.Length && time.Since(r.watcher.Quiet()) > calm
	if r.cfg.Until.Quiescent {
		return still && !r.watcher.Busy()
	}
	return r.watcher.Finished() || still && r.watcher.Asleep()
}

// submit creates a Job.
func (r *run) submit(ctx context.Context, id api.JobID) error {
	return persist(ctx, func(ctx context.Context) error {
		_, err := r.o.Client.BatchV1().Jobs(r.namespace).Create(ctx, r.job(id), metav1.CreateOptions{FieldManager: manager})
		return err
	})
}
