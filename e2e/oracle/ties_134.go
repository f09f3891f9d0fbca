//go:build k8s134

package oracle

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	fwk "k8s.io/kube-scheduler/framework"
	schedulerconfig "k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
)

// preferOldNodes decides between nodes of equal score, of which the scheduler of 1.34 draws one (selectHost,
// schedule_one.go:916@v1.34.4): the oldest, as in later versions. All other plugins weigh so much more that nothing
// else changes.
func (c *Cluster) preferOldNodes(p *schedulerconfig.Plugins, plugins frameworkruntime.Registry) {
	const heavier = int32(framework.MaxNodeScore + 1)
	for i := range p.MultiPoint.Enabled {
		if e := &p.MultiPoint.Enabled[i]; e.Weight > 0 {
			e.Weight *= heavier
		} else {
			e.Weight = heavier
		}
	}
	p.Score.Enabled = append(p.Score.Enabled, schedulerconfig.Plugin{Name: oldNodes{}.Name(), Weight: 1})
	plugins[oldNodes{}.Name()] = func(context.Context, runtime.Object, framework.Handle) (framework.Plugin, error) {
		return oldNodes{c.db}, nil
	}
}

type oldNodes struct{ db *database }

// Name names the plugin.
func (oldNodes) Name() string { return "OldNodes" }

// Score is the higher the fewer nodes are older.
func (s oldNodes) Score(_ context.Context, _ fwk.CycleState, _ *corev1.Pod, n fwk.NodeInfo) (int64, *fwk.Status) {
	return max(0, framework.MaxNodeScore-s.db.older(resourcePrefix(nodeResource), n.Node().Name)), nil
}

// ScoreExtensions are none.
func (oldNodes) ScoreExtensions() framework.ScoreExtensions { return nil }

// older is how many objects of a resource are older than one of them.
func (db *database) older(prefix, name string) (n int64) {
	db.mu.Lock()
	defer db.mu.Unlock()
	b := db.buckets[prefix]
	own := b.objects[prefix+"/"+name]
	if own == nil {
		return 0
	}
	for _, e := range b.objects {
		if e.born < own.born {
			n++
		}
	}
	return n
}
