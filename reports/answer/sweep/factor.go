package sweep

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Factor is a field of a scenario (scenarios.Change) and the values that it takes.
type Factor struct {
	Field  string
	Values []string
}

// ErrFactor is what errors about the text of a Factor wrap.
var ErrFactor = errors.New("not a field with values")

// maxValues bounds a factor.
const maxValues = 10_000

// ParseFactor reads FIELD=VALUES. Values stand between commas, or between semicolons where they hold commas. Numbers
// may be continued: 0..20 is 0, 1, ..., 20; 0,5..20 goes on in steps of 5, and 1,2,4..64 doubles. Errors wrap
// ErrFactor.
func ParseFactor(text string) (Factor, error) {
	field, list, found := strings.Cut(text, "=")
	if !found || field == "" || list == "" {
		return Factor{}, fmt.Errorf("%q: %w (allowed: such as spec.backoffLimit=0..20)", text, ErrFactor)
	}
	separator := ","
	if strings.Contains(list, ";") {
		separator = ";"
	}
	f := Factor{Field: field}
	for _, value := range strings.Split(list, separator) {
		value = strings.TrimSpace(value)
		from, to, isRange := strings.Cut(value, "..")
		if !isRange {
			f.Values = append(f.Values, value)
			continue
		}
		more, err := continued(f.Values, from, to)
		if err != nil {
			return Factor{}, fmt.Errorf("%q: %w: %w", text, ErrFactor, err)
		}
		f.Values = append(f.Values, more...)
	}
	if len(f.Values) > maxValues {
		return Factor{}, fmt.Errorf("%q: %w: %d values (allowed: %d)", text, ErrFactor, len(f.Values), maxValues)
	}
	return f, nil
}

// continued are the values from..to after those before.
func continued(before []string, from, to string) (out []string, err error) {
	first, err := strconv.ParseFloat(from, 64)
	last, failed := strconv.ParseFloat(to, 64)
	if err != nil || failed != nil || !(last >= first) || math.IsInf(last-first, 0) {
		return nil, fmt.Errorf("%s..%s (allowed: from a number to one that is not smaller)", from, to)
	}
	step, ratio := 1.0, 1.0
	if n := len(before); n > 0 {
		previous, err := strconv.ParseFloat(before[n-1], 64)
		if err != nil || previous >= first {
			return nil, fmt.Errorf("%s..%s after %s (allowed: after a smaller number)", from, to, before[n-1])
		}
		step = first - previous
		if n > 1 {
			oldest, err := strconv.ParseFloat(before[n-2], 64)
			if err == nil && oldest > 0 && previous-oldest != step && previous/oldest == first/previous {
				ratio = first / previous
			}
		}
	}
	for i := 0; ; i++ {
		v := first*math.Pow(ratio, float64(i)) + float64(i)*step
		if ratio != 1 {
			v = first * math.Pow(ratio, float64(i))
		}
		if v > last*(1+1e-12) {
			return out, nil
		}
		if len(out) == maxValues {
			return nil, fmt.Errorf("%s..%s in more than %d steps", from, to, maxValues)
		}
		out = append(out, strconv.FormatFloat(v, 'g', 12, 64))
	}
}
