package scenarios

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/rng"
	"k8s.io/apimachinery/pkg/api/resource"
)

// maxSpan bounds every span and instant of a file: a hundred years.
const maxSpan = 100 * 365 * 24 * time.Hour

// Span is a span of time such as 1m30s. The zero value is absent.
type Span struct {
	Duration des.Duration
	Set      bool
}

// UnmarshalJSON reads a span in Go's notation.
func (s *Span) UnmarshalJSON(b []byte) error {
	text, err := scalar(b)
	if err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return fmt.Errorf("%q is not a span of time (allowed: such as 30s, 1m30s, 250ms)", cut(text))
	case d < 0:
		return fmt.Errorf("%q is negative (allowed: 0 or more)", text)
	case d > maxSpan:
		return fmt.Errorf("%q is too long (allowed: up to a hundred years)", text)
	}
	*s = Span{des.Duration(d), true}
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s.Duration).String()) }

// Dist is a distribution of spans, or forever. The zero value is absent.
type Dist struct {
	Dist    rng.Dist
	Forever bool
	Set     bool
}

// UnmarshalJSON reads a distribution as ParseDist does, or one of the words forever and never.
func (d *Dist) UnmarshalJSON(b []byte) error {
	text, err := scalar(b)
	if err != nil {
		return err
	}
	if text == "forever" || text == "never" {
		*d = Dist{Forever: true, Set: true}
		return nil
	}
	dist, err := ParseDist(text)
	if err != nil {
		return err
	}
	*d = Dist{Dist: dist, Set: true}
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (d Dist) MarshalJSON() ([]byte, error) {
	if d.Forever {
		return json.Marshal("forever")
	}
	return json.Marshal(strings.TrimPrefix(d.Dist.String(), "constant:"))
}

// Ranges is a set of whole numbers such as 3 or "0-3,5". The zero value is all of them.
type Ranges struct{ Ranges api.Ranges }

// UnmarshalJSON reads the set.
func (r *Ranges) UnmarshalJSON(b []byte) error {
	text, err := scalar(b)
	if err != nil {
		return err
	}
	var out api.Ranges
	for _, part := range strings.Split(text, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		lo, err := strconv.ParseUint(from, 10, 31)
		hi := lo
		if err == nil && isRange {
			hi, err = strconv.ParseUint(to, 10, 31)
		}
		if err != nil || hi < lo {
			return fmt.Errorf("%q is not a set of whole numbers (allowed: such as 3, 0-3 or \"0-3,5\")", cut(text))
		}
		out = append(out, api.Range{From: int32(lo), To: int32(hi)})
	}
	r.Ranges = out
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (r Ranges) MarshalJSON() ([]byte, error) {
	var parts []string
	for _, x := range r.Ranges {
		part := strconv.Itoa(int(x.From))
		if x.To != x.From {
			part += "-" + strconv.Itoa(int(x.To))
		}
		parts = append(parts, part)
	}
	return json.Marshal(strings.Join(parts, ","))
}

// Amount is a resource quantity such as 500m or 8Gi. The zero value is absent.
type Amount struct {
	Quantity resource.Quantity
	Set      bool
}

// UnmarshalJSON reads the quantity.
func (a *Amount) UnmarshalJSON(b []byte) error {
	text, err := scalar(b)
	if err != nil {
		return err
	}
	q, err := resource.ParseQuantity(text)
	if err != nil {
		return fmt.Errorf("%q is not a quantity (allowed: such as 4, 500m or 8Gi)", cut(text))
	}
	if q.Sign() < 0 {
		return fmt.Errorf("%q is negative (allowed: 0 or more)", text)
	}
	*a = Amount{q, true}
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (a Amount) MarshalJSON() ([]byte, error) { return json.Marshal(a.Quantity.String()) }

// scalar is the text of a JSON string or number.
func scalar(b []byte) (string, error) {
	var text string
	if json.Unmarshal(b, &text) == nil {
		return strings.TrimSpace(text), nil
	}
	var number json.Number
	if err := json.Unmarshal(b, &number); err != nil {
		return "", fmt.Errorf("is %s (allowed: a single text or number)", cut(string(b)))
	}
	return number.String(), nil
}
