package oracle

import (
	"context"
	"errors"
	"net/http"

	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/registry/generic"
	genericregistry "k8s.io/apiserver/pkg/registry/generic/registry"
	"k8s.io/apiserver/pkg/registry/rest"
	genericapiserver "k8s.io/apiserver/pkg/server"
	policyclient "k8s.io/client-go/kubernetes/typed/policy/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"
	eventstore "k8s.io/kubernetes/pkg/registry/core/event/storage"
	namespacestore "k8s.io/kubernetes/pkg/registry/core/namespace/storage"
	nodestore "k8s.io/kubernetes/pkg/registry/core/node/storage"
	volumestore "k8s.io/kubernetes/pkg/registry/core/persistentvolume/storage"
	claimstore "k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim/storage"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	rcstore "k8s.io/kubernetes/pkg/registry/core/replicationcontroller/storage"
	"k8s.io/kubernetes/pkg/registry/core/service"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
)

// eventTTL is how many seconds API events are said to live (kube-apiserver --event-ttl); nothing
// expires here.
const eventTTL = 3600

// coreGroup is the core API group with what the controllers and the scheduler look at. The real
// provider of the group wants IP allocators and more.
func coreGroup(opts generic.RESTOptionsGetter) (genericapiserver.APIGroupInfo, error) {
	group := genericapiserver.NewDefaultAPIGroupInfo("", legacyscheme.Scheme, legacyscheme.ParameterCodec,
		legacyscheme.Codecs)
	nodes, err0 := nodestore.NewStorage(opts, kubeletclient.KubeletClientConfig{}, nil)
	if err0 != nil {
		return group, err0
	}
	pods, err1 := newPodStorage(opts, nodes.KubeletConnectionInfo)
	ns, nsStatus, nsFinalize, err2 := namespacestore.NewREST(opts)
	events, err3 := eventstore.NewREST(opts, eventTTL)
	volumes, volumeStatus, err4 := volumestore.NewREST(opts)
	claims, claimStatus, err5 := claimstore.NewREST(opts)
	rcs, err6 := rcstore.NewStorage(opts)
	services, err7 := serviceStorage(opts)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		return group, err
	}
	named := pod.Strategy
	named.NameGenerator = rising{}
	pods.Pod.CreateStrategy = named
	group.VersionedResourcesStorageMap["v1"] = map[string]rest.Storage{
		"pods": pods.Pod, "pods/status": pods.Status, "pods/binding": pods.Binding, "pods/eviction": pods.Eviction,
		"nodes": nodes.Node, "nodes/status": nodes.Status, "events": events,
		"namespaces": ns, "namespaces/status": nsStatus, "namespaces/finalize": nsFinalize,
		"persistentvolumes": volumes, "persistentvolumes/status": volumeStatus,
		"persistentvolumeclaims": claims, "persistentvolumeclaims/status": claimStatus,
		"replicationcontrollers": rcs.Controller, "replicationcontrollers/status": rcs.Status, "services": services,
	}
	return group, nil
}

// serviceStorage is enough for the scheduler's list of services.
func serviceStorage(opts generic.RESTOptionsGetter) (*genericregistry.Store, error) {
	s := &genericregistry.Store{
		NewFunc:                   func() runtime.Object { return &api.Service{} },
		NewListFunc:               func() runtime.Object { return &api.ServiceList{} },
		DefaultQualifiedResource:  api.Resource("services"),
		SingularQualifiedResource: api.Resource("service"),
		CreateStrategy:            service.Strategy, UpdateStrategy: service.Strategy, DeleteStrategy: service.Strategy,
		TableConvertor: rest.NewDefaultTableConvertor(api.Resource("services")),
	}
	return s, s.CompleteWithOptions(&generic.StoreOptions{RESTOptions: opts})
}

// noBudgets answers the eviction API's question for PodDisruptionBudgets. It asks without the
// context of the request, so the answer cannot come from a database: evictions are never refused
// here.
type noBudgets struct {
	policyclient.PodDisruptionBudgetInterface
}

// PodDisruptionBudgets implements policyclient.PodDisruptionBudgetsGetter.
func (n noBudgets) PodDisruptionBudgets(string) policyclient.PodDisruptionBudgetInterface { return n }

// List finds none.
func (noBudgets) List(context.Context, metav1.ListOptions) (*policyv1.PodDisruptionBudgetList, error) {
	return &policyv1.PodDisruptionBudgetList{}, nil
}

// resourceProvider is the provider of resource.k8s.io, which wants a client of namespaces for
// checks that no path here reaches: that client answers nothing.
func resourceProvider() (resourcerest.RESTStorageProvider, error) {
	c, err := typedClient(restConfig(Manager), noServer{})
	if err != nil {
		return resourcerest.RESTStorageProvider{}, err
	}
	return newResourceProvider(c.CoreV1().Namespaces()), nil
}

type noServer struct{}

func (noServer) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("oracle: the API server has no client of itself")
}
