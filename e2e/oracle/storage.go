package oracle

import (
	"context"
	"maps"
	"reflect"
	"strconv"

	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/batch"
)

// memory is the storage.Interface of one resource. It has no state: the objects are in the database
// of the request.
type memory struct {
	resource schema.GroupResource
	prefix   string
	newFunc  func() runtime.Object
}

var _ storage.Interface = &memory{}

// memoryOptions makes the registries store in memory: its Decorator returns our storage.Interface
// where the real one returns the etcd3 store behind a watch cache.
type memoryOptions struct{}

var _ generic.RESTOptionsGetter = memoryOptions{}

// GetRESTOptions is called once for each resource.
func (memoryOptions) GetRESTOptions(gr schema.GroupResource, _ runtime.Object) (generic.RESTOptions, error) {
	codec := legacyscheme.Codecs.LegacyCodec(legacyscheme.Scheme.PrioritizedVersionsAllGroups()...)
	return generic.RESTOptions{
		StorageConfig: &storagebackend.ConfigForResource{Config: storagebackend.Config{Codec: codec}, GroupResource: gr},
		Decorator: func(c *storagebackend.ConfigForResource, prefix string, _ func(runtime.Object) (string, error),
			newFunc, _ func() runtime.Object, _ storage.AttrFunc, _ storage.IndexerFuncs, _ *cache.Indexers,
		) (storage.Interface, factory.DestroyFunc, error) {
			return &memory{resource: c.GroupResource, prefix: prefix, newFunc: newFunc}, func() {}, nil
		},
		EnableGarbageCollection: true,
		DeleteCollectionWorkers: 1, // more would race
		ResourcePrefix:          resourcePrefix(gr),
	}, nil
}

func resourcePrefix(gr schema.GroupResource) string { return "/" + gr.Group + "/" + gr.Resource }

func (s *memory) get(db *database, key string) *entry {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.bucket(s.prefix, s.resource).objects[key]
}

// tryCommit commits obj at key if the object there is still old.
func (s *memory) tryCommit(c *call, key string, old *entry, obj runtime.Object) (*entry, bool, error) {
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	b := c.db.bucket(s.prefix, s.resource)
	if b.objects[key] != old {
		return nil, false, nil
	}
	e, err := c.db.commit(c, b, key, old, obj)
	return e, true, err
}

// share gives the caller an object of the database to read: its parts are the stored ones.
func share(out, obj runtime.Object) {
	if out != nil {
		reflect.ValueOf(out).Elem().Set(reflect.ValueOf(obj).Elem())
	}
}

// Versioner is that of etcd3: resource versions are decimal numbers.
func (s *memory) Versioner() storage.Versioner { return versioner }

// Create stores a new object.
func (s *memory) Create(ctx context.Context, key string, obj, out runtime.Object, _ uint64) error {
	c, err := callOf(ctx)
	if err != nil {
		return err
	}
	if v, err := versioner.ObjectResourceVersion(obj); err == nil && v != 0 {
		return storage.ErrResourceVersionSetOnCreate
	}
	obj = shallowCopy(obj)
	if err := versioner.PrepareObjectForStorage(obj); err != nil {
		return err
	}
	wholeSeconds(reflect.ValueOf(obj))
	e, ok, err := s.tryCommit(c, key, nil, obj)
	switch {
	case err != nil:
		return err
	case !ok:
		return storage.NewKeyExistsError(key, 0)
	}
	share(out, e.object)
	return nil
}

// Delete removes an object if it passes the preconditions and the validation.
func (s *memory) Delete(ctx context.Context, key string, out runtime.Object, pre *storage.Preconditions,
	validate storage.ValidateObjectFunc, _ runtime.Object, _ storage.DeleteOptions) error {
	c, err := callOf(ctx)
	if err != nil {
		return err
	}
	for {
		old := s.get(c.db, key)
		if old == nil {
			return storage.NewKeyNotFoundError(key, 0)
		}
		if err := pre.Check(key, old.object); err != nil {
			return err
		}
		if err := validate(ctx, old.object.DeepCopyObject()); err != nil {
			return err
		}
		e, ok, err := s.tryCommit(c, key, old, nil)
		switch {
		case err != nil:
			return err
		case ok:
			share(out, e.object)
			return nil
		}
	}
}

// GuaranteedUpdate is optimistic as in etcd3: it reads, lets tryUpdate work without a lock (it
// calls back into other stores) and commits if nobody was faster, else begins anew.
func (s *memory) GuaranteedUpdate(ctx context.Context, key string, dest runtime.Object, ignoreNotFound bool,
	pre *storage.Preconditions, tryUpdate storage.UpdateFunc, _ runtime.Object) error {
	c, err := callOf(ctx)
	if err != nil {
		return err
	}
	for {
		old := s.get(c.db, key)
		if old == nil && !ignoreNotFound {
			return storage.NewKeyNotFoundError(key, 0)
		}
		ret, err := s.updated(key, old, pre, tryUpdate)
		if err != nil {
			return err
		}
		if old != nil && sameObject(old.object, ret) {
			share(dest, old.object)
			return nil
		}
		if err := versioner.PrepareObjectForStorage(ret); err != nil {
			return err
		}
		e, ok, err := s.tryCommit(c, key, old, ret)
		switch {
		case err != nil:
			return err
		case ok:
			share(dest, e.object)
			return nil
		}
	}
}

// updated is what tryUpdate makes of old, with the resource version of old.
func (s *memory) updated(key string, old *entry, pre *storage.Preconditions, tryUpdate storage.UpdateFunc,
) (runtime.Object, error) {
	in, rm := s.newFunc(), storage.ResponseMeta{}
	if old != nil {
		in, rm.ResourceVersion = asRead(old.object.DeepCopyObject()), old.rev
	}
	if err := pre.Check(key, in); err != nil {
		return nil, err
	}
	ret, _, err := tryUpdate(in, rm)
	if err != nil {
		return nil, err
	}
	ret = shallowCopy(ret)
	wholeSeconds(reflect.ValueOf(ret))
	if m, err := meta.Accessor(ret); err == nil && old != nil {
		m.SetResourceVersion(strconv.FormatUint(old.rev, 10))
	}
	return ret, nil
}

// asRead gives a Job the labels of its template if it has none, as decoding what etcd holds does: defaulting came
// before they were made (pkg/apis/batch/v1/defaults.go:49). What is stored has them from the first update on, which is
// a write for that reason even where it changes nothing else.
func asRead(obj runtime.Object) runtime.Object {
	if j, ok := obj.(*batch.Job); ok && len(j.Labels) == 0 {
		j.Labels = maps.Clone(j.Spec.Template.Labels)
	}
	return obj
}

// sameObject says whether a write would change nothing: etcd3 compares the serialised bytes, does
// not write then and keeps the revision. The fields are compared from the last to the first because
// it is mostly the status that differs.
func sameObject(a, b runtime.Object) bool {
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	if x.Type() != y.Type() {
		return false
	}
	for i := x.NumField() - 1; i >= 0; i-- {
		if !apiequality.Semantic.DeepEqual(x.Field(i).Addr().Interface(), y.Field(i).Addr().Interface()) {
			return false
		}
	}
	return true
}

// Get reads one object.
func (s *memory) Get(ctx context.Context, key string, opts storage.GetOptions, out runtime.Object) error {
	c, err := callOf(ctx)
	if err != nil {
		return err
	}
	e := s.get(c.db, key)
	switch {
	case e != nil:
		share(out, e.object.DeepCopyObject()) // the registry's Delete changes what it got
		return nil
	case opts.IgnoreNotFound:
		return runtime.SetZeroValue(out)
	default:
		return storage.NewKeyNotFoundError(key, 0)
	}
}

// GetList reads all objects below key at the newest revision. Limits are ignored: one page holds
// everything, as from the watch cache.
func (s *memory) GetList(ctx context.Context, key string, opts storage.ListOptions, list runtime.Object) error {
	c, err := callOf(ctx)
	if err != nil {
		return err
	}
	ptr, err := meta.GetItemsPtr(list)
	if err != nil {
		return err
	}
	c.db.mu.Lock()
	rev := c.db.rev
	found := c.db.bucket(s.prefix, s.resource).list(key, opts.Recursive)
	c.db.mu.Unlock()
	items := reflect.ValueOf(ptr).Elem()
	items.Set(reflect.MakeSlice(items.Type(), 0, len(found)))
	for _, e := range found {
		ok, err := opts.Predicate.Matches(e.object)
		if err != nil {
			return err
		}
		if ok {
			items.Set(reflect.Append(items, reflect.ValueOf(e.object).Elem()))
		}
	}
	return versioner.UpdateList(list, rev, "", nil)
}

// The rest of storage.Interface is about etcd itself, of all minors.

func (s *memory) Stats(context.Context) (storage.Stats, error)        { return storage.Stats{}, nil }
func (s *memory) ReadinessCheck() error                               { return nil }
func (s *memory) RequestWatchProgress(context.Context) error          { return nil }
func (s *memory) EnableResourceSizeEstimation(storage.KeysFunc) error { return nil }
func (s *memory) SetKeysFunc(storage.KeysFunc)                        {} // 1.34
func (s *memory) CompactRevision() int64                              { return 0 }

// GetCurrentResourceVersion is the newest revision.
func (s *memory) GetCurrentResourceVersion(ctx context.Context) (uint64, error) {
	c, err := callOf(ctx)
	if err != nil {
		return 0, err
	}
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	return c.db.rev, nil
}
