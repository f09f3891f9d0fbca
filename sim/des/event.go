package des

import "strconv"

// Class is the priority of an event within its instant, 0..MaxClass: the smaller class comes first.
type Class uint8

// MaxClass is the largest class that fits an Event.
const MaxClass Class = 1<<classBits - 1

// Kind says what an event means. The kernel carries it and never looks at it.
type Kind uint8

// An event's rank within its instant is one word, so that one comparison settles it: class, then seq, then kind. Seq is
// unique, so kind never decides. 2^52 events last for more than a year at 10^8 a second.
const (
	kindBits  = 8
	classBits = 4
	seqBits   = 64 - classBits - kindBits
	classLow  = 64 - classBits
	seqMask   = 1<<seqBits - 1
)

// Event is something that happens at an instant: a plain value of 24 bytes. The zero value is no event.
type Event struct {
	// At is the instant.
	At Time
	// order holds class, seq and kind.
	order uint64
	// Obj is the dense id of the entity concerned; Arg belongs to the kind. A model that lets events go stale keeps a
	// generation number in Arg and compares it when the event comes.
	Obj, Arg int32
}

// Class is the priority within the instant.
func (e Event) Class() Class { return Class(e.order >> classLow) }

// Seq is the insertion number, counted from 1; under SetTieShuffle it is the number that took its place.
func (e Event) Seq() uint64 { return e.order >> kindBits & seqMask }

// Kind is what the caller said the event means.
func (e Event) Kind() Kind { return Kind(e.order) }

// String prints every field: "12.500s class=1 seq=42 kind=3 obj=7 arg=-1".
func (e Event) String() string {
	b := append(make([]byte, 0, 64), e.At.String()...)
	b = strconv.AppendUint(append(b, " class="...), uint64(e.Class()), 10)
	b = strconv.AppendUint(append(b, " seq="...), e.Seq(), 10)
	b = strconv.AppendUint(append(b, " kind="...), uint64(e.Kind()), 10)
	b = strconv.AppendInt(append(b, " obj="...), int64(e.Obj), 10)
	b = strconv.AppendInt(append(b, " arg="...), int64(e.Arg), 10)
	return string(b)
}

// Ticket names one scheduled event, for Cancel. The zero value names none.
type Ticket struct {
	at, order uint64
}

// Violation is what the kernel panics with when its caller breaks an invariant.
type Violation struct {
	// Rule says what was broken.
	Rule string
	// Now is the instant at which it was broken.
	Now Time
	// Event is the event that was refused; its Seq is 0. It is the zero Event if the rule concerns none.
	Event Event
}

// Error prints the rule, the instant and the event.
func (v Violation) Error() string {
	s := "des: " + v.Rule + ": now " + v.Now.String()
	if v.Event != (Event{}) {
		s += ", event " + v.Event.String()
	}
	return s
}
