package des

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// drain steps until nothing is pending and returns the Obj of each event.
func drain(k *Kernel) []int32 {
	var objs []int32
	for {
		e, ok := k.Step()
		if !ok {
			return objs
		}
		objs = append(objs, e.Obj)
	}
}

func TestKernel_StartsEmptyAtZero(t *testing.T) {
	var k Kernel
	if _, ok := k.Step(); ok || k.Now() != 0 || k.Len() != 0 || k.Steps() != 0 {
		t.Errorf("a new kernel is at %v after %d steps with %d pending, and steps: %v", k.Now(), k.Steps(), k.Len(), ok)
	}
	if at, ok := k.Peek(); ok || at != Never {
		t.Errorf("Peek() = %v %v, want never false", at, ok)
	}
}

func TestKernel_OrdersByTimeThenClassThenInsertion(t *testing.T) {
	var k Kernel
	k.Schedule(2, 0, 0, 6, 0)
	k.Schedule(1, 1, 9, 3, 0)
	k.Schedule(1, 1, 0, 4, 0) // the smaller kind does not come first
	k.Schedule(1, 2, 0, 5, 0)
	k.Schedule(1, 0, 0, 2, 0)
	k.Schedule(0, 15, 0, 1, 0)
	if got, want := drain(&k), []int32{1, 2, 3, 4, 5, 6}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	if k.Now() != 2 || k.Steps() != 6 {
		t.Errorf("now %v after %d steps, want 0.000000002s after 6", k.Now(), k.Steps())
	}
}

func TestKernel_OnlyStepMovesTime(t *testing.T) {
	var k Kernel
	ticket := k.Schedule(7, 0, 0, 0, 0)
	k.Schedule(9, 0, 0, 0, 0)
	k.Peek()
	k.Cancel(ticket)
	if k.Now() != 0 {
		t.Errorf("now %v before the first step", k.Now())
	}
	k.Step()
	if k.Now() != 9 {
		t.Errorf("now %v after the step, want 9 ns", k.Now())
	}
}

// An event may schedule another one for its own instant, in an earlier class too: it comes next.
func TestKernel_TheInstantGoesOn(t *testing.T) {
	var k Kernel
	for obj := range int32(100) {
		k.Schedule(5, 3, 0, obj, 0)
	}
	k.Step()
	k.Schedule(5, 1, 0, 1000, 0)
	k.Schedule(5, 4, 0, 2000, 0)
	k.Schedule(5, 3, 0, 100, 0)
	got := drain(&k)
	if len(got) != 102 || got[0] != 1000 || got[101] != 2000 || !slices.IsSorted(got[1:101]) {
		t.Errorf("order %v, want 1000, 1 to 100, 2000", got)
	}
}

func TestKernel_RefusesThePast(t *testing.T) {
	var k Kernel
	k.Schedule(10, 0, 0, 0, 0)
	k.Step()
	k.Schedule(10, 0, 0, 0, 0) // now is not the past
	for _, tc := range []struct {
		at    Time
		class Class
		want  string
	}{
		{9, 2, "des: scheduled before now: now 0.00000001s, event 0.000000009s class=2 seq=0 kind=3 obj=4 arg=5"},
		{-1, 2, "des: scheduled before now: now 0.00000001s, event -0.000000001s class=2 seq=0 kind=3 obj=4 arg=5"},
		{Never, MaxClass + 1, "des: class above 15: now 0.00000001s, event never class=0 seq=0 kind=3 obj=4 arg=5"},
	} {
		got := violation(func() { k.Schedule(tc.at, tc.class, 3, 4, 5) })
		if got == nil || got.Error() != tc.want || k.Len() != 1 {
			t.Errorf("Schedule(%v, class %d): %v, %d pending, want %v, 1 pending", tc.at, tc.class, got, k.Len(), tc.want)
		}
	}
	got := violation(func() { k.SetTieShuffle(1) })
	if got == nil || !strings.Contains(got.Error(), "tie shuffle") || strings.Contains(got.Error(), "event 0") {
		t.Errorf("SetTieShuffle with an event pending: %v, want a violation that names no event", got)
	}
}

func violation(f func()) (v error) {
	defer func() {
		if err, ok := recover().(error); ok && errors.As(err, new(Violation)) {
			v = err
		}
	}()
	f()
	return nil
}

func TestKernel_NeverDoesNotHappen(t *testing.T) {
	var k Kernel
	ticket := k.Schedule(Never, 0, 0, 1, 0)
	if ticket != (Ticket{}) || k.Len() != 0 || k.Cancel(ticket) {
		t.Errorf("an event for Never has ticket %+v and %d are pending", ticket, k.Len())
	}
	k.Schedule(Never-1, 0, 0, 2, 0)
	if got := drain(&k); !slices.Equal(got, []int32{2}) {
		t.Errorf("happened: %v, want only the last instant", got)
	}
}

func TestKernel_CancelsOnce(t *testing.T) {
	for _, pending := range []int{1, 10, 1000} {
		var k Kernel
		if k.Cancel(Ticket{}) {
			t.Error("the zero ticket was pending")
		}
		var tickets []Ticket
		for i := range pending {
			tickets = append(tickets, k.Schedule(Time(i/3), Class(i%2), 0, int32(i), 0))
		}
		if k.Cancel(Ticket{}) {
			t.Error("the zero ticket was pending")
		}
		for i := range pending {
			if i%2 == 0 && !k.Cancel(tickets[i]) {
				t.Errorf("%d pending: event %d was not", pending, i)
			}
		}
		if k.Len() != pending/2 || k.Cancel(tickets[0]) {
			t.Errorf("%d are left of %d, or cancelled twice", k.Len(), pending)
		}
		if got := drain(&k); len(got) != pending/2 || slices.ContainsFunc(got, func(obj int32) bool { return obj%2 == 0 }) {
			t.Errorf("happened: %v, want the odd ones below %d", got, pending)
		}
		if k.Cancel(tickets[pending-1]) {
			t.Error("cancelled what has happened")
		}
	}
}

func TestKernel_ResetIsANewKernelInOldMemory(t *testing.T) {
	run := func(k *Kernel) (events []Event) {
		random := rand.New(rand.NewPCG(1, 2))
		for range 5000 {
			k.Schedule(k.Now()+Time(random.IntN(1e6)), Class(random.IntN(5)), 0, 0, 0)
			if random.IntN(3) == 0 {
				e, _ := k.Step()
				events = append(events, e)
			}
		}
		return events
	}
	var fresh, used Kernel
	used.SetTieShuffle(99)
	run(&used)
	used.Reset()
	if used.Now() != 0 || used.Len() != 0 || used.Steps() != 0 {
		t.Errorf("after Reset: now %v, %d pending, %d steps", used.Now(), used.Len(), used.Steps())
	}
	if !slices.Equal(run(&used), run(&fresh)) {
		t.Error("a kernel after Reset orders otherwise than a new one")
	}
	if allocs := testing.AllocsPerRun(10, func() { used.Reset(); hold(&used, 3000, 10_000) }); allocs != 0 {
		t.Errorf("a run after Reset allocated %v times", allocs)
	}
}

// hold keeps a number of events pending for some steps.
func hold(k *Kernel, pending, steps int) {
	x := uint64(1)
	for i := range pending + steps {
		if i >= pending {
			k.Step()
		}
		x = x*6364136223846793005 + 1442695040888963407
		k.Schedule(k.Now()+Time(x>>34), Class(x>>20%8), 0, 0, 0)
	}
}

func TestKernel_AllocatesNothingPerEvent(t *testing.T) {
	for _, pending := range []int{1, 10, 31, 32, 33, 1000, 100_000} {
		var k Kernel
		hold(&k, pending, 20*pending)
		for k.Len() > pending {
			k.Step()
		}
		if allocs := testing.AllocsPerRun(5, func() { hold(&k, 0, 2000) }); allocs != 0 {
			t.Errorf("%d pending: %v allocations in 2000 events", pending, allocs)
		}
	}
}

// One instant may hold any number of events: the sorted front must not fill up with them.
func TestKernel_OneInstantStaysOutOfTheFront(t *testing.T) {
	var k Kernel
	for i := range int32(10_000) {
		k.Schedule(5, Class(i%3), 0, i, 0)
	}
	for range 30_000 {
		e, _ := k.Step()
		k.Schedule(e.At, e.Class(), 0, e.Obj, 0)
		if len(k.near) > 2*frontLen {
			t.Fatalf("%d events are in the front", len(k.near))
		}
	}
}

func TestSetTieShuffle_MovesTiesOnly(t *testing.T) {
	order := func(key uint64) string {
		var k Kernel
		k.SetTieShuffle(key)
		for i := range int32(40) {
			k.Schedule(Time(i%2), Class(i/2%2), 0, i, 0)
		}
		objs := drain(&k)
		for i, obj := range objs {
			if wantAt, wantClass := int32(i/20), int32(i/10%2); obj%2 != wantAt || obj/2%2 != wantClass {
				t.Errorf("key %d: event %d came %dth", key, obj, i)
			}
		}
		return fmt.Sprint(objs)
	}
	seen := map[string]uint64{}
	for key := range uint64(100) {
		got := order(key)
		if again := order(key); again != got {
			t.Errorf("key %d: %v, then %v", key, got, again)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("keys %d and %d give the same order %v", key, other, got)
		}
		seen[got] = key
	}
}

// All 24 orders of four events come up, about equally often.
func TestSetTieShuffle_IsFair(t *testing.T) {
	counts := map[string]int{}
	var k Kernel
	for key := range uint64(24_000) {
		k.Reset()
		k.SetTieShuffle(key + 1)
		for i := range int32(4) {
			k.Schedule(0, 0, 0, i, 0)
		}
		counts[fmt.Sprint(drain(&k))]++
	}
	if len(counts) != 24 {
		t.Errorf("%d orders of 4 events, want 24", len(counts))
	}
	for order, n := range counts {
		if n < 800 || n > 1200 {
			t.Errorf("order %v came %d times, want about 1000", order, n)
		}
	}
}
