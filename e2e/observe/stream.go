package observe

import (
	"context"
	"fmt"
	"strconv"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// stream is one watch, which is taken up again when it is cut: at the resource version where it was, or, if that is
// too old, with a list.
type stream struct {
	w     *Watcher
	kind  string
	list  func(context.Context, metav1.ListOptions) (runtime.Object, error)
	watch func(context.Context, metav1.ListOptions) (watch.Interface, error)
	// known are the UIDs of the objects that the Watcher has; nil where it keeps none.
	known func() []types.UID

	version string
	current watch.Interface
}

func (w *Watcher) jobStream() *stream {
	jobs := w.o.Client.BatchV1().Jobs(w.o.Namespace)
	return &stream{w: w, kind: "jobs", watch: jobs.Watch,
		list: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return jobs.List(ctx, o) },
		known: func() (uids []types.UID) {
			for uid := range w.jobs {
				uids = append(uids, uid)
			}
			return uids
		}}
}

func (w *Watcher) podStream() *stream {
	pods := w.o.Client.CoreV1().Pods(w.o.Namespace)
	return &stream{w: w, kind: "pods", watch: pods.Watch,
		list: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return pods.List(ctx, o) },
		known: func() (uids []types.UID) {
			for uid := range w.pods {
				uids = append(uids, uid)
			}
			return uids
		}}
}

func (w *Watcher) eventStream() *stream {
	events := w.o.Client.CoreV1().Events(w.o.Namespace)
	return &stream{w: w, kind: "events", watch: events.Watch, known: func() []types.UID { return nil },
		list: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return events.List(ctx, o) }}
}

// begin lists what there is and opens the watch.
func (s *stream) begin(ctx context.Context) error {
	if err := s.relist(ctx); err != nil {
		return err
	}
	return s.open(ctx)
}

func (s *stream) open(ctx context.Context) (err error) {
	s.current, err = s.watch(ctx, metav1.ListOptions{ResourceVersion: s.version, AllowWatchBookmarks: true})
	return err
}

// Between two attempts to take a watch up again.
const retryPeriod = 250 * time.Millisecond

// run takes events until the context ends.
func (s *stream) run(ctx context.Context) {
	for ctx.Err() == nil {
		gone := s.drain(ctx)
		cut := time.Now()
		for ctx.Err() == nil {
			var err error
			if gone {
				if err = s.relist(ctx); err == nil {
					s.w.gap(cut, Lost, s.kind+" were listed again: changes in between are missing")
				}
			}
			if err == nil {
				err = s.open(ctx)
			}
			if err == nil {
				break
			}
			gone = gone || apierrors.IsGone(err) || apierrors.IsResourceExpired(err)
			wait(ctx, retryPeriod)
		}
		if !gone && ctx.Err() == nil && time.Since(cut) > 2*retryPeriod {
			s.w.gap(cut, Late, "the watch of "+s.kind+" was cut")
		}
	}
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// drain takes what the open watch brings until it ends, and says whether its place is gone.
func (s *stream) drain(ctx context.Context) (gone bool) {
	defer s.current.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case e, ok := <-s.current.ResultChan():
			switch {
			case !ok:
				return false
			case e.Type == watch.Error:
				err := apierrors.FromObject(e.Object)
				return apierrors.IsGone(err) || apierrors.IsResourceExpired(err)
			}
			o, err := meta.Accessor(e.Object)
			if err != nil {
				continue
			}
			s.version = o.GetResourceVersion()
			if e.Type != watch.Bookmark {
				s.w.take(e.Type, e.Object)
			}
		}
	}
}

// relist takes the state of a list for the events that led to it.
func (s *stream) relist(ctx context.Context) error {
	list, err := s.list(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	there := map[types.UID]bool{}
	err = meta.EachListItem(list, func(item runtime.Object) error {
		o, bad := meta.Accessor(item)
		if bad == nil {
			there[o.GetUID()] = true
			s.w.take(watch.Modified, item)
		}
		return bad
	})
	if err != nil {
		return err
	}
	s.w.forget(s.known, there)
	l, err := meta.ListAccessor(list)
	if err == nil {
		s.version = l.GetResourceVersion()
	}
	return err
}

// forget takes objects for deleted that a list does not show any more.
func (w *Watcher) forget(known func() []types.UID, there map[types.UID]bool) {
	w.mu.Lock()
	var gone []runtime.Object
	for _, uid := range known() {
		if there[uid] {
			continue
		}
		if p := w.pods[uid]; p != nil {
			gone = append(gone, p.DeepCopy())
		} else if j := w.jobs[uid]; j != nil {
			gone = append(gone, j.DeepCopy())
		}
	}
	w.mu.Unlock()
	for _, o := range gone {
		w.take(watch.Deleted, o)
	}
}

func (w *Watcher) gap(from time.Time, kind GapKind, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gaps = append(w.gaps, Gap{From: w.book.Since(from), To: w.book.Since(time.Now()), Kind: kind, What: what})
}

// version is an object's resource version, which counts the writes to the database of the cluster. Since 1.35 that is a
// promise of the API (KEP-5504).
func version(o metav1.Object) uint64 {
	n, err := strconv.ParseUint(o.GetResourceVersion(), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// take takes one change of an object.
func (w *Watcher) take(kind watch.EventType, object runtime.Object) {
	now := time.Now()
	var after func()
	w.mu.Lock()
	w.lastSeen = now
	switch o := object.(type) {
	case *batchv1.Job:
		w.takeJob(now, kind, o)
	case *corev1.Pod:
		after = w.takePod(now, kind, o)
	case *corev1.Event:
		w.log = append(w.log, Entry{Received: now, Version: version(o), Kind: "Event", Type: string(kind), Name: o.Name,
			Writer: o.Source.Component, Written: o.LastTimestamp.Time,
			Text: fmt.Sprintf("%s %s %s/%s: %s", o.Type, o.Reason, o.InvolvedObject.Kind, o.InvolvedObject.Name, o.Message)})
	}
	w.mu.Unlock()
	if after != nil {
		after()
	}
	w.tell()
}
