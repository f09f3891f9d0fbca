package oracle

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"testing/synctest"
	"time"
)

// gate lets the API requests and the watch deliveries of one bubble through one at a time. Before
// each it waits until everything that the one before has set in motion is at rest, so goroutines
// never race to the database, and which of several waiting turns comes next is a rule and not a
// matter of luck:
//
//  1. watch deliveries, by revision; the deliveries of one revision to several watchers go together;
//  2. requests, by actor (actorOrder);
//  3. of one actor: those that came to rest before a turn was given before those that came after it, where a request
//     that has had a turn and comes back, after its wait for a token or for the network, counts by that turn;
//  4. of those that came together: by the order in which their objects were created, creations last;
//  5. of one object by their verbs; of creations by the age of the owner and by completion index.
//
// The gate delays nothing in virtual time and refuses nothing: it picks one of the orders that a
// real cluster could show. All timers of an instant fire before the first turn of that instant.
type gate struct {
	limits limits

	mu      sync.Mutex
	waiting turns
	arrived chan struct{}
	granted uint64 // turns given so far
	seq     uint64
	err     error
	failed  chan struct{} // closed with err

	instant   time.Time // of the latest turn
	inInstant uint64    // turns given at that instant
	began     time.Time // real time
}

// limits end a run that does not end by itself.
type limits struct {
	turns   uint64
	instant uint64 // turns within one instant of virtual time
	wall    time.Duration
}

// The ranks of turns; those of requests lie between.
const (
	rankWatch   = -1
	rankSettled = 1 << 20
)

// turn is one thing that waits for the gate.
type turn struct {
	rank    int
	wave    uint64 // how many turns had been given when it came; 0 for watches
	ordinal uint64 // watch: the revision; request: when its object was created
	key     func() string
	text    string // of key, once it was asked for
	seq     uint64
	number  uint64 // of the turn, once it was given
	index   int    // in the heap; -1 once out
	open    chan struct{}
}

var errGateShut = errors.New("oracle: the run was stopped")

func newGate(l limits) *gate {
	return &gate{limits: l, arrived: make(chan struct{}, 1), failed: make(chan struct{}), began: wallClock()}
}

// wallClock is the real time: inside a bubble time.Now is not.
func wallClock() time.Time {
	var tv syscall.Timeval
	if syscall.Gettimeofday(&tv) != nil {
		return time.Time{}
	}
	return time.Unix(tv.Unix())
}

// place is where a request stood at its first turn: it comes back before all that came later. The zero value is that of
// a request that had none.
type place uint64

// pass returns when it is the caller's turn, or with an error when ctx ends or the run was stopped.
// key breaks ties and is asked for only where there are some; nil is the empty text.
func (g *gate) pass(ctx context.Context, rank int, ordinal uint64, key func() string) error {
	return g.again(ctx, new(place), rank, ordinal, key)
}

// again is pass for a request that may have had a turn before.
func (g *gate) again(ctx context.Context, at *place, rank int, ordinal uint64, key func() string) error {
	t := &turn{rank: rank, ordinal: ordinal, key: key, open: make(chan struct{})}
	g.mu.Lock()
	switch {
	case rank == rankWatch:
	case *at > 0:
		t.wave = uint64(*at)
	default:
		t.wave = g.granted
	}
	if g.err != nil {
		g.mu.Unlock()
		return errGateShut
	}
	g.seq++
	t.seq = g.seq
	heap.Push(&g.waiting, t)
	g.mu.Unlock()
	select {
	case g.arrived <- struct{}{}:
	default:
	}
	select {
	case <-t.open:
	case <-ctx.Done():
	case <-g.failed:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.index >= 0 {
		heap.Remove(&g.waiting, t.index)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if g.err != nil {
		return errGateShut
	}
	if *at == 0 {
		*at = place(t.number)
	}
	return nil
}

// turns is how many turns have been given.
func (g *gate) turns() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.granted
}

// run gives turns until ctx ends. It is the only caller of synctest.Wait in its bubble.
func (g *gate) run(ctx context.Context) {
	for {
		select {
		case <-g.arrived:
		case <-ctx.Done():
			return
		}
		for {
			synctest.Wait()
			if !g.next() {
				break
			}
		}
	}
}

// next opens the gate for the first of those who wait, and reports whether there was one.
func (g *gate) next() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 || g.err != nil {
		return false
	}
	t := heap.Pop(&g.waiting).(*turn)
	t.number = g.granted
	close(t.open)
	for t.rank == rankWatch && len(g.waiting) > 0 && g.waiting[0].rank == rankWatch && g.waiting[0].ordinal == t.ordinal {
		close(heap.Pop(&g.waiting).(*turn).open)
	}
	g.granted++
	g.check()
	return true
}

// check stops the run when a limit is exceeded; g.mu is held.
func (g *gate) check() {
	now := time.Now()
	if !now.Equal(g.instant) {
		g.instant, g.inInstant = now, 0
	}
	g.inInstant++
	switch {
	case g.limits.turns > 0 && g.granted > g.limits.turns:
		g.stop(fmt.Errorf("oracle: more than %d requests and watch deliveries", g.limits.turns))
	case g.limits.instant > 0 && g.inInstant > g.limits.instant:
		g.stop(fmt.Errorf("oracle: more than %d requests and watch deliveries at one instant (%s)", g.limits.instant,
			now.Format(time.RFC3339Nano)))
	case g.limits.wall > 0 && g.granted%256 == 0 && wallClock().Sub(g.began) > g.limits.wall:
		g.stop(fmt.Errorf("oracle: the run took more than %v", g.limits.wall))
	}
}

// stop ends the run: nothing passes any more.
func (g *gate) stop(err error) {
	if g.err == nil {
		g.err = err
		close(g.failed)
	}
}

// fail stops the run for a reason from outside the gate.
func (g *gate) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stop(err)
}

// cause is why the run was stopped, or nil.
func (g *gate) cause() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// turns is a heap.
type turns []*turn

func (t turns) Len() int { return len(t) }

func (t turns) Less(i, j int) bool {
	a, b := t[i], t[j]
	switch {
	case a.rank != b.rank:
		return a.rank < b.rank
	case a.wave != b.wave:
		return a.wave < b.wave
	case a.ordinal != b.ordinal:
		return a.ordinal < b.ordinal
	}
	if x, y := a.tie(), b.tie(); x != y {
		return x < y
	}
	return a.seq < b.seq
}

func (t turns) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].index, t[j].index = i, j
}

func (t *turns) Push(x any) {
	x.(*turn).index = len(*t)
	*t = append(*t, x.(*turn))
}

func (t *turns) Pop() any {
	old := *t
	n := len(old) - 1
	x := old[n]
	old[n], x.index = nil, -1
	*t = old[:n]
	return x
}

func (t *turn) tie() string {
	if t.key != nil {
		t.text, t.key = t.key(), nil
	}
	return t.text
}
