//go:build k8s136

package oracle

import (
	"context"

	apicore "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/controller/job"
	jobmetrics "k8s.io/kubernetes/pkg/controller/job/metrics"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"
	podstore "k8s.io/kubernetes/pkg/registry/core/pod/storage"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
	"k8s.io/kubernetes/pkg/scheduler"
)

// This file holds the constructors whose signatures differ between Kubernetes minors, for v1.36.

// KubernetesVersion is the version of the code that runs here.
const KubernetesVersion = "v1.36.3"

// resync is the informers' resync period. In client-go before 0.35 a period of 0 makes every
// reflector select on a channel of the package, made outside any bubble: the clock would never
// move.
const resync = 0

// declareFeatures has a node say what a pod may ask of it: else the scheduler takes it for an older one.
func declareFeatures(n *apicore.Node) {
	n.Status.DeclaredFeatures = []string{"RestartAllContainersOnContainerExits"}
}

// moreCounters are metrics that not every minor has.
var moreCounters = []counter{jobmetrics.JobRequeueSkips}

// cacheSyncPolls says that informers are waited for by a look every 100 ms, as before client-go 0.36.
const cacheSyncPolls = false

func newJobController(ctx context.Context, c kubernetes.Interface, f informers.SharedInformerFactory,
) (*job.Controller, error) {
	return job.NewController(ctx, c, f.Core().V1().Pods(), f.Batch().V1().Jobs(), nil, nil)
}

func newPodStorage(opts generic.RESTOptionsGetter, k kubeletclient.ConnectionInfoGetter) (podstore.PodStorage, error) {
	return podstore.NewStorage(opts, k, nil, noBudgets{}, nil)
}

func newResourceProvider(ns corev1.NamespaceInterface) resourcerest.RESTStorageProvider {
	return resourcerest.RESTStorageProvider{NamespaceClient: ns, Authorizer: authorizerfactory.NewAlwaysAllowAuthorizer()}
}

func newSchedulerInformers(c kubernetes.Interface) informers.SharedInformerFactory {
	return scheduler.NewInformerFactory(c, resync)
}

// What a plugin of the scheduler is made of.
type (
	schedulerEntity = fwk.QueuedPodInfo
	schedulerHandle = fwk.Handle
	schedulerPlugin = fwk.Plugin
)
