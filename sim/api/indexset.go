package api

import (
	"fmt"
	"strconv"
	"strings"
)

// IndexSet is a set of completion indexes: intervals in increasing order that neither overlap nor touch. It is never
// changed in place. The zero value is empty (orderedIntervals, indexed_job_utils.go:49@v1.37.2).
type IndexSet []Range

// Len is how many indexes are in the set.
func (s IndexSet) Len() int32 {
	n := int32(0)
	for _, r := range s {
		n += r.To - r.From + 1
	}
	return n
}

// Has says whether the index i is in the set.
func (s IndexSet) Has(i int32) bool {
	low, high := 0, len(s)
	for low < high {
		if mid := (low + high) / 2; s[mid].To < i {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low < len(s) && s[low].From <= i
}

// Union is the indexes of both sets.
func (s IndexSet) Union(t IndexSet) IndexSet {
	switch {
	case len(t) == 0:
		return s
	case len(s) == 0:
		return t
	}
	out := make(IndexSet, 0, len(s)+len(t))
	for len(s)+len(t) > 0 {
		next := &s
		if len(s) == 0 || len(t) > 0 && t[0].From < s[0].From {
			next = &t
		}
		out = out.add((*next)[0])
		*next = (*next)[1:]
	}
	return out
}

// With is the set and some indexes in increasing order, which may repeat.
func (s IndexSet) With(indexes []int32) IndexSet {
	var t IndexSet
	for _, i := range indexes {
		t = t.add(Range{i, i})
	}
	return s.Union(t)
}

// add appends an interval that does not begin before the last one.
func (s IndexSet) add(r Range) IndexSet {
	if n := len(s); n > 0 && r.From <= s[n-1].To+1 {
		s[n-1].To = max(s[n-1].To, r.To)
		return s
	}
	return append(s, r)
}

// Below is the indexes less than n: what is left of the set when a Job is scaled down to n completions.
func (s IndexSet) Below(n int32) IndexSet {
	end := len(s)
	for end > 0 && s[end-1].From >= n {
		end--
	}
	if end == 0 || s[end-1].To < n {
		return s[:end]
	}
	out := append(IndexSet(nil), s[:end]...)
	out[end-1].To = n - 1
	return out
}

// Common is how many indexes are in both sets.
func (s IndexSet) Common(t IndexSet) int32 {
	n := int32(0)
	for len(s) > 0 && len(t) > 0 {
		n += max(0, min(s[0].To, t[0].To)-max(s[0].From, t[0].From)+1)
		if s[0].To < t[0].To {
			s = s[1:]
		} else {
			t = t[1:]
		}
	}
	return n
}

// String is the API's notation: "1,3-5,7". Two indexes in a row are written one by one
// (indexed_job_utils.go:165@v1.37.2).
func (s IndexSet) String() string {
	text := make([]byte, 0, 8*len(s))
	for i, r := range s {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(r.From), 10)
		if r.To > r.From {
			separator := byte('-')
			if r.To == r.From+1 {
				separator = ','
			}
			text = strconv.AppendInt(append(text, separator), int64(r.To), 10)
		}
	}
	return string(text)
}

// ParseIndexSet reads the API's notation for a Job with so many completions. Errors are the API server's
// (validateIndexesFormat, pkg/apis/batch/validation/validation.go:1128@v1.37.2).
func ParseIndexSet(text string, completions int32) (IndexSet, error) {
	var s IndexSet
	if text == "" {
		return nil, nil
	}
	for _, fragment := range strings.Split(text, ",") {
		r, err := parseInterval(fragment, completions)
		if err != nil {
			return nil, err
		}
		if n := len(s); n > 0 && s[n-1].To >= r.From {
			return nil, fmt.Errorf("non-increasing order, previous: %d, current: %d", s[n-1].To, r.From)
		}
		s = s.add(r)
	}
	return s, nil
}

func parseInterval(fragment string, completions int32) (Range, error) {
	parts := strings.Split(fragment, "-")
	if len(parts) > 2 {
		return Range{}, fmt.Errorf("the fragment %q violates the requirement that an index interval can have at most two "+
			"parts separated by '-'", fragment)
	}
	var limits [2]int
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			return Range{}, fmt.Errorf("cannot convert string to integer for index: %q", part)
		}
		if n >= int(completions) {
			return Range{}, fmt.Errorf("too large index: %q", part)
		}
		limits[i] = n
	}
	if len(parts) == 1 {
		limits[1] = limits[0]
	} else if limits[0] >= limits[1] {
		return Range{}, fmt.Errorf("non-increasing order, previous: %d, current: %d", limits[0], limits[1])
	}
	return Range{int32(limits[0]), int32(limits[1])}, nil
}
