package des

import "fmt"

// Kernel is the event loop of one run. The zero value is ready to use, at time 0.
type Kernel struct {
	now       Time
	queue     queue
	seq       uint64
	steps     uint64
	shuffle   uint64 // 0: insertion order
	cancelled []uint64
}

// Ticket names a scheduled event, to cancel it. The zero value names none.
type Ticket uint64

// PastError is the panic of an event that is scheduled before now: a defect of the model.
type PastError struct {
	Now   Time
	Event Event
}

// Error tells both times.
func (e PastError) Error() string { return fmt.Sprintf("at %v: event in the past: %v", e.Now, e.Event) }

// Now is the present instant.
func (k *Kernel) Now() Time { return k.now }

// Len is how many events are scheduled, the cancelled ones among them.
func (k *Kernel) Len() int { return len(k.queue.heap) }

// Steps is how many events have happened.
func (k *Kernel) Steps() uint64 { return k.steps }

// Schedule makes an event happen at an instant, which must not be past. Events of one instant happen by class, then in the
// order of scheduling.
func (k *Kernel) Schedule(at Time, c Class, kind Kind, obj, arg int32) Ticket {
	seq := k.seq & seqMask
	k.seq++
	if k.shuffle != 0 {
		seq = permute(seq, k.shuffle)
	}
	e := Event{At: at, ord: uint64(c)<<(seqBits+kindBits) | seq<<kindBits | uint64(kind), Obj: obj, Arg: arg}
	if at < k.now {
		panic(PastError{k.now, e})
	}
	k.queue.push(e)
	return Ticket(seq + 1)
}

// Cancel makes a scheduled event not happen. It must not be called for an event that has happened. A model with many
// cancellations is faster with generation numbers in Arg and stale events ignored.
func (k *Kernel) Cancel(t Ticket) {
	if t != 0 {
		k.cancelled = append(k.cancelled, uint64(t-1))
	}
}

// Step lets the next event happen: it moves time and returns the event, or false when there is none.
func (k *Kernel) Step() (Event, bool) {
	for len(k.queue.heap) > 0 {
		e := k.queue.pop()
		if len(k.cancelled) > 0 && k.drop(e.Seq()) {
			continue
		}
		k.now = e.At
		k.steps++
		return e, true
	}
	return Event{}, false
}

// Peek is the time of the next event, or false when there is none.
func (k *Kernel) Peek() (Time, bool) {
	if len(k.queue.heap) == 0 {
		return Never, false
	}
	return k.queue.heap[0].At, true
}

// Reset returns to time 0 with nothing scheduled and keeps the memory.
func (k *Kernel) Reset() {
	*k = Kernel{queue: queue{k.queue.heap[:0]}, cancelled: k.cancelled[:0], shuffle: k.shuffle}
}

// SetTieShuffle is a test mode: events of one instant and class happen in an order that a non-zero key decides, rather than in
// the order of scheduling. A model whose outcome changes depends on that order.
func (k *Kernel) SetTieShuffle(key uint64) { k.shuffle = key }

func (k *Kernel) drop(seq uint64) bool {
	for i, c := range k.cancelled {
		if c == seq {
			last := len(k.cancelled) - 1
			k.cancelled[i] = k.cancelled[last]
			k.cancelled = k.cancelled[:last]
			return true
		}
	}
	return false
}

// permute is a bijection of the sequence numbers: odd multiplications and xor-shifts, each invertible modulo 2^52.
func permute(n, key uint64) uint64 {
	n = (n ^ key) & seqMask
	n = n * 0x9e3779b97f4a7c15 & seqMask
	n ^= n >> 26
	n = n * 0xbf58476d1ce4e5b9 & seqMask
	return n ^ n>>26
}
