package des

import (
	"fmt"
	"math/bits"
)

// Class orders the events of one instant: smaller first. There are 16 classes.
type Class uint8

// Kind says what an event means. The meaning is the caller's.
type Kind uint8

// Event is something that happens at an instant: a plain value that can be printed, compared and copied.
type Event struct {
	At  Time
	ord uint64 // class (4 bits), sequence number (52 bits), kind (8 bits): ordered as one number
	Obj int32
	Arg int32
}

const (
	kindBits  = 8
	classBits = 4
	seqBits   = 64 - kindBits - classBits
	seqMask   = 1<<seqBits - 1
)

// Class is the event's class.
func (e Event) Class() Class { return Class(e.ord >> (seqBits + kindBits)) }

// Kind is the event's kind.
func (e Event) Kind() Kind { return Kind(e.ord) }

// Seq is the event's place in the order of insertion.
func (e Event) Seq() uint64 { return e.ord >> kindBits & seqMask }

// String is "12.500s class 3 kind 5 obj 7 arg 0".
func (e Event) String() string {
	return fmt.Sprintf("%v class %d kind %d obj %d arg %d", e.At, e.Class(), e.Kind(), e.Obj, e.Arg)
}

// before is the total order (At, Class, Seq).
func (e *Event) before(f *Event) bool { return e.less(f) != 0 }

// less is 1 if e comes before f, else 0: the borrow of a 128-bit subtraction. Which of two events is first is as good as
// random, and a branch on it would be mispredicted half of the time. Times in the queue are not negative.
func (e *Event) less(f *Event) uint64 {
	_, borrow := bits.Sub64(e.ord, f.ord, 0)
	_, borrow = bits.Sub64(uint64(e.At), uint64(f.At), borrow)
	return borrow
}
