package des

import "slices"

// frontLen is how many events the sorted front may hold before it hands its later half to the
// wheel. Up to here insertion by shifting beats every heap; 24 and 48 measured the same.
const frontLen = 32

// Kernel is the clock and the list of pending events. The zero value is ready to use, at the start
// of time. A Kernel must not be copied once it is in use.
type Kernel struct {
	now   Time
	seq   uint64
	steps uint64
	// key is not 0 while ties are shuffled.
	key uint64
	// near holds all events before limit, sorted, the earliest last. While the wheel is empty it
	// holds all events.
	near  []item
	limit uint64
	// far holds all events at limit or later.
	far wheel
}

// Now is the instant of the last event that Step returned; 0 before the first.
func (k *Kernel) Now() Time { return k.now }

// Steps counts the events that Step has returned.
func (k *Kernel) Steps() uint64 { return k.steps }

// Len counts the pending events.
func (k *Kernel) Len() int { return len(k.near) + k.far.n }

// Schedule makes an event happen at an instant, after all pending events of that instant and class.
// What is scheduled for Never does not happen: it is not pending and has the zero Ticket.
// Scheduling before Now, or in a class above MaxClass, panics with a Violation. Models that let
// events go stale need not keep the ticket.
func (k *Kernel) Schedule(at Time, c Class, kind Kind, obj, arg int32) Ticket {
	if at < k.now || c > MaxClass || at == Never {
		k.refuse(at, c, kind, obj, arg)
		return Ticket{}
	}
	k.seq++
	seq := k.seq
	if k.key != 0 {
		seq = shuffle(seq, k.key)
	}
	e := item{
		at:    uint64(at),
		order: uint64(c)<<classLow | seq<<kindBits | uint64(kind),
		load:  uint64(uint32(obj))<<32 | uint64(uint32(arg)),
	}
	if len(k.near) >= frontLen {
		k.relieve()
	}
	if k.far.n != 0 && e.at >= k.limit {
		k.far.n++
		k.far.put(e)
		return Ticket{at: e.at, order: e.order}
	}
	i := len(k.near)
	if i == cap(k.near) {
		k.grow()
	}
	near := k.near[:i+1]
	k.near = near
	for i > 0 && near[i-1].before(e) {
		near[i] = near[i-1]
		i--
	}
	near[i] = e
	return Ticket{at: e.at, order: e.order}
}

// refuse panics unless the event is for Never. (Not inlined, which would make Schedule's frame large.)
//
//go:noinline
func (k *Kernel) refuse(at Time, c Class, kind Kind, obj, arg int32) {
	rule := "class above 15"
	switch {
	case at < k.now:
		rule = "scheduled before now"
	case c <= MaxClass:
		return
	}
	order := uint64(c)<<classLow | uint64(kind)
	panic(Violation{Rule: rule, Now: k.now, Event: Event{At: at, order: order, Obj: obj, Arg: arg}})
}

//go:noinline
func (k *Kernel) grow() { k.near = slices.Grow(k.near, frontLen) }

// insert puts e into a sorted list, the earliest last.
func insert(near []item, e item) []item {
	i := len(near)
	if i < cap(near) {
		near = near[:i+1]
	} else {
		near = append(near, e)
	}
	for i > 0 && near[i-1].before(e) {
		near[i] = near[i-1]
		i--
	}
	near[i] = e
	return near
}

// relieve hands the later half of near to the wheel, and all of its instant with it, earliest
// first: the wheel keeps ties in the order in which it gets them. Shuffled ties it could not keep;
// then everything stays.
func (k *Kernel) relieve() {
	if k.key != 0 {
		return
	}
	k.limit = k.near[len(k.near)/2].at
	i := len(k.near) / 2
	for i+1 < len(k.near) && k.near[i+1].at == k.limit {
		i++
	}
	for j := i; j >= 0; j-- {
		k.far.put(k.near[j])
	}
	k.far.n += i + 1
	k.near = append(k.near[:0], k.near[i+1:]...)
}

// Step removes the first pending event in the order (At, Class, Seq), moves Now to it and returns
// it. It is false when nothing is pending.
func (k *Kernel) Step() (Event, bool) {
	for len(k.near) == 0 {
		if k.far.n == 0 {
			return Event{}, false
		}
		row, col := k.far.first()
		if row == 0 {
			return k.take(k.far.pop(col)), true
		}
		k.near, k.limit = k.far.advance(row, col, k.near)
	}
	last := len(k.near) - 1
	e := k.near[last]
	k.near = k.near[:last]
	return k.take(e), true
}

func (k *Kernel) take(e item) Event {
	k.now = Time(e.at)
	k.steps++
	return Event{At: Time(e.at), order: e.order, Obj: int32(e.load >> 32), Arg: int32(e.load)}
}

// Peek is the instant of the event that Step would return; Never and false when nothing is pending.
// It may have to look through a slot of the wheel; the clock does not move.
func (k *Kernel) Peek() (Time, bool) {
	switch {
	case len(k.near) > 0:
		return Time(k.near[len(k.near)-1].at), true
	case k.far.n > 0:
		return Time(k.far.earliest()), true
	}
	return Never, false
}

// Cancel removes a pending event and reports whether it was pending. It searches: a model that
// cancels as a habit does better with a generation number in Arg. Tickets from before a Reset must
// not be used.
func (k *Kernel) Cancel(t Ticket) bool {
	if k.far.n > 0 && t.at >= k.limit {
		return k.far.remove(t)
	}
	for i, e := range k.near {
		if e.order == t.order {
			k.near = append(k.near[:i], k.near[i+1:]...)
			return true
		}
	}
	return false
}

// Reset forgets everything, the shuffling of ties included, and keeps the memory.
func (k *Kernel) Reset() {
	*k = Kernel{near: k.near[:0], far: wheel{blocks: k.far.blocks[:0]}}
}

// SetTieShuffle replaces the order of insertion within (At, Class) by a hash with the key: still a
// total order, and the same one in every run. Key 0 restores the order of insertion. It is meant
// for tests that ask what depends on ties: scheduling then takes time proportional to what is
// pending. It panics with a Violation while events are pending.
func (k *Kernel) SetTieShuffle(key uint64) {
	if k.Len() > 0 {
		panic(Violation{Rule: "tie shuffle changed while events are pending", Now: k.now})
	}
	k.key = key
}

// shuffle maps insertion numbers one to one to numbers of the same width: multiplication by an odd
// number and xor with the own upper half are both invertible. The multipliers are those of
// SplitMix64 [Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195].
func shuffle(seq, key uint64) uint64 {
	for range 2 {
		seq = (seq ^ key) & seqMask
		seq = seq * 0xbf58476d1ce4e5b9 & seqMask
		seq ^= seq >> (seqBits / 2)
		seq = seq * 0x94d049bb133111eb & seqMask
		seq ^= seq >> (seqBits / 2)
		key = key>>seqBits | key<<(64-seqBits)
	}
	return seq
}
