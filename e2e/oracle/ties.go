//go:build !k8s134

package oracle

import (
	schedulerconfig "k8s.io/kubernetes/pkg/scheduler/apis/config"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
)

// preferOldNodes has nothing to do: of equal nodes the scheduler takes the first, as long as there are no extenders.
func (*Cluster) preferOldNodes(*schedulerconfig.Plugins, frameworkruntime.Registry) {}
