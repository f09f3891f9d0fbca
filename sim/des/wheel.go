package des

import "math/bits"

const (
	digitBits = 6
	// cols is the number of slots in a row: as many as a word has bits, so that one word says which
	// are in use.
	cols = 1 << digitBits
	// rows is one row for the instant base itself and one for each digit of a 63-bit time.
	rows = 1 + (63+digitBits-1)/digitBits
	// blockLen makes a block 752 bytes, and is how many events the sorted front takes over at once.
	// Measured: 21 is slower from 10^5 pending on, 63 gains nothing below 10^6.
	blockLen = 31
)

// An item is an Event as the queue keeps it: three whole words. (Two int32 written separately and
// read back as one word would stall the processor at every move.)
type item struct {
	at, order, load uint64
}

func (a item) before(b item) bool { return a.at < b.at || a.at == b.at && a.order < b.order }

// wheel holds the events that are not near: a monotone radix heap [Ahuja, Mehlhorn, Orlin and
// Tarjan 1990, doi:10.1145/77600.77615] with 64 slots a row, in other words a hierarchical timing
// wheel [Varghese and Lauck 1987, doi:10.1145/41457.37504] that skips what is empty.
//
// An event lies in the row of the highest digit (base 64) in which its time differs from base, at
// the column of that digit. So every row is later than the rows before it, every column later than
// the columns before it, and all of the first slot in use is earlier than all else. Row 0 holds the
// instant base itself, a column a class. Whatever the times are, an event has at most 11 rows to move
// down: there is nothing to tune, and no distribution of times to fear.
//
// Slots are queues and moving keeps their order, so events of one instant and one class stay in
// order of insertion without being compared.
type wheel struct {
	// base is no later than now, nor than any event in the wheel.
	base uint64
	// n counts the events in the wheel.
	n int
	// usedRows has a bit for each row in use, used[r] one for each column of row r in use.
	usedRows uint32
	used     [rows]uint64
	slots    [rows][cols]slot
	// blocks is the memory of all slots, used again and again; blocks[0] stays unused, so that 0
	// means none.
	blocks []block
	// free is the first block of those that no slot uses.
	free int32
}

// slot is a queue of events in blocks. The zero value is empty.
type slot struct {
	head, tail int32
}

type block struct {
	next   int32
	lo, hi int16
	items  [blockLen]item
}

// locate is the row and column for an instant no earlier than base.
func (w *wheel) locate(at, order uint64) (row, col uint) {
	x := at ^ w.base
	if x == 0 {
		return 0, uint(order >> classLow)
	}
	row = uint(bits.Len64(x)+digitBits-1) / digitBits
	return row, uint(at>>((row-1)*digitBits)) % cols
}

// put appends e to its slot. The caller counts it.
func (w *wheel) put(e item) {
	row, col := w.locate(e.at, e.order)
	w.usedRows |= 1 << row
	w.used[row] |= 1 << col
	s := &w.slots[row][col]
	if s.tail == 0 || w.blocks[s.tail].hi == blockLen {
		w.grow(s)
	}
	b := &w.blocks[s.tail]
	b.items[b.hi] = e
	b.hi++
}

// grow gives the slot an empty last block.
func (w *wheel) grow(s *slot) {
	i := w.free
	if i != 0 {
		w.free = w.blocks[i].next
		w.blocks[i].next, w.blocks[i].lo, w.blocks[i].hi = 0, 0, 0
	} else {
		i = int32(max(1, len(w.blocks)))
		w.blocks = append(w.blocks, make([]block, int(i)+1-len(w.blocks))...)
	}
	if s.tail == 0 {
		s.head = i
	} else {
		w.blocks[s.tail].next = i
	}
	s.tail = i
}

// release takes back block i and returns the one after it.
func (w *wheel) release(i int32) int32 {
	next := w.blocks[i].next
	w.blocks[i].next = w.free
	w.free = i
	return next
}

// first is the row and column of the first slot in use. The wheel must not be empty.
func (w *wheel) first() (row, col uint) {
	row = uint(bits.TrailingZeros32(w.usedRows)) % rows
	return row, uint(bits.TrailingZeros64(w.used[row])) % cols
}

// clear empties a slot and returns what it held.
func (w *wheel) clear(row, col uint) slot {
	s := w.slots[row][col]
	w.slots[row][col] = slot{}
	w.used[row] &^= 1 << col
	if w.used[row] == 0 {
		w.usedRows &^= 1 << row
	}
	return s
}

// pop removes the first event of a slot in row 0.
func (w *wheel) pop(col uint) item {
	s := &w.slots[0][col]
	b := &w.blocks[s.head]
	e := b.items[b.lo]
	b.lo++
	w.n--
	if b.lo == b.hi {
		s.head = w.release(s.head)
		if s.head == 0 {
			w.clear(0, col)
		}
	}
	return e
}

// advance works on the first slot, in a row above 0. One block goes to near, more are spread over
// the rows below. It returns near and its new limit: all that is left in the wheel is at that
// instant or later.
func (w *wheel) advance(row, col uint, near []item) ([]item, uint64) {
	s := w.clear(row, col)
	shift := (row - 1) * digitBits
	start := w.base>>(shift+digitBits)<<(shift+digitBits) | uint64(col)<<shift
	if s.head != s.tail {
		w.base = start
		w.spread(s, 0)
		return near, start
	}
	b := &w.blocks[s.head]
	for _, e := range b.items[b.lo:b.hi] {
		near = insert(near, e)
	}
	w.n -= int(b.hi - b.lo)
	w.release(s.head)
	return near, start + 1<<shift
}

// spread puts the events of a slot that was cleared where they belong now, all but the one with the
// given order.
func (w *wheel) spread(s slot, except uint64) {
	for i := s.head; i != 0; i = w.release(i) {
		for j := w.blocks[i].lo; j < w.blocks[i].hi; j++ {
			if e := w.blocks[i].items[j]; e.order != except {
				w.put(e)
			}
		}
	}
}

// remove takes one event out, if it is there, by putting back the rest of its slot.
func (w *wheel) remove(t Ticket) bool {
	row, col := w.locate(t.at, t.order)
	found := false
	for i := w.slots[row][col].head; i != 0 && !found; i = w.blocks[i].next {
		b := &w.blocks[i]
		for _, e := range b.items[b.lo:b.hi] {
			found = found || e.order == t.order
		}
	}
	if found {
		w.n--
		w.spread(w.clear(row, col), t.order)
	}
	return found
}

// earliest is the time of the first event. The wheel must not be empty.
func (w *wheel) earliest() uint64 {
	row, col := w.first()
	at := ^uint64(0)
	for i := w.slots[row][col].head; i != 0; i = w.blocks[i].next {
		b := &w.blocks[i]
		for _, e := range b.items[b.lo:b.hi] {
			at = min(at, e.at)
		}
	}
	return at
}
