package oracle

import (
	"context"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// database is the etcd of one cluster: every resource, one revision counter. It is carried in the
// request context, so that the REST handlers can be built once per process and serve every cluster.
type database struct {
	gate *gate
	// delay is how late a watcher learns of a write; nil: not at all late.
	delay func(Actor, Write) time.Duration
	// observe is told of every committed write, in revision order, under the lock; nil: nobody is.
	observe func(Write)
	changed chan struct{} // told of every committed write, if it listens

	mu      sync.Mutex
	rev     uint64
	buckets map[string]*bucket // by resource prefix
	births  map[types.UID]uint64
}

// bucket holds the objects of one resource.
type bucket struct {
	resource schema.GroupResource
	objects  map[string]*entry
	gone     map[string]uint64 // the revision that created the latest object of that key that is gone
	watchers []*watcher
	history  []change
	dropped  uint64 // the newest revision that is no longer in history
}

// entry is one version of an object. It is immutable, so its identity is its revision.
type entry struct {
	object  runtime.Object // internal version
	rev     uint64
	born    uint64 // the revision that created the object
	once    sync.Once
	version runtime.Object // external version
}

// change is one committed write.
type change struct {
	rev      uint64
	key      string
	old, cur *entry
}

// historyLength is how many changes of a resource are kept at least; a watch from an older revision
// gets 410 Expired.
const historyLength = 8192

var versioner storage.APIObjectVersioner

func newDatabase(g *gate) *database {
	return &database{gate: g, changed: make(chan struct{}, 1), rev: 1, buckets: map[string]*bucket{},
		births: map[types.UID]uint64{}}
}

// call is what a request carries to the database: the cluster's database and who asks for what.
type call struct {
	db *database
	Request
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

var errNoCall = fmt.Errorf("oracle: the request did not come through the transport")

func callOf(ctx context.Context) (*call, error) {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c, nil
	}
	return nil, errNoCall
}

// bucket is the bucket of the resource prefix; db.mu is held.
func (db *database) bucket(prefix string, gr schema.GroupResource) *bucket {
	b := db.buckets[prefix]
	if b == nil {
		b = &bucket{resource: gr, objects: map[string]*entry{}, gone: map[string]uint64{}}
		db.buckets[prefix] = b
	}
	return b
}

// bornAt is the revision that created the object at key, also if it is gone, or the one after the newest: what does not
// exist yet comes last.
func (db *database) bornAt(prefix, key string) uint64 {
	db.mu.Lock()
	defer db.mu.Unlock()
	if b := db.buckets[prefix]; b != nil {
		if e := b.objects[key]; e != nil {
			return e.born
		}
		if born := b.gone[key]; born != 0 {
			return born
		}
	}
	return db.rev + 1
}

// birth is the revision that created the object of that UID; 0 if there never was one.
func (db *database) birth(uid types.UID) uint64 {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.births[uid]
}

// commit writes obj (nil: deletes) at key over old and tells everyone; db.mu is held. obj belongs
// to the database then.
func (db *database) commit(c *call, b *bucket, key string, old *entry, obj runtime.Object) (*entry, error) {
	db.rev++
	ch := change{rev: db.rev, key: key, old: old}
	typ := watch.Modified
	if obj == nil {
		typ = watch.Deleted
		// as etcd3 does: the old object at the revision of its deletion
		last := shallowCopy(old.object)
		if err := versioner.UpdateObject(last, db.rev); err != nil {
			return nil, err
		}
		ch.old = &entry{object: last, rev: db.rev, born: old.born}
		delete(b.objects, key)
		b.gone[key] = old.born
	} else {
		if err := versioner.UpdateObject(obj, db.rev); err != nil {
			return nil, err
		}
		ch.cur = &entry{object: obj, rev: db.rev, born: db.rev}
		if old == nil {
			typ = watch.Added
			db.births[uidOf(obj)] = db.rev
		} else {
			ch.cur.born = old.born
		}
		b.objects[key] = ch.cur
	}
	b.remember(ch)
	var write Write
	if db.observe != nil || db.delay != nil {
		write = newWrite(c, b.resource, typ, ch, old)
	}
	if db.observe != nil {
		db.observe(write)
	}
	select {
	case db.changed <- struct{}{}:
	default:
	}
	for _, w := range b.watchers {
		w.push(ch, w.due(write))
	}
	if obj == nil {
		return ch.old, nil
	}
	return ch.cur, nil
}

func (b *bucket) remember(ch change) {
	b.history = append(b.history, ch)
	if len(b.history) > 2*historyLength {
		n := len(b.history) - historyLength
		b.dropped = b.history[n-1].rev
		b.history = append([]change(nil), b.history[n:]...)
	}
}

// since is the history after the revision from; db.mu is held.
func (b *bucket) since(from uint64) ([]change, error) {
	if from < b.dropped {
		return nil, apierrors.NewResourceExpired(fmt.Sprintf("too old resource version: %d (%d)", from, b.dropped))
	}
	i := sort.Search(len(b.history), func(i int) bool { return b.history[i].rev > from })
	return b.history[i:], nil
}

// list is the entries at key, or below it where recursive, in key order; db.mu is held.
func (b *bucket) list(key string, recursive bool) []*entry {
	if !recursive {
		if e := b.objects[key]; e != nil {
			return []*entry{e}
		}
		return nil
	}
	key = folder(key)
	var keys []string
	for k := range b.objects {
		if strings.HasPrefix(k, key) {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	out := make([]*entry, len(keys))
	for i, k := range keys {
		out[i] = b.objects[k]
	}
	return out
}

func folder(key string) string {
	if strings.HasSuffix(key, "/") {
		return key
	}
	return key + "/"
}

// v1 is the object as clients see it: the external version, v1 for every resource served here.
func (e *entry) v1(group string) runtime.Object {
	if e == nil {
		return nil
	}
	e.once.Do(func() {
		gv := schema.GroupVersion{Group: group, Version: "v1"}
		out, err := legacyscheme.Scheme.UnsafeConvertToVersion(e.object, gv)
		if err != nil {
			panic(fmt.Errorf("oracle: %T has no version %v: %w", e.object, gv, err)) // every installed resource has one
		}
		e.version = out
	})
	return e.version
}

func shallowCopy(o runtime.Object) runtime.Object {
	v := reflect.New(reflect.TypeOf(o).Elem())
	v.Elem().Set(reflect.ValueOf(o).Elem())
	return v.Interface().(runtime.Object)
}
