package api_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"github.com/jobsim/jobsim/sim/api"
)

func parse(t *testing.T, text string) api.IndexSet {
	t.Helper()
	s, err := api.ParseIndexSet(text, math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The notation of status.completedIndexes: an interval has at least three indexes.
func TestIndexSet_String(t *testing.T) {
	for _, tc := range []struct {
		indexes []int32
		want    string
	}{
		{nil, ""},
		{[]int32{0}, "0"},
		{[]int32{3, 4}, "3,4"},
		{[]int32{3, 4, 5}, "3-5"},
		{[]int32{1, 3, 4, 5, 7, 8}, "1,3-5,7,8"},
		{[]int32{0, 0, 2, 2, 3}, "0,2,3"},
		{[]int32{0, 1, 2, 3, 99999, 100000, 100001}, "0-3,99999-100001"},
	} {
		if got := api.IndexSet(nil).With(tc.indexes).String(); got != tc.want {
			t.Errorf("%v: got %q, want %q", tc.indexes, got, tc.want)
		}
	}
}

// What the API server says of an index list that it does not accept, as of TestValidateJob of Kubernetes.
func TestParseIndexSet_Errors(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{"0", ""},
		{"1,3-5,7", ""},
		{"3,4", ""},
		{"3-4", ""},
		{"invalid", `cannot convert string to integer for index: "invalid"`},
		{"0-", `cannot convert string to integer for index: ""`},
		{"1-2-3", `the fragment "1-2-3" violates the requirement that an index interval can have at most two parts ` +
			`separated by '-'`},
		{"10", `too large index: "10"`},
		{"5-10", `too large index: "10"`},
		{"5,3", "non-increasing order, previous: 5, current: 3"},
		{"3,3", "non-increasing order, previous: 3, current: 3"},
		{"5-3", "non-increasing order, previous: 5, current: 3"},
		{"3-3", "non-increasing order, previous: 3, current: 3"},
	} {
		got := ""
		if _, err := api.ParseIndexSet(tc.text, 10); err != nil {
			got = err.Error()
		}
		if got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestIndexSet_Below(t *testing.T) {
	for _, tc := range []struct {
		text string
		n    int32
		want string
	}{
		{"0-9", 10, "0-9"},
		{"0-9", 9, "0-8"},
		{"0-2,5,7-9", 8, "0-2,5,7"},
		{"0-2,5,7-9", 5, "0-2"},
		{"3-9", 0, ""},
		{"", 3, ""},
	} {
		before := parse(t, tc.text)
		if got := before.Below(tc.n).String(); got != tc.want {
			t.Errorf("%s below %d: got %q, want %q", tc.text, tc.n, got, tc.want)
		}
		if before.String() != tc.text {
			t.Errorf("%s was changed to %v", tc.text, before)
		}
	}
}

// dumb is a set of indexes as a map.
type dumb map[int32]bool

func dumbOf(indexes []uint8) dumb {
	d := dumb{}
	for _, i := range indexes {
		d[int32(i)] = true
	}
	return d
}

func (d dumb) sorted() []int32 {
	var out []int32
	for i := range int32(256) {
		if d[i] {
			out = append(out, i)
		}
	}
	return out
}

// An IndexSet does what a set does, and its notation reads back.
func TestIndexSet_IsASet(t *testing.T) {
	property := func(a, b []uint8, below uint8) bool {
		da, db := dumbOf(a), dumbOf(b)
		sa, sb := api.IndexSet(nil).With(da.sorted()), api.IndexSet(nil).With(db.sorted())
		union, common, low := dumb{}, int32(0), dumb{}
		for i := range int32(256) {
			union[i] = da[i] || db[i]
			low[i] = da[i] && i < int32(below)
			if da[i] && db[i] {
				common++
			}
			if sa.Has(i) != da[i] {
				return false
			}
		}
		back, err := api.ParseIndexSet(sa.String(), 256)
		return err == nil && slices.Equal(back, sa) && sa.Len() == int32(len(da.sorted())) &&
			sa.Common(sb) == common && sb.Common(sa) == common &&
			slices.Equal(sa.Union(sb), api.IndexSet(nil).With(union.sorted())) &&
			slices.Equal(sa.With(db.sorted()), sa.Union(sb)) &&
			slices.Equal(sa.Below(int32(below)), api.IndexSet(nil).With(low.sorted()))
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

// Whatever is read is an ordered list of indexes that reads back as the same set.
func FuzzParseIndexSet(f *testing.F) {
	for _, seed := range []string{"", "0", "1,3-5,7", "3,4", "9-", "-1", "+1", "1-2-3", "0-2147483647"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := api.ParseIndexSet(text, math.MaxInt32)
		if err != nil {
			return
		}
		for i, r := range s {
			if r.From > r.To || i > 0 && r.From <= s[i-1].To+1 {
				t.Fatalf("%q: %v", text, s)
			}
		}
		if again, err := api.ParseIndexSet(s.String(), math.MaxInt32); strings.HasPrefix(text, "-") == false &&
			(err != nil || !slices.Equal(again, s)) {
			t.Fatalf("%q: %v, then %v (%v)", text, s, again, err)
		}
	})
}
