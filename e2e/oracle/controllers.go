package oracle

import (
	"context"
	"time"

	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/controller/cronjob"
	"k8s.io/kubernetes/pkg/controller/nodelifecycle"
	"k8s.io/kubernetes/pkg/controller/podgc"
	"k8s.io/kubernetes/pkg/controller/tainteviction"
	"k8s.io/kubernetes/pkg/controller/ttlafterfinished"
)

// The defaults of the kube-controller-manager.
const (
	podGCThreshold = 12500            // pkg/controller/podgc/config/v1alpha1/defaults.go:34@v1.37.2
	podGCPeriod    = 20 * time.Second // pkg/controller/podgc/gc_controller.go:48@v1.37.2
	// gc_controller.go:51 says 40 s, two periods. A period is the time from the end of one round to
	// the begin of the next, so in a real cluster the quarantine ends just before a round; here it
	// would end in the same instant.
	podGCQuarantine = 40*time.Second - time.Nanosecond
	cronJobWorkers  = 5  // pkg/controller/cronjob/config/v1alpha1/defaults.go@v1.37.2
	ttlWorkers      = 5  // pkg/controller/ttlafterfinished/config/v1alpha1/defaults.go@v1.37.2
	gcWorkers       = 20 // pkg/controller/garbagecollector/config/v1alpha1/defaults.go@v1.37.2

	// pkg/controller/nodelifecycle/config/v1alpha1/defaults.go:35-60@v1.37.2 and
	// cmd/kube-controller-manager/app/core.go
	nodeMonitorPeriod     = 5 * time.Second
	nodeStartupGrace      = time.Minute
	nodeMonitorGrace      = 50 * time.Second
	evictionRate          = 0.1
	secondaryEvictionRate = 0.01
	largeCluster          = 50
	unhealthyZone         = 0.55
)

// run carries out a controller until its context ends.
type run func(context.Context)

// controllers builds the controllers of one kube-controller-manager, each with a client of its own.
func (c *Cluster) controllers(m *manager) ([]run, error) {
	f := m.factory
	client, err := c.newClient(JobController)
	if err != nil {
		return nil, err
	}
	jobs, err := newJobController(m.ctx, client, f)
	if err != nil {
		return nil, err
	}
	c.keysByBirth(jobs, batch.Resource("jobs"))
	runs := []run{func(ctx context.Context) { jobs.Run(ctx, c.options.Workers) }}
	for _, x := range []struct {
		wanted bool
		build  func(*manager) ([]run, error)
	}{
		{c.options.TTL, c.newTTL},
		{c.options.CronJob, c.newCronJob},
		{c.options.PodGC, c.newPodGC},
		{c.options.GarbageCollector, c.newGarbageCollector},
		{c.options.NodeLifecycle, c.newNodeLifecycle},
	} {
		if !x.wanted {
			continue
		}
		more, err := x.build(m)
		if err != nil {
			return nil, err
		}
		runs = append(runs, more...)
	}
	return runs, nil
}

func (c *Cluster) newTTL(m *manager) ([]run, error) {
	client, err := c.newClient(TTLController)
	if err != nil {
		return nil, err
	}
	ttl := ttlafterfinished.New(m.ctx, m.factory.Batch().V1().Jobs(), client)
	c.keysByBirth(ttl, batch.Resource("jobs"))
	return []run{func(ctx context.Context) { ttl.Run(ctx, ttlWorkers) }}, nil
}

func (c *Cluster) newCronJob(m *manager) ([]run, error) {
	client, err := c.newClient(CronJobController)
	if err != nil {
		return nil, err
	}
	informers := m.factory.Batch().V1()
	cron, err := cronjob.NewControllerV2(m.ctx, informers.Jobs(), informers.CronJobs(), client)
	if err != nil {
		return nil, err
	}
	c.keysByBirth(cron, batch.Resource("cronjobs"))
	return []run{func(ctx context.Context) { cron.Run(ctx, cronJobWorkers) }}, nil
}

func (c *Cluster) newPodGC(m *manager) ([]run, error) {
	client, err := c.newClient(PodGC)
	if err != nil {
		return nil, err
	}
	core := m.factory.Core().V1()
	gc := podgc.NewPodGCInternal(m.ctx, client, core.Pods(), core.Nodes(), podGCThreshold, podGCPeriod, podGCQuarantine)
	return []run{gc.Run}, nil
}

// newNodeLifecycle builds the controller that taints the nodes that went silent and the one that
// evicts their pods.
func (c *Cluster) newNodeLifecycle(m *manager) ([]run, error) {
	client, err := c.newClient(NodeLifecycle)
	if err != nil {
		return nil, err
	}
	core := m.factory.Core().V1()
	nodes, err := nodelifecycle.NewNodeLifecycleController(m.ctx, m.factory.Coordination().V1().Leases(), core.Pods(),
		core.Nodes(), m.factory.Apps().V1().DaemonSets(), client, nodeMonitorPeriod, nodeStartupGrace, nodeMonitorGrace,
		evictionRate, secondaryEvictionRate, largeCluster, unhealthyZone)
	if err != nil {
		return nil, err
	}
	evictor, err := c.newClient(TaintEviction)
	if err != nil {
		return nil, err
	}
	taints, err := tainteviction.New(m.ctx, evictor, core.Pods(), core.Nodes(), "taint-eviction-controller")
	if err != nil {
		return nil, err
	}
	return []run{nodes.Run, taints.Run}, nil
}
