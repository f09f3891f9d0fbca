package des

import (
	"math"
	"testing"
	"unsafe"
)

func TestEvent_IsSmall(t *testing.T) {
	if got := unsafe.Sizeof(Event{}); got > 32 {
		t.Errorf("an Event takes %d bytes, want at most 32", got)
	}
}

func TestEvent_ComesBackAsScheduled(t *testing.T) {
	for _, tc := range []struct {
		at       Time
		class    Class
		kind     Kind
		obj, arg int32
		want     string
	}{
		{0, 0, 0, 0, 0, "0.000s class=0 seq=1 kind=0 obj=0 arg=0"},
		{Time(12500 * Millisecond), 1, 3, 7, -1, "12.500s class=1 seq=1 kind=3 obj=7 arg=-1"},
		{Never - 1, MaxClass, math.MaxUint8, math.MinInt32, math.MaxInt32,
			"9223372036.854775806s class=15 seq=1 kind=255 obj=-2147483648 arg=2147483647"},
		{1, 0, 0, math.MaxInt32, math.MinInt32, "0.000000001s class=0 seq=1 kind=0 obj=2147483647 arg=-2147483648"},
	} {
		var k Kernel
		k.Schedule(tc.at, tc.class, tc.kind, tc.obj, tc.arg)
		e, ok := k.Step()
		if !ok || e.At != tc.at || e.Class() != tc.class || e.Kind() != tc.kind || e.Obj != tc.obj || e.Arg != tc.arg {
			t.Errorf("scheduled %+v, got %v %v", tc, e, ok)
		}
		if got := e.String(); got != tc.want {
			t.Errorf("String() = %q, want %q", got, tc.want)
		}
	}
}

// The first 2^16 numbers and the last ones keep apart, whatever the key: a collision would make two events equal.
func TestShuffle_IsOneToOne(t *testing.T) {
	for _, key := range []uint64{1, 2, 1 << 51, 1 << 52, 1 << 63, math.MaxUint64} {
		seen := make(map[uint64]uint64)
		for i := range uint64(1 << 16) {
			for _, seq := range []uint64{i, seqMask - i} {
				got := shuffle(seq, key)
				if got > seqMask {
					t.Fatalf("shuffle(%d, %#x) = %#x, wider than %d bits", seq, key, got, seqBits)
				}
				if other, ok := seen[got]; ok {
					t.Fatalf("shuffle(%d, %#x) = shuffle(%d, %#x)", seq, key, other, key)
				}
				seen[got] = seq
			}
		}
	}
}
