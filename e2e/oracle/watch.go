package oracle

import (
	"context"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/storage"
)

// watcher tells one client of the changes of one resource, each when the gate opens for it. Its
// queue is unbounded: a slow watcher is never cut off.
type watcher struct {
	db        *database
	prefix    string
	key       string
	recursive bool
	matches   func(*entry) bool
	delay     func(Write) time.Duration      // of a delivery; nil: none
	send      func(change, watch.Event) bool // false: the watcher is to end

	mu    sync.Mutex
	queue []delivery
	wake  chan struct{}
}

// delivery is one event that a watcher has not told yet. Events of the initial state have revision
// 0.
type delivery struct {
	rev    uint64
	due    time.Time
	change change
	event  watch.Event
}

// Watch begins a watch of the resource.
func (s *memory) Watch(ctx context.Context, key string, opts storage.ListOptions) (watch.Interface, error) {
	c, err := callOf(ctx)
	if err != nil {
		return nil, err
	}
	from, err := versioner.ParseResourceVersion(opts.ResourceVersion)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &stream{out: make(chan watch.Event, 16), cancel: cancel}
	w.watcher = watcher{db: c.db, prefix: s.prefix, key: key, recursive: opts.Recursive, wake: make(chan struct{}, 1),
		matches: func(e *entry) bool {
			ok, err := opts.Predicate.Matches(e.object)
			return ok && err == nil
		},
		send: func(_ change, ev watch.Event) bool {
			ev.Object = shallowCopy(ev.Object) // every watch encodes its own: encoding sets and resets the kind
			select {
			case w.out <- ev:
				return true
			case <-ctx.Done():
				return false
			}
		},
	}
	if c.db.delay != nil {
		w.delay = func(write Write) time.Duration { return c.db.delay(c.Actor, write) }
	}
	c.db.mu.Lock()
	defer c.db.mu.Unlock()
	b := c.db.bucket(s.prefix, s.resource)
	err = w.begin(b, from, opts, s.newFunc)
	if err != nil {
		cancel()
		return nil, err
	}
	b.watchers = append(b.watchers, &w.watcher)
	go func() {
		defer close(w.out)
		w.run(ctx)
	}()
	return w, nil
}

// begin queues the initial state, or what happened since the revision from; db.mu is held.
func (w *watcher) begin(b *bucket, from uint64, opts storage.ListOptions, newFunc func() runtime.Object) error {
	initial := from == 0
	if opts.SendInitialEvents != nil {
		initial = *opts.SendInitialEvents
	}
	if !initial {
		if from == 0 {
			return nil
		}
		changes, err := b.since(from)
		if err != nil {
			return err
		}
		for _, ch := range changes {
			w.push(ch, time.Now())
		}
		return nil
	}
	for _, e := range b.list(w.key, w.recursive) {
		if w.matches(e) {
			ch := change{cur: e}
			w.queue = append(w.queue, delivery{change: ch, event: watch.Event{Type: watch.Added, Object: e.object}})
		}
	}
	if opts.SendInitialEvents == nil || !opts.Predicate.AllowWatchBookmarks {
		return nil
	}
	mark := newFunc()
	if err := versioner.UpdateObject(mark, w.db.rev); err != nil {
		return err
	}
	if err := storage.AnnotateInitialEventsEndBookmark(mark); err != nil {
		return err
	}
	w.queue = append(w.queue, delivery{event: watch.Event{Type: watch.Bookmark, Object: mark}})
	return nil
}

// subscribe tells the cluster's own kubelet and binder of the changes of a resource, initial state
// included: a watch without the encoding. tell runs on a goroutine of the watcher, one change at a
// time.
func (db *database) subscribe(ctx context.Context, a Actor, gr schema.GroupResource, tell func(change)) {
	prefix := resourcePrefix(gr)
	w := &watcher{db: db, prefix: prefix, key: prefix, recursive: true, wake: make(chan struct{}, 1),
		matches: func(*entry) bool { return true },
		send: func(ch change, _ watch.Event) bool {
			tell(ch)
			return true
		},
	}
	if db.delay != nil {
		w.delay = func(write Write) time.Duration { return db.delay(a, write) }
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	b := db.bucket(prefix, gr)
	for _, e := range b.list(prefix, true) {
		w.queue = append(w.queue, delivery{change: change{cur: e}})
	}
	b.watchers = append(b.watchers, w)
	go w.run(ctx)
}

// due is when the watcher is to tell of a write that is being committed.
func (w *watcher) due(write Write) time.Time {
	if w.delay == nil {
		return time.Now()
	}
	return time.Now().Add(w.delay(write))
}

// push queues the change as this watcher sees it; db.mu is held.
func (w *watcher) push(ch change, due time.Time) {
	if w.recursive && !strings.HasPrefix(ch.key, folder(w.key)) || !w.recursive && ch.key != w.key {
		return
	}
	var out watch.Event
	was, is := ch.old != nil && w.matches(ch.old), ch.cur != nil && w.matches(ch.cur)
	switch {
	case was && is:
		out = watch.Event{Type: watch.Modified, Object: ch.cur.object}
	case is:
		out = watch.Event{Type: watch.Added, Object: ch.cur.object}
	case was:
		out = watch.Event{Type: watch.Deleted, Object: ch.old.object}
		if ch.cur != nil { // it left the selector: the old state at the new revision
			out.Object = shallowCopy(ch.old.object)
			if err := versioner.UpdateObject(out.Object, ch.rev); err != nil {
				return
			}
		}
	default:
		return
	}
	w.mu.Lock()
	w.queue = append(w.queue, delivery{rev: ch.rev, due: due, change: ch, event: out})
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// head is the first delivery in the queue.
func (w *watcher) head() (delivery, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 {
		return delivery{}, false
	}
	return w.queue[0], true
}

// take removes the deliveries of the revision from the head of the queue.
func (w *watcher) take(rev uint64) []delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for n < len(w.queue) && w.queue[n].rev == rev {
		n++
	}
	taken := w.queue[:n:n]
	w.queue = w.queue[n:]
	return taken
}

// run delivers until ctx ends.
func (w *watcher) run(ctx context.Context) {
	defer w.forget()
	for {
		d, ok := w.head()
		if !ok {
			select {
			case <-w.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		if late := time.Until(d.due); late > 0 && !d.due.IsZero() {
			if sleep(ctx, late) != nil {
				return
			}
		}
		if w.db.gate.pass(ctx, rankWatch, d.rev, nil) != nil {
			return
		}
		for _, d := range w.take(d.rev) {
			if !w.send(d.change, d.event) {
				return
			}
		}
	}
}

func (w *watcher) forget() {
	w.db.mu.Lock()
	defer w.db.mu.Unlock()
	b := w.db.buckets[w.prefix]
	for i, x := range b.watchers {
		if x == w {
			b.watchers = append(b.watchers[:i:i], b.watchers[i+1:]...)
			return
		}
	}
}

// stream is a watcher as the API server's handlers know it.
type stream struct {
	watcher
	out    chan watch.Event
	cancel context.CancelFunc
}

func (s *stream) Stop()                          { s.cancel() }
func (s *stream) ResultChan() <-chan watch.Event { return s.out }

// sleep waits in virtual time, or returns the error of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
