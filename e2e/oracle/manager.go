package oracle

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/client-go/informers"
)

// manager is one life of the kube-controller-manager: its controllers share a set of informers and
// lose what they remember when it ends.
type manager struct {
	ctx     context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	factory informers.SharedInformerFactory
}

// startManager starts the controllers with empty caches and queues, and waits until the caches are
// filled.
func (c *Cluster) startManager() error {
	resetMetrics()
	m := &manager{}
	m.ctx, m.cancel = context.WithCancel(c.ctx)
	c.mu.Lock()
	c.manager, c.process = m, m.ctx
	c.mu.Unlock()
	client, err := c.newClient(Manager)
	if err != nil {
		return err
	}
	m.factory = informers.NewSharedInformerFactory(client, resync)
	c.orderCaches(m.factory, client)
	runs, err := c.controllers(m)
	if err != nil {
		return err
	}
	m.factory.Start(m.ctx.Done())
	if cacheSyncPolls { // by the end of the instant they are filled, so that the clock does not move for it
		if err := c.Settle(); err != nil {
			return err
		}
	}
	m.factory.WaitForCacheSync(m.ctx.Done())
	// The handlers have seen every object before a worker begins: else they would race.
	if err := c.gate.pass(m.ctx, Manager.rank(), 0, nil); m.ctx.Err() != nil {
		return nil // it was stopped before it began
	} else if err != nil {
		return c.Err()
	}
	for _, run := range runs {
		m.wg.Go(func() { run(m.ctx) })
	}
	return nil
}

// stopManager ends the controllers. Those that sleep, such as between two tries of a write, find out later that they
// may do nothing any more: a process that is killed does not wait for them.
func (c *Cluster) stopManager() {
	c.mu.Lock()
	m := c.manager
	c.manager = nil
	c.mu.Unlock()
	if m == nil {
		return
	}
	m.cancel()
	c.wg.Go(func() {
		m.wg.Wait()
		m.factory.Shutdown()
	})
	_ = c.gate.pass(c.ctx, rankWatch, 0, nil) // all others have ended then; an error is that the run is over
	resetMetrics()
}

// RestartManager ends the kube-controller-manager at once, requests on their way included, and
// starts a new one after it was down for so long. Its controllers know only what is in the API:
// back-off records, expectations, queues and timers are gone.
func (c *Cluster) RestartManager(down time.Duration) error {
	c.stopManager()
	if err := sleep(c.ctx, down); err != nil {
		return errors.Join(c.Err(), err)
	}
	return c.startManager()
}

// away is when the kube-controller-manager of a scenario is down.
type away struct {
	down  bool
	until time.Duration // at least, in the scenario's time
}

// stop ends the kube-controller-manager for so long; where it is down already it stays so for that long at least.
func (a *away) stop(c *Cluster, downtime time.Duration) {
	a.until = max(a.until, c.Now()+downtime)
	if !a.down {
		a.down = true
		c.stopManager()
	}
}

// start starts a new one, if it has been down for long enough. It begins beside what the user does.
func (a *away) start(c *Cluster) {
	if !a.down || c.Now() < a.until {
		return
	}
	a.down = false
	c.spawn(func() {
		if err := c.startManager(); err != nil {
			c.Fail(err)
		}
	})
}
