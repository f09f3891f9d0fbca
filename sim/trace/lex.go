package trace

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// absent stands for an empty word.
const absent = "-"

// appendWord writes s as one word: bare if it can be, in quotes if not. The bytes of also must be quoted, too.
func appendWord(dst []byte, s, also string) []byte {
	switch {
	case s == "":
		return append(dst, absent...)
	case isBare(s, also):
		return append(dst, s...)
	}
	return strconv.AppendQuoteToASCII(dst, s)
}

func isBare(s, also string) bool {
	if s == absent {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' || strings.IndexByte(also, c) >= 0 {
			return false
		}
	}
	return true
}

// cutWord takes the word at the beginning of s, which ends at a space, at a byte of stops, or with s.
func cutWord(s, stops string) (word, rest string, err error) {
	if strings.HasPrefix(s, `"`) {
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return "", s, fmt.Errorf("unclosed or bad quotes: %.40q", s)
		}
		word, err = strconv.Unquote(quoted)
		return word, s[len(quoted):], err
	}
	end := strings.IndexAny(s, " "+stops)
	if end < 0 {
		end = len(s)
	}
	if end == 0 {
		return "", s, errors.New("missing")
	}
	word, rest = s[:end], s[end:]
	if word == absent {
		word = ""
	}
	return word, rest, nil
}

// appendRef writes r. Index and Attempt of anything but a pod are not written.
func appendRef(dst []byte, r *Ref) []byte {
	dst = appendWord(dst, string(r.Kind), "")
	dst = append(dst, ' ')
	dst = appendWord(dst, r.Name, "/")
	if r.Kind != KindPod {
		return dst
	}
	if r.Index != api.NoIndex {
		dst = append(dst, '/')
		dst = strconv.AppendInt(dst, int64(r.Index), 10)
	}
	dst = append(dst, '/')
	return strconv.AppendInt(dst, int64(r.Attempt), 10)
}

// cutRef takes a reference from the beginning of s.
func cutRef(s string) (r Ref, rest string, err error) {
	kind, rest, err := cutWord(s, "")
	if err != nil {
		return r, s, err
	}
	r.Kind = Kind(kind)
	r.Name, rest, err = cutWord(strings.TrimPrefix(rest, " "), "/")
	if err != nil || r.Kind != KindPod {
		return r, rest, err
	}
	end := strings.IndexByte(rest, ' ')
	if end < 0 {
		end = len(rest)
	}
	numbers := strings.Split(strings.TrimPrefix(rest[:end], "/"), "/")
	if len(numbers) > 2 {
		return r, rest, fmt.Errorf("too many numbers: %.40q (allowed: name/number, name/index/attempt)", rest[:end])
	}
	r.Index = api.NoIndex
	for i, text := range numbers {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return r, rest, fmt.Errorf("not a number: %.40q (allowed: name/number, name/index/attempt)", text)
		}
		if i == 0 && len(numbers) == 2 {
			r.Index = int32(n)
		} else {
			r.Attempt = int32(n)
		}
	}
	return r, rest[end:], nil
}

// ParseTime reads what des.Time.String writes, as it stands in arguments of records. It may accept more than that;
// Decode compares what Encode makes of it.
func ParseTime(s string) (des.Time, error) {
	if s == des.Never.String() {
		return des.Never, nil
	}
	bad := fmt.Errorf("not a time: %.40q (allowed: seconds such as 2.210s)", s)
	number, ok := strings.CutSuffix(s, "s")
	if !ok {
		return 0, bad
	}
	number, negative := strings.CutPrefix(number, "-")
	whole, fraction, _ := strings.Cut(number, ".")
	if len(fraction) > 9 {
		return 0, bad
	}
	seconds, err := strconv.ParseUint(whole, 10, 64)
	if err != nil || seconds > math.MaxInt64/uint64(des.Second) {
		return 0, bad
	}
	nanos, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 64)
	if err != nil {
		return 0, bad
	}
	n := seconds*uint64(des.Second) + nanos
	switch {
	case negative && n <= 1<<63:
		return des.Time(-n), nil
	case !negative && n < math.MaxInt64:
		return des.Time(n), nil
	}
	return 0, bad
}
