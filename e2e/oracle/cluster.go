package oracle

import (
	"context"
	"errors"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/kubernetes"
)

// The phases of a cluster's start.
const (
	managerStart = 30 * time.Second // after the cluster
	// settleTime is how long leftover timers get to fire when a cluster is closed: work queues
	// leave goroutines for a heartbeat, broadcasters for longer.
	settleTime = time.Hour
)

// Cluster is a control plane in a bubble. A bubble holds one at a time.
type Cluster struct {
	// User is the client of the user, without limits.
	User kubernetes.Interface
	// Start is time 0 of the scenario.
	Start time.Time

	options Options
	gate    *gate
	db      *database
	names   *names
	watches watches
	kubelet *nodes

	ctx      context.Context
	cancel   context.CancelFunc
	stopGate context.CancelFunc
	wg       sync.WaitGroup
	onClose  []func()

	mu      sync.Mutex
	manager *manager        // nil while it is down
	process context.Context // of the latest
}

// New starts a cluster and returns at Start. It must be called inside a bubble, which must not end
// before Close.
func New(o Options) (*Cluster, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	c := newCluster(o.withDefaults())
	if err := c.startUp(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func newCluster(o Options) *Cluster {
	g := newGate(limits{turns: o.MaxTurns, instant: o.MaxTurnsAtOnce, wall: o.WallLimit})
	c := &Cluster{Start: time.Now().Add(o.Warmup), options: o, gate: g, db: newDatabase(g), names: &names{seed: o.Seed}}
	c.db.delay = o.WatchDelay
	c.db.observe = o.Observe
	c.ctx, c.cancel = context.WithCancel(context.WithValue(context.Background(), clusterKey{}, c))
	gateCtx, stop := context.WithCancel(context.Background())
	c.stopGate = stop
	go g.run(gateCtx)
	open.Lock()
	defer open.Unlock()
	if open.clusters == nil {
		open.clusters = map[*Cluster]bool{}
	}
	open.clusters[c] = true
	return c
}

// startUp starts the nodes, then the controllers, and waits for the scenario's time 0.
func (c *Cluster) startUp() error {
	begin := time.Now()
	var err error
	if c.User, err = c.newClient(User); err != nil {
		return err
	}
	for _, name := range []string{metav1.NamespaceDefault, corev1.NamespaceNodeLease} {
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
		if _, err := c.User.CoreV1().Namespaces().Create(c.ctx, ns, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	if c.kubelet, err = c.startKubelet(); err != nil {
		return err
	}
	for i := range c.options.Nodes {
		if err := c.AddNode(&c.options.Nodes[i]); err != nil {
			return err
		}
	}
	if !c.options.Scheduler {
		if err := c.startBinder(); err != nil {
			return err
		}
	}
	time.Sleep(time.Until(begin.Add(managerStart)))
	if err := c.startManager(); err != nil {
		return err
	}
	if c.options.Scheduler {
		if err := c.startScheduler(); err != nil {
			return err
		}
	}
	time.Sleep(time.Until(c.Start))
	if c.options.Scheduler {
		seedGlobalRand(c.options.Seed)
	}
	return c.Err()
}

// Close stops everything, lets every leftover timer run out, and returns why the run was stopped,
// if it was.
func (c *Cluster) Close() error {
	c.stopManager()
	c.cancel()
	c.wg.Wait()
	for _, f := range c.onClose {
		f()
	}
	time.Sleep(settleTime)
	err := c.Err()
	c.stopGate()
	open.Lock()
	defer open.Unlock()
	delete(open.clusters, c)
	return err
}

// spawn starts a goroutine of the cluster. A panic in it stops the run.
func (c *Cluster) spawn(f func()) {
	go func() {
		defer utilruntime.HandleCrashWithContext(c.ctx)
		f()
	}()
}

// Err is why the run was stopped before its end: a limit or a panic. It is nil in a healthy run.
func (c *Cluster) Err() error { return c.gate.cause() }

// Fail stops the run: nothing is answered any more, and Err returns err.
func (c *Cluster) Fail(err error) { c.gate.fail(err) }

// Now is the scenario's time.
func (c *Cluster) Now() time.Duration { return time.Since(c.Start) }

// SleepUntil waits until the scenario's time t and then for the user's turn: the timers of that
// instant have fired, and what they started is at rest or waits behind the user. It returns Err
// when the run is stopped.
func (c *Cluster) SleepUntil(t time.Duration) error {
	if _, err := c.Await(t, func() bool { return false }); err != nil {
		return err
	}
	return c.turn(User.rank())
}

// turn waits at the gate.
func (c *Cluster) turn(rank int) error {
	if err := c.gate.pass(c.ctx, rank, 0, nil); err != nil {
		return errors.Join(c.Err(), err)
	}
	return nil
}

// Settle waits until everything that is due at this instant has happened.
func (c *Cluster) Settle() error { return c.turn(rankSettled) }

// Await waits until the condition holds, but not beyond the scenario's time horizon, and says
// whether it holds. It is asked at least after the last write of each instant.
func (c *Cluster) Await(horizon time.Duration, holds func() bool) (bool, error) {
	timer := time.NewTimer(time.Until(c.Start.Add(horizon)))
	defer timer.Stop()
	for {
		if holds() {
			return true, c.Err()
		}
		select {
		case <-c.db.changed:
		case <-timer.C:
			return holds(), c.Err()
		case <-c.gate.failed:
			return false, c.Err()
		}
	}
}

// CutWatches breaks the watches that match: their clients watch again from what they know, or list.
func (c *Cluster) CutWatches(match func(Request) bool) { c.watches.cut(match) }
