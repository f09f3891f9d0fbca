package oracle

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// inGate runs f with a running gate in a bubble.
func inGate(t *testing.T, l limits, f func(g *gate) error) {
	t.Helper()
	err := Bubble(t, realLimit, func() error {
		g := newGate(l)
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		go g.run(ctx)
		return f(g)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whoever waits at one instant goes through in the stated order, however the goroutines were
// started.
func TestGate_Order(t *testing.T) {
	type waiter struct {
		name    string
		rank    int
		ordinal uint64
		key     string
	}
	want := []waiter{{"watch 3", rankWatch, 3, ""}, {"watch 4", rankWatch, 4, ""}, {"user", User.rank(), 9, ""},
		{"old pod", Kubelet.rank(), 1, "b"}, {"new pod", Kubelet.rank(), 2, "a"},
		{"creation 2", JobController.rank(), 9, "create 2"}, {"creation 10", JobController.rank(), 9, "create10"},
		{"settled", rankSettled, 0, ""}}
	for range 50 {
		var mu sync.Mutex
		var got []string
		inGate(t, limits{}, func(g *gate) error {
			for _, i := range rand.Perm(len(want)) {
				w := want[i]
				go func() {
					if g.pass(context.Background(), w.rank, w.ordinal, func() string { return w.key }) != nil {
						return
					}
					mu.Lock()
					defer mu.Unlock()
					got = append(got, w.name)
				}()
			}
			time.Sleep(time.Second)
			mu.Lock() // for the race detector: all have passed
			defer mu.Unlock()
			return nil
		})
		var names []string
		for _, w := range want {
			names = append(names, w.name)
		}
		if !slices.Equal(got, names) {
			t.Fatalf("order (-want +got):\n-%v\n+%v", names, got)
		}
	}
}

// Nobody goes through before everything that the one before has set in motion is at rest.
func TestGate_WaitsForRest(t *testing.T) {
	var mu sync.Mutex
	var events []string
	note := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, s)
	}
	inGate(t, limits{}, func(g *gate) error {
		for i := range 3 {
			go func() {
				if g.pass(context.Background(), 0, uint64(i), nil) != nil {
					return
				}
				note(fmt.Sprint("pass ", i))
				next := make(chan int)
				go func() { next <- i }() // another goroutine has to run before this turn is over
				note(fmt.Sprint("rest ", <-next))
			}()
		}
		time.Sleep(time.Second)
		return nil
	})
	if want := "[pass 0 rest 0 pass 1 rest 1 pass 2 rest 2]"; fmt.Sprint(events) != want {
		t.Errorf("events (-want +got):\n-%s\n+%v", want, events)
	}
}

// The deliveries of one revision go together, those of the next wait.
func TestGate_OneRevisionAtOnce(t *testing.T) {
	inGate(t, limits{}, func(g *gate) error {
		for range 3 {
			go func() { _ = g.pass(context.Background(), rankWatch, 7, nil) }()
			go func() { _ = g.pass(context.Background(), rankWatch, 8, nil) }()
		}
		time.Sleep(time.Second)
		if g.granted != 2 {
			t.Errorf("%d turns, want 2", g.granted)
		}
		return nil
	})
}

// Who stops waiting does not go through, and is not waited for.
func TestGate_Cancel(t *testing.T) {
	inGate(t, limits{}, func(g *gate) error {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := g.pass(ctx, 0, 0, nil); err == nil {
			t.Error("a cancelled turn was given")
		}
		return g.pass(context.Background(), 1, 0, nil)
	})
}

// Every actor has a rank of its own, before the end of the instant.
func TestActor_Rank(t *testing.T) {
	seen := map[int]Actor{}
	for _, a := range actorOrder {
		if other, ok := seen[a.rank()]; ok {
			t.Errorf("%s and %s have the same rank", a, other)
		}
		seen[a.rank()] = a
	}
	if r := Actor("unknown").rank(); r != len(actorOrder) || r >= rankSettled {
		t.Errorf("an unknown actor has the rank %d", r)
	}
}
