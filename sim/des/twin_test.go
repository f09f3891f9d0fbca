package des

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// twin is a kernel too simple to be wrong: pending events in a sorted slice.
type twin struct {
	now     Time
	steps   uint64
	seq     uint64
	key     uint64
	pending []twinEvent
}

type twinEvent struct {
	at       Time
	class    Class
	seq      uint64
	kind     Kind
	obj, arg int32
	ticket   Ticket
}

func (a twinEvent) compare(b twinEvent) int {
	switch {
	case a.at != b.at:
		return int(min(1, max(-1, a.at-b.at)))
	case a.class != b.class:
		return int(a.class) - int(b.class)
	case a.seq < b.seq:
		return -1
	}
	return 1
}

func (tw *twin) schedule(e twinEvent) {
	if e.at == Never {
		return
	}
	tw.seq++
	e.seq = tw.seq
	if tw.key != 0 {
		e.seq = shuffle(tw.seq, tw.key)
	}
	i, _ := slices.BinarySearchFunc(tw.pending, e, twinEvent.compare)
	tw.pending = slices.Insert(tw.pending, i, e)
}

func (tw *twin) first() (twinEvent, bool) {
	if len(tw.pending) == 0 {
		return twinEvent{at: Never}, false
	}
	return tw.pending[0], true
}

func (tw *twin) step() (twinEvent, bool) {
	e, ok := tw.first()
	if ok {
		tw.pending = tw.pending[1:]
		tw.now = e.at
		tw.steps++
	}
	return e, ok
}

func (tw *twin) cancel(t Ticket) bool {
	i := slices.IndexFunc(tw.pending, func(e twinEvent) bool { return e.ticket == t })
	if i < 0 {
		return false
	}
	tw.pending = slices.Delete(tw.pending, i, i+1)
	return true
}

// pair plays a program, which is any bytes at all, to a kernel and its twin, and fails at the first difference.
type pair struct {
	t       *testing.T
	program []byte
	k       Kernel
	twin    twin
	tickets []Ticket
	random  *rand.Rand
	// Spans are below 2^width, in multiples of 2^grain.
	width, grain uint
	classes      int
}

func (p *pair) next() int {
	if len(p.program) == 0 {
		return 0
	}
	b := p.program[0]
	p.program = p.program[1:]
	return int(b)
}

func play(t *testing.T, program []byte) {
	p := &pair{t: t, program: program}
	p.random = rand.New(rand.NewPCG(uint64(p.next()), 0))
	p.shape()
	for len(p.program) > 0 {
		switch op := p.next() % 16; op {
		case 0, 1, 2, 3:
			p.repeat(p.schedule)
		case 4, 5, 6:
			p.repeat(p.step)
		case 7, 8, 9:
			p.repeat(func() { p.step(); p.schedule() })
		case 10:
			p.repeat(func() { p.step(); p.schedule(); p.schedule() })
		case 11, 12:
			p.cancel()
		case 13:
			p.shape()
		case 14:
			p.look()
		case 15:
			p.reset()
		}
	}
	for p.k.Len() > 0 || len(p.twin.pending) > 0 {
		p.step()
	}
}

func (p *pair) repeat(f func()) {
	for range p.next() + 1 {
		f()
	}
}

func (p *pair) shape() {
	p.width = uint(p.next() % 64)
	p.grain = uint(p.next()) % (p.width + 1)
	p.classes = 1 + p.next()%16
}

// most is how many events may be pending: with ten times as many, 256 bytes of program keep the twin busy for seconds.
const most = 4096

func (p *pair) schedule() {
	if len(p.twin.pending) == most {
		return
	}
	span := p.random.Uint64() & (1<<p.width - 1) >> p.grain << p.grain
	e := twinEvent{
		at:    p.k.Now().Add(Duration(span)),
		class: Class(p.random.IntN(p.classes)),
		kind:  Kind(p.random.Uint32()),
		obj:   int32(p.random.Uint32()),
		arg:   int32(p.random.Uint32()),
	}
	e.ticket = p.k.Schedule(e.at, e.class, e.kind, e.obj, e.arg)
	p.twin.schedule(e)
	p.tickets = append(p.tickets, e.ticket)
}

func (p *pair) step() {
	p.t.Helper()
	want, wantOK := p.twin.step()
	got, ok := p.k.Step()
	if ok != wantOK || ok && got != p.event(want) {
		p.t.Fatalf("step %d: got %v %v, want %v %v", p.twin.steps, got, ok, p.event(want), wantOK)
	}
	if p.k.Now() != p.twin.now || p.k.Steps() != p.twin.steps || p.k.Len() != len(p.twin.pending) {
		p.t.Fatalf("now, steps, len = %v %d %d, want %v %d %d", p.k.Now(), p.k.Steps(), p.k.Len(), p.twin.now, p.twin.steps,
			len(p.twin.pending))
	}
}

func (p *pair) event(e twinEvent) Event {
	return Event{At: e.at, order: uint64(e.class)<<60 | e.seq<<8 | uint64(e.kind), Obj: e.obj, Arg: e.arg}
}

// cancel takes some ticket, mostly a recent one; its event may be gone.
func (p *pair) cancel() {
	if len(p.tickets) == 0 {
		return
	}
	back := p.random.IntN(len(p.tickets)) >> (p.next() % 8)
	ticket := p.tickets[len(p.tickets)-1-back]
	if got, want := p.k.Cancel(ticket), p.twin.cancel(ticket); got != want {
		p.t.Fatalf("Cancel(%+v) = %v, want %v", ticket, got, want)
	}
}

func (p *pair) look() {
	want, wantOK := p.twin.first()
	if at, ok := p.k.Peek(); at != want.at || ok != wantOK {
		p.t.Fatalf("Peek() = %v %v, want %v %v", at, ok, want.at, wantOK)
	}
	if got := p.k.Len(); got != len(p.twin.pending) {
		p.t.Fatalf("Len() = %d, want %d", got, len(p.twin.pending))
	}
}

func (p *pair) reset() {
	p.k.Reset()
	p.twin = twin{}
	p.tickets = p.tickets[:0]
	if n := p.next(); n%2 == 1 {
		p.twin.key = uint64(n) << 32
		p.k.SetTieShuffle(p.twin.key)
	}
}

// The kernel and its twin agree on every program, among them ties, cancellations, shuffled ties, spans from nothing to
// centuries, and all of it interleaved.
func TestKernel_AgreesWithItsTwin(t *testing.T) {
	programs := 600
	if testing.Short() {
		programs = 60
	}
	for seed := range uint64(programs) {
		random := rand.New(rand.NewPCG(seed, 1))
		program := make([]byte, 0, 512)
		for len(program) < 64+int(seed%8)*48 {
			program = binary.BigEndian.AppendUint64(program, random.Uint64())
		}
		if ok := t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { play(t, program) }); !ok {
			return
		}
	}
}

func FuzzKernel(f *testing.F) {
	f.Add([]byte{1, 40, 0, 3, 0, 255, 4, 255})
	f.Add([]byte{2, 0, 0, 16, 0, 200, 7, 255, 11, 0, 11, 3})
	f.Add([]byte{3, 63, 0, 1, 15, 7, 0, 90, 10, 60, 14, 4, 255})
	f.Fuzz(func(t *testing.T, program []byte) {
		if len(program) > 256 {
			t.Skip("longer programs find nothing more")
		}
		play(t, program)
	})
}
