package oracle

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/emicklei/go-restful/v3"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/endpoints"
	"k8s.io/apiserver/pkg/registry/generic"
	genericapiserver "k8s.io/apiserver/pkg/server"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	_ "k8s.io/kubernetes/pkg/controlplane" // registers every API group in legacyscheme
	appsrest "k8s.io/kubernetes/pkg/registry/apps/rest"
	batchrest "k8s.io/kubernetes/pkg/registry/batch/rest"
	coordinationrest "k8s.io/kubernetes/pkg/registry/coordination/rest"
	policyrest "k8s.io/kubernetes/pkg/registry/policy/rest"
	schedulingrest "k8s.io/kubernetes/pkg/registry/scheduling/rest"
	storagerest "k8s.io/kubernetes/pkg/registry/storage/rest"
	"k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// buildHandler is the API server's request handling over the in-memory storage. It is built once
// per process, outside any bubble, and holds nothing of any cluster: the database comes with each
// request.
var buildHandler = sync.OnceValues(func() (http.Handler, error) {
	container := restful.NewContainer()
	container.Router(restful.CurlyRouter{})
	admit := admission.NewChainHandler(defaultTolerations())
	core, err := coreGroup(memoryOptions{})
	if err != nil {
		return nil, err
	}
	if err := install(container, "/api", core, admit); err != nil {
		return nil, err
	}
	resources, err := resourceProvider()
	if err != nil {
		return nil, err
	}
	for _, p := range []interface {
		NewRESTStorage(serverstorage.APIResourceConfigSource, generic.RESTOptionsGetter,
		) (genericapiserver.APIGroupInfo, error)
	}{
		batchrest.RESTStorageProvider{}, coordinationrest.RESTStorageProvider{}, appsrest.StorageProvider{},
		policyrest.RESTStorageProvider{}, storagerest.RESTStorageProvider{}, resources, schedulingrest.RESTStorageProvider{},
	} {
		group, err := p.NewRESTStorage(onlyV1{}, memoryOptions{})
		if err != nil {
			return nil, err
		}
		if err := install(container, "/apis", group, admit); err != nil {
			return nil, err
		}
	}
	return container, nil
})

// handler is the built handler; prepare has reported the error if there is one.
func handler() http.Handler {
	h, err := buildHandler()
	if err != nil {
		panic(err)
	}
	return h
}

// install adds the resources of an API group to the container.
func install(c *restful.Container, root string, group genericapiserver.APIGroupInfo, admit admission.Interface) error {
	for version, resources := range group.VersionedResourcesStorageMap {
		gv := schema.GroupVersion{Version: version}
		for _, p := range group.PrioritizedVersions {
			if p.Version == version {
				gv = p
			}
		}
		v := endpoints.APIGroupVersion{
			Root: root, GroupVersion: gv, Storage: resources, MetaGroupVersion: group.MetaGroupVersion,
			ParameterCodec: group.ParameterCodec, Serializer: group.NegotiatedSerializer,
			Creater: group.Scheme, Convertor: group.Scheme, ConvertabilityChecker: group.Scheme,
			UnsafeConvertor: runtime.UnsafeObjectConvertor(group.Scheme), Defaulter: group.Scheme, Typer: group.Scheme,
			Namer:                      runtime.Namer(meta.NewAccessor()),
			EquivalentResourceRegistry: runtime.NewEquivalentResourceRegistry(),
			TypeConverter:              noManagedFields{}, MinRequestTimeout: 30 * time.Minute, Admit: admit,
		}
		if _, _, err := v.InstallREST(c); err != nil {
			return fmt.Errorf("oracle: install %v: %w", gv, err)
		}
	}
	return nil
}

// onlyV1 enables the stable version of every group.
type onlyV1 struct{}

func (onlyV1) ResourceEnabled(r schema.GroupVersionResource) bool         { return r.Version == "v1" }
func (onlyV1) AnyResourceForGroupEnabled(string) bool                     { return true }
func (onlyV1) ResourceExplicitlyEnabled(schema.GroupVersionResource) bool { return false }
func (onlyV1) VersionExplicitlyEnabled(schema.GroupVersion) bool          { return false }

// defaultTolerations is the admission plugin that lets pods stay for 300 s on a node that is gone.
func defaultTolerations() admission.Interface {
	p := defaulttolerationseconds.NewDefaultTolerationSeconds()
	// since 1.37 the tolerations are made here; without the call they have no key and every pod is
	// refused
	if w, ok := any(p).(interface{ InspectFeatureGates(featuregate.FeatureGate) }); ok {
		w.InspectFeatureGates(utilfeature.DefaultFeatureGate)
	}
	return p
}

// noManagedFields makes the field manager give up at once: objects carry no managedFields, which
// saves the OpenAPI models and much time. Server-side apply is refused for the same reason.
type noManagedFields struct{}

var _ managedfields.TypeConverter = noManagedFields{}

var errNoManagedFields = errors.New("oracle: managedFields are off")

func (noManagedFields) ObjectToTyped(runtime.Object, ...typed.ValidationOptions) (*typed.TypedValue, error) {
	return nil, errNoManagedFields
}

func (noManagedFields) TypedToObject(*typed.TypedValue) (runtime.Object, error) {
	return nil, errNoManagedFields
}
