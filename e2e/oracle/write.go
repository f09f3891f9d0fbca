package oracle

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// Write is one committed change of one object. Requests that change nothing commit nothing.
type Write struct {
	At       time.Time // virtual
	Revision uint64    // the cluster's resource version: every Write has one of its own, in order
	Actor    Actor     // who asked for it
	// Verb and Subresource are those of the request: create, update, patch, delete; status,
	// binding, eviction or empty. A delete can commit a MODIFIED (graceful deletion), and a patch
	// or update a DELETED (the last finalizer went).
	Verb, Subresource string
	Resource          schema.GroupResource
	Type              watch.EventType // ADDED, MODIFIED or DELETED
	// Old and New are v1 objects (*corev1.Pod, *batchv1.Job, ...), whole-second times included. Old
	// is nil for ADDED, New for DELETED, where Old carries the revision of the deletion. They are
	// shared: do not change them.
	Old, New runtime.Object
}

func newWrite(c *call, gr schema.GroupResource, typ watch.EventType, ch change, old *entry) Write {
	w := Write{At: time.Now(), Revision: ch.rev, Actor: c.Actor, Verb: c.Verb, Subresource: c.Subresource,
		Resource: gr, Type: typ}
	if typ == watch.Deleted {
		old = ch.old
	}
	if old != nil {
		w.Old = old.v1(gr.Group)
	}
	if ch.cur != nil {
		w.New = ch.cur.v1(gr.Group)
	}
	return w
}

func uidOf(o runtime.Object) types.UID {
	m, err := meta.Accessor(o)
	if err != nil {
		return ""
	}
	return m.GetUID()
}
