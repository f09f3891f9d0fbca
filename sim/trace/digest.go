package trace

import (
	"fmt"
	"hash/fnv"
)

// Digest is 16 hexadecimal digits that stand for what can be observed of t: the FNV-1a hash (64 bits) of the lines of
// its normal form. The header does not count, so two worlds agree on a scenario, to the record and the nanosecond, if
// and only if their digests are equal (but for a chance of 2^-64). Explanations do not count either: they are pinned by
// the goldens.
func Digest(t *Trace) string {
	h := fnv.New64a()
	normal := Normalise(t)
	var line []byte
	for i := range normal.Records {
		line = append(normal.Records[i].AppendLine(line[:0]), '\n')
		h.Write(line) // a hash never fails
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
